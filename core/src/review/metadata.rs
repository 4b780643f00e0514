//! The org's metadata, which one `retrieve` of the Metadata API gives for all profiles and apps at once.
//!
//! Source: Metadata API Developer Guide, "retrieve()", "checkRetrieveStatus()", "RetrieveResult". Types that hold consumer
//! secrets (ExtlClntAppGlobalOauthSettings) are not asked for.

use crate::facts::LoginIpRanges;
use crate::facts::app_files::{self, AppFiles};
use crate::facts::org_settings;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure};
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::metadata_api::{self, Call};
use crate::salesforce::metadata_xml::{children as all, escaped, is_called as is, leaves, text};
use roxmltree::{Document, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

/// A request of the Metadata API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Retrieve {
    /// Which profiles there are, and what the Metadata API calls them.
    Profiles,
    /// Begins to collect these components, by type.
    Begin(Vec<(&'static str, Vec<String>)>),
    /// Whether they are collected.
    Check {
        /// What the retrieve is called.
        id: String,
        /// So often it was asked.
        polls: u32,
    },
}

/// What came of such a request.
#[derive(Debug)]
pub(super) enum Read {
    Next(Retrieve),
    /// What the Metadata API calls each profile.
    Names(BTreeMap<Id, String>),
    Files(Files),
}

/// Files of a retrieve.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Type, full name, id and text of each.
    components: Vec<(String, String, Option<Id>, String)>,
    /// What was not retrieved, in the platform's words.
    problems: Vec<String>,
}

/// So often a retrieve is asked for; then it is given up: about four minutes.
const POLLS: u32 = 32;

/// A file of a package is at most so large; a larger one is none (Metadata API Developer Guide, "Limits": 39 MB in all).
const FILE_LIMIT: u64 = 40_000_000;

impl Retrieve {
    pub(super) fn call(&self) -> Call {
        match self {
            Retrieve::Profiles => metadata_api::list("Profile"),
            Retrieve::Begin(types) => {
                let version = API_VERSION.trim_start_matches('v');
                let types: String = types
                    .iter()
                    .map(|(name, members)| {
                        let members: String = members
                            .iter()
                            .map(|one| format!("<members>{}</members>", escaped(one)))
                            .collect();
                        format!("<types>{members}<name>{name}</name></types>")
                    })
                    .collect();
                metadata_api::call(
                    "retrieve",
                    &format!(
                        "<retrieveRequest><apiVersion>{version}</apiVersion><singlePackage>true</singlePackage><unpackaged>{types}<version>{version}</version></unpackaged></retrieveRequest>"
                    ),
                )
            }
            Retrieve::Check { id, .. } => metadata_api::call(
                "checkRetrieveStatus",
                &format!("<asyncProcessId>{}</asyncProcessId><includeZip>true</includeZip>", escaped(id)),
            ),
        }
    }

    /// Milliseconds to wait before it is asked.
    pub(super) fn wait(&self) -> u32 {
        match self {
            Retrieve::Check { polls, .. } => 1_000 << (*polls).min(3),
            _ => 0,
        }
    }

    /// Reads its answer.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn read(&self, answer: &Result<Answer, Failure>) -> Result<Read, OrgError> {
        metadata_api::read_response(answer)?;
        let body = answer.as_ref().map_or("", |answer| &answer.body);
        let document = Document::parse(body).map_err(|_| OrgError::NotJson)?;
        let results = || document.descendants().filter(|node| is(node, "result"));
        match self {
            Retrieve::Profiles => Ok(Read::Names(
                results()
                    .filter_map(|row| Some((Id::parse(said(&row, "id"))?, said(&row, "fullName").to_owned())))
                    .collect(),
            )),
            Retrieve::Begin(_) => {
                let id = results().next().map(|result| said(&result, "id")).filter(|id| !id.is_empty());
                let id = id.ok_or(OrgError::LeftOut)?.to_owned();
                Ok(Read::Next(Retrieve::Check { id, polls: 0 }))
            }
            Retrieve::Check { id, polls } => {
                let result = results().next().ok_or(OrgError::LeftOut)?;
                if said(&result, "done") != "true" {
                    let polls = polls + 1;
                    return if polls < POLLS {
                        Ok(Read::Next(Retrieve::Check { id: id.clone(), polls }))
                    } else {
                        Err(OrgError::Other {
                            code: String::new(),
                            message: "Salesforce didn't collect the org's metadata in four minutes.".into(),
                        })
                    };
                }
                if said(&result, "status") == "Failed" || said(&result, "success") == "false" {
                    let code = said(&result, "errorStatusCode").to_owned();
                    return Err(OrgError::Other { code, message: said(&result, "errorMessage").to_owned() });
                }
                Ok(Read::Files(Files::new(&result)?))
            }
        }
    }
}

/// The text of the first element of this name; empty without one.
fn said<'a>(node: &Node<'a, '_>, name: &str) -> &'a str {
    text(node, name).unwrap_or_default()
}

impl Files {
    fn new(result: &Node<'_, '_>) -> Result<Files, OrgError> {
        use base64::Engine as _;
        let broken = || OrgError::Other {
            code: String::new(),
            message: "The metadata that Salesforce sent couldn't be unpacked.".into(),
        };
        let zip = said(result, "zipFile");
        let zip: String = zip.split_ascii_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(zip).map_err(|_| broken())?;
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for at in 0..archive.len() {
            let file = archive.by_index(at).map_err(|_| broken())?;
            let Ok(name) = file.name().map(|name| name.trim_start_matches("unpackaged/").to_owned()) else {
                continue;
            };
            let mut text = String::new();
            if file.take(FILE_LIMIT).read_to_string(&mut text).is_ok() {
                texts.insert(name, text);
            }
        }
        let components = all(result, "fileProperties")
            .filter_map(|file| {
                let text = texts.remove(said(&file, "fileName").trim_start_matches("unpackaged/"))?;
                Some((
                    said(&file, "type").to_owned(),
                    said(&file, "fullName").to_owned(),
                    Id::parse(said(&file, "id")),
                    text,
                ))
            })
            .collect();
        let problems = all(result, "messages").map(|message| said(&message, "problem").to_owned()).collect();
        Ok(Files { components, problems })
    }
}

/// What was read of the org's metadata.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    /// What the Metadata API calls each profile.
    pub(super) profile_names: BTreeMap<Id, String>,
    /// The login IP ranges of each profile, or why they could not be read.
    pub(super) ranges: BTreeMap<Id, Result<LoginIpRanges, OrgError>>,
    pub(super) apps: AppFiles,
    /// Settings by what they are called (`sessionSettings.enforceIpRangesEveryRequest`), as they stand there.
    pub(super) settings: BTreeMap<String, String>,
    /// Why nothing of it was read.
    pub(super) why: Option<OrgError>,
    /// What was not retrieved, in the platform's words.
    pub(super) problems: Vec<String>,
}

impl Metadata {
    /// The retrieve of these profiles, and of every app, policy and setting.
    pub(super) fn retrieve(&self, profiles: &BTreeSet<Id>) -> Retrieve {
        let profiles: Vec<String> =
            profiles.iter().filter_map(|id| self.profile_names.get(id)).cloned().collect();
        let all = || vec!["*".to_owned()];
        let mut types: Vec<(&'static str, Vec<String>)> =
            app_files::KINDS.into_iter().map(|kind| (kind, all())).collect();
        types.extend([
            ("ProfilePasswordPolicy", all()),
            ("ProfileSessionSetting", all()),
            ("Settings", org_settings::KINDS.map(|kind| org_settings::file_of(kind).to_owned()).into()),
        ]);
        if !profiles.is_empty() {
            types.insert(0, ("Profile", profiles));
        }
        Retrieve::Begin(types)
    }

    /// Nothing of it could be read.
    pub(super) fn lose(&mut self, why: OrgError) {
        self.why.get_or_insert(why);
    }

    /// Takes what was retrieved.
    pub(super) fn read(&mut self, files: Files) {
        self.problems.extend(files.problems);
        for (kind, name, id, text) in files.components {
            let Ok(document) = Document::parse(&text) else {
                self.problems.push(format!("{kind} {name}: not well-formed"));
                continue;
            };
            let root = document.root_element();
            match kind.as_str() {
                "Profile" => {
                    let id = id.or_else(|| {
                        let own = |(_, full): &(&Id, &String)| metadata_api::is_same_name(full, &name);
                        self.profile_names.iter().find(own).map(|(id, _)| id.clone())
                    });
                    if let Some(id) = id {
                        self.ranges.insert(id, ranges(&root, &name));
                    }
                }
                kind if app_files::KINDS.contains(&kind) => self.apps.read(kind, &name, id, &root),
                kind if kind == "Settings" || org_settings::KINDS.contains(&kind) => {
                    self.settings.extend(leaves(&root));
                }
                _ => {}
            }
        }
    }
}

fn ranges(root: &Node<'_, '_>, name: &str) -> Result<LoginIpRanges, OrgError> {
    let read: Option<Vec<IpRange>> = all(root, "loginIpRanges")
        .map(|range| {
            IpRange::parse(
                said(&range, "startAddress"),
                said(&range, "endAddress"),
                said(&range, "description"),
            )
        })
        .collect();
    let ranges = read.ok_or_else(|| OrgError::Other {
        code: "range".into(),
        message: "Leastwise couldn't read one of the login IP ranges".into(),
    })?;
    Ok(LoginIpRanges { ranges: ranges.into(), full_name: name.to_owned() })
}
