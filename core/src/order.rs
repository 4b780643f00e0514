//! Short lists put in order.

/// Puts `items` in order, equals as they were.
pub fn put<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    items.sort_by(|a, b| before(b, a).cmp(&before(a, b)));
}
