//! What an iterator gives, put into a list.
//!
//! It never looks at the first item before it makes room: the standard library's `collect` does, and writes each
//! iterator's work out twice for it, which costs KBs of the shipped Wasm for lists of a few lines.

/// Every iterator, for its [`List::list`].
pub trait List: Iterator + Sized {
    /// All that it gives.
    fn list(self) -> Vec<Self::Item> {
        // A list that grows leaves its old places behind, for nothing is freed.
        let mut all = Vec::with_capacity(self.size_hint().0);
        for item in self {
            all.push(item);
        }
        all
    }
}

impl<I: Iterator> List for I {}
