//! The words, texts and signs of a query, with their places.
//!
//! It never lets a character through that the grammar has no use for.

use super::malformed;
use crate::error::ApiError;

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name, a keyword, a number, a date.
    Word(String),
    /// In quotes. `\%` and `\_` keep a mark before the sign: they stand for themselves in LIKE.
    Text(String),
    /// Punctuation.
    Sign(String),
}

/// Marks a `%` or `_` that stands for itself.
pub(super) const LITERAL: char = '\u{1}';

/// Tokens with the character at which each starts.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ApiError> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied();
    let mut out = vec![];
    let mut i = 0;
    while let Some(c) = at(i) {
        let start = i;
        if c.is_whitespace() {
            i += 1;
        } else if c == '\'' {
            let (value, end) = quoted(text, &chars, i)?;
            out.push((Token::Text(value), start));
            i = end;
        } else if begins_word(c, at(i + 1)) {
            i += 1;
            while at(i).is_some_and(|c| {
                c.is_ascii_alphanumeric() || "_.:".contains(c) || sign_in_number(&chars, start, i)
            }) {
                i += 1;
            }
            out.push((Token::Word(chars.get(start..i).unwrap_or_default().iter().collect()), start));
        } else {
            let pair: String = [Some(c), at(i + 1)].into_iter().flatten().collect();
            let sign = if matches!(pair.as_str(), "<=" | ">=" | "!=" | "<>") { pair } else { c.to_string() };
            if sign == ":" {
                return Err(malformed(text, start, "Bind variables only allowed in Apex code"));
            }
            if !matches!(sign.as_str(), "<=" | ">=" | "!=" | "<>" | "=" | "<" | ">" | "(" | ")" | ",") {
                let message = format!("line 1:{start} no viable alternative at character '{c}'");
                return Err(malformed(text, start, &message));
            }
            i += sign.chars().count();
            out.push((Token::Sign(sign), start));
        }
    }
    Ok(out)
}

fn begins_word(c: char, next: Option<char>) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    c.is_ascii_alphanumeric()
        || c == '_'
        || (c == '-' || c == '+') && (digit(next) || next == Some('.'))
        || c == '.' && digit(next)
}

/// `2026-11-24`, `+01:00`, `1e-5`: signs inside what began with a digit.
fn sign_in_number(chars: &[char], start: usize, i: usize) -> bool {
    let number = chars.get(start).is_some_and(|c| c.is_ascii_digit() || "+-.".contains(*c));
    number && chars.get(i).is_some_and(|c| "+-".contains(*c))
}

fn quoted(text: &str, chars: &[char], start: usize) -> Result<(String, usize), ApiError> {
    let mut value = String::new();
    let mut i = start + 1;
    let illegal = || {
        let message = "Invalid string literal. Illegal character sequence in string literal";
        malformed(text, start, message)
    };
    loop {
        match chars.get(i) {
            None => {
                return Err(malformed(
                    text,
                    start,
                    &format!("line 1:{} mismatched character '<EOF>' expecting '''", chars.len()),
                ));
            }
            Some('\'') => return Ok((value, i + 1)),
            Some('\\') => {
                i += 1;
                match chars.get(i).copied() {
                    Some('n' | 'N') => value.push('\n'),
                    Some('t' | 'T') => value.push('\t'),
                    Some('r' | 'R') => value.push('\r'),
                    Some('b' | 'B') => value.push('\u{8}'),
                    Some('f' | 'F') => value.push('\u{c}'),
                    Some(c @ ('\'' | '"' | '\\')) => value.push(c),
                    Some(c @ ('_' | '%')) => value.extend([LITERAL, c]),
                    Some('u' | 'U') => {
                        let hex: String = chars.get(i + 1..i + 5).ok_or_else(illegal)?.iter().collect();
                        let code = u32::from_str_radix(&hex, 16).map_err(|_| illegal())?;
                        value.push(char::from_u32(code).ok_or_else(illegal)?);
                        i += 4;
                    }
                    _ => return Err(illegal()),
                }
            }
            Some('\n' | '\r') => return Err(illegal()),
            Some(c) => value.push(*c),
        }
        i += 1;
    }
}
