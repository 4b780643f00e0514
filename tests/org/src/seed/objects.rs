//! Custom objects and fields of a seed's metadata: `objects/Account/fields/Number__c.field-meta.xml` and their like.
//!
//! It never makes a field of a type that it does not know: such a one is named on standard error.

use super::metadata::{child, children};
use crate::schema::{ChildRelation, Field, Object, PickValue, Traits};
use crate::store::{Org, object, text};
use anyhow::Result;
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Fields that every object of the org's own has.
const STANDARD: &str = "\
Id	id	diA	Record ID		18
OwnerId	reference	ucdAWP	Owner ID	Owner:Group,User	18
IsDeleted	boolean	d	Deleted						false
CreatedDate	datetime	dAg	Created Date
CreatedById	reference	dA	Created By ID	CreatedBy:User	18
LastModifiedDate	datetime	dAg	Last Modified Date
LastModifiedById	reference	dA	Last Modified By ID	LastModifiedBy:User	18
SystemModstamp	datetime	dAg	System Modstamp
LastViewedDate	datetime	nAg	Last Viewed Date
LastReferencedDate	datetime	nAg	Last Referenced Date";

/// Loads objects first, then their fields.
pub(super) fn load(org: &mut Org, files: &[PathBuf]) -> Result<()> {
    let wanted = |path: &&PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        [".object", ".object-meta.xml", ".field-meta.xml"].iter().any(|end| name.ends_with(end))
    };
    let mut documents = vec![];
    for path in files.iter().filter(wanted) {
        documents.extend(super::text_of(path)?.map(|text| (path, text)));
    }
    let mut fields = vec![];
    for (path, text) in &documents {
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(why) => {
                super::left_out(path, &format!("it is no XML: {why}"));
                continue;
            }
        };
        let root = document.root_element();
        match root.tag_name().name() {
            "CustomObject" => {
                let name = stem(path);
                if name.ends_with("__c") && org.schema.object(&name).is_none() {
                    let made = custom_object(org, &name, root);
                    Arc::make_mut(&mut org.schema).add_object(made);
                }
                fields.extend(children(root, "fields").map(|node| (name.clone(), custom_field(node))));
            }
            "CustomField" => {
                let owner = path.parent().and_then(Path::parent).map(stem).unwrap_or_default();
                fields.push((owner, custom_field(root)));
            }
            _ => {}
        }
    }
    for (owner, made) in fields {
        match made {
            Ok((field, relation)) => add(org, &owner, field, relation),
            Err(why) => eprintln!("seed: {owner}: {why}"),
        }
    }
    org.define_objects();
    Ok(())
}

/// The name before the first dot.
fn stem(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn custom_object(org: &Org, name: &str, root: Node<'_, '_>) -> Object {
    let own = org.schema.objects().filter(|object| object.is_custom()).count();
    let mut made = Object::custom(name, child(root, "label"), child(root, "pluralLabel"), own);
    made.fields = STANDARD.lines().map(Field::read).collect();
    let named = children(root, "nameField").next();
    let label = named.map_or("Name", |node| child(node, "label"));
    let auto = named.is_some_and(|node| child(node, "type") == "AutoNumber");
    let flags = if auto { "daNiA" } else { "nuciNA" };
    made.fields.insert(2, Field::read(&format!("Name\tstring\t{flags}\t{label}\t\t80")));
    made
}

/// A field, and what it is called from the other side where it refers to something.
type Made = std::result::Result<(Field, Option<(String, String, bool)>), String>;

fn custom_field(node: Node<'_, '_>) -> Made {
    let (name, label, written) = (child(node, "fullName"), child(node, "label"), child(node, "type"));
    let on = |tag: &str| child(node, tag) == "true";
    let number = |tag: &str| child(node, tag).parse::<usize>().unwrap_or(0);
    let calculated = !child(node, "formula").is_empty();
    let kind = match written {
        "Text" => "string",
        "Number" => "double",
        "Checkbox" => "boolean",
        "Date" => "date",
        "DateTime" => "datetime",
        "Email" => "email",
        "Phone" => "phone",
        "Url" => "url",
        "Picklist" => "picklist",
        "MultiselectPicklist" => "multipicklist",
        "TextArea" | "LongTextArea" | "Html" => "textarea",
        "Currency" => "currency",
        "Percent" => "percent",
        "Lookup" | "MasterDetail" => "reference",
        "AutoNumber" => "string",
        other => return Err(format!("{name} is left out: no field of the type {other:?} is made here")),
    };
    let required = on("required") || written == "MasterDetail";
    let writable = !calculated && written != "AutoNumber";
    let mut flags = String::from("A");
    for (flag, has) in [
        ('n', !required && kind != "boolean"),
        ('c', writable),
        ('u', writable && (written != "MasterDetail" || on("reparentableMasterDetail"))),
        ('p', !required),
        ('x', on("externalId")),
        ('i', on("externalId")),
        ('U', on("unique")),
        ('C', on("caseSensitive")),
        ('k', calculated),
        ('a', written == "AutoNumber"),
        ('d', kind == "boolean" || written == "AutoNumber"),
        ('h', written == "Html"),
    ] {
        if has {
            flags.push(flag);
        }
    }
    if matches!(written, "LongTextArea" | "Html") {
        flags.push_str("fsg");
    }
    let set = node.descendants().find(|node| node.tag_name().name() == "valueSet");
    if set.is_some_and(|set| child(set, "restricted") == "true") {
        flags.push('r');
    }
    let values = node.descendants().filter(|node| node.tag_name().name() == "value" && node.has_children());
    let values = values.filter(|node| !child(*node, "fullName").is_empty()).map(|node| PickValue {
        value: child(node, "fullName").to_owned(),
        label: child(node, "label").to_owned(),
        default: child(node, "default") == "true",
    });
    let length = match kind {
        "reference" => 18,
        "phone" => 40,
        "email" => 80,
        "string" | "url" | "textarea" | "picklist" => {
            number("length").max(1).max(if kind == "string" { 1 } else { 255 })
        }
        _ => 0,
    };
    let size = |tag: &str| u8::try_from(number(tag)).unwrap_or(18);
    let to = child(node, "referenceTo");
    let relation = name.strip_suffix("__c").map(|stem| format!("{stem}__r")).unwrap_or_default();
    let field = Field {
        name: name.to_owned(),
        kind: kind.to_owned(),
        nillable: flags.contains('n'),
        updateable: flags.contains('u'),
        createable: flags.contains('c'),
        label: if label.is_empty() { name.to_owned() } else { label.to_owned() },
        relation: (kind == "reference").then(|| (relation, to.to_owned())),
        traits: Traits {
            targets: if kind == "reference" { vec![to.to_owned()] } else { vec![] },
            length,
            precision: if kind == "double" || kind == "currency" || kind == "percent" {
                (size("precision"), size("scale"))
            } else {
                (0, 0)
            },
            default: match child(node, "defaultValue") {
                "true" => json!(true),
                "false" => json!(false),
                _ => Value::Null,
            },
            values: values.collect(),
            flags,
            ..Traits::default()
        },
    };
    let children = child(node, "relationshipName");
    let back = if children.is_empty() { String::new() } else { format!("{children}__r") };
    Ok((field, (kind == "reference").then(|| (to.to_owned(), back, written == "MasterDetail"))))
}

fn add(org: &mut Org, owner: &str, field: Field, relation: Option<(String, String, bool)>) {
    let Some(name) = org.schema.object(owner).map(|object| object.name.clone()) else {
        eprintln!("seed: {owner}.{} is left out: this org has no object {owner}", field.name);
        return;
    };
    let full = format!("{name}.{}", field.name);
    let relation = relation.map(|(parent, back, cascades)| ChildRelation {
        parent,
        name: back,
        child: name.clone(),
        field: field.name.clone(),
        cascades,
        restricts: false,
    });
    let permissionable = field.is_permissionable();
    Arc::make_mut(&mut org.schema).add_field(&name, field, relation);
    // Setup's wizard gives a new field to the administrators' profile; other profiles have what their metadata says.
    let admin =
        org.rows_by("Profile", "Name", "System Administrator").first().map(|row| text(row, "Id").to_owned());
    let set = admin.and_then(|id| org.profile_set(&id)).map(|set| text(set, "Id").to_owned());
    if let (Some(set), true) = (set, permissionable) {
        let row = json!({ "ParentId": set, "SobjectType": name, "Field": full, "PermissionsRead": true, "PermissionsEdit": true });
        org.put("FieldPermissions", object(row));
    }
}
