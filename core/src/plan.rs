//! A plan: what a fix changes, step by step, as data that a person can read before anything is written.
//!
//! It never writes, and never guesses what is there: a step's `before` is what was read for the preview.

mod described;
mod entered;
mod input;
mod instructions;
pub mod merge;
pub(crate) mod ranges;
mod step;

pub(crate) use described::in_words;
pub use described::{Described, Line, Shown};
pub use input::{Input, InputKind};
pub(crate) use step::tokens_of;
pub use step::{COPY, Fields, Place, Step, Term, Way, fields};

use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// How careful a fix must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Safety {
    /// Reversible, and touches only this user.
    Safe,
    /// Reversible, and touches others or can stop an integration: the preview says whom and what.
    Confirm,
    /// Cannot be undone, or people must decide: guided steps.
    ByHand,
}

impl Safety {
    /// The value of `data-safety`.
    pub const fn word(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Confirm => "confirm",
            Safety::ByHand => "by-hand",
        }
    }

    /// What it is called where people read it: nothing that can stop an integration is called safe.
    pub const fn words(self) -> &'static str {
        match self {
            Safety::Safe => "only affects this user",
            Safety::Confirm => "confirm",
            Safety::ByHand => "by hand",
        }
    }
}

/// What undoing comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Undo {
    /// It restores what was there.
    Exact,
    /// All of it but the tokens that it revokes, which do not come back; in a sentence.
    Partly(String),
    /// It cannot be undone, and why; the nearest thing, in a sentence.
    Never(String),
}

/// Another user whom a plan reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Their id.
    pub id: Id,
    /// Their name.
    pub name: String,
}

/// A look at what depends on a user or a thing, for the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What its rows are, in words ("Scheduled jobs run as this user").
    pub words: String,
    /// What is asked; the first field of a row is its name.
    pub soql: String,
    /// Whether its rows (by `AssigneeId`) are users whom the plan does not reach, in spite of all; else each row is
    /// something that depends on what is taken away.
    pub spares: bool,
    /// Of a look that only reads what records or objects are called: the field that tells which, and the path to its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<(String, String)>,
}

/// Which plan it is: the rule whose finding it answers, the fix, and what it is about, by id. No two plans of a report
/// have the same, whatever their records are called.
///
/// It is displayed as `rule:fix:record:…`, each part with all but letters, digits, `-`, `_` and `.` percent-encoded: that
/// is how messages and markup name a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct PlanId {
    /// The rule's id; `emergency` for what answers no finding.
    pub rule: String,
    /// The fix.
    pub fix: String,
    /// The records that it is about, by id; what has no id (a permission, an app that is not installed) by the name
    /// that the API knows it by.
    pub records: Vec<String>,
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in [&self.rule, &self.fix].into_iter().chain(&self.records).enumerate() {
            if at > 0 {
                f.write_str(":")?;
            }
            for byte in part.bytes() {
                match byte {
                    b'-' | b'_' | b'.' => f.write_char(char::from(byte))?,
                    _ if byte.is_ascii_alphanumeric() => f.write_char(char::from(byte))?,
                    _ => write!(f, "%{byte:02X}")?,
                }
            }
        }
        Ok(())
    }
}

/// What a fix changes, whom it reaches, what it may break, and how it is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which plan it is; of several put together, which ones. Empty in journals of versions that had no such ids.
    #[serde(default)]
    pub ids: Vec<PlanId>,
    /// The fix, as in `data-fix`.
    pub fix: String,
    /// What it does, in a sentence.
    pub title: String,
    /// The same in a few words, for its button ("Freeze user…").
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub button: String,
    /// What taking it back does, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub undone: String,
    /// Whether it stops or destroys something that works: its button looks like it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_destructive: bool,
    /// How careful it must be.
    pub safety: Safety,
    /// In this order.
    pub steps: Vec<Step>,
    /// Every other user whom it reaches, as far as they were read.
    pub reaches: Vec<Reached>,
    /// Whether it reaches more than those.
    pub reaches_more: bool,
    /// What it may break, a sentence each.
    pub breaks: Vec<String>,
    /// Whether it can be undone.
    pub undo: Undo,
    /// What the admin may change in it: see [`Plan::set`].
    pub inputs: Vec<Input>,
    /// What the preview looks at besides.
    pub looks: Vec<Look>,
    /// What the preview's looks found, and what they could not tell, a sentence each.
    pub depends: Vec<String>,
    /// Where it is done, or undone, by hand: a path in Setup.
    pub link: String,
    /// Whether it takes access from a user as whom software signed in lately, or may have: nobody has it ticked beforehand.
    #[serde(default)]
    pub in_use: bool,
    /// What records and objects that it changes are called, by id or API name, as the preview read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<(String, String)>,
}

impl Look {
    /// What depends on a thing: `words` name the rows of `soql`.
    pub fn depends(words: &str, soql: String) -> Look {
        Look { words: words.to_owned(), soql, spares: false, names: None }
    }

    /// What records or objects are called: `key` tells which, `name` is the path to what it is called.
    pub fn called(soql: String, key: &str, name: &str) -> Look {
        Look { names: Some((key.to_owned(), name.to_owned())), ..Look::depends("", soql) }
    }
}

impl Plan {
    /// Puts a step before all others.
    pub fn first(&mut self, step: Step) {
        for own in &mut self.steps {
            own.unless = own.unless.map(|at| at + 1);
            own.each_term(&mut |term| {
                if let Term::Made(at) | Term::Read { step: at, .. } = term {
                    *at += 1;
                }
            });
        }
        self.steps.insert(0, step);
    }

    /// The plan said to be about these records, by id.
    #[must_use]
    pub fn about<const N: usize>(mut self, records: [&str; N]) -> Plan {
        for id in &mut self.ids {
            id.records = records.map(str::to_owned).to_vec();
        }
        self
    }

    /// The plan said to answer a finding of this rule.
    pub(crate) fn answers(&mut self, rule: &str) {
        for id in &mut self.ids {
            rule.clone_into(&mut id.rule);
        }
    }

    /// What names it in messages and markup: its [`PlanId`]; of several those of all, with commas between them.
    pub fn key(&self) -> String {
        self.ids.iter().map(PlanId::to_string).collect::<Vec<_>>().join(",")
    }

    /// Whether people do it: it writes nothing.
    pub fn is_guided(&self) -> bool {
        !self.steps.iter().any(Step::is_write)
    }

    /// A plan that reaches nobody else, breaks nothing that is known, and can be undone.
    pub fn new(fix: &str, title: String, steps: Vec<Step>) -> Plan {
        Plan {
            ids: vec![PlanId { fix: fix.to_owned(), ..PlanId::default() }],
            fix: fix.to_owned(),
            title,
            button: String::new(),
            undone: String::new(),
            is_destructive: false,
            safety: Safety::Safe,
            steps,
            reaches: vec![],
            reaches_more: false,
            breaks: vec![],
            undo: Undo::Exact,
            inputs: vec![],
            looks: vec![],
            depends: vec![],
            link: String::new(),
            in_use: false,
            names: vec![],
        }
    }

    /// With these words on its button, and these for what takes it back.
    #[must_use]
    pub fn called(self, button: &str, undone: impl Into<String>) -> Plan {
        Plan { button: button.to_owned(), undone: undone.into(), ..self }
    }
}
