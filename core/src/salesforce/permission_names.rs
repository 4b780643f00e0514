//! The names of permissions that are known, by API name without `Permissions`.

use std::sync::LazyLock;

/// Every known name, in order; the file says where each kind stands.
static KNOWN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("permissions/known.txt").lines();
    let mut names: Vec<_> = lines.filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    names.sort_unstable();
    names
});

/// The name, as it stands in the list; none when it is not one that is known.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    KNOWN.binary_search(&name).ok().and_then(|at| KNOWN.get(at)).copied()
}

/// Every known name.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().copied()
}
