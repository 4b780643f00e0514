//! What the answers about many rows mean: as `settle` has it of one, part by part.

use super::executor::{Executor, Phase};
use super::records::{MOST, RowRead, RowState, states};
use super::{Progress, Stop};
use crate::plan::Step;
use crate::salesforce::http::{Answer, Failure};

impl Executor {
    /// Rows of this step that are as they are to be, from the first on.
    pub(super) fn rows_done(&self) -> usize {
        match self.progress.get(self.at) {
            Some(Progress::Rows { done, .. }) => *done,
            _ => 0,
        }
    }

    /// The rows of the part that is under way which a reading found as they were.
    pub(super) fn part(&self) -> Vec<RowRead> {
        let Some(Progress::Rows { done, writing, .. }) = self.progress.get(self.at) else { return vec![] };
        let is_own =
            |seen: &&RowRead| (*done..done + writing).contains(&seen.at) && seen.is == RowState::Before;
        self.seen.iter().filter(is_own).cloned().collect()
    }

    pub(super) fn rows_progress(&self, of: usize) -> (usize, usize, Vec<usize>) {
        match self.progress.get(self.at) {
            Some(Progress::Rows { done, writing, skipped, .. }) => (*done, *writing, skipped.clone()),
            _ => (0, 0, Vec::with_capacity(of.min(8))),
        }
    }

    pub(super) fn looked_rows(&mut self, step: &Step, answer: &Result<Answer, Failure>) {
        match states(step, self.rows_done(), answer, &self.made()) {
            Ok(seen) => {
                self.seen = seen;
                self.next_part(step);
            }
            Err(refusal) => self.again_or(false, false, refusal),
        }
    }

    /// The next part of what was looked at goes out, once it was stored; rows that are so already are passed over.
    pub(super) fn next_part(&mut self, step: &Step) {
        let of = step.rows.len();
        loop {
            let (done, writing, mut skipped) = self.rows_progress(of);
            let rest: Vec<RowRead> = self.seen.iter().filter(|seen| seen.at >= done).cloned().collect();
            // A part that perhaps took place is settled by itself.
            let most = if writing > 0 { writing } else { MOST };
            let part = rest.get(..most).unwrap_or(&rest);
            let differs: Vec<String> = part
                .iter()
                .filter_map(|seen| if let RowState::Other(how) = &seen.is { Some(how.clone()) } else { None })
                .collect();
            if !differs.is_empty() {
                return self.end(Stop::Differs { found: differs });
            }
            if part.iter().any(|seen| seen.is == RowState::Before) {
                if self.is_check() {
                    self.set_planned();
                    return self.end(Stop::Arrived);
                }
                if writing == 0 {
                    let there = part.iter().filter(|seen| seen.is == RowState::After).map(|seen| seen.at);
                    skipped.extend(there);
                }
                let writing = part.len();
                self.set(Progress::Rows { done, of, writing, skipped });
                return self.store();
            }
            if part.is_empty() {
                // All that was looked at is done.
                self.tries = 0;
                self.phase = Phase::Look;
                return;
            }
            if writing == 0 && step.late.is_some_and(|until| self.now < until) {
                return self.done(Progress::Late);
            }
            if writing == 0 {
                skipped.extend(part.iter().map(|seen| seen.at));
            } else {
                self.settle();
            }
            if self.passed(step, done + part.len(), skipped) {
                return;
            }
        }
    }

    /// So many rows are done; whether the step is.
    pub(super) fn passed(&mut self, step: &Step, done: usize, skipped: Vec<usize>) -> bool {
        let of = step.rows.len();
        if done < of {
            self.set(Progress::Rows { done, of, writing: 0, skipped });
            return false;
        }
        self.done(match skipped.len() {
            0 => Progress::Verified { id: None },
            all if all == of => Progress::Already { id: None },
            _ => Progress::Rows { done, of, writing: 0, skipped },
        });
        true
    }

    pub(super) fn settled_rows(&mut self, step: &Step, answer: &Result<Answer, Failure>, answered: bool) {
        let (done, writing, skipped) = self.rows_progress(step.rows.len());
        let seen = match states(step, done, answer, &self.made()) {
            Ok(seen) => seen,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        let part = seen.get(..writing).unwrap_or(&seen);
        let lacking: Vec<&RowRead> = part.iter().filter(|row| row.is != RowState::After).collect();
        if lacking.is_empty() && part.len() == writing {
            if !answered {
                self.settle();
            }
            if self.passed(step, done + writing, skipped) {
                return;
            }
            self.tries = 0;
            let next = done + writing;
            let left = step.rows.len() - next;
            if self.is_check() {
                return self.done_checking();
            }
            // What was read along is the look at the next part, where it was read as a whole.
            if seen.len() >= writing + left.min(MOST) {
                self.seen = seen;
                return self.next_part(step);
            }
            self.phase = Phase::Look;
            return;
        }
        let tell = |row: &RowRead| match &row.is {
            RowState::Other(how) => how.clone(),
            RowState::Before | RowState::After => {
                let key = step.rows.get(row.at).map_or("", String::as_str);
                format!("{key}: as before")
            }
        };
        let lacks: Vec<String> = lacking.iter().map(|row| tell(row)).collect();
        // Some of a part that takes place as a whole are as they are to be: somebody else was at it.
        let is_as_before = part.iter().all(|row| row.is == RowState::Before || skipped.contains(&row.at));
        let differs = (!is_as_before).then(|| lacks.clone());
        self.not_shown(answered, false, differs, || lacks);
    }
}
