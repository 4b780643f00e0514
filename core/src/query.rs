//! SOQL as parts, so that a field which an org lacks can be left out and the rest asked again.
//!
//! It never takes a value from a page without [`Id`] having checked it: what is quoted here are ids.

use crate::id::Id;
use crate::refusal::quoted;
use crate::text::{after, joined};
use serde::{Deserialize, Serialize};

/// One query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Query {
    select: Vec<Item>,
    children: Vec<Child>,
    from: String,
    filter: String,
    order: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Item {
    text: String,
    /// Stands in GROUP BY too.
    grouped: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Child {
    relation: String,
    select: Vec<String>,
    rest: String,
}

impl Query {
    pub(crate) fn from(object: &str) -> Query {
        Query {
            select: vec![],
            children: vec![],
            from: object.into(),
            filter: String::new(),
            order: String::new(),
        }
    }

    pub(crate) fn select(mut self, items: &[&str]) -> Query {
        self.select.extend(items.iter().map(|text| Item { text: (*text).into(), grouped: false }));
        self
    }

    pub(crate) fn group(mut self, items: &[&str]) -> Query {
        self.select.extend(items.iter().map(|text| Item { text: (*text).into(), grouped: true }));
        self
    }

    pub(crate) fn child(mut self, relation: &str, select: &[&str], rest: &str) -> Query {
        let select = select.iter().map(|field| (*field).into()).collect::<Vec<_>>();
        self.children.push(Child { relation: relation.into(), select, rest: rest.into() });
        self
    }

    pub(crate) fn filter(mut self, filter: String) -> Query {
        self.filter = filter;
        self
    }

    pub(crate) fn order(mut self, order: &str) -> Query {
        self.order = order.into();
        self
    }

    pub(crate) fn object(&self) -> &str {
        &self.from
    }

    pub(crate) fn soql(&self) -> String {
        let mut parts: Vec<String> = self.select.iter().map(|item| item.text.clone()).collect::<Vec<_>>();
        parts.extend(
            self.children
                .iter()
                .map(|c| format!("(SELECT {} FROM {} {})", joined(&c.select, ", "), c.relation, c.rest)),
        );
        let mut soql = format!("SELECT {} FROM {}", joined(&parts, ", "), self.from);
        if !self.filter.is_empty() {
            soql.push_str(" WHERE ");
            soql.push_str(&self.filter);
        }
        // In GROUP BY a field stands without the alias that it may have in SELECT.
        let grouped: Vec<&str> = self
            .select
            .iter()
            .filter(|i| i.grouped)
            .filter_map(|i| i.text.split(' ').next())
            .collect::<Vec<_>>();
        if !grouped.is_empty() {
            soql.push_str(" GROUP BY ");
            soql.push_str(&joined(&grouped, ", "));
        }
        if !self.order.is_empty() {
            soql.push(' ');
            soql.push_str(&self.order);
        }
        soql
    }

    /// The same query without what the org said that it does not know; `None` when nothing can be left out.
    ///
    /// `message` is that of an `INVALID_FIELD` error: "No such column 'X' on entity 'Y'" or "Didn't understand
    /// relationship 'X' in …".
    pub(crate) fn without(&self, message: &str) -> Option<Query> {
        let marks = ["No such column ", "understand relationship "];
        let name = marks.into_iter().find_map(|mark| quoted(after(message, mark)?))?;
        let lacks = |text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|part| part.eq_ignore_ascii_case(name))
        };
        let mut less = self.clone();
        less.select.retain(|item| !lacks(&item.text));
        for child in &mut less.children {
            child.select.retain(|field| !lacks(field));
        }
        less.children.retain(|c| !c.select.is_empty() && !lacks(&c.relation) && !lacks(&c.rest));
        if lacks(&less.order) {
            less.order = String::new();
        }
        (less != *self && !less.select.is_empty() && !lacks(&less.filter)).then_some(less)
    }
}

/// An id as a SOQL literal.
pub(crate) fn literal(id: &Id) -> String {
    format!("'{id}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> Query {
        Query::from("PermissionSet")
            .select(&["FIELDS(STANDARD)", "PermissionSetGroup.Status"])
            .child(
                "Assignments",
                &["AssigneeId", "Assignee.Name"],
                "WHERE Assignee.IsActive = true LIMIT 200",
            )
            .filter("ProfileId = '00e'".into())
    }

    #[test]
    fn writes_soql() {
        assert_eq!(
            query().soql(),
            "SELECT FIELDS(STANDARD), PermissionSetGroup.Status, (SELECT AssigneeId, Assignee.Name FROM Assignments \
             WHERE Assignee.IsActive = true LIMIT 200) FROM PermissionSet WHERE ProfileId = '00e'"
        );
        assert_eq!(
            Query::from("OauthToken")
                .group(&["AppName", "User.Name userName"])
                .select(&["SUM(UseCount) uses"])
                .soql(),
            "SELECT AppName, User.Name userName, SUM(UseCount) uses FROM OauthToken GROUP BY AppName, User.Name"
        );
    }

    #[test]
    fn leaves_out_what_the_org_lacks() {
        let error = "\nSELECT X\n ^\nERROR at Row:1:Column:9\nNo such column 'Status' on entity 'PermissionSetGroup'. If you are attempting …";
        assert!(!query().without(error).unwrap().soql().contains("Status"));
        let error = "Didn't understand relationship 'Assignments' in FROM part of query call.";
        assert!(!query().without(error).unwrap().soql().contains("Assignments"));
        let error = "No such column 'IsActive' on entity 'User'.";
        assert!(!query().without(error).unwrap().soql().contains("Assignments"));
    }

    #[test]
    fn gives_up_when_nothing_can_be_left_out() {
        assert_eq!(query().without("No such column 'ProfileId' on entity 'PermissionSet'."), None);
        assert_eq!(query().without("No such column 'Other' on entity 'PermissionSet'."), None);
        assert_eq!(query().without("unexpected token"), None);
    }
}
