//! Components of the Metadata API: what a plan reads and writes of them, by answers of the shape that the contract has.
//!
//! They never open a socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

use leastwise_core::execute::{Effect, Executor, Preview, Progress, SESSION, Stop};
use leastwise_core::plan::{Plan, Step, Term, fields};
use leastwise_core::salesforce::http::{Answer, Request, Response};

fn envelope(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
}

/// `readMetadata` with these records; an empty one is a component that is not there.
fn read(kind: &str, records: &[&str]) -> String {
    let record = |inner: &&str| match inner.is_empty() {
        true => "<records xsi:nil=\"true\"/>".to_owned(),
        false => format!("<records xsi:type=\"{kind}\">{inner}</records>"),
    };
    let all: String = records.iter().map(record).collect();
    envelope(&format!("<readMetadataResponse><result>{all}</result></readMetadataResponse>"))
}

fn saved(operation: &str) -> String {
    envelope(&format!(
        "<{operation}Response><result><fullName>X</fullName><success>true</success></result></{operation}Response>"
    ))
}

fn refused(operation: &str, code: &str, message: &str) -> String {
    envelope(&format!(
        "<{operation}Response><result><errors><message>{message}</message><statusCode>{code}</statusCode></errors><fullName>X</fullName><success>false</success></result></{operation}Response>"
    ))
}

fn answer(request: &Request, status: u16, body: &str) -> Response {
    Response { id: request.id, answer: Ok(Answer { status, body: body.to_owned() }) }
}

fn previewed(plan: Plan, body: &str) -> Result<Plan, String> {
    let mut preview = Preview::new(plan);
    while let Some(request) = preview.next() {
        assert!(request.path.starts_with("/services/Soap/m/") && request.method == "POST");
        preview.feed(&answer(&request, 200, body));
    }
    preview.plan().cloned().map_err(|refusal| refusal.sentence())
}

/// Carries a plan out with these answers, one after the other; what was sent, and the machine.
fn carried_out(plan: Plan, answers: &[(u16, String)]) -> (Vec<String>, Executor) {
    let mut apply = Executor::new(plan);
    let (mut sent, mut answers) = (vec![], answers.iter());
    for _ in 0..60 {
        match apply.next() {
            Effect::Persist => apply.stored(),
            Effect::Wait(_) => apply.paused(),
            Effect::Idle => return (sent, apply),
            Effect::Send(request) => {
                let (status, body) = answers.next().unwrap_or_else(|| panic!("no answer to {request:?}"));
                sent.push(request.body.clone().unwrap_or_default());
                apply.feed(&answer(&request, *status, body));
            }
        }
    }
    panic!("no end: {apply:?}");
}

fn plan(step: Step) -> Plan {
    Plan::new("fix", "Title".into(), vec![step])
}

const OPEN: &str = "<fullName>My_App</fullName><contactEmail>it@acme.example</contactEmail><label>A &amp; B</label><oauthConfig><callbackUrl>https://a.example/?a=1&amp;b=2</callbackUrl><consumerKey>3MVG9</consumerKey><isAdminApproved>false</isAdminApproved><scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig><somethingNew><x>1</x></somethingNew>";

fn closing() -> Plan {
    let after = fields([("oauthConfig.isAdminApproved", Term::flag(true))]);
    let names = vec![Term::text("My_App"), Term::text("My_App_2")];
    plan(Step::component("Close it", "ConnectedApp", names, after))
}

#[test]
fn a_component_is_written_as_it_was_read_but_for_what_changes() {
    let plan = previewed(closing(), &read("ConnectedApp", &[OPEN, ""])).unwrap();
    let closed = OPEN.replace(">false<", ">true<");
    let (sent, apply) = carried_out(
        plan,
        &[
            (200, read("ConnectedApp", &[OPEN, ""])),
            (200, saved("updateMetadata")),
            (200, read("ConnectedApp", &[&closed, ""])),
        ],
    );
    assert!(apply.is_done(), "{:?}", apply.stop());
    assert!(sent.iter().all(|body| body.contains(SESSION)));
    assert!(
        sent[0].contains(
            "<type>ConnectedApp</type><fullNames>My_App</fullNames><fullNames>My_App_2</fullNames>"
        )
    );
    assert!(
        sent[1].contains(&format!("<metadata xsi:type=\"ConnectedApp\">{closed}</metadata>")),
        "{}",
        sent[1]
    );
    // Back: the switch alone, and nobody is said to be let in, which may be said of a closed app only.
    let admitting = format!("{closed}<profileName>Admin</profileName>");
    let (sent, apply) = carried_out(
        apply.undo().unwrap(),
        &[
            (200, read("ConnectedApp", &[&admitting, ""])),
            (200, saved("updateMetadata")),
            (200, read("ConnectedApp", &[OPEN, ""])),
        ],
    );
    assert!(apply.is_done(), "{:?}", apply.stop());
    assert!(sent[1].contains(OPEN) && !sent[1].contains("profileName"), "{}", sent[1]);
}

#[test]
fn what_is_refused_is_said_and_what_is_not_known_is_read() {
    let ready = || previewed(closing(), &read("ConnectedApp", &[OPEN, ""])).unwrap();
    let look = || (200, read("ConnectedApp", &[OPEN, ""]));
    let stop = |answers: &[(u16, String)]| carried_out(ready(), answers).1.stop().cloned().unwrap();
    let no = stop(&[look(), (200, refused("updateMetadata", "INVALID_FIELD", "No &lt;such&gt; thing"))]);
    assert!(no.sentence().contains("No <such> thing (INVALID_FIELD)"), "{}", no.sentence());
    // What does not prove that nothing was written is read again: perhaps it was, and that is said.
    let perhaps = |answer: (u16, String)| {
        let answers: Vec<_> = [look(), answer].into_iter().chain((0..9).map(|_| look())).collect();
        let (_, apply) = carried_out(ready(), &answers);
        assert!(matches!(apply.stop(), Some(Stop::Perhaps { .. })), "{:?}", apply.stop());
        assert_eq!(apply.progress(), [Progress::Writing]);
        assert!(apply.undo().is_some() && apply.is_unsure());
        apply.stop().unwrap().sentence()
    };
    let silent = envelope(
        "<updateMetadataResponse><result><fullName>X</fullName><success>false</success></result></updateMetadataResponse>",
    );
    assert!(perhaps((200, silent)).contains("gave no reason"));
    let fault = envelope(
        "<soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Illegal Session</faultstring></soapenv:Fault>",
    );
    assert!(perhaps((500, fault)).contains("session has ended"));
    assert!(
        perhaps((200, refused("updateMetadata", "UNKNOWN_EXCEPTION", "?"))).contains("UNKNOWN_EXCEPTION")
    );
    let message = "Permission ManageUsers depends on permission(s): ViewSetup; Permission X depends on permission(s): ViewSetup";
    let needed = stop(&[look(), (200, refused("updateMetadata", "FIELD_INTEGRITY_EXCEPTION", message))]);
    assert_eq!(needed, Stop::Dependents(vec!["ManageUsers".into(), "X".into()]));
    // An answer that broke off: a reading tells that it took place.
    let closed = OPEN.replace(">false<", ">true<");
    let half = saved("updateMetadata").replace("</result>", "").chars().take(300).collect::<String>();
    let (sent, apply) =
        carried_out(ready(), &[look(), (200, half), (200, read("ConnectedApp", &[&closed, ""]))]);
    assert!(apply.is_done() && sent.len() == 3, "{:?}", apply.stop());
    // Somebody else was faster with something else, or the app is none of this org's.
    let (sent, apply) = carried_out(ready(), &[(200, read("ConnectedApp", &["", ""]))]);
    assert!(apply.stop().is_some() && sent.len() == 1, "{:?}", apply.stop());
    assert!(
        previewed(closing(), &read("ConnectedApp", &["", ""])).unwrap_err().contains("ConnectedApp “My_App”")
    );
    assert!(previewed(closing(), "<html>Service not available</html>").is_err());
}

const ADMIN: &str = "<fullName>Admin</fullName><custom>false</custom><loginIpRanges><endAddress>1.1.1.1</endAddress><startAddress>1.1.1.1</startAddress></loginIpRanges><tabVisibilities><tab>standard-Account</tab><visibility>DefaultOn</visibility></tabVisibilities><userLicense>Salesforce</userLicense><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>";

fn copying() -> Plan {
    plan(Step::copy("Copy it", "Profile", Term::text("Bot Profile"), Term::text("Admin"), vec![]))
}

#[test]
fn a_copy_is_the_original_under_another_name() {
    let none = read("Profile", &["", ADMIN]);
    let copy = ADMIN.replace(">Admin<", ">Bot Profile<").replace("<custom>false<", "<custom>true<");
    // The platform shows a new profile a tab more: that is not another profile.
    let made = format!(
        "{copy}<tabVisibilities><tab>standard-Case</tab><visibility>Hidden</visibility></tabVisibilities>"
    );
    let plan = previewed(copying(), &none).unwrap();
    let (sent, apply) = carried_out(
        plan.clone(),
        &[(200, none.clone()), (200, saved("createMetadata")), (200, read("Profile", &[&made, ADMIN]))],
    );
    assert!(apply.is_done(), "{:?}", apply.stop());
    assert!(
        sent[1].contains(&format!("<createMetadata><metadata xsi:type=\"Profile\">{copy}</metadata>")),
        "{}",
        sent[1]
    );
    // It is deleted as long as it is that copy.
    let undo = apply.undo().unwrap();
    let (sent, undone) = carried_out(
        undo.clone(),
        &[(200, read("Profile", &[&made, ADMIN])), (200, saved("deleteMetadata")), (200, none.clone())],
    );
    assert!(undone.is_done(), "{:?}", undone.stop());
    assert!(sent[1].contains("<deleteMetadata><type>Profile</type><fullNames>Bot Profile</fullNames>"));
    // Undone, and done again.
    let (sent, again) = carried_out(
        undone.undo().unwrap(),
        &[(200, none.clone()), (200, saved("createMetadata")), (200, read("Profile", &[&made, ADMIN]))],
    );
    assert!(again.is_done() && sent[1].contains(&copy), "{:?}", again.stop());
    let more = made.replace(
        "</userPermissions>",
        "</userPermissions><userPermissions><enabled>true</enabled><name>ViewSetup</name></userPermissions>",
    );
    let (sent, kept) = carried_out(undo, &[(200, read("Profile", &[&more, ADMIN]))]);
    let why = kept.stop().map(Stop::sentence).unwrap_or_default();
    assert!(sent.len() == 1 && why.contains("the copy is no longer as the original"), "{why}");
    // What lacks is told, and the name of another is nobody's to take.
    let less = copy.replace("ApiEnabled", "ViewSetup");
    let mut answers = vec![(200, none), (200, saved("createMetadata"))];
    answers.extend(std::iter::repeat_n((200, read("Profile", &[&less, ADMIN])), 8));
    let why = carried_out(plan, &answers).1.stop().map(Stop::sentence).unwrap_or_default();
    assert!(why.contains("the copy is no longer as the original"), "{why}");
    assert!(previewed(copying(), &read("Profile", &[&less, ADMIN])).unwrap_err().contains("already"));
}

#[test]
fn a_policy_is_found_by_its_profile_s_name_in_small_letters_of_any_alphabet() {
    for (name, small) in [
        ("Łódź", "łódź"),
        ("ĞŞİ", "ğşi\u{307}"),
        ("ΑΘΉΝΑ ΟΔΌΣ", "αθήνα οδός"),
        ("Կապ", "կապ"),
        ("ẞtraße", "ßtraße"),
        ("Ƶ Profile", "ƶ profile"),
    ] {
        let after = fields([("passwordExpiration", Term::Within(-90))]);
        let words = ["Find it".to_owned(), "Set it".to_owned()];
        let steps = Step::policy(words, "ProfilePasswordPolicy", name, after);
        let plan = Plan::new("fix", "Title".into(), steps.into());
        let mut preview = Preview::new(plan);
        let list = envelope(
            "<listMetadataResponse><result><fullName>PT1</fullName></result><result><fullName>PT2</fullName></result></listMetadataResponse>",
        );
        let other =
            "<fullName>PT1</fullName><passwordExpiration>0</passwordExpiration><profile>other</profile>";
        let own = format!(
            "<fullName>PT2</fullName><passwordExpiration>0</passwordExpiration><profile>{small}</profile>"
        );
        for body in [list, read("ProfilePasswordPolicy", &[other, &own])] {
            let request = preview.next().unwrap();
            preview.feed(&answer(&request, 200, &body));
        }
        let plan = preview.plan().unwrap_or_else(|why| panic!("{name}: {}", why.sentence()));
        let before = plan.steps[1].before.clone().unwrap();
        assert!(before.contains(&("fullName".to_owned(), Term::text("PT2"))), "{name}: {before:?}");
    }
}
