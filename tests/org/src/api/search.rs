//! SOSL in its simplest form, and the parameterized search.
//!
//! It never searches an object that the viewer does not see, nor a field they do not read.

use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::schema::{Field, Object};
use crate::soql;
use crate::store::{Actor, Row, text};
use serde_json::{Value, json};

/// Records of an object where nothing is said, and at most.
const MOST: usize = 2_000;

/// What is looked for, and in which fields.
struct Search {
    words: Vec<String>,
    scope: String,
    /// Object, fields (with conditions behind them, as in SOQL), and most records.
    returning: Vec<(String, String, Option<usize>)>,
    limit: usize,
}

impl Api<'_> {
    /// `search?q=FIND {…}`.
    pub(super) fn search(&mut self, actor: &Actor, base: &str, request: &ApiRequest) -> Result<Reply> {
        let q = parameter(&request.query, "q").unwrap_or_default();
        let search = read(q).map_err(one)?;
        self.found(actor, base, &search)
    }

    /// `parameterizedSearch`, by GET or POST.
    pub(super) fn parameterized(&mut self, actor: &Actor, base: &str, request: &ApiRequest) -> Result<Reply> {
        let posted = if request.method == "POST" { reply::body(request)? } else { Value::Null };
        let said = |key: &str| {
            let value = posted.get(key).and_then(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.as_u64().map(|n| n.to_string()), |text| Some(text.to_owned()))
            });
            value.or_else(|| parameter(&request.query, key).map(str::to_owned))
        };
        let term = said("q").unwrap_or_default();
        let names: Vec<(String, Option<String>, Option<usize>)> = match posted
            .get("sobjects")
            .and_then(Value::as_array)
        {
            Some(all) => all
                .iter()
                .map(|one| {
                    let fields = one
                        .get("fields")
                        .and_then(Value::as_array)
                        .map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
                    let limit =
                        one.get("limit").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
                    (one.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(), fields, limit)
                })
                .collect(),
            None => request
                .query
                .iter()
                .filter(|(key, _)| key == "sobject")
                .map(|(_, name)| {
                    let fields = parameter(&request.query, &format!("{name}.fields")).map(str::to_owned);
                    let limit =
                        parameter(&request.query, &format!("{name}.limit")).and_then(|n| n.parse().ok());
                    (name.clone(), fields, limit)
                })
                .collect(),
        };
        let every = posted
            .get("fields")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
        let every = every
            .or_else(|| parameter(&request.query, "fields").map(str::to_owned))
            .unwrap_or_else(|| "Id".into());
        let number = |key: &str| said(key).and_then(|n| n.parse::<usize>().ok());
        let usual = number("defaultLimit");
        let search = Search {
            words: words(&term).map_err(one)?,
            scope: said("in").unwrap_or_else(|| "ALL".into()).to_uppercase(),
            returning: names
                .into_iter()
                .map(|(name, fields, limit)| (name, fields.unwrap_or_else(|| every.clone()), limit.or(usual)))
                .collect(),
            limit: number("overallLimit").unwrap_or(MOST),
        };
        self.found(actor, base, &search)
    }

    fn found(&self, actor: &Actor, base: &str, search: &Search) -> Result<Reply> {
        let mut records: Vec<Value> = vec![];
        let listed: Vec<(String, String, Option<usize>)> = if search.returning.is_empty() {
            let all = self
                .org
                .schema
                .objects()
                .filter(|object| object.is('s') && self.org.sees(&actor.user_id, object));
            all.map(|object| (object.name.clone(), "Id".to_owned(), None)).collect()
        } else {
            search.returning.clone()
        };
        for (name, fields, limit) in listed {
            let object = self
                .org
                .schema
                .object(&name)
                .filter(|object| object.is('s') && self.org.sees(&actor.user_id, object));
            let Some(object) = object else {
                let message = format!(
                    "sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
                );
                return Err(one(ApiError::new(400, "INVALID_TYPE", message)));
            };
            let ids: Vec<String> = self
                .org
                .rows(&object.name)
                .filter(|row| self.matches(actor, object, row, search))
                .map(|row| format!("'{}'", text(row, "Id")))
                .collect();
            if ids.is_empty() {
                continue;
            }
            let q = query_of(&object.name, &fields, &ids.join(","));
            let answer = soql::run(self.org, &actor.user_id, &q, base).map_err(one)?;
            records.extend(answer.records.into_iter().take(limit.unwrap_or(MOST)));
        }
        records.truncate(search.limit);
        Ok(Reply::ok("SearchResult", json!({ "searchRecords": records })))
    }

    /// Whether every word is in the row's fields: whole words, or their beginnings where it ends in `*`.
    fn matches(&self, actor: &Actor, object: &Object, row: &Row, search: &Search) -> bool {
        let wanted = |field: &&Field| match search.scope.as_str() {
            "NAME" => {
                ["Name", "FirstName", "LastName", "Subject", "CaseNumber"].contains(&field.name.as_str())
            }
            "EMAIL" => field.kind == "email",
            "PHONE" => field.kind == "phone",
            _ => matches!(
                field.kind.as_str(),
                "string" | "textarea" | "email" | "phone" | "url" | "picklist" | "combobox"
            ),
        };
        let fields = object
            .fields
            .iter()
            .filter(wanted)
            .filter(|field| self.org.may_read(&actor.user_id, object, field));
        let all: Vec<String> = fields
            .map(|field| text(row, &field.name).to_lowercase())
            .filter(|value| !value.is_empty())
            .collect();
        let tokens: Vec<&str> =
            all.iter().flat_map(|value| value.split(|c: char| !c.is_alphanumeric())).collect();
        search.words.iter().all(|word| match word.strip_suffix('*') {
            Some(start) => {
                tokens.iter().any(|token| token.starts_with(start))
                    || all.iter().any(|value| value.starts_with(start))
            }
            None => tokens.contains(&word.as_str()) || all.contains(word),
        })
    }
}

/// `Id, Name WHERE x = 1 ORDER BY Name LIMIT 3` of an object, among some of its rows.
fn query_of(object: &str, fields: &str, ids: &str) -> String {
    let upper = fields.to_uppercase();
    let end = [" WHERE ", " ORDER ", " LIMIT ", " OFFSET ", " USING "]
        .iter()
        .filter_map(|word| upper.find(word))
        .min();
    let (list, rest) = fields.split_at(end.unwrap_or(fields.len()));
    let list = if list.trim().is_empty() { "Id" } else { list };
    match rest.trim_start().get(..6).filter(|word| word.eq_ignore_ascii_case("WHERE ")) {
        Some(_) => {
            let condition = rest.trim_start().get(6..).unwrap_or_default();
            let upper = condition.to_uppercase();
            let end = [" ORDER ", " LIMIT ", " OFFSET "].iter().filter_map(|word| upper.find(word)).min();
            let (condition, tail) = condition.split_at(end.unwrap_or(condition.len()));
            format!("SELECT {list} FROM {object} WHERE Id IN ({ids}) AND ({condition}){tail}")
        }
        None => format!("SELECT {list} FROM {object} WHERE Id IN ({ids}){rest}"),
    }
}

/// `FIND {words} IN NAME FIELDS RETURNING Account(Id, Name), Contact LIMIT 5`.
fn read(q: &str) -> std::result::Result<Search, ApiError> {
    let refused = |message: &str| ApiError::new(400, "MALFORMED_SEARCH", message);
    let lacks = "No search term found. The search term must be enclosed in braces.";
    let rest = q.trim_start();
    if !rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("FIND")) {
        return Err(refused(lacks));
    }
    let (before, after) =
        rest.get(4..).and_then(|rest| rest.split_once('{')).ok_or_else(|| refused(lacks))?;
    let (term, mut rest) =
        after.split_once('}').filter(|_| before.trim().is_empty()).ok_or_else(|| refused(lacks))?;
    let mut search = Search { words: words(term)?, scope: "ALL".into(), returning: vec![], limit: MOST };
    let unexpected = |rest: &str| {
        let word = rest.split_whitespace().next().unwrap_or("<EOF>");
        refused(&format!("unexpected token: {word}"))
    };
    while let Some(word) = rest.split_whitespace().next() {
        let after = rest.trim_start().get(word.len()..).unwrap_or_default();
        match word.to_uppercase().as_str() {
            "IN" => {
                let mut two = after.split_whitespace();
                let (scope, fields) =
                    (two.next().unwrap_or_default().to_uppercase(), two.next().unwrap_or_default());
                if !["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"].contains(&scope.as_str())
                    || !fields.eq_ignore_ascii_case("FIELDS")
                {
                    return Err(unexpected(after));
                }
                let at = after.to_uppercase().find("FIELDS").unwrap_or(0) + 6;
                rest = after.get(at..).unwrap_or_default();
                search.scope = scope;
            }
            "RETURNING" => {
                let (returning, tail) = returning(after).ok_or_else(|| unexpected(after))?;
                search.returning = returning;
                rest = tail;
            }
            "LIMIT" => {
                let number = after
                    .split_whitespace()
                    .next()
                    .and_then(|n| n.parse().ok())
                    .ok_or_else(|| unexpected(after))?;
                search.limit = number;
                rest = "";
            }
            _ => return Err(unexpected(rest)),
        }
    }
    Ok(search)
}

/// Object, fields and conditions, most records; and what is left of the text.
type Returning<'t> = (Vec<(String, String, Option<usize>)>, &'t str);

fn returning(text: &str) -> Option<Returning<'_>> {
    let (mut all, mut rest) = (vec![], text.trim_start());
    loop {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        let mut fields = String::new();
        rest = after.trim_start();
        if let Some(inside) = rest.strip_prefix('(') {
            let mut depth = 1;
            let close = inside.char_indices().find(|(_, c)| {
                depth += match c {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
                depth == 0
            })?;
            inside.get(..close.0)?.clone_into(&mut fields);
            rest = inside.get(close.0 + 1..)?.trim_start();
        }
        all.push((name.to_owned(), if fields.is_empty() { "Id".into() } else { fields }, None));
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None => return Some((all, rest)),
        }
    }
}

/// The words of a term, in lower case.
fn words(term: &str) -> std::result::Result<Vec<String>, ApiError> {
    let plain = term.replace(['"', '\\', '(', ')'], " ").to_lowercase();
    let skip = ["and", "or"];
    let words: Vec<String> =
        plain.split_whitespace().filter(|word| !skip.contains(word)).map(str::to_owned).collect();
    if words.iter().map(|word| word.trim_matches('*').chars().count()).sum::<usize>() < 2 {
        let message = format!("search term must be longer than one character: {}", term.trim());
        return Err(ApiError::new(400, "MALFORMED_SEARCH", message));
    }
    Ok(words)
}
