//! An org of a seed, asked over REST by an admin.

#![allow(unreachable_pub, reason = "a part of one test")]

use leastwise_org::api::{Api, ApiAnswer, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::Org;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

pub struct Asked {
    pub org: Org,
    faults: Faults,
    cursors: HashMap<String, (usize, Vec<Value>)>,
    sid: String,
}

impl Asked {
    pub fn of(seeds: &[PathBuf]) -> Asked {
        let mut org = Org::new("acme");
        let admin = seed::load(&mut org, seeds).unwrap_or_else(|error| panic!("{seeds:?}: {error:#}"));
        let sid = org.start_session(&admin.id, true).sid;
        Asked { org, faults: Faults::default(), cursors: HashMap::new(), sid }
    }

    pub fn get(&mut self, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let request = ApiRequest {
            method: "GET".into(),
            path: format!("/services/data/v67.0/{path}"),
            query: query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            headers: HashMap::from([("authorization".to_owned(), format!("Bearer {}", self.sid))]),
            body: String::new(),
        };
        let Asked { org, faults, cursors, .. } = self;
        // No day's allocation ends a law.
        org.api_requests = 0;
        let mut api = Api { org, faults, cursors, parts: vec![], user: String::new() };
        let ApiAnswer { status, body, .. } = api.answer(&request);
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    pub fn query(&mut self, api: &str, soql: &str) -> (u16, Value) {
        self.get(&format!("{api}query"), &[("q", soql)])
    }
}

/// Every seed: the project's own, those beside it, and those of `LEASTWISE_SEEDS`.
pub fn seeds() -> Vec<Vec<PathBuf>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut all = vec![vec![], vec![own.join("acme")], vec![own.join("acme"), own.join("sales")]];
    let shared = std::env::var_os("LEASTWISE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let field =
        folders(&shared.join("field")).into_iter().map(|case| case.join("seed")).filter(|seed| seed.is_dir());
    all.extend(folders(&shared.join("corpus")).into_iter().chain(field).map(|seed| vec![seed]));
    if let Some(further) = std::env::var_os("LEASTWISE_SEEDS") {
        all.extend(folders(Path::new(&further)).into_iter().map(|seed| vec![seed]));
    }
    all
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

/// Describes that are the same in every org: of set-up objects, by API and name.
pub type Known = BTreeMap<(String, String), Value>;

/// The objects that an API tells of, each with its describe.
pub fn described(asked: &mut Asked, api: &str, known: &mut Known) -> Vec<Value> {
    let (_, all) = asked.get(&format!("{api}sobjects"), &[]);
    let objects = all["sobjects"].as_array().unwrap().iter().filter(|object| object["queryable"] == true);
    objects
        .map(|object| {
            let name = object["name"].as_str().unwrap().to_owned();
            let key = (api.to_owned(), name.clone());
            // A seed adds fields to objects with records of business.
            let own = object["layoutable"] == true;
            if let Some(describe) = known.get(&key).filter(|_| !own) {
                return describe.clone();
            }
            let describe = asked.get(&format!("{api}sobjects/{name}/describe"), &[]).1;
            known.insert(key, describe.clone());
            describe
        })
        .collect()
}

/// What a query of an object must say besides: some objects are asked for by another alone.
pub fn condition(object: &str) -> &'static str {
    match object {
        "FieldDefinition" | "EntityParticle" => " WHERE EntityDefinitionId = 'User'",
        _ => "",
    }
}
