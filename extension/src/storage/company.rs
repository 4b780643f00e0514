//! What a company decided about Leastwise as a whole: in which orgs it may be used, whether it gives anything out, and how long
//! a review is kept. The settings that it decided are in `settings`, whether anything is changed at all in `record`.

use serde_json::Value;

/// The keys of a company's policy that are read here. None is ever given another meaning.
pub(crate) const KEYS: [&str; 3] = ["allowedOrgs", "hideExports", "keepReviewDays"];

/// Least and most days that a review may be kept; none at all where it is 0.
const REVIEW_DAYS: (u64, u64) = (0, 3_650);

/// A company's policy, as far as it was understood. What was not is taken for the stricter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Company {
    /// The orgs in which Leastwise may be used, by the 15 characters of their ids; none for all orgs.
    allowed_orgs: Option<Vec<String>>,
    /// Whether nothing that is stored is given out as a file.
    pub(crate) hides_exports: bool,
    /// How many days a review of an org is kept; none where each admin decides.
    pub(crate) review_days: Option<u64>,
}

impl Company {
    /// What a company decided; nothing, where it decided nothing.
    pub(crate) fn new(managed: &Value) -> Company {
        let found = |key: &str| managed.get(key).filter(|value| !value.is_null());
        // An org's id has 15 characters, and three more where it is written so that case does not count.
        let id = |id: &Value| id.as_str().and_then(|id| id.trim().get(..15)).map(str::to_owned);
        Company {
            allowed_orgs: found("allowedOrgs")
                .map(|orgs| orgs.as_array().into_iter().flatten().filter_map(id).collect()),
            hides_exports: found("hideExports").is_some_and(|value| *value != false),
            review_days: found("keepReviewDays")
                .map(|days| days.as_u64().unwrap_or(REVIEW_DAYS.0).clamp(REVIEW_DAYS.0, REVIEW_DAYS.1)),
        }
    }

    /// Whether Leastwise may be used in an org, by its id. Where nobody is logged in, that is not known, and it may not where
    /// only some orgs are allowed.
    pub(crate) fn allows(&self, org: &str) -> bool {
        let Some(allowed) = &self.allowed_orgs else { return true };
        org.get(..15).is_some_and(|id| allowed.iter().any(|one| one == id))
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn orgs_are_told_by_their_ids_with_or_without_the_check() {
        let company = Company::new(&json!({ "allowedOrgs": ["00D5g000004abcdEAA", " 00D5g000004wxyz "] }));
        for id in ["00D5g000004abcd", "00D5g000004abcdEAA", "00D5g000004wxyzEAE"] {
            assert!(company.allows(id), "{id}");
        }
        for id in ["00D5g000004ABCD", "00D5g000004other", "acme.my.salesforce.com", "", "00D"] {
            assert!(!company.allows(id), "{id}");
        }
        assert!(Company::new(&json!({})).allows("00D5g000004other"));
        assert!(Company::default().allows("acme.my.salesforce.com"));
    }

    #[test]
    fn what_is_not_understood_is_taken_for_the_stricter() {
        let company = Company::new(
            &json!({ "allowedOrgs": "00D5g000004abcd", "hideExports": "yes", "keepReviewDays": "long" }),
        );
        assert!(!company.allows("00D5g000004abcd") && company.hides_exports);
        assert_eq!(company.review_days, Some(0));
        let company =
            Company::new(&json!({ "allowedOrgs": null, "hideExports": false, "keepReviewDays": 99_999 }));
        assert!(company.allows("00D5g000004abcd") && !company.hides_exports);
        assert_eq!(company.review_days, Some(3_650));
    }

    #[test]
    fn each_key_stands_in_the_schema_that_browsers_read() {
        let schema: Value = serde_json::from_str(include_str!("../../policy.json")).unwrap();
        for key in KEYS {
            assert!(schema["properties"][key]["description"].is_string(), "{key}");
        }
    }
}
