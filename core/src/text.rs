//! Text put together and looked into.

/// What follows the first `mark` in `text`.
pub fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// What stands before the first `mark` in `text`.
pub fn before<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(first, _)| first)
}

/// `number` in decimal digits.
pub fn decimal(number: u128) -> String {
    number.to_string()
}

/// `parts`, with `between` between them.
pub fn joined<S: AsRef<str>>(parts: &[S], between: &str) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_first() {
        assert_eq!(after("ä a=b=c", "="), Some("b=c"));
        assert_eq!(after("ab", "ab"), Some(""));
        assert_eq!(after("ab", "abc"), None);
        assert_eq!(after("", "x"), None);
    }

    #[test]
    fn before_the_first() {
        assert_eq!(before("ä a=b=c", "="), Some("ä a"));
        assert_eq!(before("ab", "ab"), Some(""));
        assert_eq!(before("ab", "c"), None);
    }

    #[test]
    fn decimal_as_the_standard_library_does() {
        for number in [0, 7, 10, 4_294_967_296, 99_999_999_999, 10_u128.pow(38), u128::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }

    #[test]
    fn joined_as_the_standard_library_does() {
        for parts in [vec![], vec!["a"], vec!["a", "", "c"]] {
            assert_eq!(joined(&parts, ", "), parts.join(", "));
        }
    }
}
