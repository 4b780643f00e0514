//! A machine as it is stored, and read back by this version or a later one.
//!
//! It never takes steps of which nothing is said for steps that were not begun.

use super::Executor;
use super::progress::{Progress, Said};
use crate::plan::Plan;
use serde::{Deserialize, Serialize};

/// A machine as it is stored: its plan, and where each step stood.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    plan: Plan,
    progress: Vec<Progress>,
    /// What was sent and never settled: the step, and when, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unsettled: Vec<(usize, i64)>,
    /// What a person said of steps that no API tells of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    said: Vec<Said>,
}

impl From<Executor> for Stored {
    fn from(apply: Executor) -> Stored {
        let Executor { plan, progress, unsettled, said, .. } = apply;
        Stored { plan, progress, unsettled, said }
    }
}

impl TryFrom<Stored> for Executor {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Executor, String> {
        // Steps of which nothing is said would be taken for steps that were not begun.
        if stored.plan.steps.len() != stored.progress.len() {
            return Err("the plan and its progress are of different lengths".to_owned());
        }
        let Stored { plan, progress, unsettled, said } = stored;
        Ok(Executor { unsettled, said, ..Executor::from_progress(plan, progress) })
    }
}
