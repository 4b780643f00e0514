//! What the org and its objects say of themselves.
//!
//! It never tells of an object or a field that the viewer does not see.

use super::{Api, ApiRequest, Reply, Result, conditional, one};
use crate::error::ApiError;
use crate::schema::{Field, Object};
use crate::store::{Actor, set, text};
use serde_json::{Value, json};

/// The record type that every object with layouts has.
const MASTER: &str = "012000000000000AAA";

/// What describe global and describe say of an object alike: key, and the flag that stands for it.
const FLAGS: &[(&str, char)] = &[
    ("activateable", 'a'),
    ("createable", 'c'),
    ("deepCloneable", 'C'),
    ("deletable", 'd'),
    ("feedEnabled", 'f'),
    ("layoutable", 'l'),
    ("mergeable", 'm'),
    ("mruEnabled", 'M'),
    ("queryable", 'q'),
    ("replicateable", 'R'),
    ("retrieveable", 'r'),
    ("searchable", 's'),
    ("triggerable", 't'),
    ("undeletable", 'U'),
    ("updateable", 'u'),
];

impl Api<'_> {
    /// `sobjects`: every object that the viewer sees.
    pub(super) fn describe_global(
        &self,
        actor: &Actor,
        version: u32,
        base: &str,
        request: &ApiRequest,
    ) -> Reply {
        let all: Vec<Value> = self
            .org
            .schema
            .objects()
            .filter(|object| object.is_of(base) && self.is_there(actor, version, object))
            .map(|object| self.in_brief(actor, object, base))
            .collect();
        let mut body = json!({ "encoding": "UTF-8", "maxBatchSize": 200 });
        set(&mut body, "sobjects", Value::Array(all));
        conditional::judged(request, Reply::ok("DescribeGlobal", body), self.org.described_at)
    }

    /// `sobjects/Account`: the object in brief, and what of it was seen last.
    pub(super) fn object_info(&self, actor: &Actor, name: &str, base: &str) -> Result<Reply> {
        let object = self.object(name)?;
        let body = json!({ "objectDescribe": self.in_brief(actor, object, base), "recentItems": [] });
        Ok(Reply::ok(&object.name, body))
    }

    /// `sobjects/Account/describe`, labels in the viewer's language.
    pub(super) fn describe(
        &self,
        actor: &Actor,
        version: u32,
        name: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let object = self.object(name)?;
        let language = self.org.row("User", &actor.user_id).map(|user| text(user, "LanguageLocaleKey"));
        let fields: Vec<Value> = object
            .fields
            .iter()
            .filter(|field| self.org.schema.is_since(&object.name, &field.name, version))
            .filter(|field| self.org.may_read(&actor.user_id, object, field))
            .map(|field| self.field(actor, object, field, language.unwrap_or_default()))
            .collect();
        let layouts = object.is('l');
        let mut body = self.in_brief(actor, object, base);
        for (key, value) in [
            ("actionOverrides", json!([])),
            ("childRelationships", self.child_relations(actor, object)),
            ("compactLayoutable", json!(object.is('k'))),
            ("defaultImplementation", Value::Null),
            ("extendedBy", Value::Null),
            ("extendsInterfaces", Value::Null),
            ("fields", Value::Array(fields)),
            ("implementedBy", Value::Null),
            ("implementsInterfaces", Value::Null),
            ("listviewable", Value::Null),
            ("lookupLayoutable", Value::Null),
            ("namedLayoutInfos", json!([])),
            ("networkScopeFieldName", Value::Null),
            ("recordTypeInfos", if layouts { record_types(object, base) } else { json!([]) }),
            ("searchLayoutable", json!(object.is('L'))),
            ("sobjectDescribeOption", json!("FULL")),
            ("supportedScopes", scopes(object)),
        ] {
            set(&mut body, key, value);
        }
        if layouts && let Some(urls) = body.get_mut("urls") {
            if object.name == "Event" {
                let at = format!("{base}/sobjects/Event/{{ID}}/fromThisEventOnwards");
                set(urls, "eventSeriesUpdates", json!(at));
            }
            let host = format!("https://{}", crate::page::Hosts::of(self.org.my_domain()).core);
            set(urls, "uiDetailTemplate", json!(format!("{host}/{{ID}}")));
            set(urls, "uiEditTemplate", json!(format!("{host}/{{ID}}/e")));
            set(urls, "uiNewRecord", json!(format!("{host}/{}/e", object.prefix)));
        }
        if let Value::Object(map) = &mut body {
            map.sort_keys();
        }
        Ok(conditional::judged(request, Reply::ok(&object.name, body), self.org.described_at))
    }

    /// `describe/layouts`: one layout, of the fields that a person can fill in.
    pub(super) fn layouts(&self, actor: &Actor, name: &str, base: &str) -> Result<Reply> {
        let object = self.object(name)?;
        if !object.is('l') {
            return Err(one(ApiError::not_found()));
        }
        let item = |field: &Field| {
            json!({ "editableForNew": field.createable, "editableForUpdate": field.updateable, "label": field.label,
                "layoutComponents": [{ "details": self.field(actor, object, field, ""), "displayLines": 1, "tabOrder": 1,
                    "type": "Field", "value": field.name }], "placeholder": false, "required": !field.nillable && field.createable })
        };
        let rows: Vec<Value> = object
            .fields
            .iter()
            .filter(|field| field.createable && self.org.may_read(&actor.user_id, object, field))
            .map(|field| json!({ "layoutItems": [item(field)], "numItems": 1 }))
            .collect();
        let section = json!({ "collapsed": false, "columns": 1, "heading": format!("{} Information", object.label),
            "layoutRows": rows, "rows": rows.len(), "tabOrder": "TopToBottom", "useCollapsibleSection": false, "useHeading": true });
        let layout = json!({ "buttonLayoutSection": null, "detailLayoutSections": [section], "editLayoutSections": [section],
            "highlightsPanelLayoutSection": null, "id": null, "multirowEditLayoutSections": [], "offlineLinks": [],
            "quickActionList": { "quickActionListItems": [] }, "relatedContent": null, "relatedLists": [], "saveOptions": [] });
        let mapping = json!({ "active": true, "available": true, "defaultRecordTypeMapping": true, "developerName": "Master",
            "layoutId": null, "master": true, "name": "Master", "picklistsForRecordType": null, "recordTypeId": MASTER,
            "urls": { "layout": format!("{base}/sobjects/{}/describe/layouts/{MASTER}", object.name) } });
        let body = json!({ "layouts": [layout], "recordTypeMappings": [mapping], "recordTypeSelectorRequired": [false] });
        Ok(Reply::ok("DescribeLayoutResult", body))
    }

    /// Whether an object is there for a viewer in a version.
    pub(super) fn is_there(&self, actor: &Actor, version: u32, object: &Object) -> bool {
        !self.faults.hides(&object.name)
            && self.org.sees(&actor.user_id, object)
            && self.org.schema.is_since(&object.name, "", version)
    }

    fn in_brief(&self, actor: &Actor, object: &Object, base: &str) -> Value {
        let at = format!("{base}/sobjects/{}", object.name);
        let mut urls = json!({ "rowTemplate": format!("{at}/{{ID}}"), "describe": format!("{at}/describe"), "sobject": at });
        for (key, flag, end) in [
            ("approvalLayouts", 'A', "describe/approvalLayouts"),
            ("compactLayouts", 'l', "describe/compactLayouts"),
            ("layouts", 'l', "describe/layouts"),
            ("listviews", 'V', "listviews"),
            ("quickActions", 'l', "quickActions"),
        ] {
            if object.is(flag) {
                set(&mut urls, key, json!(format!("{at}/{end}")));
            }
        }
        for (name, key, end) in [
            ("Case", "caseArticleSuggestions", "suggestedArticles"),
            ("Case", "caseRowArticleSuggestions", "{ID}/suggestedArticles"),
            ("User", "namedLayouts", "describe/namedLayouts/{LayoutName}"),
            ("User", "passwordUtilities", "{ID}/password"),
        ] {
            if object.name == name {
                set(&mut urls, key, json!(format!("{at}/{end}")));
            }
        }
        let prefix = Some(&object.prefix).filter(|prefix| !prefix.is_empty());
        let mut body = json!({ "associateEntityType": null, "associateParentEntity": null, "custom": object.is_custom(),
            "customSetting": object.is('S'), "deprecatedAndHidden": false, "hasSubtypes": false, "isInterface": false, "isSubtype": false,
            "keyPrefix": prefix, "label": object.label, "labelPlural": object.plural, "name": object.name, "urls": urls });
        for (key, flag) in FLAGS {
            let verb = match flag {
                'c' => Some("PermissionsCreate"),
                'u' => Some("PermissionsEdit"),
                'd' => Some("PermissionsDelete"),
                _ => None,
            };
            let may = verb.is_none_or(|verb| {
                !crate::platform::is_business(&object.name)
                    || self.org.may_touch(&actor.user_id, &object.name, verb)
            });
            set(&mut body, key, json!(object.is(*flag) && may));
        }
        if let Value::Object(map) = &mut body {
            map.sort_keys();
        }
        body
    }

    fn child_relations(&self, actor: &Actor, object: &Object) -> Value {
        let mut all: Vec<Value> = self
            .org
            .schema
            .children(&object.name)
            .filter(|relation| self.org.schema.object(&relation.child).is_some_and(|child| self.org.sees(&actor.user_id, child)))
            .map(|relation| {
                json!({ "cascadeDelete": relation.cascades, "childSObject": relation.child, "deprecatedAndHidden": false, "field": relation.field,
                    "junctionIdListNames": [], "junctionReferenceTo": [], "relationshipName": Some(&relation.name).filter(|name| !name.is_empty()),
                    "restrictedDelete": relation.restricts })
            })
            .collect();
        all.sort_by_key(|relation| (relation["childSObject"].to_string(), relation["field"].to_string()));
        json!(all)
    }
}

fn record_types(object: &Object, base: &str) -> Value {
    let url = format!("{base}/sobjects/{}/describe/layouts/{MASTER}", object.name);
    json!([{ "active": true, "available": true, "defaultRecordTypeMapping": true, "developerName": "Master", "master": true,
        "name": "Master", "recordTypeId": MASTER, "urls": { "layout": url } }])
}

fn scopes(object: &Object) -> Value {
    let plural = object.plural.to_lowercase();
    let mut all = vec![json!({ "label": format!("All {plural}"), "name": "everything" })];
    if object.field("OwnerId").is_some() {
        all.push(json!({ "label": format!("My {plural}"), "name": "mine" }));
    }
    json!(all)
}
