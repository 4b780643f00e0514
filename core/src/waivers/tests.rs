//! What specifies accepted risks, line by line.

mod file;

use super::*;
use crate::facts::ObjectGrant;
use crate::facts::subject::{AppKey, RangeFault, Setting, Subject};
use crate::rules;
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use serde_json::json;

const ORG: &str = "00D5g000000AAAA";
const SANDBOX: &str = "00D5g000000BBBB";
const ERP: &str = "0055g000001Abcd";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn now(text: &str) -> Timestamp {
    day(text).start()
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn erp() -> SubjectId {
    SubjectId::new(SubjectKind::User, "erp.sync@acme.example", Some(id(ERP)), Some(id(ORG)))
}

fn rule(name: &str) -> &'static Rule {
    rules::all().iter().find(|rule| rule.id == name).unwrap()
}

fn permission(name: &str, severity: Severity) -> Finding {
    let subject = Subject::Permission { name: name.into(), granted_by: vec![] };
    Finding::new(subject, name, vec!["1 other user has it".into()]).with(severity)
}

fn objects(names: &[&str]) -> Finding {
    let grants = names.iter().map(|name| ObjectGrant { object: (*name).into(), ..ObjectGrant::default() });
    let granted_by = id("0PS5g000001Abcd");
    Finding::new(Subject::Objects { granted_by, objects: grants.collect() }, "t", vec![]).with(Severity::High)
}

const ENTERED: Entered<'_> = Entered {
    reason: "The vendor needs it until May.",
    owner: "jane@acme.example",
    ticket: "SEC-12",
    until: "2027-02-28",
};

/// ViewAllData of the user ERP, accepted on 2026-12-01 as High until 2027-02-28.
fn accepted() -> Waivers {
    let mut all = Waivers::default();
    let outcome = Outcome::Findings(vec![permission("ViewAllData", Severity::High)]);
    accept(&mut all, "broad-permission", &outcome, "ViewAllData", ENTERED).unwrap();
    all
}

fn accept(
    all: &mut Waivers,
    name: &str,
    outcome: &Outcome,
    about: &str,
    entered: Entered<'_>,
) -> Result<(), Vec<Fault>> {
    let abouts = [about.to_owned()];
    all.accept((rule(name), outcome), &erp(), &abouts, entered, "admin@acme.example", now("2026-12-01"))
}

fn status<'a>(all: &'a Waivers, name: &str, finding: &Finding, at: &str) -> WaiverStatus<'a> {
    all.status(rule(name), &erp(), finding, now(at))
}

/// An entry of a file, as somebody writes it by hand.
fn written(change: impl FnOnce(&mut Value)) -> String {
    let mut entry = json!({
        "rule": "broad-permission",
        "subject": { "kind": "user", "key": "erp.sync@acme.example", "id": ERP, "org": ORG },
        "about": "ViewAllData", "reason": "The vendor needs it.", "owner": "jane@acme.example",
        "created": "2026-11-29", "expires": "2027-02-26", "severity": "high",
    });
    change(&mut entry);
    json!({ "version": 1, "waivers": [entry], "notes": [] }).to_string()
}

fn import(text: &str) -> Result<Read, FileError> {
    Waivers::import(text, Terms::default(), day("2026-12-01"))
}

/// What is said of the one entry of a file.
fn problems(text: &str) -> Vec<String> {
    let read = import(text).unwrap();
    assert!(read.waivers.all().is_empty(), "{read:?}");
    read.problems.into_iter().flat_map(|own| own.what).collect()
}

// It changes no outcome, is accepted until a day, and both counts are told.

#[test]
fn what_is_accepted_stays_a_finding_and_is_told_apart() {
    let all = accepted();
    let finding = permission("ViewAllData", Severity::High);
    let WaiverStatus::Accepted(own) = status(&all, "broad-permission", &finding, "2026-12-02") else {
        panic!("{all:?}")
    };
    assert_eq!(
        (own.waiver.owner.as_str(), own.waiver.by.as_str()),
        ("jane@acme.example", "admin@acme.example")
    );
    assert_eq!((own.last_day(all.terms()).words().as_str(), own.is_by_name), ("Feb 28, 2027", false));
    let other = permission("ModifyAllData", Severity::High);
    assert_eq!(status(&all, "broad-permission", &other, "2026-12-02"), WaiverStatus::Open);
    assert_eq!(status(&all, "shared-profile", &finding, "2026-12-02"), WaiverStatus::Open);
    let counted = counts([
        (Severity::Critical, false),
        (Severity::High, true),
        (Severity::Critical, false),
        (Severity::Critical, false),
    ]);
    assert_eq!(counts_in_words(&counted), "3 critical, 1 accepted");
    assert_eq!(counts_in_words(&counts([(Severity::Low, true), (Severity::High, true)])), "2 accepted");
    assert_eq!(counts_in_words(&[]), "");
}

// The fingerprint: rule, subject and about; never evidence or counts.

#[test]
fn a_fingerprint_is_of_what_was_found_and_not_of_what_shows_it() {
    let own = fingerprint("broad-permission", &erp(), "ViewAllData");
    // As `printf 'broad-permission\n0055g000001AbcdAAC\nViewAllData' | sha256sum` says, the first 32 digits.
    assert_eq!(own, EXPECTED);
    assert_ne!(own, fingerprint("record-deletion", &erp(), "ViewAllData"));
    assert_ne!(own, fingerprint("broad-permission", &erp(), "ModifyAllData"));
    let other = SubjectId { id: Some(id("0055g000001Bbcd")), ..erp() };
    assert_ne!(own, fingerprint("broad-permission", &other, "ViewAllData"));
    // A new username, or another org's copy, is the same record.
    let renamed = SubjectId { key: "erp@acme.example".into(), ..erp() };
    assert_eq!(own, fingerprint("broad-permission", &renamed, "ViewAllData"));
    // Without an id the name tells, whatever its capitals.
    let by_name = |key: &str| fingerprint("r", &SubjectId::new(SubjectKind::Profile, key, None, None), "a");
    assert_eq!(by_name("Acme Sync"), by_name("acme sync "));
    let mut counted = permission("ViewAllData", Severity::High);
    counted.evidence = vec!["3 other users have it".into()];
    assert!(status(&accepted(), "broad-permission", &counted, "2026-12-02").is_accepted());
}

const EXPECTED: &str = "lw1:b58b08ed71fb75b927e4218afccd24b4";

#[test]
fn each_finding_of_a_rule_is_about_something_else() {
    for rule in rules::all() {
        for example in (rule.examples)() {
            let Outcome::Findings(findings) = rule.run(&example.facts) else { continue };
            let mut abouts: Vec<String> = findings.iter().map(|own| about(&own.subject)).collect();
            assert!(abouts.iter().all(|own| !own.is_empty() && own != ANYTHING), "{}: {abouts:?}", rule.id);
            // Of several sets that let the same objects be deleted, what is accepted is that they can be.
            if findings.iter().all(|own| !matches!(own.subject, Subject::Objects { .. })) {
                let count = abouts.len();
                abouts.sort();
                abouts.dedup();
                assert_eq!(abouts.len(), count, "{}, {}: {abouts:?}", rule.id, example.name);
            }
        }
    }
}

// Matches by rule, subject and about; `*`; by name across refreshes.

#[test]
fn after_a_refresh_it_fits_by_name_and_says_so() {
    let all = accepted();
    let refreshed = SubjectId::user(
        "erp.sync@acme.example.uat",
        id("0055g000001Bbcd"),
        id(SANDBOX),
        "acme--uat.sandbox.my.salesforce.com",
    );
    let finding = permission("ViewAllData", Severity::High);
    let status = all.status(rule("broad-permission"), &refreshed, &finding, now("2026-12-02"));
    assert!(matches!(status, WaiverStatus::Accepted(own) if own.is_by_name), "{status:?}");
    let renamed = SubjectId { key: "new@acme.example".into(), ..erp() };
    let status = all.status(rule("broad-permission"), &renamed, &finding, now("2026-12-02"));
    assert!(matches!(status, WaiverStatus::Accepted(own) if !own.is_by_name), "{status:?}");
}

#[test]
fn a_star_is_all_of_one_rule_and_subject_and_no_more() {
    let read = import(&written(|own| own["about"] = json!("*"))).unwrap();
    assert_eq!(read.problems, []);
    let all = read.waivers;
    for name in ["ViewAllData", "ModifyAllData"] {
        assert!(
            status(&all, "broad-permission", &permission(name, Severity::High), "2026-12-02").is_accepted()
        );
    }
    assert_eq!(status(&all, "record-deletion", &objects(&["Account"]), "2026-12-02"), WaiverStatus::Open);
    for change in [("rule", json!("*")), ("rule", json!(" ")), ("about", json!(""))] {
        let said = problems(&written(|own| own[change.0] = change.1.clone()));
        assert_eq!(said, [Fault::WholeRule.sentence()], "{change:?}");
    }
    let said = problems(&written(|own| own["subject"] = json!({ "kind": "user", "key": "*" })));
    assert_eq!(said, [Fault::WholeRule.sentence()]);
    let said = problems(&written(|own| own["subject"] = json!({ "kind": "org", "key": "" })));
    assert_eq!(said, [Fault::WholeRule.sentence()]);
}

#[test]
fn one_object_more_is_open_again_and_one_fewer_is_not() {
    let mut all = Waivers::default();
    let outcome = Outcome::Findings(vec![objects(&["Invoice__c", "Account"])]);
    accept(&mut all, "record-deletion", &outcome, "Account,Invoice__c", ENTERED).unwrap();
    assert!(status(&all, "record-deletion", &objects(&["Invoice__c"]), "2026-12-02").is_accepted());
    let more = objects(&["Account", "Contact", "Invoice__c"]);
    assert_eq!(status(&all, "record-deletion", &more, "2026-12-02"), WaiverStatus::Open);
}

#[test]
fn what_findings_are_about_is_written_plainly() {
    let app = |key| about(&Subject::App(key));
    assert_eq!(app(AppKey::Name(" ERP, Sync ".into())), "app:erp  sync");
    assert_eq!(app(AppKey::Deleted), "app:(deleted)");
    assert_eq!(about(&Subject::Setting(Setting::LoginIpRanges(RangeFault::Wide))), "LoginIpRanges.Wide");
    let apps = Subject::Apps(vec![AppKey::Name("b".into()), AppKey::Name("a".into())]);
    assert_eq!(about(&apps), "app:a,app:b");
}

// Reason, owner, days; the policy may shorten; critical at most 90.

#[test]
fn what_is_entered_is_looked_at_field_by_field() {
    let today = day("2026-12-01");
    let of = |entered, severity, terms| check(entered, severity, terms, today);
    let normal = Terms::default();
    assert_eq!(of(ENTERED, Severity::High, normal), Ok(day("2027-02-28")));
    let bare = Entered { reason: " short    ", owner: " ", ticket: "", until: "soon" };
    assert_eq!(of(bare, Severity::High, normal), Err(vec![Fault::Reason, Fault::Owner, Fault::NoDay]));
    let strict = Terms { needs_ticket: true, most_days: 30, ..normal };
    let faults = of(Entered { ticket: " ", ..ENTERED }, Severity::High, strict).unwrap_err();
    assert_eq!(faults, [Fault::Ticket, Fault::TooLong(30)]);
    assert_eq!(faults.iter().map(|own| own.field()).collect::<Vec<_>>(), ["ticket", "until"]);
    for (until, severity, is) in [
        ("2027-12-01", Severity::High, Ok(day("2027-12-01"))),
        ("2027-12-02", Severity::High, Err(vec![Fault::TooLong(365)])),
        ("2027-03-01", Severity::Critical, Ok(day("2027-03-01"))),
        ("2027-03-02", Severity::Critical, Err(vec![Fault::TooLong(90)])),
        ("2026-12-01", Severity::High, Err(vec![Fault::Past])),
        ("2025-01-01", Severity::High, Err(vec![Fault::Past])),
    ] {
        assert_eq!(of(Entered { until, ..ENTERED }, severity, normal), is, "{until}");
    }
    // A policy may shorten, never lengthen.
    let long = Terms { most_days: 1_000, ..normal };
    assert_eq!((long.days(Severity::Low), long.days(Severity::Critical)), (365, 90));
    // Ten letters are ten, of any alphabet.
    assert!(of(Entered { reason: "許可理由許可理由許可", ..ENTERED }, Severity::High, normal).is_ok());
    for fault in
        [Fault::Reason, Fault::Owner, Fault::NoDay, Fault::Past, Fault::Forbidden, Fault::NothingFound]
    {
        assert!(fault.sentence().ends_with('.'));
    }
}

#[test]
fn nothing_is_accepted_where_something_is_wrong() {
    let mut all = Waivers::default();
    let found = Outcome::Findings(vec![permission("ViewAllData", Severity::Critical)]);
    let of =
        |all: &mut Waivers, about: &str, entered| accept(all, "broad-permission", &found, about, entered);
    let long = Entered { until: "2027-11-30", ..ENTERED };
    assert_eq!(of(&mut all, "ViewAllData", long), Err(vec![Fault::TooLong(90)]), "it is critical");
    assert_eq!(of(&mut all, "ModifyAllData", ENTERED), Err(vec![Fault::NothingFound]));
    // The reason of a baseline is no reason that somebody enters.
    let baseline = Entered { reason: BASELINE, ..ENTERED };
    assert_eq!(of(&mut all, "ViewAllData", baseline), Err(vec![Fault::Reason]));
    let mut forbidden =
        Waivers::default().with_policy(vec![], Terms { is_allowed: false, ..Terms::default() });
    assert_eq!(of(&mut forbidden, "ViewAllData", ENTERED), Err(vec![Fault::Forbidden]));
    assert!(all.is_empty() && forbidden.is_empty());
}

#[test]
fn what_cannot_be_told_cannot_be_accepted() {
    let mut all = Waivers::default();
    for outcome in [
        Outcome::CannotTell { missing: "login history".into(), why: OrgError::Pending },
        Outcome::pass(""),
        Outcome::not_applicable("no"),
    ] {
        let is = accept(&mut all, "broad-permission", &outcome, "ViewAllData", ENTERED);
        assert_eq!(is, Err(vec![Fault::NothingFound]), "{outcome:?}");
        let is = accept(&mut all, "broad-permission", &outcome, "*", ENTERED);
        assert_eq!(is, Err(vec![Fault::NothingFound]), "{outcome:?}");
    }
    assert!(all.is_empty());
}

// Lapses: expired, worse, gone; never by a count.

#[test]
fn it_lapses_with_its_last_day_and_says_when() {
    let all = accepted();
    let finding = permission("ViewAllData", Severity::High);
    assert!(status(&all, "broad-permission", &finding, "2027-02-28").is_accepted(), "its last day counts");
    let WaiverStatus::Lapsed(_, lapse) = status(&all, "broad-permission", &finding, "2027-03-01") else {
        panic!()
    };
    assert_eq!(lapse.sentence(), "Acceptance expired on Feb 28, 2027.");
}

#[test]
fn it_lapses_when_the_finding_is_worse_and_not_when_it_is_less_bad() {
    let all = accepted();
    let of = |severity| {
        let finding = permission("ViewAllData", severity);
        match status(&all, "broad-permission", &finding, "2026-12-02") {
            WaiverStatus::Lapsed(_, lapse) => lapse.sentence(),
            WaiverStatus::Accepted(_) => "accepted".to_owned(),
            WaiverStatus::Open => "open".to_owned(),
        }
    };
    assert_eq!(of(Severity::Critical), "Accepted as High, but it's Critical now.");
    assert_eq!([of(Severity::High), of(Severity::Medium)], ["accepted", "accepted"]);
}

#[test]
fn what_is_gone_is_no_longer_needed_and_what_was_not_looked_at_is_not_gone() {
    let all = accepted();
    let of = |outcome: &Outcome| {
        let own = erp();
        all.of(&own).no_longer_needed([(rule("broad-permission"), outcome)]).len()
    };
    assert_eq!(of(&Outcome::pass("")), 1);
    assert_eq!(of(&Outcome::Findings(vec![permission("ModifyAllData", Severity::High)])), 1);
    assert_eq!(of(&Outcome::Findings(vec![permission("ViewAllData", Severity::Low)])), 0);
    assert_eq!(of(&Outcome::CannotTell { missing: "x".into(), why: OrgError::Pending }), 0);
    assert_eq!(of(&Outcome::not_applicable(rules::rule::TURNED_OFF)), 0);
    let other = SubjectId { id: Some(id("0055g000001Bbcd")), ..erp() };
    assert!(all.of(&other).no_longer_needed([(rule("broad-permission"), &Outcome::pass(""))]).is_empty());
    let mut all = all;
    assert_eq!(all.prune("admin@acme.example", now("2027-02-28")), 0);
    assert_eq!(all.prune("admin@acme.example", now("2027-03-01")), 1);
    assert!(all.all().is_empty() && all.removed().len() == 1);
}

#[test]
fn a_company_s_policy_holds_for_what_was_accepted_before_it() {
    let finding = permission("ViewAllData", Severity::High);
    let under = |terms: Terms, at: &str| {
        let all = accepted().with_policy(vec![], terms);
        match status(&all, "broad-permission", &finding, at) {
            WaiverStatus::Lapsed(_, lapse) => lapse.sentence(),
            other => format!("{}", other.is_accepted()),
        }
    };
    let normal = Terms::default();
    assert_eq!(under(Terms { most_days: 30, ..normal }, "2026-12-31"), "true");
    assert_eq!(under(Terms { most_days: 30, ..normal }, "2027-01-01"), "Acceptance expired on Dec 31, 2026.");
    assert!(under(Terms { is_allowed: false, ..normal }, "2026-12-02").contains("doesn't allow"));
    assert_eq!(under(Terms { needs_ticket: true, ..normal }, "2026-12-02"), "true", "it has a ticket");
    let own = accepted().all()[0].clone();
    let mut all =
        Waivers { waivers: vec![Waiver { ticket: String::new(), ..own.clone() }], ..Waivers::default() };
    all = all.with_policy(vec![], Terms { needs_ticket: true, ..normal });
    let status_of = |all: &Waivers| format!("{:?}", status(all, "broad-permission", &finding, "2026-12-02"));
    assert!(status_of(&all).contains("NoTicket"));
    // The company's own stand above what it asks of admins, and nobody ends them here.
    let strict = Terms { is_allowed: false, most_days: 1, needs_ticket: true };
    let mut all =
        Waivers::default().with_policy(vec![Waiver { ticket: String::new(), ..own.clone() }], strict);
    let WaiverStatus::Accepted(by) = status(&all, "broad-permission", &finding, "2026-12-20") else {
        panic!()
    };
    assert!(by.is_company && by.last_day(strict) == own.expires);
    assert!(!all.remove(&own.fingerprint, "x", day("2026-12-02")) && all.of_company().len() == 1);
}

#[test]
fn of_several_one_that_holds_wins_then_one_of_this_org() {
    let own = accepted().all()[0].clone();
    let expired = Waiver { expires: day("2026-12-01"), about: "*".into(), ..own.clone() };
    let by_name = Waiver {
        subject: SubjectId { org: Some(id(SANDBOX)), id: Some(id("0055g000001Bbcd")), ..own.subject.clone() },
        ..own.clone()
    };
    let finding = permission("ViewAllData", Severity::High);
    let mut all = Waivers { waivers: vec![expired, by_name], ..Waivers::default() };
    let of = |all: &Waivers| match status(all, "broad-permission", &finding, "2026-12-05") {
        WaiverStatus::Accepted(own) => own.is_by_name,
        other => panic!("{other:?}"),
    };
    assert!(of(&all));
    all.waivers.push(own);
    assert!(!of(&all));
}

// Ending, history, and markup.

#[test]
fn what_is_ended_is_remembered_and_what_is_accepted_again_replaces() {
    let mut all = accepted();
    let found = Outcome::Findings(vec![permission("ViewAllData", Severity::High)]);
    let again = Entered { reason: "Needed for longer, says Jane.", ..ENTERED };
    accept(&mut all, "broad-permission", &found, "ViewAllData", again).unwrap();
    assert_eq!((all.all().len(), all.removed().len()), (1, 1));
    let fingerprint = all.all()[0].fingerprint.clone();
    assert!(all.remove(&fingerprint, "bob@acme.example", day("2026-12-03")));
    assert!(!all.remove(&fingerprint, "bob@acme.example", day("2026-12-03")), "there is none any more");
    let ended = all.removed();
    assert_eq!(
        (ended[0].removed_by.as_str(), ended[0].waiver.reason.as_str()),
        ("bob@acme.example", again.reason)
    );
    let read = Waivers::stored(&all.to_stored()).unwrap();
    assert_eq!(read, all);
    let finding = permission("ViewAllData", Severity::High);
    assert_eq!(status(&all, "broad-permission", &finding, "2026-12-04"), WaiverStatus::Open);
}

#[test]
fn markup_in_a_reason_is_text() {
    let mut all = Waivers::default();
    let found = Outcome::Findings(vec![permission("ViewAllData", Severity::High)]);
    let reason = "<img src=x onerror=alert(1)> \"quoted\"\nand a second line \u{202e}";
    accept(&mut all, "broad-permission", &found, "ViewAllData", Entered { reason, ..ENTERED }).unwrap();
    let text = all.export();
    assert_eq!(text.lines().count(), 5, "still one a line: {text}");
    assert_eq!(import(&text).unwrap().waivers.all()[0].reason, reason);
}
