//! The control address: what a test tells the org, and asks of it.
//!
//! It never answers on a Salesforce host.

use super::{Shared, State, locked, plain};
use crate::fault::Fault;
use crate::page::Hosts;
use crate::store::{Org, object, text};
use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn answer(shared: &Shared, method: &str, path: &str, body: &str) -> Response<Body> {
    let mut state = locked(shared);
    let posted: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    let said = |key: &str| posted.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let user_id = |org: &Org, username: &str| {
        org.rows_by("User", "Username", username).first().map(|row| text(row, "Id").to_owned())
    };
    let ok = || plain(200, "application/json", "{}".into());
    match (method, path) {
        ("GET", "/_org/requests") => plain(200, "application/json", json!(state.requests).to_string()),
        ("DELETE", "/_org/requests") => {
            state.requests.clear();
            ok()
        }
        ("GET", "/_org/state") => {
            let all: serde_json::Map<String, Value> = state
                .org
                .schema
                .objects()
                .map(|object| (object.name.clone(), json!(state.org.rows(&object.name).collect::<Vec<_>>())))
                .collect();
            plain(
                200,
                "application/json",
                json!({ "rows": all, "profileMetadata": state.org.profile_metadata, "documents": documents(&state.org) })
                    .to_string(),
            )
        }
        ("POST", "/_org/fault") => {
            let fault = Fault::from_json(&posted);
            fault.begin(&mut state.org);
            state.faults.0.push(fault);
            ok()
        }
        ("DELETE", "/_org/fault") => {
            let State { org, faults, .. } = &mut *state;
            faults.end(org);
            ok()
        }
        ("POST", "/_org/sign-in") => {
            let Some(user) = user_id(&state.org, &said("username")) else {
                return plain(404, "application/json", "{\"error\":\"no such user\"}".into());
            };
            let app = said("app");
            let app = state
                .org
                .apps()
                .into_iter()
                .find(|own| !app.is_empty() && (own.label == app || own.key == app));
            let refresh = app.map(|app| state.org.approve(&app, &user));
            let session = state.org.start_session(&user, true);
            let url = format!(
                "https://{}/secur/frontdoor.jsp?sid={}",
                Hosts::of(state.org.my_domain()).core,
                session.sid.replace('!', "%21")
            );
            plain(
                200,
                "application/json",
                json!({ "sid": session.sid, "url": url, "user_id": user, "refresh_token": refresh })
                    .to_string(),
            )
        }
        ("POST", "/_org/expire") => {
            let user = user_id(&state.org, &said("username"));
            let sid = said("sid");
            for session in state.org.sessions.values_mut() {
                if session.sid == sid || user.as_ref() == Some(&session.user_id) {
                    session.expired = true;
                }
            }
            ok()
        }
        ("POST", "/_org/row") => {
            let fields = posted.get("fields").cloned().map(object).unwrap_or_default();
            let (kind, id) = (said("object"), said("id"));
            let mut row = state.org.row(&kind, &id).cloned().unwrap_or_default();
            row.extend(fields);
            let id = if kind == "User" && id.is_empty() {
                state.org.add_user(row)
            } else {
                state.org.put(&kind, row)
            };
            plain(200, "application/json", json!({ "id": id }).to_string())
        }
        ("POST", "/_org/app") => {
            let name = said("name");
            let app = state.org.apps().into_iter().find(|app| app.label == name && !app.id.is_empty());
            let certificate = crate::identity::app::der(&said("certificate"));
            let (Some(app), Some(certificate)) = (app, certificate) else {
                let body = json!({ "error": "an app's name and a certificate as PEM are wanted" });
                return plain(400, "application/json", body.to_string());
            };
            state.org.identity.certificates.insert(app.id, certificate);
            ok()
        }
        ("POST", "/_org/options") => {
            if let Some(ms) = posted.get("latency").and_then(Value::as_u64) {
                state.latency = ms;
            }
            if let Some(delay) = posted.get("groupDelay").and_then(Value::as_u64) {
                state.org.group_delay = u32::try_from(delay).unwrap_or(u32::MAX);
            }
            if let Some(needed) = posted.get("neededUsers").and_then(Value::as_object) {
                let pairs =
                    needed.iter().filter_map(|(id, why)| Some((id.clone(), why.as_str()?.to_owned())));
                state.org.needed_users = pairs.collect();
            }
            state.org.identity.set(&posted);
            if let Some(on) = posted.get("apiAccessControl") {
                state.org.control_api_access(on == &json!(true));
            }
            if let Some(labels) = posted.get("labels").and_then(Value::as_object) {
                let own = labels
                    .iter()
                    .filter_map(|(name, label)| Some((name.clone(), label.as_str()?.to_owned())));
                Arc::make_mut(&mut state.org.schema).relabelled = own.collect();
            }
            if let Some(strict) = posted.get("strictCsp").and_then(Value::as_bool) {
                state.options.strict_csp = strict;
            }
            ok()
        }
        _ => plain(404, "application/json", "{\"error\":\"unknown control address\"}".into()),
    }
}

/// What components keep beside rows, less who wrote it when.
fn documents(org: &Org) -> serde_json::Map<String, Value> {
    let all = org.documents.iter().map(|((kind, name), document)| {
        let mut document = document.clone();
        if let Value::Object(document) = &mut document {
            document.remove("#row");
        }
        (format!("{kind}/{name}"), document)
    });
    all.collect()
}
