//! Where in a file something stands.

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The number that the file was handed over with.
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

/// Turns offsets into places. Asked in the order of the text it reads the text once.
pub(super) struct Lines<'a> {
    text: &'a str,
    file: u32,
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, file: u32) -> Lines<'a> {
        Lines { text, file, at: 0, line: 1, line_start: 0 }
    }

    /// The place of what begins at so many bytes.
    pub(super) fn place(&mut self, offset: usize) -> Place {
        if offset < self.at {
            (self.at, self.line, self.line_start) = (0, 1, 0);
        }
        let between = self.text.as_bytes().get(self.at..offset).unwrap_or_default();
        let breaks = between.iter().filter(|byte| **byte == b'\n').count();
        if breaks > 0 {
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            let last = between.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
            self.line_start = self.at + last + 1;
        }
        self.at = offset;
        let before = self.text.get(self.line_start..offset).unwrap_or_default().chars().count();
        let column = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        Place { file: self.file, line: self.line, column }
    }
}
