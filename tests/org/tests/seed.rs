//! The seed acme is an org that the platform would have let come about: what its permissions need is granted along, and
//! every user's licence allows what they have.
//!
//! It never asks this of other seeds: a retrieve of a public repository is often partial.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use leastwise_org::platform::dependencies;
use leastwise_org::seed;
use leastwise_org::store::{Actor, Org, text};
use std::collections::BTreeSet;
use std::path::Path;

fn seeded() -> (Org, String) {
    let mut org = Org::new("acme");
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    let admin = seed::load(&mut org, &[acme]).unwrap();
    (org, admin.id)
}

#[test]
fn every_permission_has_what_it_needs() {
    let (org, _) = seeded();
    let mut wrong = vec![];
    for object in ["Profile", "PermissionSet"] {
        for row in org.rows(object) {
            let granted: BTreeSet<String> = row
                .iter()
                .filter(|(_, value)| value.as_bool() == Some(true))
                .filter_map(|(name, _)| name.strip_prefix("Permissions").map(str::to_owned))
                .collect();
            let lacks = dependencies::user_permissions(&org.schema, &granted);
            if !lacks.is_empty() {
                wrong.push(format!(
                    "{object} {} {}: {}",
                    text(row, "Name"),
                    text(row, "Label"),
                    dependencies::by_names(&lacks)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_assignment_could_be_made_again() {
    let (org, admin) = seeded();
    let actor = Actor { user_id: admin };
    let mut wrong = vec![];
    let is_own = |row: &&leastwise_org::store::Row| {
        let set = org.row("PermissionSet", text(row, "PermissionSetId"));
        set.is_some_and(|set| set.get("IsOwnedByProfile") == Some(&serde_json::json!(true)))
    };
    for row in org.rows("PermissionSetAssignment").filter(|row| !is_own(row)) {
        let mut org = org.clone();
        org.delete(&actor, "PermissionSetAssignment", text(row, "Id")).unwrap();
        let mut again = row.clone();
        again.retain(|name, value| {
            !value.is_null()
                && (name == "AssigneeId" || name == "PermissionSetId" || name == "PermissionSetGroupId")
        });
        if again.contains_key("PermissionSetGroupId") {
            again.remove("PermissionSetId");
        }
        if let Err(errors) = org.create(&actor, "PermissionSetAssignment", again) {
            wrong.push(format!("{row:?}: {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
