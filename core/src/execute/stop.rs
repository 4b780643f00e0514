//! Why a plan went no further, as data and as a sentence.

use crate::salesforce::error::OrgError;
use crate::text::listed;
use serde::{Deserialize, Serialize};

/// Why it went no further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The org is not as the preview said: somebody else changed it, or the fields differ.
    Differs {
        /// What was found, in words (`Field: value`), and what was expected.
        found: Vec<String>,
    },
    /// The platform refused.
    Refused(OrgError),
    /// The platform refused because other permissions depend on one that was to go: their names or labels.
    Dependents(Vec<String>),
    /// The write was answered, but the org does not show it.
    NotTaken {
        /// What was found instead.
        found: Vec<String>,
    },
    /// No answer came, and nothing can arrive any more: what is there is what was there before.
    Unanswered,
    /// What came does not prove that nothing was written, and a reading does not show it yet.
    Perhaps {
        /// What the platform said; none when no answer came.
        error: Option<OrgError>,
    },
    /// It is taken back, but what was never answered may still arrive.
    Late,
    /// What was never answered has arrived, and is not taken back yet.
    Arrived,
    /// The platform has not come to it yet.
    Waits {
        /// What was found instead.
        found: Vec<String>,
    },
    /// A person has something to do in Setup first; a reading tells when it is done.
    ByHand {
        /// What, in a sentence.
        words: String,
        /// Where: a path in Setup.
        link: String,
    },
    /// The session is no longer the one of the preview, or another org's or user's.
    OtherSession,
    /// Salesforce took it, and waits until somebody opens the link that it has sent to the new address.
    Confirmation,
}

impl Stop {
    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Stop::Differs { found } => {
                format!(
                    "This changed since the preview: {}. Nothing more was changed.",
                    listed(found)
                )
            }
            Stop::Refused(refusal) => refusal.sentence(),
            Stop::Dependents(names) => {
                format!("Salesforce says these permissions require it: {}.", listed(names))
            }
            Stop::NotTaken { found } => {
                format!(
                    "Salesforce accepted it, but shows something else: {}.",
                    listed(found)
                )
            }
            Stop::Waits { found } => format!(
                "Salesforce is still working on this: {}. Nothing more was changed. Continue later.",
                listed(found)
            ),
            Stop::ByHand { words, .. } => words.clone(),
            Stop::Unanswered => "No answer from Salesforce. Nothing seems to have changed.".into(),
            Stop::Perhaps { error } => {
                let first = error.as_ref().map_or_else(|| "No answer from Salesforce.".to_owned(), OrgError::sentence);
                format!(
                    "{first} The change may still arrive. Check again in a minute, or undo it."
                )
            }
            Stop::Late => {
                "It's as it was before. A change that Salesforce didn't answer may still arrive. Check again in a few minutes.".into()
            }
            Stop::Arrived => {
                "A change that Salesforce didn't answer has arrived after all. Continue to undo it.".into()
            }
            Stop::Confirmation => {
                "Salesforce sent a confirmation link to the new address. Open it, then continue here.".into()
            }
            Stop::OtherSession => "You're logged in as someone else now. Nothing more was changed.".into(),
        }
    }
}
