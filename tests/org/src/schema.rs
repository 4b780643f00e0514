//! What objects and fields the org has, from a checked-in table that states its source.
//!
//! It never invents a field: what is not in the table, nor brought along by a seed's metadata, does not exist.

mod entity;
mod field;

pub use entity::{ChildRelation, Object};
pub use field::{Field, PickValue, Traits};

use std::collections::{BTreeMap, BTreeSet};

/// All of them.
#[derive(Debug, Clone)]
pub struct Schema {
    /// By API name in lower case: names are matched without case, as the platform does.
    objects: BTreeMap<String, Object>,
    /// English and Japanese label by permission.
    labels: BTreeMap<String, (String, String)>,
    /// Labels that the org gave user permissions itself, in every language.
    pub relabelled: BTreeMap<String, String>,
    /// By object and field.
    limits: BTreeMap<(String, String), Limit>,
    /// The API version that first had an object (without a field) or a field.
    since: BTreeMap<(String, String), u32>,
    /// Child relationships.
    children: Vec<ChildRelation>,
    /// Permissions that in this org do without one that they need elsewhere: permission, need.
    pub not_needed: BTreeSet<(String, String)>,
}

/// What a field's values are limited to, and what a query may do with it.
#[derive(Debug, Clone, Default)]
pub struct Limit {
    /// Most characters; 0 for no limit known.
    pub length: usize,
    /// Values of a restricted picklist; none where any value goes.
    pub values: Vec<String>,
    /// It does not filter.
    pub no_filter: bool,
    /// It does not sort.
    pub no_sort: bool,
    /// It does not group.
    pub no_group: bool,
}

const OBJECTS: &[&str] = &[
    include_str!("schema/objects.tsv"),
    include_str!("schema/setup.tsv"),
    include_str!("schema/business.tsv"),
];
const LIMITS: &str = include_str!("schema/limits.tsv");
const SINCE: &str = include_str!("schema/since.tsv");
const STANDING: &str = include_str!("schema/standing.tsv");
const PERMISSIONS: &str = include_str!("schema/permissions.tsv");
const TRANSLATED: &str = include_str!("schema/labels.tsv");

/// Objects that have the `Permissions…` fields, and whether these can be written.
const WITH_PERMISSIONS: &[(&str, bool)] = &[
    ("Profile", true),
    ("PermissionSet", true),
    ("UserPermissionAccess", false),
    ("MutingPermissionSet", true),
];

impl Schema {
    /// Reads the tables.
    pub fn load() -> Schema {
        let mut objects: BTreeMap<String, Object> = BTreeMap::new();
        let mut current: Option<&mut Object> = None;
        let lines = OBJECTS.iter().flat_map(|table| table.lines());
        for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
            match (line.strip_prefix('\t'), &mut current) {
                (Some(field), Some(object)) => object.fields.push(Field::read(field)),
                _ => {
                    current = Some(objects.entry(line.to_lowercase()).or_insert_with(|| Object::named(line)))
                }
            }
        }
        stand(&mut objects);
        let children = entity::children(&objects);
        let limits = limits(&objects);
        let mut schema = Schema {
            objects,
            labels: BTreeMap::new(),
            relabelled: BTreeMap::new(),
            not_needed: BTreeSet::new(),
            limits,
            since: since(),
            children,
        };
        for line in PERMISSIONS.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.split('\t');
            let name = parts.next().unwrap_or_default();
            let english =
                parts.next().filter(|l| !l.is_empty()).map_or_else(|| humanized(name), str::to_owned);
            schema.labels.insert(name.into(), (english, parts.next().unwrap_or_default().into()));
            schema.add_permission(name);
        }
        schema
    }

    /// An object by name, whatever the case.
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(&name.to_lowercase())
    }

    /// What is known of a field's limits.
    pub fn limit(&self, object: &str, field: &str) -> Option<&Limit> {
        self.limits.get(&(object.to_owned(), field.to_owned()))
    }

    /// Whether the org has a user permission (`ManageUsers`).
    pub fn has_permission(&self, name: &str) -> bool {
        self.labels.contains_key(name)
    }

    /// Every object.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The object whose ids begin like `id`.
    pub fn object_of(&self, id: &str) -> Option<&Object> {
        let prefix = id.get(..3)?;
        self.objects.values().find(|object| object.prefix == prefix)
    }

    /// Whether an API version has an object, or a field of it; `true` where it is not known since when.
    pub fn is_since(&self, object: &str, field: &str, version: u32) -> bool {
        self.since.get(&(object.to_owned(), field.to_owned())).is_none_or(|since| *since <= version)
    }

    /// The child relationships of an object.
    pub fn children<'s>(&'s self, parent: &'s str) -> impl Iterator<Item = &'s ChildRelation> {
        self.children.iter().filter(move |relation| relation.parent == parent)
    }

    /// Puts an object of a seed's metadata into the org, or takes its fields into the one that is there.
    pub fn add_object(&mut self, object: Object) {
        self.objects.entry(object.name.to_lowercase()).or_insert(object);
    }

    /// Puts a field of a seed's metadata into an object, with the list of children that it makes.
    pub fn add_field(&mut self, object: &str, field: Field, children: Option<ChildRelation>) {
        let Some(object) = self.objects.get_mut(&object.to_lowercase()) else { return };
        self.limits.insert((object.name.clone(), field.name.clone()), limit_of(&field));
        object.fields.retain(|other| !other.name.eq_ignore_ascii_case(&field.name));
        object.fields.push(field);
        self.children.extend(children);
    }

    /// Makes a user permission exist in this org: real orgs have some that no published describe lists.
    pub fn add_permission(&mut self, name: &str) {
        if !self.labels.contains_key(name) {
            self.labels.insert(name.to_owned(), (humanized(name), String::new()));
        }
        let label = self.label(name, "en_US");
        for (object, writable) in WITH_PERMISSIONS {
            let Some(object) = self.objects.get_mut(&object.to_lowercase()) else { continue };
            let field = format!("Permissions{name}");
            if object.field(&field).is_none() {
                object.fields.push(Field {
                    name: field,
                    kind: "boolean".into(),
                    nillable: false,
                    updateable: *writable,
                    createable: *writable,
                    label: label.clone(),
                    ..Field::default()
                });
            }
        }
    }

    /// Takes a field away, as in an org without the feature it belongs to.
    pub fn remove_field(&mut self, object: &str, field: &str) {
        if let Some(object) = self.objects.get_mut(&object.to_lowercase()) {
            object.fields.retain(|f| !f.name.eq_ignore_ascii_case(field));
        }
    }

    /// API names of the user permissions, without `Permissions`, with their English label.
    pub fn permissions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(name, (english, _))| (name.as_str(), english.as_str()))
    }

    /// Whether a published describe lists a user permission; others are what a seed brought along.
    pub fn is_published(&self, permission: &str) -> bool {
        PERMISSIONS.lines().any(|line| line.split('\t').next() == Some(permission))
    }

    /// The label of a user permission in a language; English where no other is known.
    pub fn label(&self, permission: &str, language: &str) -> String {
        if let Some(own) = self.relabelled.get(permission) {
            return own.clone();
        }
        let (english, japanese) = self.labels.get(permission).cloned().unwrap_or_default();
        let translated = match language.get(..2) {
            Some("ja") => Some(japanese).filter(|label| !label.is_empty()),
            Some("de") => {
                GERMAN.iter().find(|(name, _)| *name == permission).map(|(_, label)| (*label).to_owned())
            }
            Some(other) => ["fr", "zh", "iw"].iter().position(|own| *own == other).and_then(|at| {
                let line = TRANSLATED.lines().find(|line| line.split('\t').next() == Some(permission))?;
                line.split('\t').nth(at + 1).map(str::to_owned)
            }),
            None => None,
        };
        translated.unwrap_or(english)
    }
}

/// What the fields' own lines say, and the table of limits.
fn limits(objects: &BTreeMap<String, Object>) -> BTreeMap<(String, String), Limit> {
    let mut all = BTreeMap::new();
    for object in objects.values() {
        for field in object
            .fields
            .iter()
            .filter(|field| field.traits.flags.contains(['f', 's', 'g', 'r']) || field.traits.length > 0)
        {
            all.insert((object.name.clone(), field.name.clone()), limit_of(field));
        }
    }
    for line in LIMITS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let (object, field, length, flags, values) = (next(), next(), next(), next(), next());
        let limit = Limit {
            length: length.parse().unwrap_or(0),
            values: values.split('|').filter(|value| !value.is_empty()).map(str::to_owned).collect(),
            no_filter: flags.contains('f'),
            no_sort: flags.contains('s'),
            no_group: flags.contains('g'),
        };
        all.insert((object.to_owned(), field.to_owned()), limit);
    }
    all
}

/// Gives fields what they have where a row says nothing of them.
fn stand(objects: &mut BTreeMap<String, Object>) {
    for line in STANDING.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let (object, field, said) = (next(), next(), next());
        let all = objects.get_mut(&object.to_lowercase()).map(|object| object.fields.iter_mut());
        let Some(field) = all.into_iter().flatten().find(|own| own.name == field) else { continue };
        match said.strip_prefix('<') {
            Some(other) => field.traits.after = Some(other.to_owned()),
            None => field.traits.standing = serde_json::from_str(said).unwrap_or_default(),
        }
    }
}

fn since() -> BTreeMap<(String, String), u32> {
    let read = |line: &str| {
        let mut parts = line.split('\t');
        let (object, field, version) = (parts.next()?, parts.next()?, parts.next()?);
        Some(((object.to_owned(), field.to_owned()), version.parse().ok()?))
    };
    SINCE.lines().filter(|line| !line.starts_with('#')).filter_map(read).collect()
}

fn limit_of(field: &Field) -> Limit {
    let values = field.traits.values.iter().map(|value| value.value.clone());
    Limit {
        length: field.traits.length,
        values: if field.is('r') { values.collect() } else { vec![] },
        no_filter: field.is('f'),
        no_sort: field.is('s'),
        no_group: field.is('g'),
    }
}

/// `ViewAllData` as `View All Data`.
fn humanized(name: &str) -> String {
    let mut text = String::new();
    for (at, c) in name.chars().enumerate() {
        if at > 0 && c.is_uppercase() && !text.ends_with(|c: char| c.is_uppercase()) {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

/// German labels of the permissions that matter most here: our own translation, after the product's glossary.
const GERMAN: &[(&str, &str)] = &[
    ("ApiEnabled", "API aktiviert"),
    ("ApiUserOnly", "Nur API-Benutzer"),
    ("AuthorApex", "Apex-Autor"),
    ("AssignPermissionSets", "Berechtigungssätze zuweisen"),
    ("BulkApiHardDelete", "Bulk API – Endgültig löschen"),
    ("CustomizeApplication", "Anwendung anpassen"),
    ("DataExport", "Wöchentlicher Datenexport"),
    ("ExportReport", "Berichte exportieren"),
    ("ManageInternalUsers", "Interne Benutzer verwalten"),
    ("ManageIpAddresses", "IP-Adressen verwalten"),
    ("ManagePasswordPolicies", "Kennwortrichtlinien verwalten"),
    ("ManageProfilesPermissionsets", "Profile und Berechtigungssätze verwalten"),
    ("ManageRoles", "Rollen verwalten"),
    ("ManageSharing", "Freigabe verwalten"),
    ("ManageUsers", "Benutzer verwalten"),
    ("ModifyAllData", "Alle Daten modifizieren"),
    ("ModifyMetadata", "Metadaten über Metadaten-API-Funktionen modifizieren"),
    ("PasswordNeverExpires", "Kennwort läuft nie ab"),
    ("ResetPasswords", "Benutzerkennwörter zurücksetzen und Benutzer entsperren"),
    ("RunReports", "Berichte ausführen"),
    ("ViewAllData", "Alle Daten anzeigen"),
    ("ViewAllUsers", "Alle Benutzer anzeigen"),
    ("ViewEncryptedData", "Verschlüsselte Daten anzeigen"),
    ("ViewRoles", "Rollen und Rollenhierarchie anzeigen"),
    ("ViewSetup", "Setup und Konfiguration anzeigen"),
];
