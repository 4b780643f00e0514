//! A record that looks like a person's: an address of a team, and nothing that only people have.
//!
//! It never proposes a mailbox that may not exist: the admin enters it.

use super::{Context, plan};
use crate::facts::User;
use crate::plan::{Described, Fields, Input, InputKind, Look, Plan, Shown, Step, Term};
use crate::salesforce::json::Value;

pub(super) fn plans(user: &User, _: Context<'_>) -> Vec<Plan> {
    let (has_address, has_title) = crate::rules::personal(user);
    let (mut off, mut described): (Fields, Vec<Described>) = (vec![], vec![]);
    for (label, name, is_set) in [
        ("Manager", "ManagerId", user.has_manager),
        ("Employee Number", "EmployeeNumber", !user.employee_number.is_empty()),
        ("Title", "Title", has_title),
    ] {
        if is_set {
            off.push((name.into(), Term::Is(Value::Null)));
            described.push(Described::field(label, name));
        }
    }
    let mut plans = vec![];
    if !off.is_empty() {
        let title = format!("Clear personal fields of {}", user.name);
        let labels: Vec<String> = described.iter().filter_map(Described::label).map(str::to_owned).collect();
        let words = format!("Clear {}", crate::text::listed(&labels));
        let undone = format!("Put {} of {} back", crate::text::listed(&labels), user.name);
        let step = Step { described, ..Step::update(words, "User", &user.id, off) }.undone_by(undone.clone());
        let mut clear = plan("clear-personal", title, vec![step], None, vec![])
            .about([user.id.as_str()])
            .called("Clear personal details…", undone);
        if user.has_manager {
            clear.breaks.push("Approvals that go to this user's manager no longer have an approver.".into());
            clear.safety = crate::plan::Safety::Confirm;
            let soql = format!("SELECT ManagerId, Manager.Name FROM User WHERE Id = '{}'", user.id);
            clear.looks.push(Look::called(soql, "ManagerId", "Manager.Name"));
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
        Step::update("Set the name and username", "User", &user.id, named)
            .says(Described::change("Name", Shown::text(&*user.name), Shown::Field("LastName".into())))
            .says(Described::field("Username", "Username"))
            .undone_by(format!("Set the name back to {} and the username to {}", user.name, user.username)),
        Step::update("Set the email address", "User", &user.id, mailed)
            .says(Described::field("Email", "Email"))
            .undone_by(format!("Set the email address back to {}", user.email)),
    ];
    let breaks = vec![
        "Anything that logs in with the username, or names it in a JWT, must use the new one.".into(),
        "Salesforce sends a confirmation link to the new address and notifies the old one. The address changes when someone opens the link, within 72 hours. Until then this change is unfinished. Undo doesn't cancel the link.".into(),
    ];
    let title = format!("Rename {} as a service user", user.name);
    let mut renamed = plan("rename-user", title, steps, None, breaks)
        .about([user.id.as_str()])
        .called("Rename user…", format!("Give {} its name, username and email back", user.name));
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
        let context = Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS };
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
