//! `leastwise-org`: the org as a server, until it is ended.
//!
//! It never prints more than one line on standard output: the JSON that says how to reach it.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use clap::Parser;
use leastwise_org::page::{Hosts, LOGIN_HOSTS, PageOptions};
use leastwise_org::proxy::{self, Sources};
use leastwise_org::server::{self, State};
use leastwise_org::store::{Org, PASSWORD, set, text};
use leastwise_org::{fault, scale, seed};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

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
    let hosts = Hosts::of(org.my_domain());
    let (config, ca) = certificates(&hosts)?;
    let folder = std::env::temp_dir().join(format!("leastwise-org-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ca_path = folder.join("ca.pem");
    std::fs::write(&ca_path, ca)?;

    let listener = TcpListener::bind(("127.0.0.1", options.port))
        .with_context(|| format!("port {} is taken", options.port))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let proxy = tokio::net::TcpListener::bind(("127.0.0.1", options.proxy_port))
        .await
        .with_context(|| format!("port {} is taken", options.proxy_port))?;
    let mut line = ready(&org, port, &ca_path.to_string_lossy(), &admin);
    set(&mut line, "proxy", json!(format!("http://{}", proxy.local_addr()?)));
    let sources = Sources::default();
    tokio::spawn(proxy::serve(proxy, hosts.names(), ([127, 0, 0, 1], port).into(), sources.clone()));
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
    let router =
        Router::new().fallback(move |request: Request<Body>| server::answer(shared.clone(), request));
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(config));
    let mut server = axum_server::from_tcp_rustls(listener, tls)?;
    // `Content-Type`, not `content-type`, over HTTP/1.1: so the platform writes it, and clients look for it.
    server.http_builder().http1().title_case_headers(true);
    let server = server.serve(router.into_make_service_with_connect_info::<std::net::SocketAddr>());
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

/// A certificate authority of the moment, and the server's certificate.
fn certificates(hosts: &Hosts) -> Result<(rustls::ServerConfig, String)> {
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::new(Vec::<String>::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(rcgen::DnType::CommonName, "Leastwise stand-in org");
    let ca_certificate = ca.self_signed(&ca_key)?;
    let issuer = Issuer::new(ca, ca_key);
    let names = [
        "*.my.salesforce.com",
        "*.my.salesforce-setup.com",
        "*.lightning.force.com",
        "localhost",
        "127.0.0.1",
    ];
    let names: Vec<String> = names.map(str::to_owned).into_iter().chain(hosts.names()).collect();
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let chain =
        vec![CertificateDer::from(leaf.der().to_vec()), CertificateDer::from(ca_certificate.der().to_vec())];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok((config, ca_certificate.pem()))
}
