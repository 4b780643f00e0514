//! Short lists put in order.
//!
//! It never is the sort for a long list: each list that the standard library's is used on costs 500 bytes of the shipped
//! Wasm, and most lists here are a screen's.

/// Puts `items` in order, equals as they were; `before` says whether its first argument has to stand before its second.
pub fn put<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0
            && let Some([left, right]) = items.get(at - 1..=at)
            && before(right, left)
        {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn equals_stay_as_they_were() {
        let mut items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        let mut sorted = items.clone();
        sorted.sort_by_key(|(n, _)| *n);
        super::put(&mut items, |a, b| a.0 < b.0);
        assert_eq!(items, sorted);
        super::put::<u8>(&mut [], |_, _| true);
    }
}
