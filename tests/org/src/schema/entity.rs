//! Objects: labels, what can be done with their rows, and the child relationships between them.
//!
//! It never knows an org's rows.

use super::{Field, humanized};
use serde_json::Value;
use std::collections::BTreeMap;

/// One object.
#[derive(Debug, Clone)]
pub struct Object {
    /// API name.
    pub name: String,
    /// Key prefix of its ids; empty where it has no ids of its own.
    pub prefix: String,
    /// Fields in the order of the describe.
    pub fields: Vec<Field>,
    /// English label.
    pub label: String,
    /// English label of several.
    pub plural: String,
    /// One letter for each thing that can be done; see the head of `entities.tsv`.
    pub flags: String,
    /// Its name as a value, for the `Type` of what a reference leads to.
    pub(crate) kind: Value,
}

/// A child relationship.
#[derive(Debug, Clone)]
pub struct ChildRelation {
    /// The object that has the children.
    pub parent: String,
    /// Its name in a subquery; empty where there is none.
    pub name: String,
    /// The children's object.
    pub child: String,
    /// Their field.
    pub field: String,
    /// They go with the parent.
    pub cascades: bool,
    /// They keep the parent from being deleted.
    pub restricts: bool,
}

const ENTITIES: &str = include_str!("entities.tsv");
const CHILDREN: &str = include_str!("children.tsv");

impl Object {
    /// An object as the table of entities has it, without fields.
    pub(super) fn named(name: &str) -> Object {
        let line = ENTITIES.lines().find(|line| line.split('\t').next() == Some(name));
        let mut parts = line.unwrap_or_default().split('\t').skip(1);
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (prefix, label, plural, flags) = (next(), next(), next(), next());
        let label = if label.is_empty() { humanized(name) } else { label };
        Object { name: name.to_owned(), prefix, fields: vec![], label, plural, flags, kind: name.into() }
    }

    /// An object of the org's own, without fields; `nth`: how many there are before it.
    pub(crate) fn custom(name: &str, label: &str, plural: &str, nth: usize) -> Object {
        let label = if label.is_empty() { humanized(name) } else { label.to_owned() };
        let plural = if plural.is_empty() { format!("{label}s") } else { plural.to_owned() };
        let prefix = format!("a{nth:02}");
        Object {
            name: name.to_owned(),
            prefix,
            fields: vec![],
            label,
            plural,
            flags: "cudUqrsltRMkLAV".into(),
            kind: name.into(),
        }
    }

    /// A field by name, whatever the case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether the table says that something can be done with it.
    pub fn is(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Whether the Tooling API (`base` ends with it) or the other has it.
    pub fn is_of(&self, base: &str) -> bool {
        if base.ends_with("/tooling") { !crate::platform::is_business(&self.name) } else { !self.is('T') }
    }

    /// An object of the org's own.
    pub fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// The field that people know a row by.
    pub fn name_field(&self) -> Option<&Field> {
        let named = self.fields.iter().find(|field| field.is('N'));
        named.or_else(|| ["Name", "DeveloperName", "MasterLabel"].iter().find_map(|name| self.field(name)))
    }

    /// The field behind a relationship name, and the object that it leads to.
    pub fn relation(&self, name: &str) -> Option<(&Field, &str)> {
        self.fields.iter().find_map(|field| {
            let (relation, to) = field.relation.as_ref()?;
            (relation.eq_ignore_ascii_case(name) && !to.is_empty()).then_some((field, to.as_str()))
        })
    }
}

/// Every published child relationship between objects of the org.
pub(super) fn children(objects: &BTreeMap<String, Object>) -> Vec<ChildRelation> {
    let read = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (parent, name, child, field, flags) = (next(), next(), next(), next(), next());
        let (cascades, restricts) = (flags.contains('c'), flags.contains('r'));
        ChildRelation { parent, name, child, field, cascades, restricts }
    };
    let known = |relation: &ChildRelation| objects.contains_key(&relation.child.to_lowercase());
    CHILDREN.lines().filter(|line| !line.starts_with('#')).map(read).filter(known).collect()
}
