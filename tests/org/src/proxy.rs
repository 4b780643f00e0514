//! A proxy for clients that nobody may change: `CONNECT` to the org's own host names leads here.
//!
//! It never leads anywhere else: every other name is refused, and nothing is looked up.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The most that a request's head may have.
const HEAD: usize = 8 * 1024;

/// The address that a proxied connection is said to come from, by the port that it has on this side: the user name of
/// the proxy (`http://203.0.113.7:x@127.0.0.1:PORT`) names it.
#[derive(Debug, Clone, Default)]
pub struct Sources(Arc<Mutex<HashMap<u16, IpAddr>>>);

impl Sources {
    /// The address that was named for a connection from `peer`.
    pub fn of(&self, peer: SocketAddr) -> Option<IpAddr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&peer.port()).copied()
    }

    fn say(&self, port: u16, address: Option<IpAddr>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match address {
            Some(address) => all.insert(port, address),
            None => all.remove(&port),
        };
    }
}

/// What a client asked of the proxy.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    host: String,
    port: String,
    source: Option<IpAddr>,
}

/// Serves until it is dropped: `names` are the hosts let through, to the org at `org`.
pub async fn serve(listener: TcpListener, names: Vec<String>, org: SocketAddr, sources: Sources) {
    let names = Arc::new(names);
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(tunnel(client, names.clone(), org, sources.clone()));
    }
}

async fn tunnel(mut client: TcpStream, names: Arc<Vec<String>>, org: SocketAddr, sources: Sources) {
    let asked = match head(&mut client).await.as_deref().map(asked) {
        Some(Ok(asked)) => asked,
        Some(Err(refused)) => return refuse(&mut client, refused).await,
        None => return,
    };
    if asked.port != "443" || !names.iter().any(|name| name.eq_ignore_ascii_case(&asked.host)) {
        let refused = format!("403 Forbidden\r\n\r\n{} is no host of this org\r\n", asked.host);
        return refuse(&mut client, &refused).await;
    }
    let Ok(mut server) = TcpStream::connect(org).await else {
        return refuse(&mut client, "502 Bad Gateway\r\n\r\n").await;
    };
    let port = server.local_addr().map_or(0, |address| address.port());
    sources.say(port, asked.source);
    if client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
        copy_bidirectional(&mut client, &mut server).await.ok();
    }
    sources.say(port, None);
}

async fn refuse(client: &mut TcpStream, status_and_rest: &str) {
    let answer = format!("HTTP/1.1 {status_and_rest}");
    client.write_all(answer.as_bytes()).await.ok();
    client.shutdown().await.ok();
}

/// The head of a request, up to its empty line.
async fn head(client: &mut TcpStream) -> Option<String> {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        // By the byte: what follows the head belongs to the tunnel.
        head.push(client.read_u8().await.ok()?);
        if head.len() > HEAD {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

fn asked(head: &str) -> Result<Asked, &'static str> {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some("CONNECT"), Some(target)) = (words.next(), words.next()) else {
        return Err("405 Method Not Allowed\r\nAllow: CONNECT\r\n\r\n");
    };
    let (host, port) = target.rsplit_once(':').ok_or("400 Bad Request\r\n\r\n")?;
    let source = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
        .and_then(|(_, value)| named(value.trim()));
    Ok(Asked { host: host.to_owned(), port: port.to_owned(), source })
}

/// The user name of `Basic …`, where it is an address.
fn named(credentials: &str) -> Option<IpAddr> {
    let (scheme, text) = credentials.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let name = text.split_once(':').map_or(text.as_str(), |(name, _)| name);
    scheme.eq_ignore_ascii_case("basic").then(|| name.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_asks_for_a_host_and_may_say_whence() {
        let of = |head: &str| asked(head);
        let asked = of("CONNECT acme.my.salesforce.com:443 HTTP/1.1\r\nProxy-Authorization: Basic MjAzLjAuMTEzLjc6eA==\r\n\r\n").unwrap();
        assert_eq!(asked.host, "acme.my.salesforce.com");
        assert_eq!(asked.source, "203.0.113.7".parse().ok());
        assert!(of("GET http://example.com/ HTTP/1.1\r\n\r\n").unwrap_err().starts_with("405"));
        assert_eq!(
            of("CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: Basic !\r\n\r\n").unwrap().source,
            None
        );
    }

    #[tokio::test]
    async fn only_the_orgs_hosts_are_let_through() {
        let org = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = org.local_addr().unwrap();
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = proxy.local_addr().unwrap();
        let sources = Sources::default();
        tokio::spawn(serve(proxy, vec!["acme.my.salesforce.com".into()], address, sources.clone()));
        let say = async |host: &str| {
            let mut client = TcpStream::connect(at).await.unwrap();
            let head =
                format!("CONNECT {host} HTTP/1.1\r\nProxy-Authorization: Basic MjAzLjAuMTEzLjc6eA==\r\n\r\n");
            client.write_all(head.as_bytes()).await.unwrap();
            let mut status = [0; 12];
            client.read_exact(&mut status).await.unwrap();
            (String::from_utf8_lossy(&status).into_owned(), client)
        };
        let (status, _client) = say("acme.my.salesforce.com:443").await;
        assert_eq!(status, "HTTP/1.1 200");
        let (_, peer) = org.accept().await.unwrap();
        assert_eq!(sources.of(peer), "203.0.113.7".parse().ok());
        for other in ["example.com:443", "acme.my.salesforce.com:80", "127.0.0.1:443"] {
            assert_eq!(say(other).await.0, "HTTP/1.1 403", "{other}");
        }
    }
}
