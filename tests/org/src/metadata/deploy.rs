//! Deploys: a zip of components, written one after the other, with a line for each.
//!
//! It never keeps anything of a deploy that only checks, or that is rolled back.

use super::archive::{Files, unpacked};
use super::manifest::{self, Manifest};
use super::{KINDS, Kind, Mode, contract_of, decoded_name, kind_of};
use crate::contract::Contract;
use crate::error::ApiError;
use crate::platform::Refused;
use crate::store::{Actor, Org, set, text};
use roxmltree::Document;
use serde_json::{Value, json};

/// A deploy that was asked for, or a retrieve.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Who asked for it.
    pub(crate) actor: Actor,
    /// What it is done with; none when it is done.
    pub(crate) work: Option<Work>,
    /// `DeployResult` or `RetrieveResult`, as far as it is.
    pub(crate) result: Value,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// A zip, and how.
    Deploy(Vec<u8>, Options),
    /// A request by its contract.
    Retrieve(Value),
}

/// How a deploy is done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) check_only: bool,
    pub(crate) rollback: bool,
    pub(crate) single_package: bool,
    pub(crate) ignore_warnings: bool,
    pub(crate) allow_missing: bool,
    pub(crate) run_tests: bool,
}

/// A component of a deploy.
struct Part {
    kind: &'static Kind,
    name: String,
    /// Where its file is; none for one that goes.
    file: Option<String>,
}

impl Org {
    /// Puts a deploy in the queue; its id.
    pub(crate) fn ask_deploy(&mut self, actor: &Actor, zip: Vec<u8>, options: Options) -> String {
        let id = self.numbered("0Af");
        let (now, size) = (self.stamp().replace("+0000", "Z"), zip.len());
        let name =
            self.row("User", &actor.user_id).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
        let result = json!({ "id": id, "status": "Pending", "done": false, "success": false, "checkOnly": options.check_only,
            "ignoreWarnings": options.ignore_warnings, "rollbackOnError": options.rollback, "runTestsEnabled": options.run_tests,
            "createdBy": actor.user_id, "createdByName": name, "createdDate": now, "lastModifiedDate": now, "zipSize": size });
        let job = Job { actor: actor.clone(), work: Some(Work::Deploy(zip, options)), result };
        self.deploys.insert(id.clone(), job);
        id
    }

    /// Does what is in the queue: each request that comes is a moment in which the platform works.
    pub(crate) fn run_jobs(&mut self) {
        let waiting: Vec<String> =
            self.deploys.iter().filter(|(_, job)| job.work.is_some()).map(|(id, _)| id.clone()).collect();
        for id in waiting {
            let Some(mut job) = self.deploys.remove(&id) else { continue };
            match job.work.take() {
                Some(Work::Deploy(zip, options)) => self.deploy(&mut job, &zip, options),
                Some(Work::Retrieve(request)) => self.retrieve(&mut job, &request),
                None => {}
            }
            self.deploys.insert(id, job);
        }
    }

    fn deploy(&mut self, job: &mut Job, zip: &[u8], options: Options) {
        let now = self.stamp().replace("+0000", "Z");
        let mut lines: Vec<Value> = vec![];
        let mut count = (0, 0);
        let actor = job.actor.clone();
        let whole = self.whole_component(|org| {
            match unpacked(zip)
                .and_then(|files| parts(&files, options, &mut lines).map(|parts| (files, parts)))
            {
                Err(problem) => lines.push(failure("", "package.xml", "package.xml", &problem, None)),
                Ok((files, parts)) => {
                    count = (files.len(), parts.len());
                    for part in parts {
                        let line = org.deploy_part(&actor, &part, &files);
                        lines.push(line);
                    }
                }
            }
            let failed = lines.iter().any(|line| line["success"] == json!(false));
            if options.check_only || (failed && options.rollback) { Err(Refused::new()) } else { Ok(()) }
        });
        let (good, bad): (Vec<Value>, Vec<Value>) =
            lines.into_iter().partition(|line| line.get("success") == Some(&json!(true)));
        let written = good.iter().filter(|line| line.get("componentType") != Some(&json!(""))).count();
        let status = match (bad.is_empty(), options.rollback || written == 0) {
            (true, _) => "Succeeded",
            (false, true) => "Failed",
            (false, false) => "SucceededPartial",
        };
        let kept = whole.is_ok() || options.check_only;
        let all = good.into_iter().chain(bad.iter().cloned()).map(|mut line| {
            set(&mut line, "createdDate", json!(now));
            line
        });
        let (good, bad): (Vec<Value>, Vec<Value>) =
            all.partition(|line| line.get("success") == Some(&json!(true)));
        for (key, value) in [
            ("status", json!(status)),
            ("done", json!(true)),
            ("success", json!(status != "Failed")),
            ("startDate", json!(now)),
            ("completedDate", json!(now)),
            ("lastModifiedDate", json!(now)),
            ("numberComponentErrors", json!(bad.len())),
            ("numberComponentsDeployed", json!(if kept { written } else { 0 })),
            ("numberComponentsTotal", json!(count.1.max(bad.len()))),
            ("numberFiles", json!(count.0)),
            ("details", json!({ "componentSuccesses": good, "componentFailures": bad, "runTestResult": {} })),
        ] {
            set(&mut job.result, key, value);
        }
    }

    fn deploy_part(&mut self, actor: &Actor, part: &Part, files: &Files) -> Value {
        let (kind, name) = (part.kind, part.name.as_str());
        let Some(path) = &part.file else {
            let done = self.delete_component(actor, kind, name);
            return match done {
                Ok(()) => success(kind, name, "destructiveChanges.xml", "", (false, true, true)),
                // What is not there need not go: a warning.
                Err(refused) if is_absent(&refused) => {
                    let mut line = success(kind, name, "destructiveChanges.xml", "", (false, false, false));
                    set(&mut line, "problem", json!(format!("No {} named: {name} found", kind.name)));
                    set(&mut line, "problemType", json!("Warning"));
                    line
                }
                Err(refused) => {
                    failure(kind.name, name, "destructiveChanges.xml", &first(&refused).message, None)
                }
            };
        };
        let content = files.get(path).map(Vec::as_slice).unwrap_or_default();
        let value = match parsed(kind, name, content) {
            Ok(value) => value,
            Err((problem, place)) => return failure(kind.name, name, path, &problem, place),
        };
        let before = self.component(kind, name);
        match self.write_component(actor, kind, &value, Mode::Upsert) {
            Ok(created) => {
                let id = self.component_of(kind, name).map(|one| one.id).unwrap_or_default();
                let changed = created || self.component(kind, name) != before;
                success(kind, name, path, &id, (created, changed, false))
            }
            Err(refused) => failure(kind.name, name, path, &first(&refused).message, None),
        }
    }
}

fn first(refused: &[ApiError]) -> ApiError {
    refused.first().cloned().unwrap_or_else(|| ApiError::new(500, "UNKNOWN_EXCEPTION", "unknown"))
}

fn is_absent(refused: &[ApiError]) -> bool {
    refused.first().is_some_and(|error| error.message.starts_with("no ") && error.message.ends_with(" found"))
}

/// A file as a component; else the problem, and its line and column.
fn parsed(kind: &Kind, name: &str, content: &[u8]) -> Result<Value, (String, Option<(u32, u32)>)> {
    let problem = |what: &str, place: Option<(u32, u32)>| {
        let at = place.map(|(row, column)| format!(" ({row}:{column})")).unwrap_or_default();
        (format!("Error parsing file: {what}{at}"), place)
    };
    let text = std::str::from_utf8(content).map_err(|error| problem(&error.to_string(), None))?;
    let document = Document::parse(text).map_err(|error| {
        let at = error.pos();
        problem(&error.to_string(), Some((at.row, at.col)))
    })?;
    let root = document.root_element();
    let Some(contract) = contract_of(kind, name) else {
        return Err((format!("Not available for deploy for this organization: {name}"), None));
    };
    if root.tag_name().name() != contract {
        let what = format!("Element {} invalid at this location", root.tag_name().name());
        return Err(problem(&what, Some((1, 1))));
    }
    let mut value = Contract::metadata().read(contract, root).map_err(|misread| {
        let at = document.text_pos_at(misread.at);
        // What a type must have is said without the file.
        if misread.message.starts_with("Required") {
            (misread.message, Some((at.row, at.col)))
        } else {
            problem(&misread.message, Some((at.row, at.col)))
        }
    })?;
    set(&mut value, "fullName", json!(name));
    Ok(value)
}

fn success(
    kind: &Kind,
    name: &str,
    file: &str,
    id: &str,
    (created, changed, deleted): (bool, bool, bool),
) -> Value {
    json!({ "changed": changed, "componentType": kind.name, "created": created, "deleted": deleted, "fileName": file,
        "fullName": name, "id": Some(id).filter(|id| !id.is_empty()), "success": true })
}

fn failure(kind: &str, name: &str, file: &str, problem: &str, place: Option<(u32, u32)>) -> Value {
    let mut line = json!({ "changed": false, "componentType": kind, "created": false, "deleted": false, "fileName": file,
        "fullName": name, "problem": problem, "problemType": "Error", "success": false });
    if let Some((row, column)) = place {
        set(&mut line, "lineNumber", json!(row));
        set(&mut line, "columnNumber", json!(column));
    }
    line
}

/// The components of a zip in the order in which they are written. What is wrong with the manifest itself goes into
/// `lines`; the words are recorded ones.
fn parts(files: &Files, options: Options, lines: &mut Vec<Value>) -> Result<Vec<Part>, String> {
    // A package lies in a folder, or, where there is one package only, at the top.
    let root = files
        .keys()
        .filter_map(|path| path.strip_suffix("package.xml"))
        .filter(|root| root.is_empty() || root.matches('/').count() == 1 && root.ends_with('/'))
        .find(|root| options.single_package || !root.is_empty())
        .or_else(|| files.contains_key("package.xml").then_some(""));
    let Some(root) = root else { return Err("No package.xml found".into()) };
    let content = files.get(&format!("{root}package.xml")).map(Vec::as_slice).unwrap_or_default();
    let manifest = manifest::read(content)?;
    lines.push(json!({ "changed": true, "componentType": "", "created": false, "deleted": false,
        "fileName": format!("{root}package.xml"), "fullName": "package.xml", "success": true }));
    let gone = |name: &str| -> Result<Vec<Part>, String> {
        let Some(content) = files.get(&format!("{root}{name}")) else { return Ok(vec![]) };
        let manifest = manifest::read(content)?;
        Ok(members(&manifest)
            .filter_map(|(kind, name)| Some(Part { kind: kind_of(kind)?, name: name.to_owned(), file: None }))
            .collect())
    };
    let mut all = gone("destructiveChangesPre.xml")?;
    all.extend(gone("destructiveChanges.xml")?.into_iter().rev());
    all.extend(brought(files, root, &manifest, options, lines));
    all.extend(gone("destructiveChangesPost.xml")?);
    Ok(all)
}

fn members(manifest: &Manifest) -> impl Iterator<Item = (&str, &str)> {
    manifest.iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind.as_str(), name.as_str())))
}

fn brought(
    files: &Files,
    root: &str,
    manifest: &Manifest,
    options: Options,
    lines: &mut Vec<Value>,
) -> Vec<Part> {
    let mut all: Vec<Part> = vec![];
    for (kind, _) in manifest.iter().filter(|(name, _)| !KINDS.iter().any(|kind| kind.name == name)) {
        let problem = format!("Unknown type name '{kind}' specified in package.xml");
        lines.push(failure("", "package.xml", "package.xml", &problem, None));
    }
    for kind in KINDS {
        let folder = format!("{root}{}/", kind.folder);
        let suffix = format!(".{}", kind.suffix);
        let wanted: Vec<&str> =
            members(manifest).filter(|(name, _)| *name == kind.name).map(|(_, one)| one).collect();
        let mut found: Vec<&str> = vec![];
        for path in files.keys() {
            let Some(name) = path.strip_prefix(&folder).and_then(|rest| rest.strip_suffix(&suffix)) else {
                continue;
            };
            match wanted.iter().find(|one| **one == "*" || decoded_name(one) == decoded_name(name)) {
                Some(one) => {
                    found.push(one);
                    all.push(Part { kind, name: name.to_owned(), file: Some(path.clone()) });
                }
                None => {
                    let mut line = success(kind, name, path, "", (false, false, false));
                    set(&mut line, "problem", json!("Not in package.xml"));
                    set(&mut line, "problemType", json!("Warning"));
                    lines.push(line);
                }
            }
        }
        let absent =
            wanted.iter().filter(|one| **one != "*" && !found.contains(one) && !options.allow_missing);
        for name in absent {
            let problem = format!(
                "An object '{name}' of type {} was named in package.xml, but was not found in zipped directory",
                kind.name
            );
            lines.push(failure(kind.name, name, &format!("{root}package.xml"), &problem, None));
        }
    }
    all
}
