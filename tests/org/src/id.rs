//! Record ids: made in order, and read in either length.
//!
//! It never makes the same id twice in one org.

const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The 18-character form of an id of 15 or 18 characters; `None` when it is no id.
pub fn long(text: &str) -> Option<String> {
    if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let body = match text.len() {
        15 | 18 => text.get(..15)?,
        _ => return None,
    };
    let end: String = body
        .as_bytes()
        .chunks(5)
        .filter_map(|five| {
            let bits = five
                .iter()
                .enumerate()
                .fold(0usize, |bits, (i, c)| bits | (usize::from(c.is_ascii_uppercase()) << i));
            SUFFIX.get(bits).copied().map(char::from)
        })
        .collect();
    (text.len() == 15 || text.get(15..) == Some(&end)).then(|| format!("{body}{end}"))
}

/// The id number `n` of the objects with a key prefix.
pub fn numbered(prefix: &str, n: u64) -> String {
    let mut digits = [b'0'; 8];
    // A multiplier spreads the numbers, so that ids of neighbours are not alike but stay the same from run to run.
    let mut rest = n.wrapping_mul(2_654_435_761) % 218_340_105_584_896;
    for digit in digits.iter_mut().rev() {
        let at = usize::try_from(rest % 62).unwrap_or(0);
        *digit = DIGITS.get(at).copied().unwrap_or(b'0');
        rest /= 62;
    }
    let body = format!("{prefix}5g00{}", String::from_utf8_lossy(&digits));
    long(&body).unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(long("0015000000Gv7qJ").as_deref(), Some("0015000000Gv7qJAAR"));
        assert_eq!(long("0015000000Gv7qJAAA"), None);
        assert_eq!(numbered("005", 1).len(), 18);
        let many: std::collections::BTreeSet<String> = (0..10_000).map(|n| numbered("005", n)).collect();
        assert_eq!(many.len(), 10_000);
    }
}
