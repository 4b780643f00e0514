//! A review without names, for whoever may see what is wrong and not whose it is.

use crate::review::result::Review;
use serde_json::Value;
use std::collections::BTreeMap;

/// The same review with `U-001` for each user's name and user name, and networks for addresses.
pub fn pseudonymous(review: &Review) -> Review {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut last = 0;
    let mut add = |all: &[&str]| {
        last += 1;
        for text in all.iter().filter(|text| !text.trim().is_empty()) {
            names.entry((*text).to_owned()).or_insert_with(|| format!("U-{last:03}"));
        }
    };
    for subject in &review.subjects {
        add(&[&subject.name, &subject.username]);
    }
    add(&[&review.viewer.name, &review.viewer.username]);
    review.mentioned.iter().for_each(|name| add(&[name]));
    for group in &review.privileged {
        group.names.iter().for_each(|name| add(&[name]));
    }
    // The longest first: a name that is part of another is not to break it apart.
    let mut names: Vec<(String, String)> = names.into_iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let Ok(mut value) = serde_json::to_value(review) else { return review.clone() };
    each_text(&mut value, &mut |text| {
        for (name, pseudonym) in &names {
            if text.contains(name.as_str()) {
                *text = text.replace(name.as_str(), pseudonym);
            }
        }
        *text = networks(text);
    });
    let mut out: Review = serde_json::from_value(value).unwrap_or_else(|_| review.clone());
    for app in &mut out.apps {
        // A contact is an address of somebody.
        if app.owner.contains('@') {
            app.owner = "a contact".into();
        }
    }
    out.mentioned.clear();
    out
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(all) => all.iter_mut().for_each(|one| each_text(one, change)),
        Value::Object(all) => all.values_mut().for_each(|one| each_text(one, change)),
        _ => {}
    }
}

/// The text with each IPv4 address as its network of 256, and each IPv6 address as its /48.
fn networks(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if is_part(c) => word.push(c),
            other => {
                out.push_str(&network(&word));
                word.clear();
                out.extend(other);
            }
        }
    }
    out
}

fn network(word: &str) -> String {
    let trimmed = word.trim_end_matches(['.', ':']);
    let rest = word.get(trimmed.len()..).unwrap_or_default();
    match trimmed.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(four)) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.0/24{rest}")
        }
        Ok(std::net::IpAddr::V6(six)) => {
            let [a, b, c, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}::/48{rest}")
        }
        Err(_) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::networks;

    #[test]
    fn an_address_becomes_its_network_and_nothing_else_changes() {
        assert_eq!(
            networks("from 203.0.113.77, and 2001:db8:1:2::3."),
            "from 203.0.113.0/24, and 2001:db8:1::/48."
        );
        for text in ["2026-11-29", "at 23:15:00", "1.2.3", "5.0", "a: b", "00e5g000001Abcd"] {
            assert_eq!(networks(text), text);
        }
    }
}
