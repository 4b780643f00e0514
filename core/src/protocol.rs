//! The messages between the extension's parts, declared once: what its surfaces ask of the worker, who may ask what, and what it
//! answers. The TypeScript types in `extension/web/protocol.ts` are made from these (`protocol/typescript.rs`).

mod command;
mod response;
mod sender;
mod settings;
mod surface;
#[cfg(test)]
mod typescript;

pub use command::{Command, Corner, EntryPreview, FormDescription, StepWord, Until, WIDER, form_state};
pub use response::{
    AcceptedFile, Broken, Drawing, Export, FormAnswer, Marker, MarkerDetail, PanelParts, PushedMessage,
    Response, SaveCheck, SaveNote,
};
pub use sender::Sender;
pub use settings::{Markers, PanelPlace, SettingChange, Settings, Theme};
pub use surface::Surface;

#[cfg(test)]
mod tests {
    use super::command::*;
    use super::sender::*;
    use super::settings::*;
    use super::surface::*;
    use crate::classification::AdminAnswer;
    use crate::form::Click;

    const ID: &str = "abcdefghijklmnop";
    const ORIGIN: &str = "chrome-extension://abcdefghijklmnop/";

    fn page() -> Sender {
        Sender {
            id: ID.into(),
            url: "https://acme.my.salesforce-setup.com/lightning/setup/ManageUsers/home".into(),
            tab: Some(1),
            ..Sender::default()
        }
    }

    #[test]
    fn surfaces_by_what_the_browser_says() {
        let popup = Sender { id: ID.into(), url: format!("{ORIGIN}popup.html"), ..Sender::default() };
        assert_eq!(popup.surface(ID, ORIGIN), Some(Surface::Popup));
        assert_eq!(page().surface(ID, ORIGIN), Some(Surface::Page));
        let named_alike = Sender { url: "https://acme.my.salesforce.com/popup.html".into(), ..page() };
        assert_eq!(named_alike.surface(ID, ORIGIN), Some(Surface::Page));
    }

    #[test]
    fn of_frames_only_forms_may_speak() {
        let url = "https://acme.my.salesforce.com/00e5g000002AbCd/e?s=SystemPermissions";
        let form = Sender { url: url.into(), frame: 3, ..page() };
        assert_eq!(form.surface(ID, ORIGIN), Some(Surface::Frame));
        let edit = Command::Edit {
            number: 1,
            form: None,
            on: String::new(),
            values: String::new(),
            open: vec![],
            clicks: vec![],
        };
        assert!(form.may(&edit, ID, ORIGIN) && page().may(&edit, ID, ORIGIN));
        assert!(!form.may(&Command::Retry { number: 1 }, ID, ORIGIN));
        assert!(!form.may(&Command::Check { url: String::new(), number: 1 }, ID, ORIGIN));
        let elsewhere = Sender { url: url.replace("salesforce", "example"), ..form.clone() };
        assert_eq!(elsewhere.surface(ID, ORIGIN), None);
        assert_eq!(Sender { tab: None, ..form }.surface(ID, ORIGIN), None);
    }

    #[test]
    fn strangers_are_nobody() {
        for sender in [
            Sender { id: "other".into(), ..page() },
            Sender { url: "https://example.com/popup.html".into(), ..page() },
            Sender { frame: 3, ..page() },
            Sender { tab: None, ..page() },
            Sender { url: format!("{ORIGIN}popup.html"), frame: 2, tab: Some(1), ..page() },
            Sender { url: format!("{ORIGIN}approve.html?tab=1"), frame: 2, ..page() },
            Sender { url: format!("{ORIGIN}approve.html?tab=1"), tab_url: page().url, ..page() },
            Sender { url: format!("{ORIGIN}other.html"), ..page() },
            Sender::default(),
        ] {
            assert_eq!(sender.surface(ID, ORIGIN), None, "{sender:?}");
        }
    }

    #[test]
    fn commands_only_from_where_they_may_come() {
        assert!(page().may(&Command::Check { url: String::new(), number: 1 }, ID, ORIGIN));
        assert!(!page().may(&Command::Front, ID, ORIGIN));
        let history = Sender { url: format!("{ORIGIN}history.html"), tab: Some(3), ..page() };
        assert!(history.may(&Command::Clear, ID, ORIGIN) && !page().may(&Command::Clear, ID, ORIGIN));
    }

    #[test]
    fn a_page_opens_the_review_and_no_frame_does() {
        assert!(page().may(&Command::OpenReview { number: 1 }, ID, ORIGIN));
        let edit =
            Sender { url: "https://acme.my.salesforce.com/00e5g000002AbCd/e".into(), frame: 3, ..page() };
        assert!(!edit.may(&Command::OpenReview { number: 1 }, ID, ORIGIN));
    }

    #[test]
    fn what_writes_is_asked_by_the_extension_s_own_pages_alone() {
        let own = |path: &str| Sender { url: format!("{ORIGIN}{path}"), tab: Some(3), ..page() };
        let edit =
            Sender { url: "https://acme.my.salesforce.com/00e5g000002AbCd/e".into(), frame: 3, ..page() };
        assert_eq!(edit.surface(ID, ORIGIN), Some(Surface::Frame));
        for command in [
            Command::Apply { number: 1, token: "t".into(), fields: vec![] },
            Command::Allow { number: 1, token: "t".into(), until: Until::Closed },
            Command::Forbid { number: 1 },
        ] {
            assert!(own("approve.html?tab=7").may(&command, ID, ORIGIN));
            // The others show; they are not where anything is approved.
            let others = ["popup.html", "history.html", "options.html", "welcome.html"].map(own);
            for sender in others.into_iter().chain([page(), edit.clone()]) {
                assert!(!sender.may(&command, ID, ORIGIN), "{command:?} of {sender:?}");
            }
        }
        assert_eq!(own("approve.html?tab=7").approves(), Some(7));
        assert_eq!(own("approve.html?tab=7#tab=8").approves(), Some(7));
        assert_eq!(own("approve.html").approves(), None);
    }

    #[test]
    fn a_page_chooses_where_its_panel_stands_and_nothing_else() {
        let options = Sender { url: format!("{ORIGIN}options.html#checks"), tab: Some(3), ..page() };
        let configure = |change| Command::Configure { change };
        let place = configure(SettingChange::Place { value: PanelPlace::Docked });
        let width = configure(SettingChange::Width { value: 480 });
        assert!(page().may(&place, ID, ORIGIN) && page().may(&width, ID, ORIGIN));
        let rule = SettingChange::Rule { rule: "stale-secret".into(), value: false };
        for command in [
            configure(rule),
            configure(SettingChange::FindingsOn { value: false }),
            configure(SettingChange::AskBeforeCritical { value: false }),
            Command::Options,
            Command::ForgetAnswers { of: None },
            Command::ShowPanels { of: None },
            Command::ForbidOrg { org: "00D".into() },
            Command::ExportAccepted { org: "00D".into() },
            Command::ImportAccepted { org: "00D".into(), text: "{}".into(), confirmed: true },
            Command::ForgetAccepted { org: "00D".into(), fingerprint: None },
            Command::Erase,
        ] {
            assert!(options.may(&command, ID, ORIGIN), "{command:?}");
            assert!(!page().may(&command, ID, ORIGIN), "{command:?}");
        }
    }

    #[test]
    fn a_page_accepts_what_it_shows_and_no_frame_of_it_does() {
        let edit =
            Sender { url: "https://acme.my.salesforce.com/00e5g000002AbCd/e".into(), frame: 3, ..page() };
        let options = Sender { url: format!("{ORIGIN}options.html"), tab: Some(3), ..page() };
        for command in [
            Command::Accept { number: 1, rule: "r".into(), fields: vec![] },
            Command::StopAccepting { number: 1, fingerprint: "lw1:0".into() },
            Command::Note { number: 1, fields: vec![] },
        ] {
            assert!(page().may(&command, ID, ORIGIN), "{command:?}");
            assert!(!edit.may(&command, ID, ORIGIN) && !options.may(&command, ID, ORIGIN), "{command:?}");
        }
    }

    #[test]
    fn every_command_reads_back() {
        let (number, entry, token) = (u32::MAX, "e".to_owned(), "t".to_owned());
        let fields = vec![("0".to_owned(), "a".to_owned())];
        let form = FormDescription {
            boxes: "x\n".into(),
            fields: String::new(),
            object: "Account".into(),
            is_again: true,
        };
        let mut commands = vec![
            Command::Check { url: "https://acme.my.salesforce.com/005".into(), number },
            Command::Retry { number },
            Command::Close { number },
            Command::Edit {
                number,
                form: None,
                on: "01".into(),
                values: String::new(),
                open: vec![],
                clicks: vec![Click { place: 0, others: vec![1, 2] }],
            },
            Command::ShowField { number, place: "12".into() },
            Command::PutBack { number },
            Command::Edit {
                number,
                form: Some(form),
                on: "01".into(),
                values: "a\n".into(),
                open: vec![0, 409],
                clicks: vec![],
            },
            Command::Front,
            Command::Submitted,
            Command::SaveCheck { on: None },
            Command::SaveCheck { on: Some(true) },
            Command::ShowApproval { number },
            Command::Fix { number, plan: "7".into(), fields: fields.clone() },
            Command::Undo { number, entry: entry.clone() },
            Command::Continue { number, entry: entry.clone() },
            Command::Verify { number, entry },
            Command::Apply { number, token: token.clone(), fields: fields.clone() },
            Command::Allow { number, token: token.clone(), until: Until::Closed },
            Command::Allow { number, token, until: Until::Always },
            Command::Forbid { number },
            Command::Leave { number },
            Command::History,
            Command::Export,
            Command::Clear,
            Command::OpenEntry { entry: "e".into(), preview: EntryPreview::Undo },
            Command::OpenPanel,
            Command::Options,
            Command::Configure { change: SettingChange::Rule { rule: "r".into(), value: false } },
            Command::Configure { change: SettingChange::Markers { value: Markers::All } },
            Command::ForbidOrg { org: "00D".into() },
            Command::ForgetAnswers { of: Some(("00D".into(), "005".into())) },
            Command::ShowPanels { of: None },
            Command::Accept { number, rule: "r".into(), fields: fields.clone() },
            Command::StopAccepting { number, fingerprint: "lw1:0".into() },
            Command::Note { number, fields: fields.clone() },
            Command::ExportAccepted { org: "00D".into() },
            Command::ImportAccepted { org: "00D".into(), text: "{}".into(), confirmed: true },
            Command::ForgetAccepted { org: "00D".into(), fingerprint: Some("lw1:0".into()) },
            Command::Erase,
            Command::Welcome,
            Command::ReloadTabs,
        ];
        let answers = [None, Some(AdminAnswer::Integration), Some(AdminAnswer::Person)];
        let corners = [Corner::BottomRight, Corner::BottomLeft, Corner::TopLeft, Corner::TopRight];
        commands.extend(answers.map(|answer| Command::Answer { number, answer }));
        commands.extend(corners.map(|corner| Command::Place { corner }));
        commands.extend([true, false].map(|open| Command::Fold { open }));
        for command in commands {
            let text = serde_json::to_string(&command).unwrap();
            assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command, "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_not_read() {
        for text in [
            "null",
            r#"{"command":"ApplyEverything"}"#,
            r#"{"command":"Check","number":1}"#,
            r#"{"command":"Check","url":"x","number":-1}"#,
            r#"{"command":"Answer","number":1,"answer":"Robot"}"#,
            r#"{"command":"Place","corner":"middle"}"#,
        ] {
            assert!(serde_json::from_str::<Command>(text).is_err(), "{text}");
        }
        let command = serde_json::from_str::<Command>(r#"{"command":"Answer","number":2}"#).unwrap();
        assert_eq!(command, Command::Answer { number: 2, answer: None });
        let text = r#"{"command":"Edit","number":7,"on":"01","values":"a\nb\n","form":{"boxes":"x\ny\n","fields":"","object":""}}"#;
        let Command::Edit { form, on, values, .. } = serde_json::from_str(text).unwrap() else {
            panic!("{text}")
        };
        assert_eq!(form.unwrap().form().boxes, ["x", "y"]);
        assert_eq!(form_state(on, &values, vec![]).values, ["a", "b"]);
    }

    #[test]
    fn the_wire_is_plain() {
        let command: Command =
            serde_json::from_str(r#"{"command":"Answer","number":3,"answer":"Person"}"#).unwrap();
        assert_eq!(command, Command::Answer { number: 3, answer: Some(AdminAnswer::Person) });
        assert!(serde_json::from_str::<Command>(r#"{"command":"ApplyEverything"}"#).is_err());
    }
}
