//! Login IP ranges as an admin enters them, and what is wrong with them.
//!
//! It never lets a list through that shuts out every sign-in which was seen, or that lets in all.

use crate::salesforce::ip_range::IpRange;
use crate::salesforce::json::Value;
use std::net::IpAddr;

/// A range as a line of the input; a description of several lines is one.
pub(crate) fn line(range: &IpRange) -> String {
    let description = range.description.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{} - {} {description}", range.start, range.end).trim_end().to_owned()
}

/// The lines as `loginIpRanges`, in the order of the WSDL: `198.51.100.0 - 198.51.100.15 what it is`; one address alone
/// is its own range, and so is a block (`203.0.113.0/24`), which is how vendors publish theirs. A line that says one of
/// the `kept` ranges is that range as it was read, to the letter.
///
/// # Errors
/// What is wrong with them, in a sentence.
pub(super) fn ranges(given: &str, seen: &[String], kept: &[IpRange]) -> Result<Value, String> {
    let mut all: Vec<IpRange> = vec![];
    for text in given.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let range = match kept.iter().find(|range| line(range) == text) {
            Some(kept) => kept.clone(),
            None => range(text)?,
        };
        let told = range.to_string();
        if range.is_meaningless() {
            let size = range.addresses().to_string();
            return Err([
                &told,
                " has ",
                &size,
                " addresses, too many to protect anything. Use a smaller range.",
            ]
            .concat());
        }
        if let Some(other) = all.iter().find(|own| own.contains(range.start) || range.contains(own.start)) {
            return Err(format!("{told} and {other} overlap. Merge them."));
        }
        all.push(range);
    }
    if all.is_empty() {
        return Err("Without a range, logins from any address are allowed.".to_owned());
    }
    let is_in = |text: &String| {
        text.parse().is_ok_and(|address: IpAddr| all.iter().any(|range| range.contains(address)))
    };
    if !seen.is_empty() && !seen.iter().any(is_in) {
        return Err(
            "No login of the last 90 days came from inside these ranges: all would be shut out.".to_owned()
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
    if let Some((address, bits)) = first.split_once('/') {
        let (start, end) = block(address, bits)
            .ok_or_else(|| format!("“{first}” is not a block of addresses, such as 203.0.113.0/24."))?;
        return Ok(IpRange { start, end, description: words.collect::<Vec<_>>().join(" ") });
    }
    // "198.51.100.0-198.51.100.15" without spaces.
    let (first, joined) = first.split_once(['-', '–']).map_or((first, None), |(a, b)| (a, Some(b)));
    let start: IpAddr = first.parse().map_err(|_| format!("“{first}” is not an IP address."))?;
    let marked = words.next_if(|word| !is_mark(word)).is_some();
    let last = match joined.filter(|text| !text.is_empty()) {
        Some(text) => Some(text),
        None if marked || joined.is_some() => Some(words.next().unwrap_or_default()),
        None => words.next_if(|word| word.parse::<IpAddr>().is_ok()),
    };
    let end: IpAddr = match last {
        Some(text) => text.parse().map_err(|_| format!("“{text}” is not an IP address."))?,
        None => start,
    };
    let description = words.collect::<Vec<_>>().join(" ");
    let range = IpRange { start, end, description };
    if start.is_ipv4() != end.is_ipv4() {
        return Err(format!("{line}: one address is of IPv4, the other of IPv6."));
    }
    if start > end {
        return Err(format!("{line}: the first address comes after the last."));
    }
    Ok(range)
}

/// The first and the last address of a block; none when it begins in its middle, which is more often a slip than meant.
fn block(address: &str, bits: &str) -> Option<(IpAddr, IpAddr)> {
    let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    match address {
        IpAddr::V4(first) => {
            let rest = u32::MAX.checked_shr(bits).unwrap_or(0);
            let is_block = bits <= 32 && first.to_bits() & rest == 0;
            is_block.then(|| (address, IpAddr::V4((first.to_bits() | rest).into())))
        }
        IpAddr::V6(first) => {
            let rest = u128::MAX.checked_shr(bits).unwrap_or(0);
            let is_block = bits <= 128 && first.to_bits() & rest == 0;
            is_block.then(|| (address, IpAddr::V6((first.to_bits() | rest).into())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Value, String> {
        ranges(value, &["198.51.100.7".to_owned()], &[])
    }

    #[test]
    fn blocks_are_ranges() {
        for (given, start, end) in [
            ("198.51.100.0/24 the vendor", "198.51.100.0", "198.51.100.255"),
            ("198.51.100.7/32", "198.51.100.7", "198.51.100.7"),
            ("198.51.100.7\n2001:db8::/126", "198.51.100.7", "198.51.100.7"),
        ] {
            let all = read(given).unwrap();
            let text = |key: &str| all[0][key].as_str().unwrap().to_owned();
            assert_eq!([text("startAddress"), text("endAddress")], [start, end], "{given}");
        }
        let all = read("198.51.100.7\n2001:db8::/126 six").unwrap();
        assert_eq!((&all[1]["endAddress"], &all[1]["description"]), (&"2001:db8::3".into(), &"six".into()));
        for bad in ["198.51.100.1/24", "198.51.100.0/33", "198.51.100.0/", "/24", "2001:db8::/129", "a/b"] {
            assert!(read(bad).unwrap_err().contains("not a block"), "{bad}");
        }
        assert!(read("0.0.0.0/0").unwrap_err().contains("4294967296 addresses"));
    }

    #[test]
    fn what_is_kept_is_kept_to_the_letter() {
        let odd = IpRange::parse("198.51.100.0", "198.51.100.15", " 10.0.0.1 -  old\nVPN ").unwrap();
        let shown = line(&odd);
        assert_eq!(shown, "198.51.100.0 - 198.51.100.15 10.0.0.1 - old VPN");
        let all = ranges(&shown, &[], std::slice::from_ref(&odd)).unwrap();
        assert_eq!(all[0]["description"], *odd.description);
        // Edited it is what was entered.
        let all = ranges(&format!("{shown}!"), &[], &[odd]).unwrap();
        assert_eq!(all[0]["description"], "10.0.0.1 - old VPN!");
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
            ("", "any address"),
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
