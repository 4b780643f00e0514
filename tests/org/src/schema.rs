//! What objects and fields the org has, from a checked-in table that states its source.
//!
//! It never invents a field: what is not in the table, nor brought along by a seed's metadata, does not exist.

use std::collections::BTreeMap;

/// One field of an object.
#[derive(Debug, Clone)]
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
    /// Relationship name and the object it leads to.
    pub relation: Option<(String, String)>,
}

/// One object.
#[derive(Debug, Clone)]
pub struct Object {
    /// API name.
    pub name: String,
    /// Key prefix of its ids.
    pub prefix: &'static str,
    /// Fields in the order of the describe.
    pub fields: Vec<Field>,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct Schema {
    /// By API name in lower case: names are matched without case, as the platform does.
    objects: BTreeMap<String, Object>,
    /// English and Japanese label by permission.
    labels: BTreeMap<String, (String, String)>,
    /// By object and field.
    limits: BTreeMap<(String, String), Limit>,
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

const OBJECTS: &str = include_str!("schema/objects.tsv");
const LIMITS: &str = include_str!("schema/limits.tsv");
const PERMISSIONS: &str = include_str!("schema/permissions.tsv");

/// Objects that have the `Permissions…` fields, and whether these can be written.
const WITH_PERMISSIONS: &[(&str, bool)] = &[
    ("Profile", true),
    ("PermissionSet", true),
    ("UserPermissionAccess", false),
    ("MutingPermissionSet", true),
];

/// Child relationships: parent, name, child, the child's field. Source: Object Reference, "Supported child relationships".
pub const CHILDREN: &[(&str, &str, &str, &str)] = &[
    ("PermissionSet", "Assignments", "PermissionSetAssignment", "PermissionSetId"),
    ("PermissionSet", "ObjectPerms", "ObjectPermissions", "ParentId"),
    ("PermissionSet", "FieldPerms", "FieldPermissions", "ParentId"),
    ("PermissionSet", "SetupEntityAccessItems", "SetupEntityAccess", "ParentId"),
    (
        "PermissionSetGroup",
        "PermissionSetGroupComponents",
        "PermissionSetGroupComponent",
        "PermissionSetGroupId",
    ),
    ("Profile", "Users", "User", "ProfileId"),
    ("User", "PermissionSetAssignments", "PermissionSetAssignment", "AssigneeId"),
    ("UserRole", "Users", "User", "UserRoleId"),
];

/// Key prefixes. Source: Salesforce Help, "Standard Field Record ID Prefix Decoder".
fn prefix(object: &str) -> &'static str {
    match object {
        "User" => "005",
        "Profile" => "00e",
        "PermissionSet" => "0PS",
        "PermissionSetAssignment" => "0Pa",
        "PermissionSetGroup" => "0PG",
        "PermissionSetGroupComponent" => "0PM",
        "MutingPermissionSet" => "0QM",
        "PermissionSetLicense" => "0PL",
        "PermissionSetLicenseAssign" => "2LA",
        "ObjectPermissions" => "110",
        "FieldPermissions" => "01k",
        "SetupEntityAccess" => "0J0",
        "ConnectedApplication" => "0H4",
        "ExternalClientApplication" => "0xI",
        "ExtlClntAppOauthPlcyCnfg" => "0xO",
        "AppMenuItem" => "0DS",
        "OauthToken" => "0CQ",
        "LoginHistory" => "0Ya",
        "LoginGeo" => "04F",
        "LoginIp" => "0Li",
        "UserLogin" => "0Yw",
        "UserLicense" => "100",
        "UserRole" => "00E",
        "UserPreference" => "03u",
        "AuthSession" => "0Ak",
        "AuthProvider" => "0SO",
        "NamedCredential" => "0XA",
        "SamlSsoConfig" => "0LE",
        "SetupAuditTrail" => "0Ym",
        "VerificationHistory" => "0VH",
        "CronTrigger" => "08e",
        "CronJobDetail" => "08a",
        "Organization" => "00D",
        "Account" => "001",
        "UserPackageLicense" => "051",
        _ => "000",
    }
}

impl Schema {
    /// Reads the tables.
    pub fn load() -> Schema {
        let mut objects: BTreeMap<String, Object> = BTreeMap::new();
        let mut current = String::new();
        for line in OBJECTS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let Some(rest) = line.strip_prefix('\t') else {
                current = line.to_owned();
                let object = Object { name: current.clone(), prefix: prefix(&current), fields: vec![] };
                objects.insert(current.to_lowercase(), object);
                continue;
            };
            let mut parts = rest.split('\t');
            let mut next = || parts.next().unwrap_or_default();
            let (name, kind, flags, label, relation) = (next(), next(), next(), next(), next());
            let field = Field {
                name: name.into(),
                kind: kind.into(),
                nillable: flags.contains('n'),
                updateable: flags.contains('u'),
                createable: flags.contains('c'),
                label: label.into(),
                relation: relation.split_once(':').map(|(name, to)| (name.to_owned(), to.to_owned())),
            };
            if let Some(object) = objects.get_mut(&current.to_lowercase()) {
                object.fields.push(field);
            }
        }
        let mut schema = Schema { objects, labels: BTreeMap::new(), limits: limits() };
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
                    relation: None,
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
        let (english, japanese) = self.labels.get(permission).cloned().unwrap_or_default();
        let translated = match language.get(..2) {
            Some("ja") => Some(japanese).filter(|label| !label.is_empty()),
            Some("de") => {
                GERMAN.iter().find(|(name, _)| *name == permission).map(|(_, label)| (*label).to_owned())
            }
            _ => None,
        };
        translated.unwrap_or(english)
    }
}

impl Object {
    /// A field by name, whatever the case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The field behind a relationship name, and the object that it leads to.
    pub fn relation(&self, name: &str) -> Option<(&Field, &str)> {
        self.fields.iter().find_map(|field| {
            let (relation, to) = field.relation.as_ref()?;
            relation.eq_ignore_ascii_case(name).then_some((field, to.as_str()))
        })
    }
}

fn limits() -> BTreeMap<(String, String), Limit> {
    let mut all = BTreeMap::new();
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
