//! Login IP ranges as an admin enters them, and what is wrong with them.
//!
//! It never lets a list through that shuts out every sign-in which was seen, or that lets in all.

use crate::ip::IpRange;
use crate::json::Value;
use crate::text::{self, decimal};
use std::net::IpAddr;

/// The lines as `loginIpRanges`, in the order of the WSDL: `198.51.100.0 - 198.51.100.15 what it is`; one address alone
/// is its own range.
///
/// # Errors
/// What is wrong with them, in a sentence.
pub(super) fn ranges(given: &str, seen: &[String]) -> Result<Value, String> {
    let mut all: Vec<IpRange> = vec![];
    for line in given.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let range = range(line)?;
        let told = range.to_string();
        if range.is_meaningless() {
            let size = decimal(range.addresses());
            return Err([&told, " has ", &size, " addresses: it keeps nobody out. Narrow it."].concat());
        }
        if let Some(other) = all.iter().find(|own| own.contains(range.start) || range.contains(own.start)) {
            return Err([&told, " and ", &other.to_string(), " overlap. Make them one."].concat());
        }
        all.push(range);
    }
    if all.is_empty() {
        return Err("Without any range, sign-ins from everywhere are allowed.".to_owned());
    }
    let is_in = |text: &String| {
        text.parse().is_ok_and(|address: IpAddr| all.iter().any(|range| range.contains(address)))
    };
    if !seen.is_empty() && !seen.iter().any(is_in) {
        return Err(
            "No sign-in of the last 90 days came from inside these ranges: all would be shut out.".to_owned()
        );
    }
    let member = |key: &str, text: String| (key.to_owned(), Value::String(text));
    Ok(Value::Array(
        all.into_iter()
            .map(|range| {
                Value::Object(
                    [
                        member("description", range.description),
                        member("endAddress", range.end.to_string()),
                        member("startAddress", range.start.to_string()),
                    ]
                    .into_iter()
                    .collect(),
                )
            })
            .collect::<Vec<_>>(),
    ))
}

/// A line: one address or two, and what it is.
fn range(line: &str) -> Result<IpRange, String> {
    let is_mark = |word: &&str| !matches!(*word, "-" | "–" | "to");
    let mut words = line.split_whitespace().peekable();
    let first = words.next().unwrap_or_default();
    // "198.51.100.0-198.51.100.15" without spaces.
    let (first, joined) = first.split_once(['-', '–']).map_or((first, None), |(a, b)| (a, Some(b)));
    let start: IpAddr = first.parse().map_err(|_| ["“", first, "” is not an IP address."].concat())?;
    let marked = words.next_if(|word| !is_mark(word)).is_some();
    let last = match joined.filter(|text| !text.is_empty()) {
        Some(text) => Some(text),
        None if marked || joined.is_some() => Some(words.next().unwrap_or_default()),
        None => words.next_if(|word| word.parse::<IpAddr>().is_ok()),
    };
    let end: IpAddr = match last {
        Some(text) => text.parse().map_err(|_| ["“", text, "” is not an IP address."].concat())?,
        None => start,
    };
    let description = text::joined(&words.collect::<Vec<_>>(), " ");
    let range = IpRange { start, end, description };
    if start.is_ipv4() != end.is_ipv4() {
        return Err([line, ": one address is of IPv4, the other of IPv6."].concat());
    }
    if start > end {
        return Err([line, ": the first address comes after the last."].concat());
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Value, String> {
        ranges(value, &["198.51.100.7".to_owned()])
    }

    #[test]
    fn lines_become_ranges() {
        for line in [
            "198.51.100.0 - 198.51.100.15 the ERP, Berlin",
            "198.51.100.0 – 198.51.100.15 the ERP, Berlin",
            "198.51.100.0-198.51.100.15 the ERP, Berlin",
            "198.51.100.0 198.51.100.15 the ERP, Berlin",
            "198.51.100.0 to 198.51.100.15 the ERP, Berlin",
        ] {
            let all = read(line).unwrap();
            let range = all.get(0).unwrap();
            let text = |key: &str| range.get(key).and_then(Value::as_str).unwrap().to_owned();
            assert_eq!(
                [text("startAddress"), text("endAddress"), text("description")],
                ["198.51.100.0", "198.51.100.15", "the ERP, Berlin"],
                "{line}"
            );
        }
        let all = read("198.51.100.7 one machine\n\n2001:db8::1 - 2001:db8::f").unwrap();
        assert_eq!(all.as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, part) in [
            ("", "everywhere"),
            ("198.51.100.9 - 198.51.100.1", "comes after"),
            ("198.51.100.0 - 198.51.100.15\n198.51.100.15 - 198.51.100.20", "overlap"),
            ("198.51.100.0 - 198.51.100.15\n198.51.100.3", "overlap"),
            ("0.0.0.0 - 255.255.255.255", "4294967296 addresses"),
            ("198.51.100.0 -", "not an IP address"),
            ("the office", "“the” is not an IP address"),
            ("198.51.100.0 - office", "“office” is not an IP address"),
            ("198.51.100.0 - ::1", "IPv6"),
            ("203.0.113.1", "shut out"),
        ] {
            let why = read(line).unwrap_err();
            assert!(why.contains(part) && why.ends_with('.'), "{line}: {why}");
        }
    }
}
