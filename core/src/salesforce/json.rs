//! JSON as the org answers it.

pub use serde_json::Value;

use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use std::borrow::Cow;

/// Reads a whole document; `None` when it is not JSON. See [`mended`] for halves of characters.
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(&mended(text)).ok()
}

/// The text with every escape of half a character (a lone surrogate, `\ud83d` without its `\ude00`) replaced by the one
/// for a character that could not be read.
///
/// A name that was cut in the middle of an emoji has one, and browsers read it; serde_json refuses the whole document,
/// and one such name would blind a page.
pub fn mended(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let half = unit(escape);
        let second = escape.get(5..).and_then(|rest| unit(rest.strip_prefix('\\')?));
        let length = match (half, second) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 11,
            (Some(0xd800..=0xdfff), _) => 0,
            // The character behind the backslash, which may be one itself.
            _ => escape.chars().next().map_or(0, char::len_utf8),
        };
        if length == 0 && half.is_some() {
            out.push_str("\\ufffd");
            rest = escape.get(5..).unwrap_or_default();
        } else {
            out.push('\\');
            let (kept, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
            out.push_str(kept);
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The number of `uXXXX`, the rest of an escape.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// `text` as a JSON string, quotes and all.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The first of a list.
pub fn first(value: &Value) -> Option<&Value> {
    value.get(0)
}

/// The whole number, when it is one that is not negative; `12.0`, as some counts are written, is 12.
pub fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at")]
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
    })
}

/// The rows of a page of an answer to a query.
pub(crate) fn rows(page: &Value) -> &[Value] {
    page.get("records").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The rows of a page of an answer to a query, taken out of it.
pub(crate) fn take_rows(page: &mut Value) -> Vec<Value> {
    page.get_mut("records").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default()
}

/// A list inside a row, as far as it was read.
pub(crate) struct ChildRows<'a> {
    pub(crate) rows: &'a [Value],
    /// Whether there are more.
    pub(crate) cut: bool,
}

/// A list inside a row: `null` when it has no rows, not there when it was left out of the query.
pub(crate) fn children<'a>(row: &'a Value, relationship: &str) -> Option<ChildRows<'a>> {
    let list = row.get(relationship)?;
    Some(ChildRows { rows: rows(list), cut: list.get("done").and_then(Value::as_bool) == Some(false) })
}

/// Where a list that is not whole goes on.
pub(crate) fn next_page(list: &Value) -> Option<&str> {
    list.get("records")?;
    list.get("nextRecordsUrl").and_then(Value::as_str).filter(|url| url.starts_with("/services/data/"))
}

/// The fields of a row.
pub(crate) fn as_fields(row: &Value) -> impl Iterator<Item = (&String, &Value)> {
    row.as_object().into_iter().flatten()
}

/// What stands at a path of keys (`Profile.Name`).
pub(crate) fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(row, |value, key| value.get(key))
}

/// The text at a path of keys; empty when it is null or not there.
pub(crate) fn text<'a>(row: &'a Value, path: &str) -> &'a str {
    at(row, path).and_then(Value::as_str).unwrap_or_default()
}

/// A checkbox; off when it is not there.
pub(crate) fn flag(row: &Value, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// An id; none when it is null, not there, or none.
pub(crate) fn id(row: &Value, key: &str) -> Option<Id> {
    Id::parse(text(row, key))
}

/// A moment; none when it is null, not there, or none.
pub(crate) fn time(row: &Value, key: &str) -> Option<Timestamp> {
    Timestamp::parse(text(row, key))
}

/// A count, which JSON may write as `12` or `12.0`; 0 when it is not there.
pub(crate) fn number(row: &Value, key: &str) -> u64 {
    row.get(key).and_then(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_blinds_no_document() {
        let read = |text: &str| parse(text).and_then(|value| value.as_str().map(str::to_owned));
        for (text, is) in [
            (r#""Ann \ud83d\ude00""#, "Ann \u{1f600}"),
            (r#""Ann \ud83d""#, "Ann \u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ude00 x""#, "\u{fffd} x"),
            (r#""\uDEAD\\ud83d""#, "\u{fffd}\\ud83d"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83dä\"\\""#, "\u{fffd}ä\"\\"),
        ] {
            assert_eq!(read(text).as_deref(), Some(is), "{text}");
        }
        for text in [r#""\ud83"#, r#""\ud83g""#, r#""\"#, r#""\ud83d"#, "\\ud8é"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(matches!(mended(r#"{"a":"\\u0041"}"#), Cow::Borrowed(_)));
    }
}
