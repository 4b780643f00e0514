//! Lists of entries in profiles and permission sets: what each refers to, and how they are put together.
//!
//! It never takes an entry for something that this org does not have.

use super::not_referred;
use crate::platform::Refused;
use crate::store::Org;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A list of entries: its element, the element that names what an entry is about, that thing's type, and how the
/// names of what the platform itself brings begin.
pub(super) type List = (&'static str, &'static [&'static str], &'static str, &'static str);

/// The lists that no rows hold. Source of the types: recorded deploys ("In field: apexClass - no ApexClass named …").
pub(super) const LISTS: &[List] = &[
    ("agentAccesses", &["agentName"], "BotDefinition", ""),
    ("applicationVisibilities", &["application"], "CustomApplication", "standard__"),
    ("categoryGroupVisibilities", &["dataCategoryGroup"], "DataCategoryGroup", ""),
    ("classAccesses", &["apexClass"], "ApexClass", ""),
    ("customMetadataTypeAccesses", &["name"], "CustomObject", ""),
    ("customPermissions", &["name"], "CustomPermission", ""),
    ("customSettingAccesses", &["name"], "CustomObject", ""),
    ("emailRoutingAddressAccesses", &["name"], "EmailServicesFunction", ""),
    ("externalCredentialPrincipalAccesses", &["externalCredentialPrincipal"], "ExternalCredential", ""),
    ("externalDataSourceAccesses", &["externalDataSource"], "ExternalDataSource", ""),
    ("flowAccesses", &["flow"], "Flow", ""),
    ("layoutAssignments", &["layout", "recordType"], "Layout", ""),
    ("loginFlows", &["flow", "vfFlowPage"], "Flow", ""),
    ("pageAccesses", &["apexPage"], "ApexPage", ""),
    ("profileActionOverrides", &["actionName", "pageOrSobjectType"], "", ""),
    ("recordTypeVisibilities", &["recordType"], "RecordType", ""),
    ("servicePresenceStatusAccesses", &["servicePresenceStatus"], "ServicePresenceStatus", ""),
    ("tabVisibilities", &["tab"], "CustomTab", "standard-"),
    ("tabSettings", &["tab"], "CustomTab", "standard-"),
];

fn name_of(entry: &Value, keys: &[&str]) -> String {
    let parts: Vec<&str> = keys.iter().map(|key| super::string(entry, key)).collect();
    parts.join("|")
}

/// The entries of a list.
pub(super) fn entries<'v>(value: &'v Value, list: &str) -> &'v [Value] {
    value.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// `old` with the entries of `new` in place of those about the same thing, in order of what they are about.
pub(super) fn merged(old: &[Value], new: &[Value], keys: &[&str]) -> Vec<Value> {
    let named = old.iter().chain(new).map(|entry| (name_of(entry, keys), entry));
    named.collect::<BTreeMap<_, _>>().into_values().cloned().collect()
}

/// Adds to `kept` the lists of `value`, each merged with what is there of it.
pub(super) fn add_lists(kept: &mut Map<String, Value>, value: &Value) {
    for (list, keys, ..) in LISTS {
        let new = entries(value, list);
        if !new.is_empty() {
            let all =
                merged(kept.get(*list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice), new, keys);
            kept.insert((*list).to_owned(), Value::Array(all));
        }
    }
}

impl Org {
    /// Whether everything that the entries are about is there: the platform's own, or what the org's metadata names.
    pub(super) fn check_entries(&self, value: &Value) -> Result<(), Refused> {
        for (list, keys, kind, standard) in LISTS.iter().filter(|(_, _, kind, _)| !kind.is_empty()) {
            let new = entries(value, list);
            if new.is_empty() {
                continue;
            }
            let Some(key) = keys.first() else { continue };
            let known = self.named_in_metadata(list, key);
            for entry in new {
                let name = super::string(entry, key);
                let own = !standard.is_empty() && name.starts_with(standard);
                if !own && !name.is_empty() && !known.contains(name) {
                    return not_referred(key, kind, name);
                }
            }
        }
        Ok(())
    }

    fn named_in_metadata(&self, list: &str, key: &str) -> BTreeSet<&str> {
        let all = self.profile_metadata.values().chain(self.documents.values());
        all.flat_map(|document| entries(document, list)).map(|entry| super::string(entry, key)).collect()
    }
}

/// The lists that no rows hold, of a value.
pub(super) fn lists_of(value: &Value) -> Map<String, Value> {
    let all = LISTS.iter().filter_map(|(list, ..)| Some(((*list).to_owned(), value.get(list)?.clone())));
    all.filter(|(_, entries)| entries != &json!([])).collect()
}
