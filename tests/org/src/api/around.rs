//! What clients look into around records: what was seen last, tabs, themes, quick actions, list views, compact layouts;
//! and the families of resources that this org does not have, each with the platform's own refusal.
//!
//! It never makes up what an org would have here: lists of what nobody made are empty.

use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::schema::Object;
use crate::store::{Actor, set};
use serde_json::{Value, json};

/// The first version of each resource. Source: "available in API version …" of the REST API guide.
const SINCE: &[(&[&str], u32)] = &[
    (&["composite", "graph"], 50),
    (&["composite", "sobjects"], 42),
    (&["composite"], 34),
    (&["graphql"], 59),
    (&["jobs", "ingest"], 41),
    (&["jobs", "query"], 47),
    (&["limits", "recordCount"], 40),
    (&["parameterizedSearch"], 36),
    (&["ui-api"], 41),
];

/// Resources of Connect REST, which take Chatter, which this org has not. Source of the refusal: recorded error bodies.
const CONNECT: &[&str] = &["chatter", "commerce", "connect", "graphql", "ui-api"];

/// Whether a version has a resource.
pub(super) fn is_since(parts: &[&str], version: u32) -> bool {
    SINCE.iter().find(|(name, _)| parts.starts_with(name)).is_none_or(|(_, since)| *since <= version)
}

impl Api<'_> {
    /// A resource that is none of rows, queries or jobs.
    pub(super) fn around(
        &self,
        actor: &Actor,
        version: u32,
        parts: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let reads =
            |body: Value, root: &str| reply::allowed(request, "GET,HEAD").map(|()| Reply::ok(root, body));
        match parts {
            ["recent"] => reads(json!([]), "RecentItems"),
            ["tabs"] => reads(self.tabs(actor, base), "Tabs"),
            ["theme"] => reads(json!({ "themeItems": [] }), "Theme"),
            ["quickActions"] => reads(json!([]), "QuickActions"),
            ["process", "rules"] => reads(json!({ "rules": {} }), "ProcessRules"),
            ["process", "approvals"] => reads(json!({ "approvals": {} }), "ProcessApprovals"),
            ["process"] => {
                let all = ["approvals", "rules"]
                    .map(|name| (name.to_owned(), json!(format!("{base}/process/{name}"))));
                reads(Value::Object(all.into_iter().collect()), "urls")
            }
            ["analytics", "reports" | "dashboards"] => reads(json!([]), "Reports"),
            ["compactLayouts"] => {
                let named = parameter(&request.query, "q").unwrap_or_default();
                let mut all = json!({});
                for name in named.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                    let object = self.object(name)?;
                    let layout = self.compact_layout(object);
                    set(&mut all, &object.name, layout);
                }
                reads(all, "CompactLayouts")
            }
            ["apps", "oauth", "usage"] => self.oauth_usage(actor, version, base, request),
            [family, ..] if CONNECT.contains(family) => {
                let message = "The Chatter Connect API is not enabled for this organization or user type.";
                Err(one(ApiError::new(403, "API_DISABLED_FOR_ORG", message)))
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    /// What there is around one object.
    pub(super) fn around_object(
        &self,
        name: &str,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let object = self.object(name)?;
        reply::allowed(request, "GET,HEAD")?;
        match rest {
            ["quickActions"] if object.is('l') => Ok(Reply::ok("QuickActions", json!([]))),
            ["listviews"] if object.is('V') || object.is('l') => Ok(Reply::ok(
                "ListViews",
                json!({ "done": true, "listviews": [], "nextRecordsUrl": null, "size": 0, "sobjectType": object.name }),
            )),
            ["listviews", "recent"] if object.is('V') => Ok(Reply::ok(
                "ListViews",
                json!({ "done": true, "listviews": [], "nextRecordsUrl": null, "size": 0, "sobjectType": object.name }),
            )),
            ["describe", "compactLayouts"] if object.is('l') => {
                let primary = format!("{base}/sobjects/{}/describe/compactLayouts/primary", object.name);
                let mapping = json!({ "available": true, "compactLayoutId": null, "compactLayoutName": "SYSTEM",
                    "recordTypeId": "012000000000000AAA", "recordTypeName": "Master", "urls": {} });
                Ok(Reply::ok(
                    "CompactLayouts",
                    json!({ "compactLayouts": [self.compact_layout(object)], "defaultCompactLayoutId": null,
                    "recordTypeCompactLayoutMappings": [mapping], "urls": { "primary": primary } }),
                ))
            }
            ["describe", "compactLayouts", "primary"] if object.is('l') => {
                Ok(Reply::ok("CompactLayout", self.compact_layout(object)))
            }
            ["describe", "approvalLayouts"] if object.is('A') => {
                Ok(Reply::ok("ApprovalLayouts", json!({ "approvalLayouts": [] })))
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    /// The compact layout that every object has until somebody makes one. Source: REST API guide, "SObject CompactLayouts".
    fn compact_layout(&self, object: &Object) -> Value {
        let item = |name: &str, label: &str| {
            json!({ "editableForNew": false, "editableForUpdate": false, "label": label, "layoutComponents":
                [{ "displayLines": 1, "tabOrder": 0, "type": "Field", "value": name }], "placeholder": false, "required": false })
        };
        let named = object.name_field();
        let items: Vec<Value> = named.iter().map(|field| item(&field.name, &field.label)).collect();
        json!({ "actions": [], "fieldItems": items, "id": null, "imageItems": [], "label": "System Default", "name": "SYSTEM",
            "objectType": object.name })
    }

    /// Tabs of the objects that have pages.
    fn tabs(&self, actor: &Actor, base: &str) -> Value {
        let host = format!("https://{}", crate::page::Hosts::of(self.org.my_domain()).core);
        let paged = |object: &&Object| {
            object.is('l')
                && crate::platform::is_business(&object.name)
                && self.org.sees(&actor.user_id, object)
        };
        let one = |object: &Object| {
            let name =
                if object.is_custom() { object.name.clone() } else { format!("standard-{}", object.name) };
            json!({ "colors": [], "custom": object.is_custom(), "iconUrl": null, "icons": [], "label": object.plural,
                "miniIconUrl": null, "name": name, "sobjectName": object.name, "timeCreated": null,
                "url": format!("{host}/{}/o", object.prefix), "apiEndpoint": format!("{base}/sobjects/{}", object.name) })
        };
        json!(self.org.schema.objects().filter(paged).map(one).collect::<Vec<_>>())
    }
}
