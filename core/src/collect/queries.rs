//! Queries of what tables declare, for one page.

use crate::collect::part::Part;
use crate::facts::table::{Children, Rows, Table};
use crate::facts::{FEATURE, Labels, choice, tokens};
use crate::salesforce::id::Id;
use crate::salesforce::permissions;
use crate::salesforce::setup_url::{Page, PageKind};
use crate::salesforce::soql::{Query, literal};

/// One query for all tables, which are of the same rows: each of their fields once, in order.
pub(super) fn query(page: &Page, tables: &[Table]) -> Option<Query> {
    let first = tables.first()?;
    let mut query = Query::from(first.object)
        .group(&union(tables, |table| table.group))
        .select(&union(tables, |table| table.fields));
    for children in union(tables, |table| table.children) {
        let Children { relationship, fields, any, filter } = children;
        query = match any {
            [] => query.child(relationship, fields, filter),
            any => query.child_with_any(relationship, fields, any),
        };
    }
    let conditions = [of_page(page, first.rows), first.filter.to_owned()];
    let conditions: Vec<String> = conditions.into_iter().filter(|text| !text.is_empty()).collect();
    Some(query.filter(conditions.join(" AND ")).order(first.order))
}

fn union<T: Copy + PartialEq + 'static>(tables: &[Table], of: impl Fn(&Table) -> &'static [T]) -> Vec<T> {
    let mut all: Vec<T> = vec![];
    for one in tables.iter().flat_map(of) {
        if !all.contains(one) {
            all.push(*one);
        }
    }
    all
}

/// The condition that rows are those of the page.
fn of_page(page: &Page, rows: Rows) -> String {
    let id = literal(&page.id);
    match (rows, page.kind) {
        (Rows::Sets, PageKind::User) => {
            format!("Id IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {id})")
        }
        (Rows::Sets, PageKind::Profile) => format!("ProfileId = {id}"),
        // What a group grants is what its aggregate has.
        (Rows::Sets, PageKind::PermissionSet) if is_group(page) => format!("PermissionSetGroupId = {id}"),
        (Rows::Sets, PageKind::PermissionSet) | (Rows::Record | Rows::Metadata, _) => format!("Id = {id}"),
        (Rows::OfUsers(field), PageKind::User) => format!("{field} = {id}"),
        (Rows::OfUsers(field), PageKind::Profile) => {
            format!("{field} IN (SELECT Id FROM User WHERE ProfileId = {id} AND IsActive = true)")
        }
        (Rows::OfUsers(field), PageKind::PermissionSet) => {
            let set = if is_group(page) { "PermissionSetGroupId" } else { "PermissionSetId" };
            format!("{field} IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE {set} = {id})")
        }
        (Rows::OfProfile(field) | Rows::Related { of: field, .. }, _) => format!("{field} = {id}"),
        (Rows::All(condition), _) => condition.to_owned(),
    }
}

/// Whether it is the page of a permission set group.
fn is_group(page: &Page) -> bool {
    page.id.prefix() == "0PG"
}

/// The query of one part alone.
pub(super) fn of_part(page: &Page, part: Part) -> Option<Query> {
    query(page, &[part.table()?])
}

/// The tokens of one user.
pub(super) fn tokens_of(page: &Page, user: &Id) -> Option<Query> {
    Some(query(page, &[tokens::TABLE])?.filter(format!("UserId = {}", literal(user))))
}

/// The profiles that could be chosen: of their permissions those that a rule looks at and the org has. Without the org's
/// list of them nothing is asked: each may be one that it lacks.
pub(super) fn choices(page: &Page, labels: &Labels) -> Option<Query> {
    let is_judged = |name: &&String| !name.starts_with(FEATURE) && permissions::is_judged(name);
    let fields: Vec<String> =
        labels.keys().filter(is_judged).map(|name| format!("Permissions{name}")).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    (!fields.is_empty()).then(|| Some(query(page, &[choice::TABLE])?.select(&fields)))?
}
