//! `leastwise-org`: the org as a server, until it is ended.
//!
//! It never prints more than one line on standard output: the JSON that says how to reach it.

use anyhow::{Context, Result};
use clap::Parser;
use leastwise_org::listen::listen;
use leastwise_org::page::{Hosts, LOGIN_HOSTS, PageOptions};
use leastwise_org::proxy::Sources;
use leastwise_org::server::State;
use leastwise_org::store::{Org, PASSWORD, set, text};
use leastwise_org::{fault, scale, seed};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A stand-in for a Salesforce org, on loopback.
#[derive(Debug, Parser)]
#[command(name = "org", version)]
struct Options {
    /// The port; any free one when none.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A folder of Salesforce source and record trees; the built-in acme when none.
    #[arg(long)]
    seed: Vec<PathBuf>,
    /// Milliseconds that each API answer waits.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// USERS,PROFILES[,SETS[,INTEGRATIONS]] to add, made up.
    #[arg(long)]
    scale: Option<scale::Scale>,
    /// Pages with a content-security policy stricter than the platform's.
    #[arg(long)]
    strict_csp: bool,
    /// The port of the proxy for clients that cannot be told where names lead; any free one when none.
    #[arg(long, default_value_t = 0)]
    proxy_port: u16,
    /// It is the sandbox of this name, not production.
    #[arg(long)]
    sandbox: Option<String>,
    /// Settings of the control address as JSON: {"sessionTimeout":900,"soapLogin":false,…}.
    #[arg(long)]
    options: Option<String>,
    /// A fault as JSON, as the control address takes it.
    #[arg(long)]
    fault: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let mut org = Org::new("acme");
    if let Some(name) = &options.sandbox {
        org.become_sandbox(name);
    }
    let folders = if options.seed.is_empty() { vec![acme()] } else { options.seed.clone() };
    let admin = seed::load(&mut org, &folders)?;
    if let Some(scale) = options.scale {
        scale::add_all(&mut org, scale);
    }
    let faults = options
        .fault
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).map(|value| fault::Fault::from_json(&value)))
        .collect::<Result<Vec<_>, _>>()
        .context("--fault takes JSON")?;
    faults.iter().for_each(|fault| fault.begin(&mut org));

    if let Some(text) = &options.options {
        org.identity.set(&serde_json::from_str(text).context("--options takes JSON")?);
    }
    let sources = Sources::default();
    let state = State {
        org,
        faults: fault::Faults(faults),
        cursors: Default::default(),
        requests: vec![],
        latency: options.latency,
        options: PageOptions { strict_csp: options.strict_csp },
        passes: Default::default(),
        sources,
    };
    let shared = Arc::new(Mutex::new(state));
    let (listening, server) = listen(shared.clone(), options.port, options.proxy_port).await?;
    let folder = std::env::temp_dir().join(format!("leastwise-org-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ca_path = folder.join("ca.pem");
    std::fs::write(&ca_path, &listening.ca)?;
    let line = {
        let state = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = ready(&state.org, listening.port, &ca_path.to_string_lossy(), &admin);
        set(&mut line, "proxy", json!(listening.proxy));
        line
    };
    {
        use std::io::Write;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    tokio::select! {
        ended = server => ended?,
        () = asked_to_end() => {}
    }
    std::fs::remove_dir_all(folder).ok();
    Ok(())
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
}

fn acme() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds/acme")
}

/// The line that says how to reach it.
fn ready(org: &Org, port: u16, ca: &str, admin: &seed::Admin) -> Value {
    let hosts = Hosts::of(org.my_domain());
    let map = |object: &str, field: &str| -> Value {
        json!(
            org.rows(object)
                .map(|row| (text(row, field).to_owned(), text(row, "Id").to_owned()))
                .collect::<std::collections::BTreeMap<_, _>>()
        )
    };
    let rules = ["*.my.salesforce.com", "*.my.salesforce-setup.com", "*.lightning.force.com"]
        .into_iter()
        .chain(LOGIN_HOSTS)
        .map(|name| format!("MAP {name}:443 127.0.0.1:{port}"))
        .collect::<Vec<_>>()
        .join(",");
    json!({ "port": port, "ca": ca, "hosts": { "core": hosts.core, "setup": hosts.setup, "lightning": hosts.lightning },
        "chromium_args": [format!("--host-resolver-rules={rules},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1"), "--ignore-certificate-errors"],
        "org_id": org.org_id(), "admin": { "id": admin.id, "username": admin.username, "password": PASSWORD },
        "users": map("User", "Username"), "profiles": map("Profile", "Name"), "apps": apps(org) })
}

/// What clients of OAuth need to know of each app.
fn apps(org: &Org) -> Value {
    let own = org.apps().into_iter().filter(|app| !app.id.is_empty());
    json!(
        own.map(|app| {
            let callback = app.callbacks.first().cloned();
            let about =
                json!({ "client_id": app.key, "client_secret": app.secret, "redirect_uri": callback });
            (app.label, about)
        })
        .collect::<std::collections::BTreeMap<_, _>>()
    )
}
