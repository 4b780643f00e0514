//! Whose session is used: the org's address and a token, which is in no output, no log, no error and no argument.

use crate::arguments;
use crate::end::Failure;
use crate::sf;
use leastwise_core::salesforce::setup_url;
use std::fmt;
use std::time::Duration;

/// The variables that a session is taken from without `--target-org`, as the Salesforce CLI calls the first.
const TOKEN: &str = "SF_ACCESS_TOKEN";
const INSTANCE: &str = "SF_INSTANCE_URL";

/// An access token, or a session id. It is shown nowhere.
#[derive(Clone)]
pub(crate) struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// # Errors
    /// It has letters that no token has: it would not be one header, or not one element of an envelope.
    pub(crate) fn new(text: impl Into<String>) -> Result<Token, Failure> {
        let text = text.into().trim().to_owned();
        let is_one = |letter: char| letter.is_ascii_graphic() && !"<>&\"'".contains(letter);
        if text.is_empty() || !text.chars().all(is_one) {
            return Err(Failure::WrongUse("The access token has letters that no access token has.".into()));
        }
        Ok(Token(text))
    }

    /// For the one request that carries it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// An org, and the right to read it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The host that answers the API.
    pub(crate) host: String,
    pub(crate) token: Token,
}

impl Session {
    /// # Errors
    /// The address is none that a token may be sent to.
    pub(crate) fn new(url: &str, token: Token, what: &str) -> Result<Session, Failure> {
        let host = host(url).ok_or_else(|| {
            Failure::WrongUse(format!(
                "{what} has to be the https address of an org, for example https://acme.my.salesforce.com."
            ))
        })?;
        Ok(Session { host, token })
    }

    /// The session that is asked for.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn of(options: &arguments::Review) -> Result<Session, Failure> {
        if let Some(alias) = &options.target_org {
            return sf::session(alias, Duration::from_secs(options.timeout));
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        match (variable(TOKEN), variable(INSTANCE)) {
            (Some(token), Some(url)) => Session::new(&url, Token::new(token)?, INSTANCE),
            (token, _) => {
                let lacking = if token.is_some() { INSTANCE } else { TOKEN };
                Err(Failure::WrongUse(format!(
                    "Name an org with --target-org ALIAS, or set {TOKEN} and {INSTANCE}. {lacking} isn't set."
                )))
            }
        }
    }
}

/// The host that answers the API for an address: https, without a user in it. Of an address of Lightning or Setup it is that
/// of the same org's My Domain.
fn host(url: &str) -> Option<String> {
    let rest = url.trim().strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':');
    let is_host = host.contains('.') && host.chars().all(is_name);
    is_host.then(|| setup_url::api_host(&host).filter(|_| !host.contains(':')).unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_to_https_hosts_alone() {
        let acme = Some("acme.my.salesforce.com".to_owned());
        assert_eq!(host("https://acme.my.salesforce.com"), acme);
        assert_eq!(host(" https://ACME.my.salesforce.com/services?x#y "), acme);
        for other in
            ["http://acme.my.salesforce.com", "acme.my.salesforce.com", "https://", "https://x@y.z", ""]
        {
            assert_eq!(host(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new("00D5g000000AAAA!AQEAQ").ok();
        assert_eq!(format!("{token:?}"), "Some(Token)");
        for text in ["", " ", "a b", "a\nb", "a</sessionId>", "é"] {
            let why = Token::new(text).map(|_| ()).map_err(|why| why.to_string());
            assert_eq!(why, Err("The access token has letters that no access token has.".into()), "{text}");
        }
    }
}
