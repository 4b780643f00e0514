//! Comparing values with what a query says.
//!
//! It never compares a value with one of another type: that was refused before.

use super::parse::{Literal, Order};
use super::tokens::LITERAL;
use crate::id;
use crate::store::stamp;
use serde_json::Value;
use std::cmp::Ordering;

/// The right side of a comparison, made ready for values of the left side's type.
#[derive(Debug, Clone)]
pub(super) enum Right {
    Null,
    Bool(bool),
    Number(f64),
    /// In lower case, and as a pattern of LIKE.
    Text(String, String),
    Id(String),
    /// From, and up to but without, as the rows have moments.
    Span(String, String),
}

/// Operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Like,
}

/// An operator by its sign.
pub(super) fn op(sign: &str) -> Op {
    match sign {
        "=" => Op::Equal,
        "!=" | "<>" => Op::Unequal,
        "<" => Op::Less,
        "<=" => Op::AtMost,
        ">" => Op::More,
        ">=" => Op::AtLeast,
        _ => Op::Like,
    }
}

/// Makes a literal ready for a type; what the platform wants instead, when it is of another.
pub(super) fn right(kind: &str, literal: &Literal) -> Result<Right, String> {
    let bare = |name: &str| Err(format!("must be of type {name} and should not be enclosed in quotes"));
    Ok(match (kind, literal) {
        (_, Literal::Null) => Right::Null,
        ("boolean", Literal::Bool(yes)) => Right::Bool(*yes),
        ("boolean", _) => return bare("boolean"),
        ("int" | "long" | "double" | "currency" | "percent", Literal::Number(n)) => Right::Number(*n),
        ("int" | "long" | "double" | "currency" | "percent", _) => return bare(kind),
        ("id" | "reference", Literal::Text(text)) if text.is_empty() => Right::Null,
        ("id" | "reference", Literal::Text(text)) => {
            Right::Id(id::long(text).unwrap_or_else(|| text.clone()))
        }
        ("date", Literal::Date(written))
            if written.len() == 10 || written.starts_with(|c: char| c.is_alphabetic()) =>
        {
            span(written, true)
        }
        ("date", _) => return bare("date"),
        ("datetime", Literal::Date(written))
            if written.len() != 10 || written.starts_with(|c: char| c.is_alphabetic()) =>
        {
            span(written, false)
        }
        ("datetime", _) => return bare("dateTime"),
        (_, Literal::Text(text)) => {
            Right::Text(text.replace(LITERAL, "").to_lowercase(), text.to_lowercase())
        }
        _ => return Err("must be of type string and should be enclosed in quotes".into()),
    })
}

fn span(written: &str, days: bool) -> Right {
    let Some((from, to)) = super::dates::span(written) else { return Right::Null };
    let shown = |at| {
        let text = stamp(at);
        if days { text.chars().take(10).collect() } else { text }
    };
    Right::Span(shown(from), shown(to))
}

/// Whether a value stands so to the right side.
pub(super) fn holds(value: &Value, op: Op, right: &Right) -> bool {
    let ordering = match right {
        Right::Null => {
            return match op {
                Op::Equal => value.is_null() || value.as_str() == Some(""),
                Op::Unequal => !value.is_null() && value.as_str() != Some(""),
                _ => false,
            };
        }
        Right::Text(_, pattern) if op == Op::Like => {
            return value.as_str().is_some_and(|value| like(&value.to_lowercase(), pattern));
        }
        _ if value.is_null() => return op == Op::Unequal,
        Right::Bool(yes) => value.as_bool().map(|value| value.cmp(yes)),
        Right::Number(n) => value.as_f64().and_then(|value| value.partial_cmp(n)),
        Right::Text(text, _) => value.as_str().map(|value| value.to_lowercase().cmp(text)),
        Right::Id(id) => value.as_str().map(|value| value.cmp(id)),
        Right::Span(from, to) => {
            let Some(v) = value.as_str() else { return false };
            return match op {
                Op::Equal => from.as_str() <= v && v < to.as_str(),
                Op::Unequal => !(from.as_str() <= v && v < to.as_str()),
                Op::More => v >= to.as_str(),
                Op::AtLeast => v >= from.as_str(),
                Op::Less => v < from.as_str(),
                Op::AtMost => v < to.as_str(),
                Op::Like => false,
            };
        }
    };
    let Some(o) = ordering else { return false };
    match op {
        Op::Equal => o.is_eq(),
        Op::Unequal => o.is_ne(),
        Op::Less => o.is_lt(),
        Op::AtMost => o.is_le(),
        Op::More => o.is_gt(),
        Op::AtLeast => o.is_ge(),
        Op::Like => false,
    }
}

/// `%` any text, `_` any character, marked ones themselves. Matched without backtracking into exponential time.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    #[derive(PartialEq)]
    enum Part {
        Any,
        One,
        Char(char),
    }
    let mut parts = vec![];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        parts.push(match c {
            LITERAL => Part::Char(chars.next().unwrap_or(LITERAL)),
            '%' => Part::Any,
            '_' => Part::One,
            c => Part::Char(c),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut t, mut p, mut star, mut mark) = (0, 0, None, 0);
    while let Some(c) = text.get(t) {
        match parts.get(p) {
            Some(Part::Any) => {
                star = Some(p);
                mark = t;
                p += 1;
            }
            Some(part) if *part == Part::One || *part == Part::Char(*c) => {
                t += 1;
                p += 1;
            }
            _ => match star {
                Some(s) => {
                    p = s + 1;
                    mark += 1;
                    t = mark;
                }
                None => return false,
            },
        }
    }
    parts.get(p..).unwrap_or_default().iter().all(|part| *part == Part::Any)
}

/// The order of two values that are there.
pub(super) fn rank(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        _ => Ordering::Equal,
    }
}

/// The order of two values as ORDER BY says it.
pub(super) fn ordered(a: &Value, b: &Value, order: &Order) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if order.nulls_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if order.nulls_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) if order.down => rank(b, a),
        (false, false) => rank(a, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, wanted) in [
            ("abc", "a%", true),
            ("abc", "_b_", true),
            ("abc", "b%", false),
            ("100%", "100\u{1}%", true),
            ("1000", "100\u{1}%", false),
            ("", "%", true),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", "%a%a%a%a%a%a%a%b", false),
        ] {
            assert_eq!(like(text, pattern), wanted, "{text} {pattern}");
        }
    }
}
