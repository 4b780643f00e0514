//! What a fact is read from: the object, of which rows, and which fields of each.
//!
//! A fact's file declares its tables; what is asked of the org is made from those of the facts that are needed
//! (`collect/planner.rs`).

/// An object, and what is read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) object: &'static str,
    pub(crate) rows: Rows,
    /// Fields by which rows are grouped.
    pub(crate) group: &'static [&'static str],
    /// Fields, or what is counted of a group; of a record none, for it is read whole.
    pub(crate) fields: &'static [&'static str],
    pub(crate) children: &'static [Children],
    /// What rows are to be besides.
    pub(crate) filter: &'static str,
    /// `ORDER BY` and `LIMIT`.
    pub(crate) order: &'static str,
}

/// Which rows of an object are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// One record, whole, by its id: the page's own, or the one that it refers to.
    Record,
    /// What the page's user has, by a relationship of `User` at first, and by a query of this field where the org does
    /// not give that. A list by its relationship is no query, of which a composite takes five. Sources: REST API guide,
    /// "sObject Relationships" (API 36.0 and later) and "Composite" ("all sObject resources").
    Related { by: &'static str, of: &'static str },
    /// The permission sets that reach the page's user; the profile's own; the permission set itself.
    Sets,
    /// Those of the page's user, or of the active users who have the profile or permission set, by this field.
    OfUsers(&'static str),
    /// Those of the page's profile, by this field.
    OfProfile(&'static str),
    /// All that meet a condition; all when it is empty.
    All(&'static str),
    /// The profile's row of the Tooling API, which has its metadata.
    Metadata,
}

/// A list inside each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Children {
    pub(crate) relationship: &'static str,
    pub(crate) fields: &'static [&'static str],
    /// Conditions of which a row meets one at least; one whose column the org lacks is left out.
    pub(crate) any: &'static [&'static str],
    /// `WHERE` and `LIMIT`, where there are no such conditions.
    pub(crate) filter: &'static str,
}

impl Table {
    /// These rows of an object.
    pub(crate) const fn new(object: &'static str, rows: Rows) -> Table {
        Table { object, rows, group: &[], fields: &[], children: &[], filter: "", order: "" }
    }
}
