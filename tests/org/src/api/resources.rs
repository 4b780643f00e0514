//! Which resource answers which path below `/services/data/vNN.0`.
//!
//! It never answers by itself, but for the list of resources: each resource has its file.

use super::{Api, ApiRequest, Reply, Result, around, batch, composite, one, reply, tree};
use crate::error::ApiError;
use crate::store::Actor;
use serde_json::json;

impl Api<'_> {
    /// A resource below `/services/data/vNN.0`.
    pub(super) fn resource(
        &mut self,
        actor: &Actor,
        version: u32,
        rest: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let base = format!("/services/data/v{version}.0");
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let is_composite = matches!(parts.as_slice(), ["composite"] | ["composite", "batch" | "graph"]);
        if !is_composite && let Some(error) = self.faults.strike_part(&request.path, &request.body) {
            return Err(one(error));
        }
        if !around::is_since(&parts, version) {
            return Err(one(ApiError::not_found()));
        }
        let reads = |request: &ApiRequest| reply::allowed(request, "GET,HEAD");
        match parts.as_slice() {
            [] => reads(request).map(|()| self.list(actor, version, &base)),
            ["limits"] => reads(request).map(|()| self.limits()),
            ["limits", "recordCount"] => reads(request).and_then(|()| self.record_count(actor, request)),
            ["query"] => reads(request).and_then(|()| self.query_resource(actor, &base, request, false)),
            ["queryAll"] => reads(request).and_then(|()| self.query_resource(actor, &base, request, true)),
            ["query" | "queryAll", locator] => reads(request).and_then(|()| self.more(&base, locator)),
            ["search"] => reads(request).and_then(|()| self.search(actor, &base, request)),
            ["parameterizedSearch"] => reply::allowed(request, "GET,HEAD,POST")
                .and_then(|()| self.parameterized(actor, &base, request)),
            ["tooling", rest @ ..] => self.tooling_resource(actor, version, rest, &base, request),
            ["jobs", "query", rest @ ..] => self.query_jobs(actor, rest, version, &base, request),
            ["jobs", "ingest", rest @ ..] => self.ingest_jobs(actor, rest, version, request),
            ["composite", rest @ ..] => self.composites(actor, version, rest, &base, request),
            ["sobjects", rest @ ..] => self.sobjects(actor, version, rest, &base, request),
            ["metadata", "deployRequest", rest @ ..] => self.deploy_requests(actor, rest, &base, request),
            parts => self.around(actor, version, parts, &base, request),
        }
    }

    fn list(&self, actor: &Actor, version: u32, base: &str) -> Reply {
        let identity = format!("https://login.salesforce.com/id/{}/{}", self.org.org_id(), actor.user_id);
        let mut all = json!({ "identity": identity });
        for name in [
            "compactLayouts",
            "composite",
            "jobs",
            "limits",
            "parameterizedSearch",
            "process",
            "query",
            "queryAll",
            "quickActions",
            "recent",
            "search",
            "sobjects",
            "tabs",
            "theme",
            "tooling",
        ] {
            if around::is_since(&[name], version) {
                crate::store::set(&mut all, name, json!(format!("{base}/{name}")));
            }
        }
        Reply::ok("urls", all)
    }

    fn composites(
        &mut self,
        actor: &Actor,
        version: u32,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        match (request.method.as_str(), rest) {
            ("GET" | "HEAD", []) => {
                let names = ["batch", "graph", "sobjects", "tree"];
                let all: serde_json::Map<String, serde_json::Value> = names
                    .iter()
                    .map(|name| ((*name).to_owned(), json!(format!("{base}/composite/{name}"))))
                    .collect();
                Ok(Reply::ok("composite", serde_json::Value::Object(all)))
            }
            ("POST", []) => composite::answer(self, actor, version, request),
            ("POST", ["batch"]) => batch::answer(self, actor, request),
            ("POST", ["graph"]) => composite::graphs(self, actor, version, request),
            ("POST", ["tree", name]) => {
                self.there(actor, version, name)?;
                tree::answer(self, actor, name, request)
            }
            (_, ["sobjects", rest @ ..]) => {
                if let [name, ..] = rest {
                    self.there(actor, version, name)?;
                }
                self.collection(actor, rest, base, request)
            }
            (_, [] | ["batch" | "graph"] | ["tree", _]) => {
                reply::allowed(request, "POST").map(|()| Reply::empty())
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    fn sobjects(
        &mut self,
        actor: &Actor,
        version: u32,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let reads = || reply::allowed(request, "GET,HEAD");
        if let [name, ..] = rest {
            self.there(actor, version, name)?;
        }
        match rest {
            [] => reads().map(|()| self.describe_global(actor, version, base, request)),
            [name] if request.method == "POST" => self.create(actor, name, base, request),
            [name] => {
                reply::allowed(request, "GET,HEAD,POST").and_then(|()| self.object_info(actor, name, base))
            }
            [name, "describe"] => reads().and_then(|()| self.describe(actor, version, name, base, request)),
            [name, "describe", "layouts"] | [name, "describe", "layouts", _] => {
                reads().and_then(|()| self.layouts(actor, name, base))
            }
            [name, around @ ..]
                if matches!(around.first(), Some(&("describe" | "listviews" | "quickActions"))) =>
            {
                self.around_object(name, around, base, request)
            }
            [name, "deleted"] => reads().and_then(|()| self.changed(actor, name, request, true)),
            [name, "updated"] => reads().and_then(|()| self.changed(actor, name, request, false)),
            [name, id] => self.record(actor, name, id, base, request),
            [name, id, "password"] if name.eq_ignore_ascii_case("User") => self.password(actor, id, request),
            [name, key, value] => self.by_key(actor, name, key, value, base, request),
            _ => Err(one(ApiError::not_found())),
        }
    }

    /// Refuses an object that is not there for the viewer in this version.
    fn there(&self, actor: &Actor, version: u32, name: &str) -> Result<()> {
        let object = self.object(name)?;
        let there = object.is_of("") && self.is_there(actor, version, object);
        if there { Ok(()) } else { Err(one(ApiError::not_found())) }
    }
}
