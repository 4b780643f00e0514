//! Salesforce record ids, always kept in their 18-character form.
//!
//! It never asks whether a record exists: an id is a well-formed string and nothing more.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A record id in its 18-character form: 15 case-sensitive characters and 3 that spell their case.
///
/// Source: Salesforce Help, "Convert 15-character IDs to 18-character IDs" (each suffix character encodes, as five
/// bits, which of five characters are capitals).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Id(String);

const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

impl Id {
    /// The id that `text` spells, or `None`: not 15 or 18 letters and digits, or 18 whose last three do not fit.
    ///
    /// An 18-character id that somebody wrote in one case only (as case-folding systems do) is restored from its
    /// suffix, as the platform does; any other that does not match its suffix is refused.
    pub fn parse(text: &str) -> Option<Id> {
        let bytes = text.as_bytes();
        if !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        match bytes.len() {
            15 => Some(Id([text, &suffix(bytes).map(char::from).iter().collect::<String>()].concat())),
            18 => {
                let (body, end) = bytes.split_at(15);
                if suffix(body) == end {
                    return Some(Id(text.to_owned()));
                }
                let one_case =
                    !bytes.iter().any(u8::is_ascii_uppercase) || !bytes.iter().any(u8::is_ascii_lowercase);
                if one_case { restored(body, &end.to_ascii_uppercase()) } else { None }
            }
            _ => None,
        }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key prefix: the three characters that say of which object the record is (`005` a user, `00e` a profile).
    pub fn prefix(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }
}

/// The three characters that spell which of the 15 are capitals.
fn suffix(body: &[u8]) -> [u8; 3] {
    let mut all = [b'A'; 3];
    for (code, five) in all.iter_mut().zip(body.chunks(5)) {
        let bits = five
            .iter()
            .enumerate()
            .fold(0usize, |bits, (i, c)| bits | (usize::from(c.is_ascii_uppercase()) << i));
        *code = SUFFIX.get(bits).copied().unwrap_or(b'A');
    }
    all
}

fn restored(body: &[u8], end: &[u8]) -> Option<Id> {
    let mut text = String::with_capacity(18);
    for (five, code) in body.chunks(5).zip(end) {
        let bits = SUFFIX.iter().position(|c| c == code)?;
        for (i, c) in five.iter().enumerate() {
            let capital = bits >> i & 1 == 1;
            if capital && c.is_ascii_digit() {
                return None;
            }
            text.push(char::from(if capital { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }));
        }
    }
    end.iter().for_each(|c| text.push(char::from(*c)));
    Some(Id(text))
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Id::parse(&text).ok_or_else(|| serde::de::Error::custom("not a Salesforce id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_become_eighteen() {
        // A pair printed in Salesforce's own help pages.
        assert_eq!(Id::parse("0015000000Gv7qJ").unwrap().as_str(), "0015000000Gv7qJAAR");
    }

    #[test]
    fn eighteen_are_checked() {
        assert!(Id::parse("0015000000Gv7qJAAR").is_some());
        assert!(Id::parse("0015000000Gv7qJAAA").is_none());
    }

    #[test]
    fn one_case_is_restored() {
        assert_eq!(Id::parse("0015000000GV7QJAAR").unwrap().as_str(), "0015000000Gv7qJAAR");
        assert_eq!(Id::parse("0015000000gv7qjaar").unwrap().as_str(), "0015000000Gv7qJAAR");
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "005", "0015000000Gv7q", "0015000000Gv7qJA", "0015000000Gv7q-", "ü015000000Gv7qJ"] {
            assert!(Id::parse(text).is_none(), "{text}");
        }
    }
}
