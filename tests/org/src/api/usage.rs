//! `apps/oauth/usage`: the external client apps that have tokens. Source: Connect REST API guide, "OAuth Usage" (59.0), and
//! what released clients read of its answer.
//!
//! It never tells of connected apps: the resource is about external client apps alone.

use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::store::{Actor, text};
use serde_json::{Value, json};

/// Apps of a page when nothing is said, and at most.
const PAGE: usize = 100;

impl Api<'_> {
    pub(super) fn oauth_usage(
        &self,
        actor: &Actor,
        version: u32,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        reply::allowed(request, "GET,HEAD")?;
        if version < 59 {
            return Err(one(ApiError::not_found()));
        }
        if !self.org.has_permission(&actor.user_id, "CustomizeApplication") {
            let message =
                "You do not have the level of access necessary to perform the operation you requested.";
            return Err(one(ApiError::new(403, "INSUFFICIENT_ACCESS", message)));
        }
        let number = |key: &str| parameter(&request.query, key).and_then(|n| n.parse::<usize>().ok());
        let (page, size) = (number("page").unwrap_or(0), number("pageSize").unwrap_or(PAGE).clamp(1, PAGE));
        let used = |id: &str| {
            let items = self.org.rows_by("AppMenuItem", "ApplicationId", id);
            items
                .iter()
                .any(|item| !self.org.rows_by("OauthToken", "AppMenuItemId", text(item, "Id")).is_empty())
        };
        let apps: Vec<Value> = self
            .org
            .rows("ExternalClientApplication")
            .filter(|app| used(text(app, "Id")))
            .map(|app| json!({ "developerName": text(app, "DeveloperName"), "identifier": text(app, "Id") }))
            .collect();
        let address = |page: usize| format!("{base}/apps/oauth/usage?page={page}&pageSize={size}");
        let next = ((page + 1) * size < apps.len()).then(|| address(page + 1));
        let shown: Vec<&Value> = apps.iter().skip(page * size).take(size).collect();
        let body = json!({ "apps": shown, "currentPageUrl": address(page), "nextPageUrl": next });
        Ok(Reply::ok("AppOauthUsageCollection", body))
    }
}
