//! Queries over the org's rows.
//!
//! It never shows a viewer what their permissions hide: rows are filtered as the platform filters them.

use super::filter::Test;
use super::parse::{Expr, Item, Operand, Query};
use super::path::Left;
use super::project::Plan;
use super::value::{Op, Right, ordered};
use super::{Answer, at_name};
use crate::error::ApiError;
use crate::schema::{Field, Object};
use crate::store::{Org, Row, text};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a query runs against.
pub struct Eval<'a> {
    /// The org.
    pub org: &'a Org,
    /// Who asks.
    pub viewer: &'a str,
    /// The query's text, for errors.
    pub text: &'a str,
    /// `/services/data/vNN.0`, for the records' urls.
    pub base: &'a str,
    /// Rows in the recycle bin too: queryAll.
    pub all: bool,
}

/// OauthToken gives so many rows in all. Source: Object Reference, OauthToken.
const TOKEN_ROWS: usize = 2_500;

/// Which rows of an object a viewer sees.
enum Visible {
    All,
    /// Those whose field is the viewer.
    Own(&'static str),
    None,
}

/// Objects whose rows are made as they are asked for, and the columns of which one must be said. Source: recorded
/// refusals.
const REIFIED: &[(&str, &[&str])] = &[
    ("FieldDefinition", &["EntityDefinitionId", "DurableId"]),
    ("EntityParticle", &["EntityDefinitionId", "FieldDefinitionId", "DurableId"]),
];

/// Refuses a query of such an object that does not say of which one it asks.
fn reified(object: &Object, query: &Query) -> Result<(), ApiError> {
    let Some((name, columns)) = REIFIED.iter().find(|(name, _)| *name == object.name) else { return Ok(()) };
    let says = |field: &str| {
        columns.iter().any(|column| column.eq_ignore_ascii_case(field))
            || field.to_lowercase().starts_with("entitydefinition.")
    };
    let mut parts: Vec<&Expr> = query.filter.iter().collect();
    while let Some(part) = parts.pop() {
        match part {
            Expr::And(all) => parts.extend(all),
            Expr::Compare(Operand::Field(field), sign, _) if sign == "=" && says(field) => return Ok(()),
            Expr::In(Operand::Field(field), false, _) | Expr::Semi(field, false, _) if says(field) => {
                return Ok(());
            }
            _ => {}
        }
    }
    let message = format!("{name}: a filter on a reified column is required [{}]", columns.join(","));
    Err(ApiError::new(400, "MALFORMED_QUERY", message))
}

impl<'a> Eval<'a> {
    /// Runs it.
    pub fn run(&self, query: &Query) -> Result<Answer, ApiError> {
        let object = self.object(&query.from)?;
        if !object.is('q') && !object.flags.is_empty() {
            let message = format!("entity type {} does not support query", object.name);
            return Err(at_name(self.text, &query.from, "INVALID_TYPE_FOR_OPERATION", &message));
        }
        self.check_scope(query)?;
        reified(object, query)?;
        if Eval::is_aggregate(query) {
            self.check_counted(object, query)?;
            let rows = self.filtered(object, query, None)?;
            return self.aggregated(object, query, &rows);
        }
        if query.having.is_some() {
            return Err(super::malformed(
                self.text,
                super::place(self.text, "HAVING", false),
                "unexpected token: 'HAVING'",
            ));
        }
        let plan = self.plan(object, query)?;
        let mut rows = self.rows(&plan, None)?;
        let tokens = object.name == "OauthToken";
        if tokens {
            rows.truncate(TOKEN_ROWS);
        }
        let records = rows.iter().map(|row| self.record(&plan, row)).collect::<Result<Vec<_>, _>>()?;
        Ok(Answer { total: records.len(), records, page: if tokens { 500 } else { 2_000 } })
    }

    /// An object by name, when there is one and the viewer may read it.
    pub(super) fn object(&self, name: &str) -> Result<&'a Object, ApiError> {
        let seen = |object: &&Object| {
            object.is_of(self.base)
                && self.org.sees(self.viewer, object)
                && self.org.schema.is_since(&object.name, "", self.version())
        };
        self.org.schema.object(name).filter(seen).ok_or_else(|| {
            let message = format!("sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.");
            at_name(self.text, name, "INVALID_TYPE", &message)
        })
    }

    /// A field of an object by name, when there is one and the viewer may read it.
    pub(super) fn field(&self, object: &'a Object, name: &str) -> Option<&'a Field> {
        object.field(name).filter(|field| {
            self.org.may_read(self.viewer, object, field)
                && self.org.schema.is_since(&object.name, &field.name, self.version())
        })
    }

    /// The API version that is asked, after the address; the newest where it has none.
    fn version(&self) -> u32 {
        let version = self.base.strip_prefix("/services/data/v").and_then(|rest| rest.split('.').next());
        version.and_then(|version| version.parse().ok()).unwrap_or(u32::MAX)
    }

    /// Of the setup audit trail there is `COUNT()` alone. Source: Object Reference, SetupAuditTrail ("only COUNT()").
    fn check_counted(&self, object: &Object, query: &Query) -> Result<(), ApiError> {
        let counts = matches!(query.select.as_slice(), [Item::Call(name, None, None)] if name == "COUNT");
        if object.name != "SetupAuditTrail" || (counts && query.group.is_empty()) {
            return Ok(());
        }
        let message = "Only COUNT() is supported on SetupAuditTrail";
        Err(at_name(self.text, "SELECT", "MALFORMED_QUERY", message))
    }

    fn check_scope(&self, query: &Query) -> Result<(), ApiError> {
        let Some(scope) = &query.scope else { return Ok(()) };
        let known = [
            "everything",
            "mine",
            "mineAndMyGroups",
            "delegated",
            "team",
            "my_territory",
            "my_team_territory",
        ];
        if known.iter().any(|name| name.eq_ignore_ascii_case(scope)) {
            return Ok(());
        }
        Err(at_name(self.text, scope, "MALFORMED_QUERY", &format!("unexpected token: '{scope}'")))
    }

    /// The rows of a query: filtered, in order, cut. `of`: a child list's field and parent.
    pub(super) fn rows(
        &self,
        plan: &Plan<'a, '_>,
        of: Option<(&str, &str)>,
    ) -> Result<Vec<&'a Row>, ApiError> {
        let query = plan.query;
        let by: Vec<Left<'a>> = query
            .order
            .iter()
            .map(|order| self.left(plan.object, query, &order.by, "sorted"))
            .collect::<Result<_, _>>()?;
        let rows = self.picked(plan.object, query, plan.test.as_ref(), of);
        let cut = |rows: Vec<&'a Row>| {
            rows.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect::<Vec<_>>()
        };
        if by.is_empty() {
            return Ok(cut(rows));
        }
        let mut keyed: Vec<(Vec<Value>, &'a Row)> = rows
            .into_iter()
            .map(|row| (by.iter().map(|left| left.of(self.org, row)).collect(), row))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| {
            a.iter()
                .zip(b)
                .zip(&query.order)
                .map(|((a, b), order)| ordered(a, b, order))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(cut(keyed.into_iter().map(|(_, row)| row).collect()))
    }

    /// The rows of an object that the viewer sees and the filter takes.
    pub(super) fn filtered(
        &self,
        object: &'a Object,
        query: &Query,
        of: Option<(&str, &str)>,
    ) -> Result<Vec<&'a Row>, ApiError> {
        let test = query.filter.as_ref().map(|filter| self.test(object, query, filter)).transpose()?;
        Ok(self.picked(object, query, test.as_ref(), of))
    }

    fn picked(
        &self,
        object: &'a Object,
        query: &Query,
        test: Option<&Test<'a>>,
        of: Option<(&str, &str)>,
    ) -> Vec<&'a Row> {
        let visible = self.visible(object);
        let mine = query.scope.as_ref().is_some_and(|scope| !scope.eq_ignore_ascii_case("everything"))
            && object.field("OwnerId").is_some();
        let wanted = |row: &&'a Row| {
            (match visible {
                Visible::All => true,
                Visible::Own(field) => text(row, field) == self.viewer,
                Visible::None => false,
            }) && (!mine || text(row, "OwnerId") == self.viewer)
                && test.is_none_or(|test| test.passes(self.org, row))
        };
        let few = match of {
            Some((field, id)) => Some(self.org.rows_by(&object.name, field, id)),
            None => test.and_then(|test| self.narrowed(object, test)),
        };
        let mut rows: Vec<&'a Row> = match few {
            Some(rows) => rows.into_iter().filter(wanted).collect(),
            None => self.org.rows(&object.name).filter(wanted).collect(),
        };
        if self.all {
            let parent = |row: &&'a Row| of.is_none_or(|(field, id)| text(row, field) == id);
            rows.extend(self.org.binned(&object.name).filter(parent).filter(wanted));
        }
        rows
    }

    /// The few rows that a condition on an id or an indexed field leaves, by id.
    fn narrowed(&self, object: &'a Object, test: &Test<'a>) -> Option<Vec<&'a Row>> {
        let mut found: Option<Vec<&'a Row>> = None;
        let mut take = |left: &Left<'a>, values: &mut dyn Iterator<Item = &String>| {
            if left.function.is_some() || !left.path.is_direct() {
                return;
            }
            let name = left.path.field.name.as_str();
            let mut rows: BTreeMap<&str, &'a Row> = BTreeMap::new();
            if name == "Id" {
                rows.extend(
                    values.filter_map(|id| self.org.row(&object.name, id)).map(|row| (text(row, "Id"), row)),
                );
            } else if Org::is_indexed(name) {
                for value in values {
                    rows.extend(
                        self.org
                            .rows_by(&object.name, name, value)
                            .into_iter()
                            .map(|row| (text(row, "Id"), row)),
                    );
                }
            } else {
                return;
            }
            if found.as_ref().is_none_or(|before| rows.len() < before.len()) {
                found = Some(rows.into_values().collect());
            }
        };
        let mut parts = vec![test];
        while let Some(part) = parts.pop() {
            match part {
                Test::All(all) => parts.extend(all.iter()),
                Test::Compare(left, Op::Equal, Right::Id(value) | Right::Text(value, _)) => {
                    take(left, &mut std::iter::once(value));
                }
                Test::In(left, false, set, rest) if rest.is_empty() => take(left, &mut set.iter()),
                Test::Semi(left, false, set) => take(left, &mut set.iter()),
                _ => {}
            }
        }
        found
    }

    /// What the viewer's permissions leave to be seen.
    fn visible(&self, object: &Object) -> Visible {
        let has =
            |any: &[&str]| any.iter().any(|permission| self.org.has_permission(self.viewer, permission));
        let (needs, own): (&[&str], _) = match object.name.as_str() {
            "LoginHistory" => (&["ManageUsers", "MonitorLoginHistory"], Some("UserId")),
            "OauthToken" => (&["CustomizeApplication"], Some("UserId")),
            "AuthSession" => (&["ManageUsers"], Some("UsersId")),
            "PermissionSetAssignment" => {
                (&["ViewSetup", "AssignPermissionSets", "ManageUsers"], Some("AssigneeId"))
            }
            "UserLogin" => (&["ManageUsers", "FreezeUsers"], None),
            // "The permissions accessibility for a current user": nobody else's, whoever asks (Object Reference).
            "UserPermissionAccess" => return Visible::Own("UserId"),
            "UserRole" => (&["ViewRoles", "ManageRoles", "ViewSetup"], None),
            "EventLogFile" => (&["ViewEventLogFiles", "ViewAllData"], None),
            "SetupAuditTrail" | "CronTrigger" | "ConnectedApplication" => (&["ViewSetup"], None),
            _ => return Visible::All,
        };
        match own {
            _ if has(needs) => Visible::All,
            Some(field) => Visible::Own(field),
            None => Visible::None,
        }
    }
}
