//! A record that looks like a person's: an address of a team, and nothing that only people have.
//!
//! It never proposes a mailbox that may not exist: the admin enters it.

use super::{Context, plan};
use crate::facts::User;
use crate::plan::{Fields, Input, InputKind, Plan, Step, Term};
use crate::salesforce::json::Value;

pub(super) fn plans(user: &User, _: Context<'_>) -> Vec<Plan> {
    let (has_address, has_title) = crate::rules::personal(user);
    let mut off: Fields = vec![];
    for (name, is_set) in [
        ("ManagerId", user.has_manager),
        ("EmployeeNumber", !user.employee_number.is_empty()),
        ("Title", has_title),
    ] {
        if is_set {
            off.push((name.into(), Term::Is(Value::Null)));
        }
    }
    let mut plans = vec![];
    if !off.is_empty() {
        let title = format!("Take off {} what only people have", user.name);
        let names: Vec<&str> = off.iter().map(|(name, _)| name.as_str()).collect();
        let words = format!("Clear {}", crate::text::listed(&names));
        let step = Step::update(words, "User", &user.id, off);
        let mut clear = plan("clear-personal", title, vec![step], None, vec![]).about([user.id.as_str()]);
        if user.has_manager {
            clear.breaks.push("Approvals that go to the manager of this user have nobody to go to.".into());
            clear.safety = crate::plan::Safety::Confirm;
        }
        plans.push(clear);
    }
    // Where neither address nor name says a person, another one is not what was found wanting.
    if !has_address {
        return plans;
    }
    let input = |label: &str, kind, value: &str| Input {
        label: label.into(),
        kind,
        value: value.into(),
        notes: vec![],
    };
    let named = vec![
        ("LastName".to_owned(), Term::Input(0)),
        ("FirstName".to_owned(), Term::Is(Value::Null)),
        ("Username".to_owned(), Term::Input(1)),
    ];
    let mailed = vec![("Email".to_owned(), Term::Input(2))];
    let steps = vec![
        Step::update("Give it a name and a user name that say what it is for", "User", &user.id, named),
        Step::update("Give it an address of the team", "User", &user.id, mailed),
    ];
    let breaks = vec![
        "Whatever signs in with the user name and a password, or names it in a JWT, must use the new user name.".into(),
        "Salesforce sends a link to the new address, and tells the old one. The address changes once somebody opens the link, within 72 hours; until then this fix stands as unfinished. Undo does not call the link back.".into(),
    ];
    let title = format!("Rename {} to a service user of the team", user.name);
    let mut renamed = plan("rename-user", title, steps, None, breaks).about([user.id.as_str()]);
    renamed.inputs = vec![
        input("Name", InputKind::Text(80), &user.name),
        Input {
            notes: vec!["It has the form of an email address. It can stay as it is.".into()],
            ..input("Username", InputKind::Email, &user.username)
        },
        // No mailbox is made up.
        input("Team email address", InputKind::Email, ""),
    ];
    plans.push(renamed);
    plans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::{facts, id, user};

    #[test]
    fn only_what_is_there_is_cleared_and_an_address_has_to_be_entered() {
        let facts = facts();
        let acting = id("005", 9);
        let context = Context { facts: &facts, acting: &acting };
        let email = "jane.roe@acme.example".to_owned();
        let own = User { has_manager: true, title: "CFO".into(), email, ..user() };
        let mut all = plans(&own, context);
        let cleared: Vec<&str> =
            all[0].steps[0].after.iter().flatten().map(|(name, _)| name.as_str()).collect();
        assert_eq!(cleared, ["ManagerId", "Title"]);
        // Another name is no answer to a manager, nor a cleared title to what is no person's.
        assert!(plans(&user(), context).is_empty());
        let managed: Vec<String> =
            plans(&User { email: user().email, ..own }, context).into_iter().map(|plan| plan.fix).collect();
        assert_eq!(managed, ["clear-personal"]);
        let rename = &mut all[1];
        assert!(rename.unset().is_some(), "no address is made up");
        assert!(rename.set(2, "nobody").is_err());
        rename.set(2, " integrations@acme.example ").unwrap();
        rename.set(0, "ERP").unwrap();
        assert!(rename.unset().is_none());
        let filled = rename.clone().filled();
        let at = |step: usize, field: &str| {
            filled.steps[step].after.iter().flatten().find(|(name, _)| name == field).unwrap().1.clone()
        };
        assert_eq!(at(0, "LastName"), Term::text("ERP"));
        assert_eq!(at(1, "Email"), Term::text("integrations@acme.example"));
    }
}
