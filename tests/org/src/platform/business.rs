//! Records of business: what the platform fills in, what goes with a record, and what keeps it.
//!
//! It never asks who writes: `access` does.

use super::{Refused, refusal};
use crate::store::{Org, Row, text};
use serde_json::{Value, json};

/// Stages with their probability and forecast category. Source: Salesforce Help, "Opportunity Fields", standard stages.
const STAGES: &[(&str, u8, &str)] = &[
    ("Prospecting", 10, "Pipeline"),
    ("Qualification", 10, "Pipeline"),
    ("Needs Analysis", 20, "Pipeline"),
    ("Value Proposition", 50, "Pipeline"),
    ("Id. Decision Makers", 60, "Pipeline"),
    ("Perception Analysis", 70, "Pipeline"),
    ("Proposal/Price Quote", 75, "Pipeline"),
    ("Negotiation/Review", 90, "Pipeline"),
    ("Closed Won", 100, "Closed"),
    ("Closed Lost", 0, "Omitted"),
];

/// Parts of an address, as its compound field names them.
const PARTS: &[(&str, &str)] = &[
    ("City", "city"),
    ("Country", "country"),
    ("GeocodeAccuracy", "geocodeAccuracy"),
    ("Latitude", "latitude"),
    ("Longitude", "longitude"),
    ("PostalCode", "postalCode"),
    ("State", "state"),
    ("Street", "street"),
];

impl Org {
    /// Defaults of the fields that a create leaves out.
    pub(crate) fn defaults(&self, name: &str, row: &mut Row) {
        let Some(object) = self.schema.object(name) else { return };
        for field in &object.fields {
            let picked =
                field.traits.values.iter().find(|value| value.default).map(|value| json!(value.value));
            let default =
                picked.or_else(|| Some(field.traits.default.clone()).filter(|value| !value.is_null()));
            if let (Some(default), false) = (default, row.contains_key(&field.name)) {
                row.insert(field.name.clone(), default);
            }
        }
    }

    /// What follows from the other fields of a record.
    pub(crate) fn derived(&mut self, name: &str, row: &mut Row, changes: &Row) {
        match name {
            "Contact" | "Lead" => full_name(row),
            "Opportunity" => stage(row, changes),
            "Case" => self.case(row),
            "Task" => {
                let (closed, high) = (text(row, "Status") == "Completed", text(row, "Priority") == "High");
                row.insert("IsClosed".into(), json!(closed));
                row.insert("IsHighPriority".into(), json!(high));
            }
            _ => {}
        }
        if matches!(name, "Task" | "Event") {
            let account = self.account_of(text(row, "WhatId"), text(row, "WhoId"));
            row.insert("AccountId".into(), json!(account));
        }
        self.addresses(name, row);
    }

    fn case(&mut self, row: &mut Row) {
        if text(row, "CaseNumber").is_empty() {
            let last = self.rows("Case").filter_map(|row| text(row, "CaseNumber").parse::<u64>().ok()).max();
            row.insert("CaseNumber".into(), json!(format!("{:08}", last.unwrap_or(1_000) + 1)));
        }
        let closed = text(row, "Status") == "Closed";
        row.insert("IsClosed".into(), json!(closed));
        if !closed {
            row.insert("ClosedDate".into(), Value::Null);
        } else if text(row, "ClosedDate").is_empty() {
            row.insert("ClosedDate".into(), json!(self.stamp()));
        }
        let contact = self.row("Contact", text(row, "ContactId")).cloned();
        for (of_case, of_contact) in [
            ("ContactPhone", "Phone"),
            ("ContactMobile", "MobilePhone"),
            ("ContactEmail", "Email"),
            ("ContactFax", "Fax"),
        ] {
            let value = contact.as_ref().and_then(|contact| contact.get(of_contact).cloned());
            row.insert(of_case.into(), value.unwrap_or(Value::Null));
        }
        if text(row, "AccountId").is_empty()
            && let Some(account) = contact.as_ref().map(|contact| text(contact, "AccountId"))
            && !account.is_empty()
        {
            row.insert("AccountId".into(), json!(account));
        }
    }

    /// The account that an activity is about.
    fn account_of(&self, what: &str, who: &str) -> Option<String> {
        if self.row("Account", what).is_some() {
            return crate::id::long(what);
        }
        let parent = ["Opportunity", "Case"].iter().find_map(|kind| self.row(kind, what));
        let parent = parent.or_else(|| self.row("Contact", who))?;
        Some(text(parent, "AccountId").to_owned()).filter(|account| !account.is_empty())
    }

    /// Compound addresses, from their parts.
    fn addresses(&self, name: &str, row: &mut Row) {
        let Some(object) = self.schema.object(name) else { return };
        for field in object.fields.iter().filter(|field| field.kind == "address") {
            let start = field.name.strip_suffix("Address").unwrap_or_default();
            let part = |(end, key): &(&str, &str)| {
                ((*key).to_owned(), row.get(&format!("{start}{end}")).cloned().unwrap_or(Value::Null))
            };
            let address: Row = PARTS.iter().map(part).collect();
            let there = address.values().any(|value| !value.is_null());
            row.insert(field.name.clone(), if there { Value::Object(address) } else { Value::Null });
        }
    }

    /// Refuses to delete a record that others keep.
    pub(super) fn check_kept(&self, name: &str, old: &Row) -> Result<(), Refused> {
        for relation in self.schema.children(name).filter(|relation| relation.restricts) {
            let keeping = self.rows_by(&relation.child, &relation.field, text(old, "Id"));
            let Some(child) = self.schema.object(&relation.child).filter(|_| !keeping.is_empty()) else {
                continue;
            };
            let field = child.name_field().map_or("Id", |field| field.name.as_str());
            let names: Vec<&str> = keeping.iter().map(|row| text(row, field)).collect();
            let shown = self.schema.object(name).and_then(|object| object.name_field());
            let shown = shown.map_or("", |field| text(old, &field.name));
            let message = format!(
                "Your attempt to delete {shown} could not be completed because it is associated with the following {}.: {}\n",
                child.plural.to_lowercase(),
                names.join(", ")
            );
            return refusal("DELETE_FAILED", message, &[]);
        }
        Ok(())
    }

    /// Takes the records that go with a deleted one, and leaves no reference to it.
    pub(super) fn take_dependents(&mut self, name: &str, id: &str) {
        let relations: Vec<(String, String, bool)> = self
            .schema
            .children(name)
            .map(|relation| (relation.child.clone(), relation.field.clone(), relation.cascades))
            .collect();
        for (child, field, cascades) in relations {
            let rows: Vec<Row> = self.rows_by(&child, &field, id).into_iter().cloned().collect();
            for mut row in rows {
                let its = text(&row, "Id").to_owned();
                if cascades {
                    self.bin(&child, &its);
                    self.take_dependents(&child, &its);
                } else {
                    row.insert(field.clone(), Value::Null);
                    self.put(&child, row);
                }
            }
        }
    }
}

fn full_name(row: &mut Row) {
    let name = [text(row, "FirstName"), text(row, "LastName")].join(" ").trim().to_owned();
    row.insert("Name".into(), json!(name));
}

fn stage(row: &mut Row, changes: &Row) {
    let stage = text(row, "StageName").to_owned();
    let known = STAGES.iter().find(|(name, ..)| *name == stage);
    let (probability, forecast) = known.map_or((0, "Pipeline"), |(_, chance, forecast)| (*chance, *forecast));
    if changes.contains_key("StageName") {
        if !changes.contains_key("Probability") {
            row.insert("Probability".into(), json!(f64::from(probability)));
        }
        if !changes.contains_key("ForecastCategoryName") {
            row.insert("ForecastCategoryName".into(), json!(forecast));
        }
    }
    let category = text(row, "ForecastCategoryName").to_owned();
    let category = match category.as_str() {
        "Best Case" => "BestCase",
        "Commit" => "Forecast",
        other => other,
    };
    row.insert("ForecastCategory".into(), json!(category));
    row.insert("IsWon".into(), json!(stage == "Closed Won"));
    row.insert("IsClosed".into(), json!(stage.starts_with("Closed ")));
    let number = |field: &str| row.get(field).and_then(Value::as_f64);
    let expected = number("Amount").map(|amount| amount * number("Probability").unwrap_or(0.0) / 100.0);
    row.insert("ExpectedRevenue".into(), json!(expected));
    let date = text(row, "CloseDate").to_owned();
    if let (Some(year), Some(month)) = (
        date.get(..4).and_then(|year| year.parse::<i64>().ok()),
        date.get(5..7).and_then(|month| month.parse::<i64>().ok()),
    ) {
        let quarter = (month + 2) / 3;
        row.insert("FiscalYear".into(), json!(year));
        row.insert("FiscalQuarter".into(), json!(quarter));
        row.insert("Fiscal".into(), json!(format!("{year} {quarter}")));
    }
}
