//! The rows that tell of objects and fields: EntityDefinition, and, once somebody asks for them, FieldDefinition and
//! EntityParticle.
//!
//! It never tells of a field that the schema does not have.

use super::{Org, Row, object, text};
use crate::schema::{Field, Object};
use crate::soql::is_usable;
use serde_json::{Value, json};

impl Org {
    /// The rows that tell of each object: `EntityDefinition`.
    pub(crate) fn define_objects(&mut self) {
        let known: Vec<String> =
            self.rows("EntityDefinition").map(|row| text(row, "DurableId").to_owned()).collect();
        let rows: Vec<Row> =
            self.schema.objects().filter(|object| !known.contains(&object.name)).map(definition).collect();
        for row in rows {
            self.put("EntityDefinition", row);
        }
    }

    /// Makes the rows of fields that a query asks for: those of the objects that it names, or of all.
    pub(crate) fn define_fields(&mut self, query: &str) {
        let query = query.to_lowercase();
        let asks = ["fielddefinition", "entityparticle", "from fields", "from particles"];
        if !asks.iter().any(|word| query.contains(word)) {
            return;
        }
        let named = |object: &&Object| {
            let name = object.name.to_lowercase();
            query.contains(&format!("'{name}'")) || query.contains(&format!("'{name}."))
        };
        let mut wanted: Vec<Object> = self.schema.objects().filter(named).cloned().collect();
        if wanted.is_empty() {
            wanted = self.schema.objects().cloned().collect();
        }
        for kind in wanted {
            if !self.rows_by("EntityParticle", "EntityDefinitionId", &kind.name).is_empty() {
                continue;
            }
            for field in &kind.fields {
                let particle = self.particle(&kind, field);
                // A part of a compound field is a particle of it, and no field of the metadata.
                if !is_part(field) {
                    self.put("FieldDefinition", field_definition(field, &particle));
                }
                self.put("EntityParticle", particle);
            }
        }
    }

    /// What describe says of a field, as a row.
    fn particle(&self, kind: &Object, field: &Field) -> Row {
        let limit = self.schema.limit(&kind.name, &field.name);
        let length = match field.kind.as_str() {
            "id" | "reference" => 18,
            _ => limit.map_or(field.traits.length, |limit| limit.length.max(field.traits.length)),
        };
        let usable = |used: &str| is_usable(field, limit, used);
        let (precision, scale) = field.traits.precision;
        let full = format!("{}.{}", kind.name, field.name);
        let relation = field.relation.as_ref();
        let mut to = field.traits.targets.clone();
        to.extend(
            relation.filter(|(_, leads)| to.is_empty() && !leads.is_empty()).map(|(_, leads)| leads.clone()),
        );
        let mut row = object(
            json!({ "DurableId": full, "FieldDefinitionId": full, "EntityDefinitionId": kind.name,
            "QualifiedApiName": field.name, "DeveloperName": field.name.trim_end_matches("__c"), "MasterLabel": field.label,
            "Label": field.label, "DataType": field.kind, "ValueTypeId": field.kind, "Length": length, "Precision": precision,
            "Scale": scale, "Digits": field.traits.digits, "ByteLength": length * 3, "ExtraTypeInfo": field.traits.extra,
            "ReferenceTo": { "referenceTo": if to.is_empty() { Value::Null } else { json!(to) } },
            "RelationshipName": relation.map(|(name, _)| name) }),
        );
        for (key, on) in [
            ("IsAutonumber", field.is('a')),
            ("IsCaseSensitive", field.is('C')),
            ("IsCalculated", field.is('k')),
            ("IsHtmlFormatted", field.is('h')),
            ("IsNameField", kind.name_field().is_some_and(|name| name.name == field.name)),
            ("IsNillable", field.nillable),
            ("IsUnique", field.is('U')),
            ("IsCreatable", field.createable),
            ("IsUpdatable", field.updateable),
            ("IsDefaultedOnCreate", field.is('d') || field.kind == "boolean"),
            ("IsApiFilterable", usable("filtered")),
            ("IsApiSortable", usable("sorted")),
            ("IsApiGroupable", usable("grouped")),
            ("IsDependentPicklist", field.is('D')),
            ("IsDisplayLocationInDecimal", field.is('L')),
            ("IsEncrypted", field.is('e')),
            ("IsIdLookup", field.is('i') || field.kind == "id"),
            ("IsNamePointing", field.is('W')),
            ("IsPermissionable", field.is_permissionable()),
            ("IsComponent", is_part(field)),
            ("IsCompound", matches!(field.kind.as_str(), "address" | "location")),
            ("IsLayoutable", kind.is('l')),
        ] {
            if on {
                row.insert(key.to_owned(), json!(true));
            }
        }
        row
    }
}

/// Whether it is a part of another field: a name says of itself that it is one of itself.
fn is_part(field: &Field) -> bool {
    field.traits.compound.as_ref().is_some_and(|whole| *whole != field.name)
}

/// The same of a field as the metadata has it: its type in the words of Setup.
fn field_definition(field: &Field, particle: &Row) -> Row {
    let mut row = particle.clone();
    for key in ["Id", "FieldDefinitionId", "ValueTypeId", "Digits", "ByteLength"] {
        row.remove(key);
    }
    row.insert("DataType".into(), json!(shown(field, particle)));
    row.insert("IsIndexed".into(), json!(field.kind == "id" || field.is('x') || field.is('U')));
    row.insert("IsPolymorphicForeignKey".into(), json!(field.is('P')));
    row.insert("IsSearchPrefilterable".into(), json!(field.is('S')));
    row
}

/// A type as Setup names it. Source: examples of the Tooling API guide, FieldDefinition.DataType.
fn shown(field: &Field, particle: &Row) -> String {
    let number = |key: &str| particle.get(key).and_then(Value::as_u64).unwrap_or(0);
    let digits = || format!("({}, {})", number("Precision").saturating_sub(number("Scale")), number("Scale"));
    match field.kind.as_str() {
        "boolean" => "Checkbox".into(),
        "datetime" => "Date/Time".into(),
        "date" => "Date".into(),
        "email" => "Email".into(),
        "phone" => "Phone".into(),
        "url" => format!("URL({})", number("Length")),
        "picklist" => "Picklist".into(),
        "multipicklist" => "Picklist (Multi-Select)".into(),
        "reference" => {
            let to = field.relation.as_ref().map_or("", |(_, to)| to.as_str());
            let to =
                if field.traits.targets.is_empty() { to.to_owned() } else { field.traits.targets.join(",") };
            format!("Lookup({to})")
        }
        "textarea" => format!("Text Area({})", number("Length")),
        "string" if field.is('a') => "Auto Number".into(),
        "string" => format!("Text({})", number("Length")),
        "double" => format!("Number{}", digits()),
        "int" => format!("Number({}, 0)", field.traits.digits),
        "currency" => format!("Currency{}", digits()),
        "percent" => format!("Percent{}", digits()),
        "id" => "Lookup()".into(),
        "address" => "Address".into(),
        "location" => "Geolocation".into(),
        other => other.to_owned(),
    }
}

fn definition(kind: &Object) -> Row {
    let developer = kind.name.trim_end_matches("__c");
    let at = |end: &str| kind.is('l').then(|| format!("/{}{end}", kind.prefix));
    let mut row = object(
        json!({ "DurableId": kind.name, "QualifiedApiName": kind.name, "DeveloperName": developer, "Label": kind.label,
        "MasterLabel": kind.label, "PluralLabel": kind.plural, "KeyPrefix": Some(&kind.prefix).filter(|prefix| !prefix.is_empty()),
        "NewUrl": at("/e"), "DetailUrl": kind.is('l').then_some("/{ID}"), "EditUrl": kind.is('l').then_some("/{ID}/e") }),
    );
    for (key, flag) in [
        ("IsCustomizable", 'l'),
        ("IsCustomSetting", 'S'),
        ("IsEverCreatable", 'c'),
        ("IsEverDeletable", 'd'),
        ("IsEverUpdatable", 'u'),
        ("IsLayoutable", 'l'),
        ("IsCompactLayoutable", 'k'),
        ("IsQueryable", 'q'),
        ("IsReplicateable", 'R'),
        ("IsRetrieveable", 'r'),
        ("IsSearchable", 's'),
        ("IsSearchLayoutable", 'L'),
        ("IsTriggerable", 't'),
        ("IsApexTriggerable", 't'),
        ("IsWorkflowEnabled", 't'),
    ] {
        row.insert(key.to_owned(), json!(kind.is(flag)));
    }
    if kind.is('l') {
        // As with public read/write defaults: see `sharing` in FIDELITY.md.
        row.insert("InternalSharingModel".into(), json!("ReadWrite"));
        row.insert("ExternalSharingModel".into(), json!("Private"));
    }
    let record_type = json!({ "available": true, "defaultRecordTypeMapping": true, "developerName": "Master", "master": true,
        "name": "Master", "recordTypeId": "012000000000000AAA" });
    row.insert("RecordTypesSupported".into(), json!({ "recordTypeInfos": [record_type] }));
    row
}
