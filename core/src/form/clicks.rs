//! What a click brought along: boxes that the page's own script changed with the one that was clicked.
//!
//! It never guesses: what belongs to which click is what the page's form was before it and after it.

use super::Edit;
use super::recognize::{self, Meaning};
use crate::facts::Labels;
use serde::{Deserialize, Serialize};

/// A click on a box, and what it brought along that is still so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Click {
    /// The place of the box that was clicked.
    pub place: usize,
    /// Those of the boxes that the page's script changed with it.
    pub others: Vec<usize>,
}

/// The columns of an object's boxes, as Salesforce calls them.
const COLUMNS: [&str; 7] = ["Read", "Create", "Edit", "Delete", "View All", "Modify All", "View All Fields"];

impl Edit {
    /// What a box is called, as the org calls it.
    pub(super) fn name_of(&self, at: usize, labels: &Labels) -> String {
        match self.meanings.get(at) {
            Some(Meaning::Permission(name)) => labels.get(name).unwrap_or(name).clone(),
            Some(Meaning::Object(object, column)) => {
                format!("{} on {object}", COLUMNS.get(*column).copied().unwrap_or_default())
            }
            _ => {
                let label = self.form.boxes.get(at).map(|line| recognize::part(line, 1)).unwrap_or_default();
                if label.is_empty() { "another box".to_owned() } else { label.to_owned() }
            }
        }
    }

    /// The click on a box, with what it brought along.
    pub(super) fn click_on(&self, at: usize) -> Option<&Click> {
        self.state.clicks.iter().find(|click| click.place == at && !click.others.is_empty())
    }

    /// "because of Modify All Data": why a box is as it is that nobody clicked.
    pub(super) fn because(&self, at: usize) -> Option<String> {
        let clicks = self.state.clicks.iter().zip(&self.click_names);
        let brought = |(click, _): &(&Click, _)| click.place != at && click.others.contains(&at);
        clicks.into_iter().find(brought).map(|(_, name)| format!("because of {name}"))
    }
}
