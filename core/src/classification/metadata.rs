//! Who uses a profile, a permission set or a group, by what metadata says of it.

use super::{Classification, MEDIUM, Reason, STRONG, Who, of_license, own};
use crate::facts::{AdminAnswer, Facts};
use crate::text::listed;

/// Permission set licenses that are assigned to integration users alone (Salesforce Help, "Give Integration Users API Only
/// Access").
const LICENSE: &str = "salesforce api integration";

impl Classification {
    /// Weighs what metadata says: the configuration's word, then the license, API Only User, and the apps that let it in. A
    /// name tells nothing here: nothing else could bear it out.
    pub(crate) fn of_metadata(
        facts: &Facts,
        license: Option<&str>,
        apps: &[String],
        answer: Option<AdminAnswer>,
    ) -> Classification {
        if let Some(why) = own::why(facts) {
            let reasons = vec![Reason { text: why, weight: 0 }];
            return Classification { who: Who::Platform, sure: true, reasons, answer: None };
        }
        let mut reasons = of_license(facts);
        if let Some(license) = license.filter(|name| name.trim().to_lowercase().starts_with(LICENSE)) {
            reasons.push(Reason { text: format!("License: {license}."), weight: STRONG });
        }
        let is_strong = !reasons.is_empty();
        if !apps.is_empty() {
            let names: Vec<String> = apps.iter().map(|name| format!("“{name}”")).collect();
            let text = format!("{} {} it in.", listed(&names), if names.len() == 1 { "lets" } else { "let" });
            reasons.push(Reason { text, weight: MEDIUM });
        }
        let (who, sure) = match answer {
            Some(AdminAnswer::Integration) => (Who::Integration, true),
            Some(AdminAnswer::Person) => (Who::Person, true),
            None if reasons.is_empty() => (Who::Person, false),
            None => (Who::Integration, is_strong),
        };
        Classification { who, sure, reasons, answer }
    }
}
