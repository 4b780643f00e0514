//! Fields: what the table says of each, and what follows from its type where the table says nothing.
//!
//! It never knows an org's rows.

use serde_json::Value;

/// One field of an object.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// API name.
    pub name: String,
    /// Type as describe writes it.
    pub kind: String,
    /// May be null.
    pub nillable: bool,
    /// May be written by an update.
    pub updateable: bool,
    /// May be written by a create.
    pub createable: bool,
    /// English label.
    pub label: String,
    /// Relationship name and the object it leads to; `Name` where it leads to one of several.
    pub relation: Option<(String, String)>,
    /// What else describe says of it.
    pub traits: Traits,
}

/// The rarer half of a field's describe.
#[derive(Debug, Clone, Default)]
pub struct Traits {
    /// One letter for each property that it has; see the head of `business.tsv`.
    pub flags: String,
    /// Objects that a reference may lead to.
    pub targets: Vec<String>,
    /// Most characters; 0 for none.
    pub length: usize,
    /// All digits, and those after the point.
    pub precision: (u8, u8),
    /// Digits of an integer.
    pub digits: u8,
    /// The compound field that it is a part of.
    pub compound: Option<String>,
    /// `extraTypeInfo`.
    pub extra: Option<String>,
    /// The value of a create that leaves it out.
    pub default: Value,
    /// Values of a picklist.
    pub values: Vec<PickValue>,
    /// What it has where a row says nothing of it; null where it may be null.
    pub standing: Value,
    /// The field of the same row that it takes after, before it has what `standing` says.
    pub after: Option<String>,
}

/// One value of a picklist.
#[derive(Debug, Clone)]
pub struct PickValue {
    /// As the API has it.
    pub value: String,
    /// As people see it.
    pub label: String,
    /// A create that leaves the field out gets it.
    pub default: bool,
}

impl Field {
    /// Reads one line of a table, without the tab at its start.
    pub(crate) fn read(line: &str) -> Field {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let (name, kind, flags, label, relation) = (next(), next(), next(), next(), next());
        let (length, numbers, compound, extra, default, values) =
            (next(), next(), next(), next(), next(), next());
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (relation, to) = relation.split_once(':').unwrap_or_default();
        let targets: Vec<String> = to.split(',').filter(|to| !to.is_empty()).map(str::to_owned).collect();
        let leads = if targets.len() > 1 { "Name" } else { to };
        let (digits, precision) = match numbers.strip_prefix('d') {
            Some(digits) => (digits.parse().unwrap_or(0), (0, 0)),
            None => {
                let (all, after) = numbers.split_once(',').unwrap_or_default();
                (0, (all.parse().unwrap_or(0), after.parse().unwrap_or(0)))
            }
        };
        Field {
            name: name.into(),
            kind: kind.into(),
            nillable: flags.contains('n'),
            updateable: flags.contains('u'),
            createable: flags.contains('c'),
            label: label.into(),
            relation: (!relation.is_empty()).then(|| (relation.to_owned(), leads.to_owned())),
            traits: Traits {
                flags: flags.into(),
                targets,
                length: length.parse().unwrap_or(0),
                precision,
                digits,
                compound: some(compound),
                extra: some(extra),
                default: serde_json::from_str(default).unwrap_or(Value::Null),
                values: values.split('|').filter(|value| !value.is_empty()).map(PickValue::read).collect(),
                ..Traits::default()
            },
        }
    }

    /// Whether the table gives it a property.
    pub fn is(&self, flag: char) -> bool {
        self.traits.flags.contains(flag)
    }

    /// A field of the org's own.
    pub fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// Whether field permissions can be given for it; required and system fields are everybody's.
    pub fn is_permissionable(&self) -> bool {
        self.is('p')
    }
}

impl PickValue {
    fn read(text: &str) -> PickValue {
        let (default, text) = text.strip_prefix('*').map_or((false, text), |text| (true, text));
        let (value, label) = text.split_once('=').unwrap_or((text, text));
        PickValue { value: value.into(), label: label.into(), default }
    }
}
