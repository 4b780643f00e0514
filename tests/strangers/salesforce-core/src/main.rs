//! salesforce_core at its ordinary work: OAuth 2.0, describe, query over pages, rows, collections, a search, a query job,
//! an error.

use salesforce_core::client::{AuthFlow, Client, Credentials};
use salesforce_core::restapi::{self, ClientBuilder};
use salesforce_core::soql;
use serde_json::{Value, json};
use std::error::Error;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Tells checks as TAP.
#[derive(Default)]
struct Tap {
    count: u32,
    failed: u32,
}

impl Tap {
    fn tell<T>(&mut self, name: &str, outcome: Result<T>) -> Option<T> {
        self.count += 1;
        let count = self.count;
        match outcome {
            Ok(value) => {
                println!("ok {count} - {name}");
                Some(value)
            }
            Err(error) => {
                self.failed += 1;
                println!("not ok {count} - {name}: {}", format!("{error}: {error:?}").replace('\n', " "));
                None
            }
        }
    }
}

fn ensure(holds: bool, otherwise: impl std::fmt::Debug) -> Result {
    if holds { Ok(()) } else { Err(format!("{otherwise:?}").into()) }
}

fn word(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Credentials of an app, by its label.
fn credentials(org: &Value, app: &str) -> Result<Credentials> {
    let about = &org["apps"][app];
    let text = json!({ "client_id": about["client_id"], "client_secret": about["client_secret"],
        "instance_url": format!("https://{}", word(org, "/hosts/core")), "tenant_id": org["org_id"],
        "username": org["admin"]["username"], "password": org["admin"]["password"] });
    Ok(serde_json::from_value(text)?)
}

async fn by_client(org: &Value) -> Result<Client> {
    let client = Client::builder().credentials(credentials(org, "Quantum Link")?).build()?.connect().await?;
    client.access_token().await?;
    Ok(client)
}

/// The same, said to come from an address: the proxy is told by its user name, so it takes a program of its own.
fn by_client_at(org: &Value, address: &str) -> Result<(bool, String)> {
    let proxy = word(org, "/proxy").replace("://", &format!("://{address}:x@"));
    let mut command = std::process::Command::new(std::env::current_exe()?);
    let output = command.arg("client").env("HTTPS_PROXY", &proxy).env("https_proxy", &proxy).output()?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn client_at_its_address(org: &Value) -> Result {
    let (given, said) = by_client_at(org, "198.51.100.64")?;
    ensure(given, said)
}

fn client_elsewhere(org: &Value) -> Result {
    let (given, said) = by_client_at(org, "192.0.2.10")?;
    ensure(!given && said.contains("ip restricted or invalid login hours"), said)
}

async fn by_password(org: &Value) -> Result<restapi::Client> {
    let builder = Client::builder().credentials(credentials(org, "ERP Connector")?);
    let auth = builder.auth_flow(AuthFlow::UsernamePassword).build()?.connect().await?;
    Ok(ClientBuilder::new(auth).api_version("66.0").build()?)
}

async fn wrong_secret(org: &Value) -> Result {
    let wrong = credentials(org, "Quantum Link")?;
    let refused = Client::builder().credentials(wrong).client_secret("wrong").build()?.connect().await;
    let said = refused.err().map(|error| format!("{error:?}")).unwrap_or_default();
    ensure(said.contains("invalid_client") && said.contains("invalid client credentials"), said)
}

async fn describe(rest: &restapi::Client) -> Result {
    let account = rest.describe("Account").send().await?;
    ensure(account.name == "Account" && account.fields.iter().any(|field| field.name == "Name"), account.name)?;
    let info = rest.basic_info("Account").send().await?;
    ensure(info.object_describe.name == "Account", info.object_describe.name)
}

async fn paging(rest: &restapi::Client) -> Result {
    let mut page = rest.query("SELECT Id, Username FROM User").send().await?;
    let (mut rows, mut pages) = (page.records.len(), 1);
    while let Some(next) = page.next_records_url.take() {
        page = rest.query_more(next).send().await?;
        rows += page.records.len();
        pages += 1;
    }
    ensure(pages == 2 && page.done && i64::try_from(rows)? == i64::from(page.total_size), (pages, rows))
}

async fn rows(rest: &restapi::Client) -> Result {
    let name = "O'Brien & Söhne";
    let made = rest.create("Account", json!({ "Name": name, "Industry": "Technology" })).send().await?;
    ensure(made.success, &made.id)?;
    let quoted = format!("SELECT Id FROM Account WHERE Name = {}", soql::quote(name));
    let found = rest.query(quoted).send().await?;
    ensure(found.total_size == 1, found.total_size)?;
    rest.update("Account", &made.id, json!({ "Industry": "Finance" })).send().await?;
    let row = rest.get("Account", &made.id).fields("Id,Industry").send().await?;
    ensure(word(&row, "/Industry") == "Finance", &row)?;
    rest.delete("Account", &made.id).send().await?;
    ensure(rest.get("Account", &made.id).send().await.is_err(), "the deleted row is there")
}

async fn errors(rest: &restapi::Client) -> Result {
    let refused = rest.query("SELECT Nothing FROM Account").send().await;
    let said = refused.err().map(|error| format!("{error:?}")).unwrap_or_default();
    ensure(said.contains("INVALID_FIELD") && said.contains("No such column 'Nothing'"), said)?;
    let refused = rest.create("Account", json!({ "Name": null })).send().await;
    let said = refused.err().map(|error| format!("{error:?}")).unwrap_or_default();
    ensure(said.contains("REQUIRED_FIELD_MISSING"), said)
}

#[tokio::main]
async fn main() -> Result {
    let org: Value = serde_json::from_str(&std::env::var("ORG")?)?;
    let mut tap = Tap::default();
    if std::env::args().nth(1).as_deref() == Some("client") {
        by_client(&org).await?;
        return Ok(());
    }
    tap.tell("is given a token by client credentials within the user's login IP ranges", client_at_its_address(&org));
    tap.tell("is given none elsewhere", client_elsewhere(&org));
    let rest = tap.tell("is given a token by user name and password", by_password(&org).await);
    tap.tell("is told invalid_client for a wrong secret", wrong_secret(&org).await);
    if let Some(rest) = &rest {
        tap.tell("describes an object", describe(rest).await);
        tap.tell("follows a query over its pages", paging(rest).await);
        tap.tell("creates, finds, updates and deletes a row", rows(rest).await);
        tap.tell("is told of an unknown field and a required one", errors(rest).await);
    }
    println!("1..{}", tap.count);
    std::process::exit(i32::from(tap.failed > 0))
}
