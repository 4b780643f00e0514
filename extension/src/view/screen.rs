//! What a screen is drawn from.

use crate::state::Draft;
use crate::state::plans::PlanState;
use crate::storage::record::ReadOnly;
use leastwise_core::fixes::Remedy;
use leastwise_core::form::Edit;
use leastwise_core::journal::Journal;
use leastwise_core::plan::{Plan, Reached};
use leastwise_core::protocol::Surface;
use leastwise_core::report::{Report, Viewer};
use leastwise_core::rules::rule::{Finding, Rule};
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::{Note, Terms};

/// What a screen is drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen<'a> {
    /// What is known of the page.
    pub(crate) report: &'a Report,
    /// Its findings, the worst first.
    pub(crate) findings: &'a [(&'static Rule, &'a Finding)],
    /// What the form on the page would change, where there is one.
    pub(crate) edit: Option<&'a Edit>,
    /// After a save: how much was changed, and what is not as was expected.
    pub(crate) saved: Option<&'a (usize, Vec<String>)>,
    /// Whether nothing was answered yet.
    pub(crate) is_reading: bool,
    /// Who is signed in, once that is known.
    pub(crate) viewer: Option<&'a Viewer>,
    /// The name of whoever was signed in before, when that was somebody else.
    pub(crate) earlier_viewer: Option<&'a str>,
    /// What can be accepted and noted; none where nobody is signed in.
    pub(crate) accepting: Option<Accepting<'a>>,
    /// Whether the panel stands at the page's edge, which makes room for it.
    pub(crate) is_docked: bool,
    /// What can be changed, and what was.
    pub(crate) changes: Changes<'a>,
}

/// What can be accepted and noted here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accepting<'a> {
    /// What the company allows.
    pub(crate) terms: Terms,
    /// What is noted of the record.
    pub(crate) note: Option<&'a Note>,
    /// What was entered and not taken.
    pub(crate) draft: Option<&'a Draft>,
    /// How many were ended: a form that was taken is another one than the next.
    pub(crate) ended: usize,
}

/// What can be changed here, and what was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changes<'a> {
    /// The plans for each finding of the report, in its order.
    pub(crate) plans: &'a [Vec<Plan>],
    /// The same put together by what causes the findings.
    pub(crate) remedies: &'a [Remedy],
    /// Everyone who has the profile, permission set or group whose page it is.
    pub(crate) users: &'a [Reached],
    /// Why nothing is offered on this page.
    pub(crate) refusal: Option<&'a str>,
    /// Those that answer none.
    pub(crate) emergency: &'a [Plan],
    /// What was changed on this page.
    pub(crate) journal: &'a Journal,
    /// What is previewed or carried out.
    pub(crate) plan: Option<&'a PlanState>,
    /// When it is drawn.
    pub(crate) now: Timestamp,
    /// Where it is drawn.
    pub(crate) surface: Surface,
    /// Why nothing may be written.
    pub(crate) read_only: Option<ReadOnly>,
    /// Whether an admin allowed writing to this org.
    pub(crate) is_allowed: bool,
    /// What the org is called, once that is known; the host that answers its API; and whether it is a sandbox.
    pub(crate) org: &'a str,
    pub(crate) host: &'a str,
    pub(crate) is_sandbox: Option<bool>,
    /// Whether what was changed before could not be read, and whether something could not be stored.
    pub(crate) is_unread: bool,
    pub(crate) is_unsaved: bool,
}
