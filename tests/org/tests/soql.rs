//! SOQL as published: what each clause gives, and what is refused, with code, place and sentence.
//!
//! It never opens a socket: a query is a text, and its answer a value.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

use leastwise_org::store::{Org, object, text};
use leastwise_org::{seed, soql};
use serde_json::{Value, json};
use std::path::Path;

struct Setup {
    org: Org,
    admin: String,
}

impl Setup {
    fn new() -> Setup {
        let mut org = Org::new("acme");
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
        let admin = seed::load(&mut org, &[seed]).unwrap().id;
        Setup { org, admin }
    }

    fn rows(&self, query: &str) -> Vec<Value> {
        soql::run(&self.org, &self.admin, query, "/services/data/v62.0")
            .unwrap_or_else(|e| panic!("{query}: {}", e.message))
            .records
    }

    fn total(&self, query: &str) -> usize {
        soql::run(&self.org, &self.admin, query, "")
            .unwrap_or_else(|e| panic!("{query}: {}", e.message))
            .total
    }

    /// Code, and the last line of the message.
    fn refused(&self, query: &str) -> (String, String) {
        let error =
            soql::run(&self.org, &self.admin, query, "").err().unwrap_or_else(|| panic!("{query} is taken"));
        (error.code, error.message.lines().last().unwrap_or_default().to_owned())
    }
}

#[test]
fn errors_point_at_the_row_and_column() {
    let setup = Setup::new();
    let error = soql::run(&setup.org, &setup.admin, "SELECT Id,\n  Nope\nFROM User", "").unwrap_err();
    assert!(
        error
            .message
            .starts_with("\n  Nope\n  ^\nERROR at Row:2:Column:3\nNo such column 'Nope' on entity 'User'."),
        "{}",
        error.message
    );
    let error = soql::run(&setup.org, &setup.admin, "SELECT Id FROM User WHERE Name = 'é' AND Nope = 1", "")
        .unwrap_err();
    assert!(
        error.message.contains("ERROR at Row:1:Column:42\n"),
        "columns are characters: {}",
        error.message
    );
}

#[test]
fn refusals() {
    let setup = Setup::new();
    for (query, code, sentence) in [
        ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT FROM User", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
        ("SELECT Id FROM User;", "MALFORMED_QUERY", "line 1:19 no viable alternative at character ';'"),
        (
            "SELECT Id FROM User WHERE Name = :x",
            "MALFORMED_QUERY",
            "Bind variables only allowed in Apex code",
        ),
        (
            "SELECT Id FROM User WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        (
            "SELECT Id FROM User WHERE Name = 'a",
            "MALFORMED_QUERY",
            "line 1:35 mismatched character '<EOF>' expecting '''",
        ),
        (
            "SELECT Id FROM User WHERE Name = 'a\\q'",
            "MALFORMED_QUERY",
            "Invalid string literal. Illegal character sequence in string literal",
        ),
        (
            "SELECT Id FROM User LIMIT 1 OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset allowed is 2000",
        ),
        ("SELECT Id FROM User ALL ROWS", "MALFORMED_QUERY", "ALL ROWS not allowed in this context"),
        ("SELECT Id, Id FROM User", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id n FROM User", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        (
            "SELECT Id FROM User WHERE CreatedDate = '2024-01-01'",
            "INVALID_FIELD",
            "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE CreatedDate > 2024-01-01",
            "INVALID_FIELD",
            "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE IsActive = 'true'",
            "INVALID_FIELD",
            "value of filter criterion for field 'IsActive' must be of type boolean and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE Name = 5",
            "INVALID_FIELD",
            "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
        ),
        ("SELECT Id FROM User WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        (
            "SELECT Id FROM User WHERE Id LIKE '005%'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on id field",
        ),
        (
            "SELECT Id FROM LoginHistory WHERE Status = 'Success'",
            "INVALID_FIELD",
            "field 'Status' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM User WHERE Address != null",
            "INVALID_FIELD",
            "field 'Address' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM User ORDER BY AboutMe",
            "MALFORMED_QUERY",
            "field 'AboutMe' can not be sorted in a query call",
        ),
        (
            "SELECT CreatedDate, COUNT(Id) FROM User GROUP BY CreatedDate",
            "MALFORMED_QUERY",
            "field 'CreatedDate' can not be grouped in a query call",
        ),
        (
            "SELECT Name, COUNT(Id) FROM User GROUP BY ProfileId",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Name",
        ),
        (
            "SELECT ProfileId FROM User GROUP BY ProfileId ORDER BY Name",
            "MALFORMED_QUERY",
            "Ordered field must be grouped or aggregated: Name",
        ),
        (
            "SELECT ProfileId, COUNT(ProfileId) FROM User GROUP BY ProfileId",
            "MALFORMED_QUERY",
            "Grouped field should not be aggregated: ProfileId",
        ),
        (
            "SELECT COUNT(Id) FROM User LIMIT 1",
            "MALFORMED_QUERY",
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        ),
        (
            "SELECT SUM(Name) FROM User",
            "MALFORMED_QUERY",
            "field Name does not support aggregate operator SUM",
        ),
        (
            "SELECT Id FROM User WHERE ManagerId IN (SELECT Id FROM User)",
            "MALFORMED_QUERY",
            "The inner and outer selects should not be on the same object type",
        ),
        (
            "SELECT Id FROM User WHERE Name IN (SELECT Id FROM Profile)",
            "MALFORMED_QUERY",
            "The left operand field in the where expression for outer query should be an id field, cannot use: 'Name'",
        ),
        (
            "SELECT Id FROM User WHERE ProfileId IN (SELECT Name FROM Profile)",
            "MALFORMED_QUERY",
            "semi join sub-selects can only query id fields, cannot use: 'Name'",
        ),
        (
            "SELECT Id FROM User WHERE IsActive = true OR ProfileId IN (SELECT Id FROM Profile)",
            "MALFORMED_QUERY",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        (
            "SELECT Id FROM User WHERE ProfileId IN (SELECT Id FROM Profile WHERE UserLicenseId IN (SELECT Id FROM UserLicense))",
            "MALFORMED_QUERY",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            "SELECT FIELDS(ALL) FROM User",
            "MALFORMED_QUERY",
            "The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        (
            "SELECT Id FROM User WHERE CreatedDate = LAST_N_DAYS",
            "MALFORMED_QUERY",
            "unexpected token: 'LAST_N_DAYS'",
        ),
        ("SELECT Id FROM User WITH ANY_MODE", "MALFORMED_QUERY", "unexpected token: 'ANY_MODE'"),
    ] {
        assert_eq!(setup.refused(query), (code.to_owned(), sentence.to_owned()), "{query}");
    }
    assert!(
        setup
            .refused("SELECT (SELECT Id FROM Nothings) FROM Profile")
            .1
            .starts_with("Didn't understand relationship 'Nothings' in FROM part of query call.")
    );
    assert_eq!(setup.refused("SELECT Nope.Name FROM User").0, "INVALID_FIELD");
    assert_eq!(
        setup.refused(&format!("SELECT Id FROM User WHERE Name = '{}'", "x".repeat(100_000))).0,
        "QUERY_TOO_COMPLICATED"
    );
}

#[test]
fn totals_of_rollup_and_cube() {
    let setup = Setup::new();
    let users = setup.org.rows("User").count();
    let plain = setup.rows("SELECT IsActive, UserType, COUNT(Id) n FROM User GROUP BY IsActive, UserType");
    let rolled = setup.rows("SELECT IsActive, UserType, COUNT(Id) n, GROUPING(UserType) g FROM User GROUP BY ROLLUP(IsActive, UserType)");
    let by_active = setup.rows("SELECT IsActive, COUNT(Id) n FROM User GROUP BY IsActive");
    assert_eq!(rolled.len(), plain.len() + by_active.len() + 1);
    let grand = rolled.last().unwrap();
    assert_eq!((&grand["n"], &grand["g"], &grand["IsActive"]), (&json!(users), &json!(1), &Value::Null));
    let by_type = setup.rows("SELECT UserType, COUNT(Id) n FROM User GROUP BY UserType");
    let cubed =
        setup.rows("SELECT IsActive, UserType, COUNT(Id) n FROM User GROUP BY CUBE(IsActive, UserType)");
    assert_eq!(cubed.len(), rolled.len() + by_type.len());
    let many = setup.rows("SELECT ProfileId, COUNT(Id) n FROM User GROUP BY ProfileId HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC NULLS LAST");
    assert!(!many.is_empty() && many.iter().all(|row| row["n"].as_u64().unwrap() > 1));
    assert!(many.windows(2).all(|pair| pair[0]["n"].as_u64() >= pair[1]["n"].as_u64()));
    assert_eq!(setup.total("SELECT COUNT() FROM User LIMIT 3"), 3);
    let distinct = setup.rows("SELECT COUNT_DISTINCT(ProfileId) FROM User");
    assert_eq!(
        distinct[0]["expr0"].as_u64().unwrap() as usize,
        setup.rows("SELECT ProfileId FROM User GROUP BY ProfileId").len()
    );
}

#[test]
fn dates_and_their_functions() {
    let setup = Setup::new();
    let all = setup.total("SELECT COUNT() FROM LoginHistory");
    let parts = setup.rows("SELECT DAY_ONLY(LoginTime) d, COUNT(Id) n FROM LoginHistory GROUP BY DAY_ONLY(LoginTime) ORDER BY DAY_ONLY(LoginTime)");
    assert_eq!(parts.iter().map(|row| row["n"].as_u64().unwrap() as usize).sum::<usize>(), all);
    assert!(parts.windows(2).all(|pair| pair[0]["d"].as_str() < pair[1]["d"].as_str()));
    let (today, yesterday, before) = (
        setup.total("SELECT Id FROM LoginHistory WHERE LoginTime = TODAY"),
        setup.total("SELECT Id FROM LoginHistory WHERE LoginTime = YESTERDAY"),
        setup.total("SELECT Id FROM LoginHistory WHERE LoginTime < YESTERDAY"),
    );
    assert_eq!(
        today + yesterday + before + setup.total("SELECT Id FROM LoginHistory WHERE LoginTime > TODAY"),
        all
    );
    assert_eq!(today + yesterday, setup.total("SELECT Id FROM LoginHistory WHERE LoginTime = LAST_N_DAYS:1"));
    assert_eq!(yesterday, setup.total("SELECT Id FROM LoginHistory WHERE LoginTime = N_DAYS_AGO:1"));
    let year = parts.last().unwrap()["d"].as_str().unwrap()[..4].to_owned();
    assert!(setup.total(&format!("SELECT Id FROM LoginHistory WHERE CALENDAR_YEAR(LoginTime) = {year}")) > 0);
    assert_eq!(setup.total("SELECT Id FROM LoginHistory WHERE LoginTime > 2999-01-01T00:00:00+02:00"), 0);
    assert!(setup.rows("SELECT HOUR_IN_DAY(convertTimezone(LoginTime)) h FROM LoginHistory GROUP BY HOUR_IN_DAY(convertTimezone(LoginTime))").len() <= 24);
}

#[test]
fn names_up_and_down() {
    let setup = Setup::new();
    let rows = setup
        .rows("SELECT u.Name, p.Name FROM User u, u.Profile p WHERE p.Name = 'Acme Sales' ORDER BY u.Name");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["Profile"]["Name"] == "Acme Sales"));
    let lists = setup.rows("SELECT Name, (SELECT Name FROM Users ORDER BY Name DESC LIMIT 1) FROM Profile WHERE Id IN (SELECT ProfileId FROM User)");
    assert!(lists.iter().all(|row| row["Users"]["totalSize"] == 1));
    let none = setup.rows("SELECT Name, (SELECT Name FROM Users) FROM Profile WHERE Id NOT IN (SELECT ProfileId FROM User) LIMIT 1");
    assert!(none[0]["Users"].is_null());
    assert_eq!(
        setup.total("SELECT Id FROM User WHERE Username IN ('ERP.Sync@ACME.example')"),
        1,
        "user names have no case"
    );
    let short = &text(setup.org.rows_by("User", "Username", "erp.sync@acme.example")[0], "Id")[..15];
    assert_eq!(setup.total(&format!("SELECT Id FROM User WHERE Id = '{short}'")), 1);
    let typed = setup.rows("SELECT TYPEOF Profile WHEN Profile THEN Name ELSE Id END FROM User LIMIT 1");
    assert!(typed[0]["Profile"]["Name"].is_string());
    let shown = setup.rows(
        "SELECT toLabel(UserType), FORMAT(CreatedDate) made FROM User WHERE CreatedDate != null LIMIT 1",
    );
    assert!(shown[0]["UserType"].is_string() && shown[0]["made"].as_str().unwrap().contains('/'));
    assert_eq!(
        setup.total("SELECT Id FROM User FOR VIEW"),
        setup.total("SELECT Id FROM User USING SCOPE everything")
    );
}

#[test]
fn texts_are_read_with_their_escapes() {
    let mut setup = Setup::new();
    for name in ["100% sure", "1000 sure", "it's", "a_b", "axb", "line\nbreak"] {
        setup.org.put("UserRole", object(json!({ "Name": name })));
    }
    for (condition, wanted) in [
        ("Name LIKE '100\\%%'", 1),
        ("Name LIKE '100%'", 2),
        ("Name = '100\\% sure'", 1),
        ("Name = 'it\\'s'", 1),
        ("Name LIKE 'a\\_b'", 1),
        ("Name LIKE 'a_b'", 2),
        ("Name = 'line\\nbreak'", 1),
        ("Name = '\\u0069t\\'s'", 1),
        ("NOT Name LIKE '%sure'", setup.org.rows("UserRole").count() - 2),
    ] {
        assert_eq!(setup.total(&format!("SELECT Id FROM UserRole WHERE {condition}")), wanted, "{condition}");
    }
    let nulls =
        setup.rows("SELECT Name, ParentRoleId FROM UserRole ORDER BY ParentRoleId NULLS LAST, Name DESC");
    assert!(nulls.last().unwrap()["ParentRoleId"].is_null());
}
