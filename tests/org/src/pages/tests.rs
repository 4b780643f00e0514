//! The pages' markup and their forms, on the seed acme.
//!
//! It never looks at how a page is made: requests in, HTML and rows out.

#![allow(clippy::string_slice, reason = "a test")]

use super::respond;
use crate::page::{Host, Hosts, PageOptions, PageRequest, PageResponse};
use crate::store::{Org, Session, text};
use serde_json::json;
use std::path::Path;

struct Setup {
    org: Org,
    session: Session,
    strict_csp: bool,
}

impl Setup {
    fn new() -> Setup {
        let mut org = Org::new("acme");
        let admin =
            crate::seed::load(&mut org, &[Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme")]).unwrap();
        let session = org.start_session(&admin.id, true);
        Setup { org, session, strict_csp: false }
    }

    fn id(&self, object: &str, field: &str, value: &str) -> String {
        text(self.org.rows_by(object, field, value)[0], "Id")[..15].to_owned()
    }

    fn answer(&mut self, method: &str, url: &str, form: &[(&str, &str)]) -> PageResponse {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let request = PageRequest {
            method: method.into(),
            host: if path.starts_with("/lightning/") { Host::Lightning } else { Host::Core },
            hosts: Hosts::of("acme"),
            path: path.into(),
            query: pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            form: form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            options: PageOptions { strict_csp: self.strict_csp },
        };
        respond(&mut self.org, Some(&self.session), &request)
    }

    fn get(&mut self, url: &str) -> String {
        let answer = self.answer("GET", url, &[]);
        assert_eq!(answer.status, 200, "{url}");
        answer.body
    }

    /// Posts a page's form as a browser would: what it shows, changed by `changes` (none: the field is not posted).
    fn post(&mut self, url: &str, changes: &[(&str, Option<&str>)]) -> PageResponse {
        let html = self.get(url);
        let mut form = fields(&html);
        for (ending, value) in changes {
            let known = html.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next());
            let name = known.into_iter().find(|name| name.ends_with(ending)).unwrap_or(ending).to_owned();
            form.retain(|(field, _)| *field != name);
            form.extend(value.map(|value| (name, value.to_owned())));
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        self.answer("POST", url, &form)
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// What a browser would post of the page's fields.
fn fields(html: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut select = None;
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let value = || attribute(tag, "value").unwrap_or("").to_owned();
        if tag.starts_with("select ") {
            select = attribute(tag, "name").map(str::to_owned);
        } else if let (Some(name), true) = (&select, tag.starts_with("option ") && tag.ends_with(" selected"))
        {
            found.push((name.clone(), value()));
        } else if tag.starts_with("input ") && !tag.ends_with(" disabled") {
            let (Some(name), Some(kind)) = (attribute(tag, "name"), attribute(tag, "type")) else { continue };
            if kind == "text" || (kind == "checkbox" && tag.contains(" checked")) {
                found.push((name.to_owned(), value()));
            }
        }
    }
    found
}

#[test]
fn a_form_saved_as_it_is_changes_nothing() {
    let mut setup = Setup::new();
    let user = setup.id("User", "Username", "marketing.hub@acme.example");
    let profile = setup.id("Profile", "Name", "Acme HR Feed");
    let standard = setup.id("Profile", "Name", "System Administrator");
    let set = setup.id("PermissionSet", "Name", "Billing_Core");
    let watched = |setup: &Setup| {
        let mut rows: Vec<_> = ["User", "Profile", "PermissionSet", "ObjectPermissions"]
            .iter()
            .flat_map(|object| setup.org.rows(object).cloned().collect::<Vec<_>>())
            .collect();
        for row in &mut rows {
            row.retain(|field, value| {
                !field.starts_with("LastModified")
                    && field != "SystemModstamp"
                    && !value.is_null()
                    && *value != json!(false)
            });
        }
        (rows, setup.org.profile_metadata.get(&crate::id::long(&profile).unwrap()).cloned())
    };
    let before = watched(&setup);
    for url in [
        format!("/{user}/e"),
        format!("/{profile}/e"),
        format!("/{standard}/e"),
        format!("/{profile}/e?s=SystemPermissions"),
        format!("/{standard}/e?s=SystemPermissions"),
        format!("/{profile}/e?s=ObjectsAndTabs&o=Contact"),
        format!("/{profile}/e?s=LoginHours"),
        format!("/{profile}/e?s=SessionSettings"),
        format!("/{profile}/e?s=PasswordPolicies"),
        format!("/{set}/e?s=SystemPermissions"),
        format!("/{set}/e?s=EntityPermissions&o=Order"),
    ] {
        assert_eq!(setup.post(&url, &[]).status, 302, "{url}");
        assert!(watched(&setup) == before, "{url}");
    }
}

#[test]
fn boxes_are_saved_in_both_user_interfaces() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let user = setup.id("User", "Username", "anna.aalto@acme.example");
    let user = crate::id::long(&user).unwrap();
    let at = setup.org.schema.permissions().position(|(name, _)| name == "DataExport").unwrap();

    setup.post(&format!("/{profile}/e"), &[(&format!("up{at}"), Some("1"))]);
    assert!(setup.org.has_permission(&user, "DataExport") && setup.org.has_permission(&user, "ConvertLeads"));
    let answer = setup
        .post(&format!("/{profile}/e?s=SystemPermissions&nonce=ab"), &[(&format!(":{at}:userPerm"), None)]);
    assert!(
        !setup.org.has_permission(&user, "DataExport") && setup.org.has_permission(&user, "ConvertLeads")
    );
    let location = answer.headers.iter().find(|(key, _)| key == "Location").unwrap().1.clone();
    assert_eq!(location, format!("/{profile}?s=SystemPermissions&nonce=ab"), "the frame's own go along");

    let parent = text(setup.org.profile_set(&crate::id::long(&profile).unwrap()).unwrap(), "Id").to_owned();
    setup.post(
        &format!("/{profile}/e?s=ObjectsAndTabs&o=Idea"),
        &[(":0:olp_check", Some("true")), (":2:olp_check", Some("true"))],
    );
    assert_eq!(
        super::objects::granted(&setup.org, &parent, "Idea"),
        [true, false, true, false, false, false]
    );
    let idea = super::objects::names(&setup.org).iter().position(|name| name == "Idea").unwrap();
    setup.post(
        &format!("/{profile}/e"),
        &[(&format!("crud{idea}_0"), None), (&format!("crud{idea}_2"), None)],
    );
    assert_eq!(super::objects::granted(&setup.org, &parent, "Idea"), [false; 6]);
}

#[test]
fn a_permission_sets_change_reaches_its_groups() {
    let mut setup = Setup::new();
    let set = setup.id("PermissionSet", "Name", "Billing_Extra");
    let bot = crate::id::long(&setup.id("User", "Username", "billing.bot@acme.example")).unwrap();
    let at = setup.org.schema.permissions().position(|(name, _)| name == "ManageLeads").unwrap();
    assert!(setup.org.has_permission(&bot, "ManageLeads"));
    setup.post(&format!("/{set}/e?s=SystemPermissions"), &[(&format!(":{at}:userPerm"), None)]);
    assert!(setup.org.has_permission(&bot, "ManageLeads"), "the group follows in the background");
    setup.org.tick();
    setup.org.tick();
    assert!(!setup.org.has_permission(&bot, "ManageLeads"));
    let answer =
        setup.post(&format!("/{set}/e?s=EntityPermissions&o=Asset"), &[(":0:olp_check", Some("true"))]);
    assert_eq!(answer.status, 302);
    let reached = setup
        .org
        .sets_of(&bot)
        .iter()
        .any(|set| super::objects::granted(&setup.org, text(set, "Id"), "Asset")[0]);
    assert!(reached, "the group adds up to it");
    assert!(!setup.get(&format!("/{set}?s=LoginIPRanges")).contains("IpStartAddress"), "profiles only");
}

#[test]
fn a_group_s_page_tells_its_members_and_there_is_no_form() {
    let mut setup = Setup::new();
    let group = setup.id("PermissionSetGroup", "DeveloperName", "Billing_Automation");
    let set = setup.id("PermissionSet", "Name", "Billing_Extra");
    let list = setup.get("/0PG?setupid=PermSetGroups");
    assert!(list.contains(&format!("href=\"/{group}\"")), "{list}");
    let page = setup.get(&format!("/{group}"));
    for part in
        ["Permission Sets in Group", "Muting Permission Set in Group", "Manage Assignments", "Updated"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains(&format!("href=\"/{set}\"")) && page.contains("Billing Muting"), "{page}");
    assert!(!page.contains("<form"));
    // The hidden set that a group adds up to has no page of its own, and a group that is not there has none.
    let hidden = setup.id("PermissionSet", "PermissionSetGroupId", &crate::id::long(&group).unwrap());
    for url in [format!("/{group}/e"), format!("/{hidden}"), "/0PG5g000000zzzz".to_owned()] {
        assert_eq!(setup.answer("GET", &url, &[]).status, 404, "{url}");
    }
}

#[test]
fn ranges_hours_and_policies_are_saved_or_refused() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let long = crate::id::long(&profile).unwrap();
    let edit = format!("/{profile}/e?s=LoginIPRanges");
    let range = |start: &'static str, end: &'static str| {
        [("IpStartAddress", Some(start)), ("IpEndAddress", Some(end))]
    };
    for (bad, end) in [("10.0.0.9", "10.0.0.1"), ("10.0.0.1", "::1"), ("10.0.0", "10.0.0.1"), ("", "")] {
        let answer = setup.post(&edit, &range(bad, end));
        assert!(answer.status == 200 && answer.body.contains("class=\"errorMsg\""), "{bad} {end}");
    }
    assert_eq!(setup.post(&edit, &range("192.0.2.1", "192.0.2.9")).status, 302);
    assert_eq!(setup.post(&format!("{edit}&range=0"), &range("192.0.2.1", "192.0.2.5")).status, 302);
    assert_eq!(setup.org.profile_metadata[&long]["loginIpRanges"][0]["endAddress"], "192.0.2.5");
    assert!(setup.get(&format!("/{profile}?s=loginipranges")).contains("192.0.2.5"));
    setup.post(&format!("{edit}&range=0"), &[("delete", Some("Delete"))]);
    assert_eq!(setup.org.profile_metadata[&long]["loginIpRanges"], json!([]));

    let hours = format!("/{profile}/e?s=LoginHours");
    assert_eq!(setup.post(&hours, &[("mondayStart", Some("480"))]).status, 200, "a start without an end");
    assert_eq!(setup.post(&hours, &[("mondayStart", Some("480")), ("mondayEnd", Some("1080"))]).status, 302);
    assert_eq!(
        setup.org.profile_metadata[&long]["loginHours"],
        json!({ "mondayStart": "480", "mondayEnd": "1080" })
    );
    setup.post(&hours, &[("mondayStart", Some("")), ("mondayEnd", Some(""))]);
    assert_eq!(setup.org.profile_metadata[&long].get("loginHours"), None);

    setup.post(&format!("/{profile}/e?s=PasswordPolicies"), &[("passwordExpiration", Some("0"))]);
    assert!(setup.get(&format!("/{profile}?s=PasswordPolicies")).contains("Never expires"));
    assert!(setup.get(&format!("/{profile}")).contains("Never expires"));
    assert_eq!(
        setup.org.profile_metadata[&long].get("passwordExpiration"),
        None,
        "no metadata of the profile"
    );
}

#[test]
fn nobody_writes_what_they_may_not() {
    let mut setup = Setup::new();
    let backup = crate::id::long(&setup.id("User", "Username", "eva.eide@acme.example")).unwrap();
    assert!(setup.org.has_permission(&backup, "ViewSetup"), "she may look");
    setup.session = setup.org.start_session(&backup, true);
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let count = setup.org.rows("Profile").count();
    for (url, change) in [
        (
            format!("/{profile}/e?s=LoginIPRanges"),
            vec![("IpStartAddress", Some("10.0.0.1")), ("IpEndAddress", Some("10.0.0.2"))],
        ),
        (format!("/{profile}/e?s=LoginHours"), vec![]),
        (format!("/{profile}/e?s=SessionSettings"), vec![]),
        (format!("/{profile}/e?s=SystemPermissions"), vec![(":0:userPerm", Some("true"))]),
        (format!("/{profile}/e?s=ObjectsAndTabs&o=Idea"), vec![(":0:olp_check", Some("true"))]),
        (format!("/setup/ui/profileclone.jsp?id={profile}"), vec![("name", Some("Mine"))]),
    ] {
        let answer = setup.post(&url, &change);
        assert!(answer.status == 200 && answer.body.contains("insufficient access rights"), "{url}");
    }
    assert_eq!(setup.org.rows("Profile").count(), count);
    let anna = crate::id::long(&setup.id("User", "Username", "anna.aalto@acme.example")).unwrap();
    setup.session = setup.org.start_session(&anna, true);
    assert!(setup.get(&format!("/{profile}")).contains("Insufficient Privileges"));
}

#[test]
fn a_clone_has_what_the_original_has() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme HR Feed");
    let url = format!("/setup/ui/profileclone.jsp?id={profile}");
    assert!(setup.post(&url, &[("name", Some("Acme Sales"))]).body.contains("already in use"));
    assert_eq!(setup.post(&url, &[("name", Some("Acme HR Feed 2"))]).status, 302);
    let new = setup.id("Profile", "Name", "Acme HR Feed 2");
    for section in ["SystemPermissions", "ObjectsAndTabs&o=Contact", "LoginIPRanges"] {
        let page = |html: String, id: &str, name: &str| {
            // Generated ids are each record's own.
            let mut text = html.replace(id, "").replace(name, "");
            while let Some(at) = text.find("j_id") {
                let end = text[at + 4..].find(|c: char| !c.is_ascii_digit()).unwrap() + at + 4;
                text.replace_range(at..end, "");
            }
            text
        };
        let (a, b) =
            (setup.get(&format!("/{profile}?s={section}")), setup.get(&format!("/{new}?s={section}")));
        assert_eq!(page(a, &profile, "Acme HR Feed"), page(b, &new, "Acme HR Feed 2"), "{section}");
    }
}

#[test]
fn enhanced_pages_have_the_endings_that_are_known() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Quantum");
    let set = setup.id("PermissionSet", "Name", "API_Only");
    for url in [format!("/{profile}/e?s=SystemPermissions"), format!("/{set}/e?S=x&s=systempermissions")] {
        let html = setup.get(&url);
        let boxes: Vec<&str> = html.split("<input ").filter(|tag| tag.contains(":userPerm\"")).collect();
        assert_eq!(boxes.len(), setup.org.schema.permissions().count(), "{url}");
        assert!(boxes.iter().any(|tag| tag.contains("title=\"AcmeQuantumSync\"")));
        let all: std::collections::BTreeSet<&str> =
            boxes.iter().filter_map(|tag| attribute(tag, "name")).collect();
        assert_eq!(all.len(), boxes.len(), "each has a name of its own");
        assert!(html.contains(":button_pc_save\"") && html.contains("id=\"page:console:pc_form\""));
    }
    let html = setup.get(&format!("/{profile}/e?s=ObjectsAndTabs&o=Account"));
    for at in 0..6 {
        assert!(html.contains(&format!(":{at}:olp_check\"")));
    }
    let first = |id: &str, setup: &mut Setup| {
        let html = setup.get(&format!("/{id}/e?s=SystemPermissions"));
        html.split("id=\"page:console:j_id").nth(1).unwrap()[..2].to_owned()
    };
    let other = setup.id("Profile", "Name", "Acme Billing");
    assert_eq!(first(&profile, &mut setup), first(&profile, &mut setup), "the same from load to load");
    assert_ne!(first(&profile, &mut setup), first(&other, &mut setup), "not the same from record to record");
}

#[test]
fn labels_are_translated_and_ids_are_not() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let user = setup.id("User", "Username", "erp.sync@acme.example");
    let names = |html: &str| {
        let values = |key: &str| {
            html.split(key)
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let mut all = [values(" id=\""), values(" name=\"")].concat();
        all.sort();
        all
    };
    for (path, german, japanese) in [
        (format!("/{profile}/e"), "Administratorberechtigungen", "システム管理者権限"),
        (format!("/{profile}/e?s=SystemPermissions"), "Systemberechtigungen", "システム権限"),
        (format!("/{user}/e"), "Benutzername", "ユーザ名"),
        (format!("/{user}"), "Berechtigungssatzzuweisungen", "権限セットの割り当て"),
    ] {
        let join = if path.contains('?') { '&' } else { '?' };
        let english = setup.get(&path);
        for (language, word) in [("de", german), ("ja", japanese), ("fr", "")] {
            let html = setup.get(&format!("{path}{join}language={language}"));
            assert!(html.contains(word), "{path} {language}");
            assert!(html.contains(&format!("<html lang=\"{language}\"")));
            assert_eq!(names(&html), names(&english), "{path} {language}");
        }
    }
}

#[test]
fn hostile_names_are_text_everywhere() {
    let mut setup = Setup::new();
    let user = setup.id("User", "Username", "hostile@acme.example");
    let profile = text(setup.org.row("User", &user).unwrap(), "ProfileId")[..15].to_owned();
    let set =
        setup.org.profile_set(&crate::id::long(&profile).unwrap()).map(|set| text(set, "Id").to_owned());
    setup.org.put(
        "ObjectPermissions",
        crate::store::object(
            json!({ "ParentId": set, "SobjectType": "x','');alert(3)//<b>", "PermissionsRead": true }),
        ),
    );
    for url in [
        "/005".to_owned(),
        "/00e".into(),
        format!("/{user}"),
        format!("/{user}/e"),
        format!("/{profile}"),
        format!("/{profile}/e"),
        format!("/{profile}?s=ObjectsAndTabs"),
        format!("/{profile}/e?s=SystemPermissions"),
        format!("/setup/ui/profileclone.jsp?id={profile}"),
        format!("/lightning/r/User/{user}/view"),
    ] {
        let html = setup.get(&url);
        assert!(!html.contains("<img src=x") && !html.contains("<script>") && !html.contains("<b>"), "{url}");
        assert!(!html.contains("handleClick(this, 'x'"), "{url}");
    }
}

#[test]
fn a_strict_policy_finds_nothing_inline() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let url = format!("/{profile}/e");
    assert!(
        setup
            .get(&url)
            .contains("onclick=\"ProfileDependentCheckboxes.handleClick(this, 'Account', 'read')\"")
    );
    setup.strict_csp = true;
    for url in [url, "/lightning/setup/ManageUsers/home".into(), "/005".into()] {
        let html = setup.get(&url);
        assert!(
            !html.contains(" onclick=") && !html.contains(" style=") && !html.contains("<style"),
            "{url}"
        );
        assert!(html.split("<script").skip(1).all(|tag| tag.starts_with(" src=\"/")), "{url}");
    }
}

#[test]
fn what_is_not_there_says_so() {
    let mut setup = Setup::new();
    let user = setup.id("User", "Username", "admin@acme.example");
    for url in [
        "/0055g00000Nobody",
        "/00e5g00000Nobody",
        "/nothing",
        "/setup/ui/profileclone.jsp?id=x",
        &format!("/{user}/x"),
        &format!("/{user}/e/e"),
    ] {
        let answer = setup.answer("GET", url, &[]);
        assert!(answer.status == 404 && answer.body.contains("Data Not Available"), "{url}");
    }
    assert_eq!(setup.answer("GET", "/lightning/r/User/0055g00000Nobody/view", &[]).status, 404);
    assert_eq!(setup.answer("GET", "/lightning/r/Account/0015g00000AbCdE/view", &[]).status, 200);
}
