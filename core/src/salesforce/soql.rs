//! SOQL as parts, so that a field which an org lacks can be left out and the rest asked again.
//!
//! It never takes a value from a page without [`Id`] having checked it: what is quoted here are ids.

use crate::salesforce::error::quoted;
use crate::salesforce::id::Id;
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
    /// Tests of which a row meets one at least; none where all rows are wanted.
    any: Vec<String>,
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
        self.children.push(Child { relation: relation.into(), select, any: vec![], rest: rest.into() });
        self
    }

    /// A child list of the rows that meet one of the tests; one whose column the org lacks is left out.
    pub(crate) fn child_with_any(mut self, relation: &str, select: &[&str], any: &[&str]) -> Query {
        self = self.child(relation, select, "");
        if let Some(child) = self.children.last_mut() {
            child.any = any.iter().map(|test| (*test).into()).collect();
        }
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
        let mut parts: Vec<String> = self.select.iter().map(|item| item.text.clone()).collect();
        parts.extend(self.children.iter().map(|c| {
            let mut child = format!("(SELECT {} FROM {}", c.select.join(", "), c.relation);
            if !c.any.is_empty() {
                child.push_str(" WHERE ");
                child.push_str(&c.any.join(" OR "));
            }
            if !c.rest.is_empty() {
                child.push(' ');
                child.push_str(&c.rest);
            }
            child.push(')');
            child
        }));
        let mut soql = format!("SELECT {} FROM {}", parts.join(", "), self.from);
        if !self.filter.is_empty() {
            soql.push_str(" WHERE ");
            soql.push_str(&self.filter);
        }
        // In GROUP BY a field stands without the alias that it may have in SELECT.
        let grouped: Vec<&str> =
            self.select.iter().filter(|i| i.grouped).filter_map(|i| i.text.split(' ').next()).collect();
        if !grouped.is_empty() {
            soql.push_str(" GROUP BY ");
            soql.push_str(&grouped.join(", "));
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
    /// relationship 'X' in …". A column of that name on another entity stays.
    pub(crate) fn without(&self, message: &str) -> Option<Query> {
        let name = lacking(message)?;
        let entity = message.split_once(" on entity ").and_then(|(_, rest)| quoted(rest));
        // Whether a piece of a query on `of` names it.
        let lacks = |of: &str, text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').any(|path| {
                let mut owner = of;
                path.split('.').any(|part| {
                    let fits = entity.is_none_or(|entity| owner.eq_ignore_ascii_case(entity));
                    let is = fits && part.eq_ignore_ascii_case(name);
                    owner = to(part);
                    is
                })
            })
        };
        let mut less = self.clone();
        let from = self.from.as_str();
        less.select.retain(|item| !lacks(from, &item.text));
        for child in &mut less.children {
            let of = to(&child.relation);
            child.select.retain(|field| !lacks(of, field));
            if child.any.len() > 1 {
                child.any.retain(|test| !lacks(of, test));
            }
        }
        less.children.retain(|c| {
            let of = to(&c.relation);
            let tested = c.any.iter().any(|test| lacks(of, test));
            !(c.select.is_empty() || tested || lacks(from, &c.relation) || lacks(of, &c.rest))
        });
        if lacks(from, &less.order) {
            less.order = String::new();
        }
        (less != *self && !less.select.is_empty() && !lacks(from, &less.filter)).then_some(less)
    }
}

/// The column or relationship that an `INVALID_FIELD` error says the org lacks.
pub(crate) fn lacking(message: &str) -> Option<&str> {
    let marks = ["No such column ", "understand relationship "];
    marks.into_iter().find_map(|mark| quoted(message.split_once(mark)?.1))
}

/// The object that a relationship of our queries leads to; most are called like it.
fn to(relation: &str) -> &str {
    match relation {
        "Assignee" | "Owner" => "User",
        "Assignments" | "PermissionSetAssignments" => "PermissionSetAssignment",
        "ObjectPerms" => "ObjectPermissions",
        "SetupEntityAccessItems" => "SetupEntityAccess",
        other => other,
    }
}

/// A text as a SOQL literal.
pub(crate) fn text_literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
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
    fn a_column_of_the_same_name_on_another_object_stays() {
        let query = Query::from("PermissionSet").select(&["Id"]).child(
            "Assignments",
            &["AssigneeId", "IsActive", "IsRevoked"],
            "WHERE Assignee.IsActive = true LIMIT 201",
        );
        let less =
            query.without("No such column 'IsActive' on entity 'PermissionSetAssignment'. If you").unwrap();
        assert_eq!(
            less.soql(),
            "SELECT Id, (SELECT AssigneeId, IsRevoked FROM Assignments WHERE Assignee.IsActive = true LIMIT 201) FROM PermissionSet"
        );
        assert!(
            !query
                .without("No such column 'IsActive' on entity 'User'.")
                .unwrap()
                .soql()
                .contains("FROM Assignments")
        );
    }

    #[test]
    fn a_test_of_a_column_that_the_org_lacks_is_left_out_and_the_others_stay() {
        let query = Query::from("PermissionSet").select(&["Id"]).child_with_any(
            "ObjectPerms",
            &["SobjectType", "PermissionsDelete", "PermissionsViewAllFields"],
            &["PermissionsDelete = true", "PermissionsViewAllFields = true"],
        );
        let less = query
            .without("No such column 'PermissionsViewAllFields' on entity 'ObjectPermissions'.")
            .unwrap();
        assert_eq!(
            less.soql(),
            "SELECT Id, (SELECT SobjectType, PermissionsDelete FROM ObjectPerms WHERE PermissionsDelete = true) FROM PermissionSet"
        );
    }

    #[test]
    fn gives_up_when_nothing_can_be_left_out() {
        assert_eq!(query().without("No such column 'ProfileId' on entity 'PermissionSet'."), None);
        assert_eq!(query().without("No such column 'Other' on entity 'PermissionSet'."), None);
        assert_eq!(query().without("unexpected token"), None);
    }
}
