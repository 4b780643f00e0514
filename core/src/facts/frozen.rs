//! Whether the user is frozen: somebody who may not sign in, though the record says active.

use crate::facts::table::{Rows, Table};
use crate::facts::{Fact, Known, User};
use crate::salesforce::error::OrgError;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// Whether the user is frozen (`UserLogin.IsFrozen`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen(pub bool);

/// `UserLogin`, by its relationship first.
pub(crate) const TABLE: Table = Table {
    fields: &["Id", "IsFrozen"],
    ..Table::new("UserLogin", Rows::Related { by: "UserLogins?fields=Id,IsFrozen", of: "UserId" })
};

/// From the answer with the user's row of `UserLogin`.
pub(crate) fn from_answer(page: &Value, user: Option<&User>) -> Known<Frozen> {
    from_row(json::rows(page).first(), user)
}

/// From the user's row of `UserLogin`: there is one once somebody tried to sign in (public code that freezes users looks for
/// it). Of a user who did sign in, no row is an org that hides it: Object Reference, UserLogin, is read with Manage Users
/// or Freeze Users.
pub(crate) fn from_row(row: Option<&Value>, user: Option<&User>) -> Known<Frozen> {
    let unavailable = |why| Known::unavailable(Frozen::NAME, why);
    match (row, user) {
        (Some(row), _) => match row.get("IsFrozen").and_then(Value::as_bool) {
            Some(is) => Known::Is(Frozen(is)),
            None => unavailable(OrgError::NotInThisOrg { what: "the field IsFrozen of User Login".into() }),
        },
        (None, Some(user)) if user.last_login.is_none() => Known::Is(Frozen(false)),
        (None, _) => unavailable(OrgError::NoPermission { what: "UserLogin".into() }),
    }
}
