//! A folder's verdicts: what is put together, what is muted, what a part leaves out, and where each thing stands.

use super::{Component, Folder, Judged, Judging, Kind, Place, Unreadable, Verdict, decoded};
use crate::classification::Who;
use crate::facts::{AdminAnswer, CheckSettings};
use crate::rules::rule::Severity;
use crate::salesforce::time::Timestamp;
use crate::waivers::SubjectKind;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn xml(root: &str, inner: &str) -> String {
    format!("{HEAD}<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{inner}</{root}>\n")
}

fn permissions(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("    <userPermissions>\n        <enabled>true</enabled>\n        <name>{name}</name>\n    </userPermissions>\n"))
        .collect()
}

fn read(file: &str, number: u32, inner: &str) -> Component {
    let (kind, name) = Kind::of_file(file).unwrap();
    Component::read(kind, name, &xml(kind.root(), inner), number).unwrap()
}

/// All that is said of the subject of this name.
fn judged(components: Vec<Component>, name: &str, answer: Option<AdminAnswer>) -> Judged {
    let folder = Folder::new(components);
    let judging = Judging { checks: CheckSettings::default(), now: Timestamp(1_795_478_400) };
    let all = (0..folder.len()).filter_map(|number| folder.judge(number, &judging, |_| answer));
    all.into_iter().find(|one| one.name == name).unwrap()
}

fn verdict<'a>(judged: &'a Judged, rule: &str) -> &'a Verdict {
    &judged.rows.iter().find(|row| row.rule.id == rule).unwrap().verdict
}

/// What it is about, how bad, and where: of each finding.
fn found(judged: &Judged, rule: &str) -> Vec<(String, Severity, Place)> {
    match verdict(judged, rule) {
        Verdict::Findings(all) => {
            all.iter().map(|one| (one.about.clone(), one.finding.severity.unwrap(), one.place)).collect()
        }
        other => panic!("{rule}: {other:?}"),
    }
}

const fn at(file: u32, line: u32, column: u32) -> Place {
    Place { file, line, column }
}

#[test]
fn a_file_is_known_by_its_name() {
    for (name, is) in [
        ("Sales.profile-meta.xml", Some((Kind::Profile, "Sales"))),
        ("A%3A %28b%29.profile", Some((Kind::Profile, "A: (b)"))),
        ("x.y.permissionset-meta.xml", Some((Kind::PermissionSet, "x.y"))),
        ("M.mutingpermissionset", Some((Kind::MutingPermissionSet, "M"))),
        ("App.connectedApp-meta.xml", Some((Kind::ConnectedApp, "App"))),
        ("App.eca-meta.xml", Some((Kind::ExternalApp, "App"))),
        ("Security.settings-meta.xml", Some((Kind::OrgSettings, "Security"))),
        // Nothing of it is looked at; nor at the file that has an app's secret.
        ("Account.settings-meta.xml", None),
        (".settings", None),
        ("App_glbloauth.ecaGlblOauth-meta.xml", None),
        ("App.ecaOauthPlcy-meta.xml", Some((Kind::ExternalAppPolicy, "App"))),
        ("Sales.profilePasswordPolicy-meta.xml", None),
        (".profile", None),
        ("profile", None),
    ] {
        let own = Kind::of_file(name);
        assert_eq!(own.as_ref().map(|(kind, name)| (*kind, name.as_str())), is, "{name}");
    }
    assert_eq!(decoded("100%"), "100%");
    assert_eq!(decoded("%zz%C3%A9%+1"), "%zzé%+1");
    assert_eq!(decoded("%FF"), "%FF", "no UTF-8: the name as it stands");
}

#[test]
fn a_finding_stands_at_its_element() {
    let own = read("Int.permissionset", 7, &permissions(&["ApiEnabled", "ModifyAllData"]));
    let judged = judged(vec![own], "Int", Some(AdminAnswer::Integration));
    assert_eq!(
        found(&judged, "broad-permission"),
        [("ModifyAllData".into(), Severity::Critical, at(7, 9, 9))]
    );
    assert!(matches!(verdict(&judged, "manage-users-permission"), Verdict::Pass(_)));
    assert!(matches!(verdict(&judged, "unrestricted-login-ip"), Verdict::NotApplicable(_)));
    // Whoever has the set has others: API Only User may come from one of those.
    assert!(matches!(verdict(&judged, "browser-sign-in-allowed"), Verdict::NeedsOrg));
    for rule in ["shared-profile", "stale-secret", "open-app", "several-apps-on-one-user"] {
        assert!(
            matches!(verdict(&judged, rule), Verdict::NeedsOrg | Verdict::NotApplicable(_)),
            "{rule}: {:?}",
            verdict(&judged, rule)
        );
    }
}

#[test]
fn parts_of_a_profile_are_one_and_the_later_word_counts() {
    let first = read(
        "Int.profile",
        0,
        &[
            "<custom>true</custom><userLicense>Salesforce Integration</userLicense>\n",
            &permissions(&["ApiEnabled", "ViewAllData", "ExportReport"]),
            "<loginIpRanges><endAddress>255.255.255.255</endAddress><startAddress>0.0.0.0</startAddress></loginIpRanges>\n",
        ]
        .concat(),
    );
    let second = read(
        "int.profile-meta.xml",
        1,
        "<userPermissions><enabled>false</enabled><name>ViewAllData</name></userPermissions>\n\
         <objectPermissions><allowDelete>true</allowDelete><object>Account</object></objectPermissions>\n\
         <loginIpRanges><endAddress>198.51.100.9</endAddress><startAddress>198.51.100.1</startAddress></loginIpRanges>\n",
    );
    let judged = judged(vec![first, second], "Int", None);
    let who = judged.who.as_ref().unwrap();
    assert_eq!((who.who, who.sure), (Who::Integration, true));
    assert_eq!(found(&judged, "broad-permission"), [("ExportReport".into(), Severity::High, at(0, 14, 9))]);
    assert_eq!(found(&judged, "record-deletion"), [("Account".into(), Severity::High, at(1, 4, 20))]);
    assert!(matches!(verdict(&judged, "unrestricted-login-ip"), Verdict::Pass(_)), "the later list replaces");
    assert!(matches!(verdict(&judged, "browser-sign-in-allowed"), Verdict::Findings(_)));
    assert_eq!(judged.lacking, None);
}

#[test]
fn a_part_alone_passes_nothing_and_finds_what_it_says() {
    let part = read(
        "Int.profile",
        0,
        "<objectPermissions><allowDelete>true</allowDelete><object>Account</object></objectPermissions>\n",
    );
    let judged = judged(vec![part], "Int", Some(AdminAnswer::Integration));
    assert_eq!(found(&judged, "record-deletion").len(), 1);
    for row in &judged.rows {
        assert!(!matches!(row.verdict, Verdict::Pass(_)), "{} passes unread", row.rule.id);
    }
    for rule in
        ["broad-permission", "manage-users-permission", "browser-sign-in-allowed", "unrestricted-login-ip"]
    {
        assert!(
            matches!(verdict(&judged, rule), Verdict::CannotTell(_)),
            "{rule}: {:?}",
            verdict(&judged, rule)
        );
    }
}

#[test]
fn what_a_group_mutes_it_does_not_grant() {
    let set = read(
        "Set.permissionset",
        0,
        &[
            permissions(&["ModifyAllData", "ExportReport"]),
            "<objectPermissions><allowDelete>true</allowDelete><object>Account</object></objectPermissions>"
                .into(),
        ]
        .concat(),
    );
    let muting = read(
        "M.mutingpermissionset",
        1,
        &[
            permissions(&["ModifyAllData"]),
            "<objectPermissions><allowDelete>true</allowDelete><object>Account</object></objectPermissions>"
                .into(),
        ]
        .concat(),
    );
    let group = |sets: &str| {
        let inner = format!("<label>G</label>\n<mutingPermissionSets>M</mutingPermissionSets>\n{sets}");
        read("G.permissionsetgroup", 2, &inner)
    };
    let whole = group("<permissionSets>Set</permissionSets>\n");
    let own = judged(vec![set.clone(), muting.clone(), whole], "G", Some(AdminAnswer::Integration));
    // Where the group's file names the set that grants it.
    assert_eq!(found(&own, "broad-permission"), [("ExportReport".into(), Severity::High, at(2, 5, 1))]);
    assert!(matches!(verdict(&own, "record-deletion"), Verdict::Pass(_)));
    // A set that is nowhere may grant anything.
    let part = group("<permissionSets>Set</permissionSets>\n<permissionSets>elsewhere</permissionSets>\n");
    let own = judged(vec![set, muting, part], "G", Some(AdminAnswer::Integration));
    assert_eq!(found(&own, "broad-permission").len(), 1);
    match verdict(&own, "record-deletion") {
        Verdict::CannotTell(why) => assert!(why.contains("elsewhere"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_uses_it_is_told_by_what_is_said_and_never_by_a_name() {
    let who = |file: &str, inner: &str, more: Vec<Component>, answer| {
        let own = read(file, 0, inner);
        let name = own.name.clone();
        let judged = judged([vec![own], more].concat(), &name, answer);
        let who = judged.who.unwrap();
        (who.who, who.sure)
    };
    let app = read(
        "ERP.connectedApp",
        1,
        "<label>ERP</label><profileName>Sync</profileName><permissionSetName>Sync Set</permissionSetName>",
    );
    let api_only = permissions(&["ApiUserOnly"]);
    for (file, inner, more, answer, is) in [
        ("API Integration.profile", "<custom>true</custom>", vec![], None, (Who::Person, false)),
        (
            "A.profile",
            "<userLicense>Salesforce Integration</userLicense>",
            vec![],
            None,
            (Who::Integration, true),
        ),
        (
            "A.permissionset",
            "<license>Salesforce API Integration</license>",
            vec![],
            None,
            (Who::Integration, true),
        ),
        ("A.permissionset", api_only.as_str(), vec![], None, (Who::Integration, true)),
        ("Sync.profile", "<custom>true</custom>", vec![app.clone()], None, (Who::Integration, false)),
        ("Sync.profile", "<custom>false</custom>", vec![app.clone()], None, (Who::Person, false)),
        ("S.permissionset", "<label>Sync Set</label>", vec![app], None, (Who::Integration, false)),
        ("A.permissionset", api_only.as_str(), vec![], Some(AdminAnswer::Person), (Who::Person, true)),
        (
            "A.profile",
            "<userLicense>Guest User License</userLicense>",
            vec![],
            Some(AdminAnswer::Integration),
            (Who::Platform, true),
        ),
    ] {
        assert_eq!(who(file, inner, more, answer), is, "{file} {inner}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let read = |text: &str| Component::read(Kind::Profile, "A".into(), text, 3).unwrap_err();
    match read("<Profile>\n  <custom>\n</Profile>") {
        Unreadable::NotXml { place, .. } => assert_eq!((place.file, place.line), (3, 3)),
        other => panic!("{other:?}"),
    }
    // Entities that grow: documents with a type are refused.
    let bomb = "<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Profile>&b;</Profile>";
    assert!(matches!(read(bomb), Unreadable::NotXml { .. }));
    assert!(matches!(read("<PermissionSet/>"), Unreadable::OtherRoot { .. }));
    assert!(matches!(read(""), Unreadable::NotXml { .. }));
    // What a newer API has is passed over.
    let newer = Component::read(Kind::Profile, "A".into(), "<Profile><newThing><x/></newThing></Profile>", 0);
    assert!(newer.is_ok());
}

#[test]
fn columns_are_characters_and_lines_of_windows_are_lines() {
    let text = "<Profile>\r\n\r\n<é/><userPermissions><enabled>true</enabled><name>ViewAllData</name></userPermissions></Profile>";
    let own = Component::read(Kind::Profile, "A".into(), text, 0).unwrap();
    let judged = judged(vec![own], "A", Some(AdminAnswer::Integration));
    assert_eq!(found(&judged, "broad-permission"), [("ViewAllData".into(), Severity::High, at(0, 3, 45))]);
}

#[test]
fn an_app_is_judged_by_its_files_and_what_they_leave_out_is_no_pass() {
    let app = "<contactEmail>it@acme.example</contactEmail><label>ERP</label>\n<oauthConfig><consumerKey>3MVG9</consumerKey>\n\
        <isAdminApproved>true</isAdminApproved><isClientCredentialEnabled>true</isClientCredentialEnabled>\n\
        <oauthClientCredentialUser>erp@acme.example</oauthClientCredentialUser>\n    <scopes>Full</scopes></oauthConfig>\n\
        <oauthPolicy><ipRelaxation>BYPASS</ipRelaxation>\n  <refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy>\n";
    let own = read("ERP.connectedApp-meta.xml", 4, app);
    assert!(!format!("{own:?}").contains("3MVG9"), "a key is shown nowhere");
    let app = judged(vec![own], "ERP", None);
    assert_eq!((app.id.kind, app.shown().as_str()), (SubjectKind::App, "App “ERP”"));
    assert_eq!(found(&app, "full-scope"), [("scopes".into(), Severity::High, at(4, 7, 5))]);
    assert_eq!(found(&app, "relaxed-ip-policy")[0].2, at(4, 8, 14));
    // Who that user is stands in no file, nor how the app logs in.
    for rule in ["client-credentials-as-person", "app-contact-gone", "weak-oauth-flow"] {
        assert!(matches!(verdict(&app, rule), Verdict::NeedsOrg), "{rule}");
    }
    let part = read("ERP.connectedApp", 0, "<label>ERP</label><oauthConfig/>\n");
    let part = judged(vec![part], "ERP", None);
    let Verdict::CannotTell(why) = verdict(&part, "full-scope") else { panic!() };
    assert!(why.ends_with("The file doesn't say it. Retrieve the whole component."), "{why}");
}

#[test]
fn an_external_client_app_is_put_together_of_its_files() {
    let files = [
        read("W.eca-meta.xml", 0, "<label>Warehouse</label><contactEmail>it@acme.example</contactEmail>\n"),
        read(
            "W_oauth.ecaOauth-meta.xml",
            1,
            "<commaSeparatedOauthScopes>Full</commaSeparatedOauthScopes><externalClientApplication>W</externalClientApplication>\n",
        ),
        read(
            "W_plcy.ecaOauthPlcy-meta.xml",
            2,
            "<externalClientApplication>W</externalClientApplication>\n<ipRelaxationPolicyType>Bypass</ipRelaxationPolicyType>\n",
        ),
    ];
    let app = judged(files.to_vec(), "W", None);
    assert_eq!(app.place.file, 0, "of all its files the app's own");
    assert_eq!(found(&app, "full-scope")[0].2, at(1, 3, 1));
    assert_eq!(found(&app, "relaxed-ip-policy")[0].2, at(2, 4, 1));
    assert!(matches!(verdict(&app, "legacy-connected-app"), Verdict::Pass(_)));
}

#[test]
fn settings_of_the_org_are_judged_and_a_later_package_replaces_an_earlier() {
    let file = |name: &str, root: &str, number, inner: &str| {
        Component::read(Kind::OrgSettings, name.to_owned(), &xml(root, inner), number).unwrap()
    };
    let on = "<enableAdminApprovedAppsOnly>true</enableAdminApprovedAppsOnly>\n";
    let off = "<enableAdminApprovedAppsOnly>false</enableAdminApprovedAppsOnly>\n";
    let session = "<sessionSettings><enforceIpRangesEveryRequest>false</enforceIpRangesEveryRequest></sessionSettings>\n";
    let org = judged(
        vec![
            file("ConnectedApp", "ConnectedAppSettings", 0, on),
            file("ConnectedApp", "ConnectedAppSettings", 1, off),
            file("Security", "SecuritySettings", 2, session),
        ],
        "Org settings",
        None,
    );
    assert_eq!(found(&org, "api-access-control-off")[0].2, at(1, 3, 1));
    // What no file says, and how many profiles have ranges, is for an org to tell.
    assert!(matches!(verdict(&org, "unused-integration-seat"), Verdict::NeedsOrg));
    assert!(matches!(verdict(&org, "weak-password-policy"), Verdict::NeedsOrg));
    let other = Component::read(Kind::OrgSettings, "Security".into(), &xml("AccountSettings", ""), 0);
    assert_eq!(
        other.unwrap_err(),
        Unreadable::OtherRoot { is: "AccountSettings".into(), expected: "SecuritySettings" }
    );
    assert!(Folder::new([]).is_empty());
}
