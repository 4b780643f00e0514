//! A plan as text: steps by hand, for an org that is not to be written to.
//!
//! It never asks anything of the org.

use super::{Fields, Place, Plan, Step, Term, Way};
use crate::salesforce::json::Value;

impl Plan {
    /// The plan as text to copy: its steps by hand, and components of the Metadata API as XML.
    pub fn text(&self) -> String {
        let mut out = self.title.clone();
        // What only looks is nothing to do by hand, nor is what Salesforce itself does.
        let done = self.steps.iter().filter(|step| matches!(step.way, Way::Write | Way::Hand(_)));
        for (at, step) in done.enumerate() {
            out.push_str(&format!("\n{}. {}", (at + 1), step.words));
            match (&step.way, &step.place) {
                (Way::Hand(link), _) => out.push_str(&format!(" ({link})")),
                (Way::Write, Place::Component { kind, names, from: None, .. }) => {
                    out.push_str(&format!("\n{}", component(kind, names.first(), step)));
                }
                (Way::Write, Place::Row { object, key }) => {
                    for (name, term) in step.after.iter().flatten() {
                        out.push_str(&format!("\n   {object}.{name} = {}", text_of(term)));
                    }
                    out.push_str(&permissions(object, key, step));
                }
                (Way::Write, Place::Rows { object, shared, by }) => {
                    for (name, term) in step.after.iter().flatten() {
                        out.push_str(&format!("\n   {object}.{name} = {}", text_of(term)));
                    }
                    for row in &step.rows {
                        let mut key = shared.clone();
                        key.push((by.clone(), Term::text(row.as_str())));
                        let own = permissions(object, &key, step);
                        let list = format!("\n   {by} {row}");
                        out.push_str(if own.is_empty() { &list } else { &own });
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// What a term says, for a person.
fn text_of(term: &Term) -> String {
    match term {
        Term::Is(Value::String(text)) => text.clone(),
        Term::Is(value) => value.to_string(),
        Term::Made(step) => format!("the record of step {}", (step + 1)),
        Term::Read { step, field } => format!("{field} of step {}", (step + 1)),
        Term::Input(_) => "what you chose".to_owned(),
        Term::Within(bound) => bound.abs().to_string(),
    }
}

/// What stands before a file's own elements.
fn file(kind: &str, inner: &[String]) -> String {
    let inner = inner.join("\n  ");
    format!("<{kind} xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n  {inner}\n</{kind}>")
}

/// The file of a component, with what is to be changed in it, and what else was read of it.
fn component(kind: &str, name: Option<&Term>, step: &Step) -> String {
    let after = step.after.as_deref().unwrap_or_default();
    let kept = step.before.iter().flatten().filter(|(name, _)| after.iter().all(|(own, _)| own != name));
    let mut xml = String::new();
    if let Some(name @ Term::Is(Value::String(_))) = name {
        xml = crate::salesforce::metadata_xml::set(&xml, "fullName", &Value::String(text_of(name)));
    }
    for (path, term) in kept.chain(after) {
        let value = if let Term::Is(value) = term { value.clone() } else { Value::String(text_of(term)) };
        xml = crate::salesforce::metadata_xml::set(&xml, path, &value);
    }
    let all: Vec<String> = crate::salesforce::metadata_xml::elements(&xml)
        .iter()
        .map(|own| own.whole(&xml).to_owned())
        .collect();
    file(kind, &all)
}

/// What stands in the file of a profile or a permission set for the permissions of a row: the elements alone, for a set
/// is replaced by what is deployed of it; of a new set all of the file.
fn permissions(object: &str, key: &Fields, step: &Step) -> String {
    let (mut all, mut label) = (vec![], None);
    let mut own = String::new();
    for (name, term) in step.after.iter().flatten().chain(key) {
        let is = text_of(term);
        match name.strip_prefix("Permissions") {
            None if name == "Label" && step.makes => label = Some(is),
            None if name == "SobjectType" => {
                own = crate::salesforce::metadata_xml::set(&own, "object", &Value::String(is))
            }
            None => {}
            Some(flag) if object == "ObjectPermissions" => {
                // `allowDelete`, but `modifyAllRecords`.
                let all = flag.ends_with("Records");
                let (first, rest) = if all { flag.split_at(1) } else { ("allow", flag) };
                own = crate::salesforce::metadata_xml::set(
                    &own,
                    &[&first.to_ascii_lowercase(), rest].concat(),
                    &Value::String(is),
                );
            }
            Some(flag) => {
                let parts = [
                    "<userPermissions><enabled>",
                    &is,
                    "</enabled><name>",
                    flag,
                    "</name></userPermissions>",
                ];
                all.push(parts.concat());
            }
        }
    }
    if object == "ObjectPermissions" && step.after.is_some() {
        all.push(format!("<objectPermissions>{own}</objectPermissions>"));
    }
    match label {
        _ if all.is_empty() => String::new(),
        Some(label) => {
            all.insert(0, crate::salesforce::metadata_xml::set("", "label", &Value::String(label)));
            format!("\n{}", file(object, &all))
        }
        None => format!("\n   In its metadata file:\n  {}", all.join("\n  ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fields;
    use crate::salesforce::id::Id;

    fn text(step: Step) -> String {
        Plan::new("f", "T".into(), vec![step]).text()
    }

    fn term(json: &str) -> Term {
        Term::Is(crate::salesforce::json::parse(json).unwrap())
    }

    #[test]
    fn a_component_is_a_file_with_all_that_was_read_of_it() {
        let after = fields([("passwordExpiration", Term::Within(-90))]);
        let words = ["Find".to_owned(), "Set".to_owned()];
        let [find, mut set] = Step::policy(words, "ProfilePasswordPolicy", "A & B", after);
        assert_eq!(text(find), "T");
        let read = [("fullName", "AB_1"), ("passwordExpiration", "0"), ("profile", "a & b")];
        set.before = Some(fields(read.map(|(name, value)| (name, Term::text(value)))));
        assert_eq!(
            text(set),
            "T\n1. Set\n<ProfilePasswordPolicy xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n  <fullName>AB_1</fullName>\n  <passwordExpiration>90</passwordExpiration>\n  <profile>a &amp; b</profile>\n</ProfilePasswordPolicy>"
        );
        let after = fields([("sessionSettings.enforceIpRangesEveryRequest", Term::flag(true))]);
        let step = Step::component("Hold", "SecuritySettings", vec![Term::text("Security")], after);
        assert!(text(step).contains("<fullName>Security</fullName>\n  <sessionSettings><enforceIpRangesEveryRequest>true</enforceIpRangesEveryRequest></sessionSettings>\n</SecuritySettings>"));
        let ranges = term(r#"[{"endAddress":"b","startAddress":"a"},{"endAddress":"d","startAddress":"c"}]"#);
        let step =
            Step::component("R", "Profile", vec![Term::text("P")], fields([("loginIpRanges", ranges)]));
        assert!(text(step).contains("<fullName>P</fullName>\n  <loginIpRanges><endAddress>b</endAddress><startAddress>a</startAddress></loginIpRanges>\n  <loginIpRanges><endAddress>d"));
    }

    #[test]
    fn permissions_are_elements_of_a_file() {
        let id = Id::parse("0055g00000AbCdE").unwrap();
        let off = fields([("PermissionsManageUsers", Term::flag(false))]);
        let told = text(Step::update("Off", "Profile", &id, off));
        assert_eq!(
            told,
            "T\n1. Off\n   Profile.PermissionsManageUsers = false\n   In its metadata file:\n  <userPermissions><enabled>false</enabled><name>ManageUsers</name></userPermissions>"
        );
        let key = fields([("ParentId", Term::id(&id)), ("SobjectType", Term::text("Invoice__c"))]);
        let off = fields([
            ("PermissionsDelete", Term::flag(false)),
            ("PermissionsModifyAllRecords", Term::flag(false)),
        ]);
        let told = text(Step::change("Off", "ObjectPermissions", key, off));
        assert!(told.ends_with("<objectPermissions><allowDelete>false</allowDelete><modifyAllRecords>false</modifyAllRecords><object>Invoice__c</object></objectPermissions>"), "{told}");
        let name = || fields([("Name", Term::text("X"))]);
        let mut set = name();
        set.extend(fields([("Label", Term::text("Y & Z")), ("PermissionsApiEnabled", Term::flag(true))]));
        let told = text(Step::create("New", "PermissionSet", name(), set));
        assert!(
            told.contains("metadata\">\n  <label>Y &amp; Z</label>\n  <userPermissions><enabled>true"),
            "{told}"
        );
        // What is no permission has no element.
        assert!(
            !text(Step::update("U", "User", &id, fields([("IsActive", Term::flag(false))]))).contains('<')
        );
        assert!(!text(Step::delete("D", "ObjectPermissions", vec![], &[])).contains('<'));
    }
}
