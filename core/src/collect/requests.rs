//! A composite request's body.

use super::part::Part;
use crate::facts::table::{Rows, Table};
use crate::salesforce::http::{self, API_VERSION};
use crate::salesforce::setup_url::{Page, PageKind};
use crate::salesforce::soql::Query;
use std::collections::BTreeMap;

/// The body of a composite request for `parts`.
pub(super) fn composite_body(page: &Page, parts: &[Part], queries: &BTreeMap<Part, Query>) -> String {
    http::composite_body(
        parts
            .iter()
            .filter_map(|part| Some((url(page, *part, queries.get(part))?, part.reference().to_owned()))),
    )
}

/// Where a part is read: by its query; without one by a relationship of the user, or as a record by its id.
fn url(page: &Page, part: Part, query: Option<&Query>) -> Option<String> {
    if let Some(query) = query {
        return Some(http::query_path(&query.soql()));
    }
    let base = format!("/services/data/{API_VERSION}");
    let id = &page.id;
    Some(match (part, part.table()) {
        (Part::Labels, _) => format!("{base}/sobjects/PermissionSet/describe"),
        (Part::Features, _) => format!("{base}/sobjects/User/describe"),
        (Part::Profile, _) if page.kind == PageKind::User => {
            format!("{base}/sobjects/Profile/@{{user.ProfileId}}")
        }
        (Part::License, _) => format!("{base}/sobjects/UserLicense/@{{profile.UserLicenseId}}"),
        (_, Some(Table { rows: Rows::Related { by, .. }, .. })) => format!("{base}/sobjects/User/{id}/{by}"),
        (_, Some(Table { rows: Rows::Record, object, .. })) => format!("{base}/sobjects/{object}/{id}"),
        _ => return None,
    })
}
