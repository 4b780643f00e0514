//! What a Setup page is asked with, and what it answers.
//!
//! It never looks at cookies: the server says whose session it is.

/// Which of the org's hosts was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `NAME.my.salesforce.com`.
    Core,
    /// `NAME.my.salesforce-setup.com`.
    Setup,
    /// `NAME.lightning.force.com`.
    Lightning,
}

/// The names of all three.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// `NAME.my.salesforce.com`.
    pub core: String,
    /// `NAME.my.salesforce-setup.com`.
    pub setup: String,
    /// `NAME.lightning.force.com`.
    pub lightning: String,
}

impl Hosts {
    /// The hosts of a My Domain name; a sandbox's is `acme--dev`. Source: Salesforce Help, "My Domain URL Formats".
    pub fn of(name: &str) -> Hosts {
        let part = if name.contains("--") { ".sandbox" } else { "" };
        Hosts {
            core: format!("{name}{part}.my.salesforce.com"),
            setup: format!("{name}{part}.my.salesforce-setup.com"),
            lightning: format!("{name}{part}.lightning.force.com"),
        }
    }
}

/// Where production orgs, and where sandboxes are signed in to without a My Domain.
pub const LOGIN_HOSTS: [&str; 2] = ["login.salesforce.com", "test.salesforce.com"];

impl Hosts {
    /// All names that lead to this org, the login hosts among them.
    pub fn names(&self) -> Vec<String> {
        let own = [&self.core, &self.setup, &self.lightning];
        own.into_iter().cloned().chain(LOGIN_HOSTS.map(str::to_owned)).collect()
    }
}

/// How pages are to be served.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageOptions {
    /// A content-security policy stricter than the platform's own.
    pub strict_csp: bool,
}

/// A request for a page.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// HTTP method.
    pub method: String,
    /// Which host.
    pub host: Host,
    /// The names of all hosts.
    pub hosts: Hosts,
    /// Path, decoded.
    pub path: String,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Form fields of a POST, decoded.
    pub form: Vec<(String, String)>,
    /// How to serve.
    pub options: PageOptions,
}

impl PageRequest {
    /// The first query parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first form field of a name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A page's answer.
#[derive(Debug, Clone)]
pub struct PageResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl PageResponse {
    /// A redirect.
    pub fn redirect(to: impl Into<String>) -> PageResponse {
        PageResponse { status: 302, headers: vec![("Location".into(), to.into())], body: String::new() }
    }
}
