//! The org on loopback, over TLS: its port, the proxy beside it, and the certificate authority that vouches for it.
//!
//! It never listens beyond this machine.

use crate::page::Hosts;
use crate::proxy;
use crate::server::{self, Shared};
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::future::Future;
use std::net::TcpListener;
use std::sync::{Arc, PoisonError};

/// Where the org is to be found.
#[derive(Debug, Clone)]
pub struct Listening {
    /// The port of the org itself, on 127.0.0.1.
    pub port: u16,
    /// The proxy for clients that cannot be told where names lead.
    pub proxy: String,
    /// The certificate authority, as PEM.
    pub ca: String,
}

/// Opens the ports (any free one for 0); what is returned serves until it is dropped.
///
/// # Errors
/// A port is taken, or no certificate could be made.
pub async fn listen(
    shared: Shared,
    port: u16,
    proxy_port: u16,
) -> Result<(Listening, impl Future<Output = std::io::Result<()>>)> {
    let (hosts, sources) = {
        let state = shared.lock().unwrap_or_else(PoisonError::into_inner);
        (Hosts::of(state.org.my_domain()), state.sources.clone())
    };
    let (config, ca) = certificates(&hosts)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("port {port} is taken"))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let proxy = tokio::net::TcpListener::bind(("127.0.0.1", proxy_port))
        .await
        .with_context(|| format!("port {proxy_port} is taken"))?;
    let listening = Listening { port, proxy: format!("http://{}", proxy.local_addr()?), ca };
    tokio::spawn(proxy::serve(proxy, hosts.names(), ([127, 0, 0, 1], port).into(), sources));
    let router =
        Router::new().fallback(move |request: Request<Body>| server::answer(shared.clone(), request));
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(config));
    let mut server = axum_server::from_tcp_rustls(listener, tls)?;
    // `Content-Type`, not `content-type`, over HTTP/1.1: so the platform writes it, and clients look for it.
    server.http_builder().http1().title_case_headers(true);
    Ok((listening, server.serve(router.into_make_service_with_connect_info::<std::net::SocketAddr>())))
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
