//! Access to apps and other set-up entities by permission set, and the end of tokens.
//!
//! It never takes the kind of an entity from a client: its id says it.

use super::{Refused, refusal};
use crate::store::{Actor, Org, Row, text};
use serde_json::json;

/// Kinds of entity by key prefix. Source: SetupEntityType's values and the prefix decoder.
const KINDS: &[(&str, &str)] = &[
    ("0H4", "ConnectedApplication"),
    ("0xI", "ExternalClientApplication"),
    ("01p", "ApexClass"),
    ("066", "ApexPage"),
    ("0CP", "CustomPermission"),
    ("01I", "CustomEntityDefinition"),
    ("02u", "TabSet"),
    ("0XA", "NamedCredential"),
    ("0pr", "ExternalCredentialParameter"),
];

impl Org {
    pub(super) fn before_app_access(&self, actor: &Actor, row: &mut Row) -> Result<(), Refused> {
        let (parent, entity) = (text(row, "ParentId").to_owned(), text(row, "SetupEntityId").to_owned());
        self.parent_is_writable("SetupEntityAccess", &parent)?;
        let Some((_, kind)) = KINDS.iter().find(|(prefix, _)| entity.starts_with(prefix)) else {
            let message = format!("Setup Entity ID: id value of incorrect type: {entity}");
            return refusal("MALFORMED_ID", message, &["SetupEntityId"]);
        };
        if self.schema.object(kind).is_some() && self.row(kind, &entity).is_none() {
            return refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", &["SetupEntityId"]);
        }
        let app = matches!(*kind, "ConnectedApplication" | "ExternalClientApplication");
        if app
            && !["CustomizeApplication", "ModifyAllData"]
                .iter()
                .all(|p| self.has_permission(&actor.user_id, p))
        {
            return refusal(
                "INSUFFICIENT_ACCESS_OR_READONLY",
                "insufficient access rights on object id",
                &[],
            );
        }
        let twin = self
            .rows_by("SetupEntityAccess", "ParentId", &parent)
            .into_iter()
            .find(|other| text(other, "SetupEntityId") == entity);
        if let Some(twin) = twin {
            let message = format!(
                "duplicate value found: SetupEntityAccess duplicates value on record with id: {}",
                text(twin, "Id")
            );
            return refusal("DUPLICATE_VALUE", message, &[]);
        }
        row.insert("SetupEntityType".into(), json!(kind));
        Ok(())
    }

    /// Ends the token that a `DeleteToken` stands for, as the revoke endpoint does; whether there was one.
    pub fn revoke_by_delete_token(&mut self, token: &str) -> bool {
        let found = self
            .rows("OauthToken")
            .find(|row| !token.is_empty() && text(row, "DeleteToken") == token)
            .map(|row| text(row, "Id").to_owned());
        found.is_some_and(|id| self.take("OauthToken", &id).is_some())
    }
}
