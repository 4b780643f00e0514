//! From what rules need to what is asked: facts to tables, tables to parts, parts to composites.

use crate::collect::part::Part;
use crate::collect::queries;
use crate::facts::table::{Rows, Table};
use crate::facts::{
    Classification, FEATURE, Fact, Labels, READINGS, Reading, frozen, license, profile, user,
};
use crate::rules::rule::Rule;
use crate::salesforce::setup_url::{Page, PageKind};
use crate::salesforce::soql::Query;
use std::collections::BTreeMap;

/// Parts of one composite, and queries among them. Source: REST API guide, "Composite".
const PARTS: usize = 25;
const QUERIES: usize = 5;

/// What the head of a panel says of whose page it is, whatever the rules.
const SUBJECT: &[Table] = &[user::TABLE, frozen::TABLE, profile::TABLE, license::TABLE];

/// What is asked at first for a page.
#[derive(Debug)]
pub(super) struct Plan {
    /// Composites, one after another: records that others refer to stand in the first.
    pub(super) composites: Vec<Vec<Part>>,
    /// The queries of their parts; a part without one is asked for by the address of a record.
    pub(super) queries: BTreeMap<Part, Query>,
    /// Whether the profile's metadata is needed.
    pub(super) metadata: bool,
}

impl Plan {
    /// What `rules` need of a page; `labels` are those that are known already.
    pub(super) fn new(page: &Page, rules: &[&Rule], labels: Option<&Labels>) -> Plan {
        let tables = tables(rules);
        let has_features = labels.is_some_and(|all| all.keys().any(|name| name.starts_with(FEATURE)));
        let mut plan = Plan { composites: vec![], queries: BTreeMap::new(), metadata: false };
        let mut parts = vec![];
        for part in Part::ALL.into_iter().filter(|part| part.is_on(page.kind)) {
            let own: Vec<Table> = tables.iter().filter(|table| part.reads(table)).copied().collect();
            let is_needed = match part {
                Part::Labels => labels.is_none(),
                Part::Features => is_user_form(page) && !has_features,
                _ => !own.is_empty(),
            };
            if !is_needed {
                continue;
            }
            parts.push(part);
            let is_query = own.first().is_some_and(|table| {
                !matches!(table.rows, Rows::Record | Rows::Related { .. } | Rows::Metadata)
            });
            if let (true, Some(query)) = (is_query, queries::query(page, &own)) {
                plan.queries.insert(part, query);
            }
        }
        plan.metadata =
            page.kind != PageKind::PermissionSet && tables.iter().any(|table| table.rows == Rows::Metadata);
        plan.composites = composites(&parts, |part| plan.queries.contains_key(&part));
        plan
    }
}

/// Whether a page is a user's form.
pub(super) fn is_user_form(page: &Page) -> bool {
    page.kind == PageKind::User && page.editing
}

/// What is read for the facts that rules need. How grave a finding is depends on who it is, for every rule.
fn tables(rules: &[&Rule]) -> Vec<Table> {
    let mut needed: Vec<&'static str> = rules.iter().flat_map(|rule| (rule.needs)()).collect();
    if !rules.is_empty() {
        needed.push(Classification::NAME);
    }
    let mut all = SUBJECT.to_vec();
    let mut seen: Vec<&'static str> = vec![];
    while let Some(name) = needed.pop() {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let is = |reading: &&Reading| reading.fact == name;
        if let Some(reading) = READINGS.iter().find(is) {
            all.extend(reading.tables);
            needed.extend(reading.from);
        }
    }
    all
}

/// Parts in order, as many to a composite as it takes.
fn composites(parts: &[Part], is_query: impl Fn(Part) -> bool) -> Vec<Vec<Part>> {
    let mut all: Vec<Vec<Part>> = vec![vec![]];
    for part in parts {
        let is_full = all.last().is_some_and(|last| {
            let queries = last.iter().filter(|part| is_query(**part)).count();
            last.len() >= PARTS || (is_query(*part) && queries >= QUERIES)
        });
        if is_full {
            all.push(vec![]);
        }
        if let Some(last) = all.last_mut() {
            last.push(*part);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{AppSettings, Apps, Grants, LoginIpRanges, OrgSettings, grants};
    use crate::rules;

    fn page(path: &str) -> Page {
        Page::from_url(&format!("https://acme.my.salesforce.com{path}")).unwrap()
    }

    fn user() -> Page {
        page("/0055g000001Abcd")
    }

    fn plan(rules: &[&Rule]) -> Plan {
        Plan::new(&user(), rules, None)
    }

    fn names(plan: &Plan) -> Vec<Vec<&'static str>> {
        plan.composites.iter().map(|parts| parts.iter().map(|part| part.reference()).collect()).collect()
    }

    #[test]
    fn all_rules_need_one_composite_of_five_queries() {
        let plan = plan(rules::all());
        assert_eq!(
            names(&plan),
            [[
                "user", "frozen", "profile", "license", "assigned", "sets", "signIns", "tokens", "apps",
                "jobs", "labels"
            ]]
        );
        let queries: Vec<_> = plan.queries.values().map(Query::object).collect();
        assert_eq!(queries, ["PermissionSet", "LoginHistory", "OauthToken", "AppMenuItem", "CronTrigger"]);
        assert!(plan.metadata);
    }

    #[test]
    fn what_no_rule_needs_is_not_asked_for() {
        let without = |fact: &str| -> Vec<&'static Rule> {
            rules::all().iter().copied().filter(|rule| !(rule.needs)().contains(&fact)).collect()
        };
        let less = without(Apps::NAME);
        assert!(!less.is_empty() && less.len() < rules::all().len());
        let less = plan(&less);
        assert!(!names(&less)[0].contains(&"apps"));
        assert_eq!(less.queries.len(), 4);
        assert!(less.metadata);
        assert!(!plan(&without(LoginIpRanges::NAME)).metadata);
        // Without rules it is only said whose page it is.
        let none = plan(&[]);
        assert_eq!(names(&none), [["user", "frozen", "profile", "license", "labels"]]);
        assert!(none.queries.is_empty() && !none.metadata);
    }

    #[test]
    fn a_query_has_the_fields_that_its_facts_declare_each_once() {
        // A second fact of the same rows, which shares a field with the first.
        let second = Table { fields: &["Label", "Profile.Name"], children: &[], ..grants::TABLE };
        let soql = queries::query(&user(), &[grants::TABLE, second]).unwrap().soql();
        assert!(soql.contains("PermissionSetGroup.Status, Label, (SELECT"), "{soql}");
        assert_eq!(soql.matches("Profile.Name").count(), 1, "{soql}");
        for (part, query) in plan(rules::all()).queries {
            let alone = queries::of_part(&user(), part).unwrap();
            assert_eq!(query, alone, "today each query is of one fact");
        }
    }

    #[test]
    fn every_fact_that_a_rule_needs_is_read() {
        for rule in rules::all() {
            for need in (rule.needs)() {
                let reading = READINGS.iter().find(|reading| reading.fact == need);
                let reading = reading.unwrap_or_else(|| panic!("{}: {need}", rule.id));
                let is_read = !reading.tables.is_empty() || !reading.from.is_empty();
                // No page reads what apps and the org are set to; a review does, and every page says so.
                let is_of_a_review = [AppSettings::NAME, OrgSettings::NAME].contains(&need);
                assert_ne!(is_read, is_of_a_review, "{need}");
            }
        }
        let is_part = |table: &Table| {
            table.rows == Rows::Metadata || Part::ALL.into_iter().any(|part| part.reads(table))
        };
        for reading in READINGS {
            assert!(reading.tables.iter().all(is_part), "{}", reading.fact);
        }
        assert!(READINGS.iter().any(|reading| reading.fact == Grants::NAME));
    }

    #[test]
    fn what_one_composite_does_not_take_stands_in_the_next() {
        let all = composites(&[Part::Sets; 6], |_| true);
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [5, 1]);
        let all = composites(&[Part::User; 26], |_| false);
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [25, 1]);
    }
}
