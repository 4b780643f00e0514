//! Where in Setup a step by hand is done: the page of the record that it is about.
//!
//! It never leads to a list where the record is known.

use crate::facts::subject::{AppKey, Subject};
use crate::facts::{AppKind, Facts, Source, User};
use crate::rules::rule::Finding;

/// The page of what grants a finding's permission or objects, below Setup; the list of profiles where it is not one thing alone.
/// Addresses as public extensions build them.
pub(super) fn granting(finding: &Finding, user: &User, facts: &Facts) -> String {
    let granted_by = match &finding.subject {
        Subject::Permission { granted_by, .. } => granted_by.as_slice(),
        Subject::Objects { granted_by, .. } => std::slice::from_ref(granted_by),
        _ => &[],
    };
    let sets = facts.grants.known().map(|grants| grants.sets.iter());
    let mut own = sets.into_iter().flatten().filter(|set| granted_by.contains(&set.id));
    let page = match (own.next(), own.next()) {
        (Some(set), None) => match &set.source {
            Source::Profile { .. } => user.profile_id.as_ref().map(|id| ("EnhancedProfiles", id)),
            Source::PermissionSet { .. } => Some(("PermSets", &set.id)),
            Source::Group { .. } => set.group.as_ref().map(|id| ("PermSetGroups", id)),
        },
        _ => None,
    };
    page.map_or("EnhancedProfiles/home".to_owned(), |(node, id)| format!("{node}/page?address=%2F{id}"))
}

/// The page of an app, below Setup; the list of them where it is not known. `/0H4…` leads to a connected app's.
pub(super) fn app_page(app: &AppKey, facts: &Facts) -> String {
    let own = match app {
        AppKey::MenuItem(item) => {
            facts.apps.known().and_then(|apps| apps.rows.iter().find(|own| own.menu_item == *item))
        }
        AppKey::Name(_) | AppKey::Deleted => None,
    };
    match own.and_then(|own| Some((own.kind, own.id.as_ref()?))) {
        Some((AppKind::Connected, id)) => format!("ConnectedApplication/page?address=%2F{id}"),
        Some((AppKind::ExternalClient, id)) => format!("ManageExternalClientApplication/{id}/detail"),
        None => "ConnectedApplication/home".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{App, Apps, Grant, Grants, Known};
    use crate::fixes::guided;
    use crate::plan::Way;
    use crate::rules::example::{self, id};
    use crate::salesforce::id::Id;

    #[test]
    fn a_step_leads_to_the_record_that_it_is_about() {
        let mut facts = example::facts();
        let user = example::user();
        let groups = example::grant().group(4, "Group", "Updated");
        let (profile, set) = (example::grant().profile("Acme ERP"), example::grant().set(3, "Set"));
        let group = Grant { id: id("0PS", 9), group: Some(id("0PG", 4)), ..groups };
        let app = |n, kind, of: &str| App {
            menu_item: id("0DS", n),
            id: Some(id(of, n)),
            label: "App".into(),
            name: "App".into(),
            kind,
            admin_approved: false,
        };
        let rows = vec![app(1, AppKind::Connected, "0H4"), app(2, AppKind::ExternalClient, "0xI")];
        facts.apps = Known::Is(Apps { rows: rows.into(), cut: false });
        let link = |rule: &str, subject: Subject, facts: &Facts| {
            let mut plans = vec![];
            guided::add(&mut plans, rule, &Finding::new(subject, "F", vec![]), &user, facts);
            let Way::Hand(link) = plans[0].steps[0].way.clone() else { panic!() };
            link
        };
        let permission = |granted_by: Vec<Id>| Subject::Permission { name: "ManageUsers".into(), granted_by };
        for (grants, page) in [
            (
                vec![profile.clone()],
                format!("EnhancedProfiles/page?address=%2F{}", user.profile_id.clone().unwrap()),
            ),
            (vec![set.clone()], format!("PermSets/page?address=%2F{}", set.id)),
            (vec![group.clone()], format!("PermSetGroups/page?address=%2F{}", id("0PG", 4))),
            (vec![profile.clone(), set.clone()], "EnhancedProfiles/home".to_owned()),
        ] {
            let ids = grants.iter().map(|grant| grant.id.clone()).collect();
            facts.grants = Known::Is(Grants { sets: grants, cut: false });
            assert_eq!(link("broad-permission", permission(ids), &facts), format!("/lightning/setup/{page}"));
        }
        for (key, page) in [
            (
                AppKey::MenuItem(id("0DS", 1)),
                format!("ConnectedApplication/page?address=%2F{}", id("0H4", 1)),
            ),
            (
                AppKey::MenuItem(id("0DS", 2)),
                format!("ManageExternalClientApplication/{}/detail", id("0xI", 2)),
            ),
            (AppKey::Name("Other".into()), "ConnectedApplication/home".to_owned()),
        ] {
            assert_eq!(link("open-app", Subject::App(key), &facts), format!("/lightning/setup/{page}"));
        }
    }
}
