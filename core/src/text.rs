//! Text put together and looked into.

/// What follows the first `mark` in `text`.
pub fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// `parts`, with `between` between them.
pub fn joined<S: AsRef<str>>(parts: &[S], between: &str) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(between)
}
