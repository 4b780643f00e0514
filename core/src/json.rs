//! JSON as the org answers it: a reader, and what a request's body needs of a writer.
//!
//! It never reads into types of ours, and keeps a number as its digits: nothing here needs a float, and a general
//! package's float tables, typed readers and errors cost 25 KB of the shipped Wasm.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it stands.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object, its members in their order.
    Object(Vec<(String, Value)>),
}

/// How deep lists and objects may stand in one another: a reader that calls itself must stop somewhere.
const DEEP: u32 = 100;

impl Value {
    /// Reads a whole document; `None` when it is not JSON.
    pub fn parse(text: &str) -> Option<Value> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    /// The member called `key`, when this is an object that has one.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The first of a list.
    pub fn first(&self) -> Option<&Value> {
        self.as_array()?.first()
    }

    /// The text, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list, when it is one.
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members, when it is an object.
    pub fn as_object(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The truth value, when it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The whole number, when it is one that is not negative; `12.0`, as some counts are written, is 12.
    pub fn as_u64(&self) -> Option<u64> {
        u64::try_from(self.as_i64()?).ok()
    }

    /// The whole number, when it is one.
    pub fn as_i64(&self) -> Option<i64> {
        let digits = self.whole()?;
        let (digits, sign) = digits.strip_prefix('-').map_or((digits, 1), |digits| (digits, -1));
        let number = digits.bytes().try_fold(0i64, |n, b| {
            n.checked_mul(10)?.checked_add(b.is_ascii_digit().then_some(i64::from(b & 15))?)
        });
        Some(sign * number.filter(|_| !digits.is_empty())?)
    }

    fn whole(&self) -> Option<&str> {
        let Value::Number(digits) = self else { return None };
        match digits.split_once('.') {
            Some((whole, rest)) => rest.bytes().all(|b| b.is_ascii_digit()).then_some(whole),
            None => Some(digits),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes `token` (ASCII), when it stands here.
    fn takes(&mut self, token: &str) -> bool {
        let is = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(token.as_bytes()));
        if is {
            self.at += token.len();
        }
        is
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        if depth > DEEP {
            return None;
        }
        self.space();
        match self.peek()? {
            b'{' => {
                let mut members = vec![];
                self.items("{", "}", |reader| {
                    reader.space();
                    let name = reader.string()?;
                    reader.space();
                    if !reader.takes(":") {
                        return None;
                    }
                    members.push((name, reader.value(depth + 1)?));
                    Some(())
                })?;
                Some(Value::Object(members))
            }
            b'[' => {
                let mut items = vec![];
                self.items("[", "]", |reader| {
                    items.push(reader.value(depth + 1)?);
                    Some(())
                })?;
                Some(Value::List(items))
            }
            b'"' => self.string().map(Value::Text),
            b't' => self.takes("true").then_some(Value::Bool(true)),
            b'f' => self.takes("false").then_some(Value::Bool(false)),
            b'n' => self.takes("null").then_some(Value::Null),
            _ => self.number(),
        }
    }

    /// What stands between `open` and `close`, with commas.
    fn items(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.takes(open);
        self.space();
        if self.takes(close) {
            return Some(());
        }
        loop {
            item(self)?;
            self.space();
            if self.takes(close) {
                return Some(());
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        self.takes("-");
        let first = self.at;
        self.digits()?;
        if self.at - first > 1 && self.text.as_bytes().get(first) == Some(&b'0') {
            return None;
        }
        if self.takes(".") {
            self.digits()?;
        }
        if self.takes("e") || self.takes("E") {
            let _ = self.takes("+") || self.takes("-");
            self.digits()?;
        }
        self.text.get(start..self.at).map(|digits| Value::Number(digits.to_owned()))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        if !self.takes("\"") {
            return None;
        }
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at)?);
            let stop = self.peek()?;
            self.at += 1;
            match stop {
                b'"' => return Some(out),
                b'\\' => out.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let code = self.peek()?;
        self.at += 1;
        Some(match code {
            b'"' | b'\\' | b'/' => char::from(code),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                // A pair of surrogates is one character; half a pair is none.
                let is_pair = (0xD800..0xDC00).contains(&high) && self.takes("\\u");
                let code = if is_pair {
                    let low = self.hex()?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
                    0x1_0000 + ((high - 0xD800) << 10) + low
                } else {
                    high
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().try_fold(0, |code, b| Some(code * 16 + char::from(b).to_digit(16)?))
    }
}

/// `text` as a JSON string, quotes and all.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => f.write_str(if *value { "true" } else { "false" }),
            Value::Number(digits) => f.write_str(digits),
            Value::Text(text) => f.write_str(&quoted(text)),
            Value::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Value::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    f.write_str(&quoted(name))?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The general package's reading of the same text is the oracle.
    fn same(text: &str) {
        let other: Result<serde_json::Value, _> = serde_json::from_str(text);
        match (Value::parse(text), other) {
            (Some(ours), Ok(other)) => {
                let again: serde_json::Value = serde_json::from_str(&ours.to_string()).unwrap();
                assert_eq!(again, other, "{text}");
            }
            (ours, other) => assert!(ours.is_none() && other.is_err(), "{text}: {ours:?}, {other:?}"),
        }
    }

    #[test]
    fn reads_what_the_oracle_reads() {
        for text in [
            "null",
            " true ",
            "false",
            "0",
            "-0",
            "12",
            "12.0",
            "-1.5e+3",
            "01",
            "1.",
            ".5",
            "1e",
            "-",
            "+1",
            "",
            r#""""#,
            r#""a\n\"\\\/\u00e9\ud83d\ude00""#,
            r#""\x""#,
            r#""\u12""#,
            r#""\ud83d\u0041""#,
            "\"a\u{1}b\"",
            "\"ü😀\"",
            "[]",
            "[1,]",
            "[1,2]",
            "[,]",
            "[1 2]",
            "[",
            "{}",
            r#"{"a":1}"#,
            r#"{"a":1,}"#,
            r#"{"a"}"#,
            r#"{a:1}"#,
            r#"{"a":{"b":[1,{"c":null}]}}"#,
            "1 2",
            "<html>",
            "nul",
            "truex",
            "[[[[]]]]",
        ] {
            same(text);
        }
    }

    #[test]
    fn depth_ends() {
        assert!(Value::parse(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(Value::parse("12.0").unwrap().as_u64(), Some(12));
        assert_eq!(Value::parse("-3").unwrap().as_u64(), None);
        assert_eq!(Value::parse("-3").unwrap().as_i64(), Some(-3));
        assert_eq!(Value::parse("1e3").unwrap().as_u64(), None);
    }
}
