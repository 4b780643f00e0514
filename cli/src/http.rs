//! Requests to the org: the only file that says what is sent. It sends readings alone: GET, a composite of them, and the
//! Metadata API's calls that collect and list.
//!
//! Source: REST API Developer Guide, "Sforce-Call-Options"; Metadata API Developer Guide, "retrieve()".

use crate::session::Session;
use leastwise_core::execute::SESSION;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How the org's logs name this client.
const CLIENT: &str = concat!("client=Leastwise/", env!("CARGO_PKG_VERSION"));

/// The longest answer that is taken: a retrieve is 39 MB at most (Metadata API Developer Guide, "Limits"), as text a third
/// more.
const ANSWER: u64 = 64 * 1024 * 1024;

/// Sends requests to one org.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    session: Session,
}

impl Client {
    /// By way of the proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`), with the certificate authorities of
    /// the machine (`SSL_CERT_FILE` names others).
    pub(crate) fn new(session: Session, timeout: Duration) -> Client {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .https_only(true)
            // A login page is an answer without data, and nobody else's to have.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .user_agent(CLIENT.trim_start_matches("client="))
            .build();
        Client { agent: config.into(), session }
    }

    /// The org's host.
    pub(crate) fn host(&self) -> &str {
        &self.session.host
    }

    /// Sends a request.
    pub(crate) fn send(&self, request: &Request) -> Response {
        Response { id: request.id, answer: self.answer(request) }
    }

    fn answer(&self, request: &Request) -> Result<Answer, Failure> {
        let url = format!("https://{}{}", self.session.host, request.path);
        let bearer = format!("Bearer {}", self.session.token.reveal());
        let answer = match &request.body {
            None => self
                .agent
                .get(&url)
                .header("Accept", "application/json")
                .header("Sforce-Call-Options", CLIENT)
                .header("Authorization", &bearer)
                .call(),
            Some(body) => {
                let is_envelope = body.starts_with('<');
                let kind = if is_envelope { "text/xml; charset=utf-8" } else { "application/json" };
                let post = self
                    .agent
                    .post(&url)
                    .header("Accept", "application/json")
                    .header("Sforce-Call-Options", CLIENT)
                    .header("Authorization", &bearer)
                    .header("Content-Type", kind);
                if is_envelope {
                    // An envelope names the session in its header, before anything that a person wrote.
                    let signed = body.replacen(SESSION, self.session.token.reveal(), 1);
                    post.header("SOAPAction", "\"\"").send(signed)
                } else {
                    post.send(body)
                }
            }
        };
        let mut answer = answer.map_err(failure)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER).read_to_string().map_err(failure)?;
        Ok(Answer { status, body })
    }
}

/// What an error says of the request. Its text may name the proxy with its password: it is dropped.
fn failure(error: ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout,
        _ => Failure::Offline,
    }
}
