//! A person's word on steps that no API tells of: given, taken back, and what it says of the whole.
//!
//! It never stands for a step that a reading tells of.

use super::Executor;
use super::progress::{Progress, Said};
use super::stop::Stop;

/// Why a checklist is not finished whose other steps are.
pub(super) const UNTOLD: &str =
    "Salesforce's API doesn't show whether the rest is done. Select “I did this” when it is.";

impl Executor {
    /// What a person said of the step at a place.
    pub fn said(&self, step: usize) -> Option<&Said> {
        self.said.iter().find(|own| own.step == step)
    }

    /// Takes a person's word that a step is done, or takes it back; whether the step is one that no API tells of.
    pub fn say(&mut self, word: Said, is_done: bool) -> bool {
        if self.progress.get(word.step) != Some(&Progress::Untold) {
            return false;
        }
        self.said.retain(|own| own.step != word.step);
        if is_done {
            self.said.push(word);
        }
        // What was told of it by a reading still holds.
        if self.is_done() && matches!(self.stop, Some(Stop::ByHand { .. })) {
            self.stop = None;
        }
        true
    }

    /// The steps that no API tells of, and nobody spoke for.
    pub(super) fn untold(&self) -> impl Iterator<Item = usize> {
        let all = self.progress.iter().enumerate().filter(|(_, own)| **own == Progress::Untold);
        all.map(|(at, _)| at).filter(|at| self.said(*at).is_none())
    }
}
