//! Reads what arrives as JSON into the core's types, by hand: serde's derived readers of these few types cost 40 KB of
//! the shipped Wasm.
//!
//! It never says what an ask is made of: `leastwise_core::protocol` does, and a test holds the two together.

use leastwise_core::classification::Word;
use leastwise_core::protocol::{Ask, Corner};
use leastwise_core::salesforce::json::Value;

/// An ask; `None` when it is none.
pub(crate) fn ask(message: &Value) -> Option<Ask> {
    if message.get("ask")?.as_str()? == "Edit" {
        let number = u32::try_from(message.get("number")?.as_u64()?).ok()?;
        return crate::editing::ask(message, number);
    }
    serde_json::from_value(message.clone()).ok()
}

/// What an admin said of a user.
pub(crate) fn word(value: &Value) -> Option<Word> {
    match value.as_str()? {
        "Integration" => Some(Word::Integration),
        "Person" => Some(Word::Person),
        _ => None,
    }
}

/// How a word is written.
pub(crate) const fn word_text(word: Word) -> &'static str {
    match word {
        Word::Integration => "Integration",
        Word::Person => "Person",
    }
}

/// A corner of the page.
pub(crate) fn corner(value: &Value) -> Option<Corner> {
    let text = value.as_str()?;
    [Corner::BottomRight, Corner::BottomLeft, Corner::TopLeft, Corner::TopRight]
        .into_iter()
        .find(|corner| corner_text(*corner) == text)
}

/// How a corner is written.
pub(crate) const fn corner_text(corner: Corner) -> &'static str {
    match corner {
        Corner::BottomRight => "bottom-right",
        Corner::BottomLeft => "bottom-left",
        Corner::TopLeft => "top-left",
        Corner::TopRight => "top-right",
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use leastwise_core::protocol::Until;

    #[test]
    fn every_ask_reads_back() {
        let words = [None, Some(Word::Integration), Some(Word::Person)];
        let corners = [Corner::BottomRight, Corner::BottomLeft, Corner::TopLeft, Corner::TopRight];
        let mut asks = vec![
            Ask::Check { url: "https://acme.my.salesforce.com/005".into(), number: u32::MAX },
            Ask::Retry { number: 0 },
            Ask::Close { number: 7 },
            Ask::Front,
            Ask::Submitted,
            Ask::SaveCheck { on: None },
            Ask::SaveCheck { on: Some(true) },
            Ask::ShowApproval { number: 2 },
            Ask::Fix { number: 1, plan: "7".into(), fields: vec![("0".into(), "a".into())] },
            Ask::Undo { number: 1, entry: "e".into() },
            Ask::Continue { number: 1, entry: "e".into() },
            Ask::Verify { number: 1, entry: "e".into() },
            Ask::Apply { number: 1, token: "t".into(), fields: vec![] },
            Ask::Allow { number: 1, token: "t".into(), until: Until::Closed },
            Ask::Allow { number: 1, token: "t".into(), until: Until::Always },
            Ask::Forbid { number: 1 },
            Ask::Leave { number: 1 },
            Ask::History,
            Ask::Export,
            Ask::Clear,
        ];
        asks.extend(words.map(|word| Ask::Say { number: 1, word }));
        asks.extend(corners.map(|corner| Ask::Place { corner }));
        for sent in asks {
            // A new kind of ask stops this from compiling: then it wants an example above, and a line in `ask`.
            match sent {
                Ask::Check { .. }
                | Ask::Retry { .. }
                | Ask::Say { .. }
                | Ask::Place { .. }
                | Ask::Close { .. }
                | Ask::Edit { .. }
                | Ask::Front
                | Ask::Submitted
                | Ask::SaveCheck { .. }
                | Ask::ShowApproval { .. }
                | Ask::Fix { .. }
                | Ask::Undo { .. }
                | Ask::Continue { .. }
                | Ask::Verify { .. }
                | Ask::Apply { .. }
                | Ask::Allow { .. }
                | Ask::Forbid { .. }
                | Ask::Leave { .. }
                | Ask::History
                | Ask::Export
                | Ask::Clear => {}
            }
            assert_eq!(
                ask(&leastwise_core::salesforce::json::parse(&serde_json::to_string(&sent).unwrap()).unwrap()),
                Some(sent)
            );
        }
    }

    #[test]
    fn a_word_may_be_left_out() {
        let message = leastwise_core::salesforce::json::parse(r#"{"ask":"Say","number":2}"#).unwrap();
        assert_eq!(ask(&message), Some(Ask::Say { number: 2, word: None }));
    }

    #[test]
    fn other_messages_are_no_asks() {
        for text in [
            "null",
            r#"{"ask":"ApplyEverything"}"#,
            r#"{"ask":"Check","number":1}"#,
            r#"{"ask":"Check","url":"x","number":-1}"#,
            r#"{"ask":"Say","number":1,"word":"Robot"}"#,
            r#"{"ask":"Place","corner":"middle"}"#,
        ] {
            assert_eq!(ask(&leastwise_core::salesforce::json::parse(text).unwrap()), None, "{text}");
        }
    }
}
