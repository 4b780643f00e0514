//! Who has a permission set.

use crate::facts::Shared;
use crate::facts::assignment::Assignment;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, ChildRows};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// At most so many other users are read of each permission set; beyond, "or more" is said.
pub const REACH_LIMIT: usize = 200;

/// The other active users who have the same permission set; on a profile's or permission set's own page all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Those who were read.
    pub others: Vec<Shared<Assignee>>,
    /// Whether there are more.
    pub more: bool,
    /// How many more there are who were counted and not read by name.
    #[serde(default)]
    pub beyond: usize,
    /// Whether nobody is shown whose others they would be: they are all who have it.
    #[serde(default)]
    pub all: bool,
}

/// An active user who has a permission set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The user's id.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their user name.
    pub username: String,
}

impl Reach {
    /// From the list of a set's assignments. `own` is the user shown, who is not one of the others; beyond `limit` users
    /// "or more" is said.
    pub(crate) fn from_rows(list: &ChildRows<'_>, own: Option<&Id>, limit: usize, now: Timestamp) -> Reach {
        let mut others: Vec<Shared<Assignee>> = list
            .rows
            .iter()
            .filter(|row| Assignment::from_row(row).is_none_or(|one| !one.is_over(now)))
            .filter_map(|row| {
                let id = json::id(row, "AssigneeId")?;
                (own != Some(&id)).then(|| {
                    let one = Assignee {
                        id,
                        name: json::text(row, "Assignee.Name").into(),
                        username: json::text(row, "Assignee.Username").into(),
                    };
                    one.into()
                })
            })
            .collect();
        others.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        others.dedup_by(|a, b| a.id == b.id);
        let more = list.cut || list.rows.len() > limit;
        others.truncate(limit);
        // On a profile's or permission set's own page nobody is shown whose others they could be.
        Reach { others, more, beyond: 0, all: own.is_none() }
    }

    /// How many others there are, at most as many as are read.
    pub fn count(&self) -> usize {
        (self.others.len() + self.beyond).min(REACH_LIMIT)
    }

    /// "not assigned to anyone else", "also assigned to Ann Lee", "assigned to 2 other active users": the only other one is
    /// named.
    pub(crate) fn assigned(&self) -> String {
        match (self.others.as_slice(), self.more, self.all) {
            ([], false, true) => "not assigned to any active user".to_owned(),
            ([], false, false) => "not assigned to anyone else".to_owned(),
            ([one], false, true) => format!("assigned to {}", one.name),
            ([one], false, false) => format!("also assigned to {}", one.name),
            _ => format!("assigned to {self}"),
        }
    }

    /// "nobody else", "2 other active users", "200 or more other active users"; `other` is `other ` or nothing.
    pub(crate) fn words(&self, other: &str) -> String {
        let (n, more) = (self.count(), if self.more { " or more" } else { "" });
        match n {
            0 if !self.more && self.all => "nobody".into(),
            0 if !self.more => "nobody else".into(),
            _ => format!("{n}{more} {other}active user{}", if n == 1 && !self.more { "" } else { "s" }),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(if self.all { "" } else { "other " }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_others_only_beside_somebody() {
        let reach = |n: u32, more, all| {
            let id = |n| crate::rules::example::id("005", n);
            let others =
                (1..=n).map(|n| Assignee { id: id(n), name: "Ann".into(), username: "ann".into() }.into());
            Reach { others: others.collect(), more, all, ..Reach::default() }.to_string()
        };
        assert_eq!(reach(1, false, false), "1 other active user");
        assert_eq!(reach(1, false, true), "1 active user");
        assert_eq!(reach(2, false, true), "2 active users");
        assert_eq!(reach(1, true, true), "1 or more active users");
        assert_eq!((reach(0, false, false), reach(0, false, true)), ("nobody else".into(), "nobody".into()));
    }

    #[test]
    fn the_only_other_one_is_named() {
        let assigned = |names: &[&str], all| {
            let set = crate::rules::example::grant().shared_with(names);
            Reach { all, ..set.reach.unwrap_or_default() }.assigned()
        };
        assert_eq!(assigned(&[], false), "not assigned to anyone else");
        assert_eq!(assigned(&["Ann Lee"], false), "also assigned to Ann Lee");
        assert_eq!(assigned(&["Ann Lee"], true), "assigned to Ann Lee");
        assert_eq!(assigned(&["Ann Lee", "Bo Chan"], false), "assigned to 2 other active users");
        assert_eq!(assigned(&["Ann Lee", "Bo Chan"], true), "assigned to 2 active users");
    }
}
