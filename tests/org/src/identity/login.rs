//! Letting users in: every check of a sign-in, in one order for browser, SOAP and OAuth.
//!
//! It never lets an inactive, frozen or locked user in, and never without a row in the history.

use super::Source;
use crate::page::LOGIN_HOSTS;
use crate::store::{Org, Session, text};
use ring::digest::{SHA256, digest};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// Why a sign-in is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgError {
    /// Nobody has this user name here.
    Nobody,
    /// Not the password.
    WrongPassword,
    /// Too many wrong passwords.
    Locked,
    /// The user is inactive.
    Inactive,
    /// The user is frozen.
    Frozen,
    /// Outside the profile's login hours.
    Hours,
    /// Outside the profile's login IP ranges.
    Address,
    /// From outside the trusted addresses, without the security token.
    Token,
    /// API Only: the browser is refused.
    ApiOnly,
    /// Without API Enabled.
    ApiDisabled,
    /// The password is too old.
    PasswordExpired,
    /// The flow of user name and password is switched off.
    FlowDisabled,
}

impl OrgError {
    /// What the history says. Recorded: `Invalid Password`, `Password Lockout`, `User is Inactive`, `User Is Frozen`,
    /// `Restricted IP`, `Failed: API security token required`. The others are assumed.
    pub fn status(self) -> &'static str {
        match self {
            OrgError::Nobody => "Invalid Login",
            OrgError::WrongPassword => "Invalid Password",
            OrgError::Locked => "Password Lockout",
            OrgError::Inactive => "User is Inactive",
            OrgError::Frozen => "User Is Frozen",
            OrgError::Hours => "Restricted Time",
            OrgError::Address => "Restricted IP",
            OrgError::Token => "Failed: API security token required",
            OrgError::ApiOnly => "Failed: API Only User",
            OrgError::ApiDisabled => "Failed: API Disabled",
            OrgError::PasswordExpired => "Failed: Password Expired",
            OrgError::FlowDisabled => "Username-Password Flow Disabled",
        }
    }
}

/// How somebody signs in, in the words of the history.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// `LoginType`.
    pub kind: &'static str,
    /// `LoginSubType`; empty for none.
    pub sub: &'static str,
    /// `Application`.
    pub application: String,
    /// `ApiType`.
    pub api: String,
    /// `ApiVersion`.
    pub version: String,
    /// `ClientVersion`.
    pub client: String,
    /// `AuthSession.SessionType` of its sessions, for all ways but the sign-in page.
    pub session: &'static str,
    /// An app's policy that lets its users in from everywhere.
    pub relaxed: bool,
}

impl Way {
    /// By the sign-in page.
    pub fn browser() -> Way {
        let (kind, sub) = ("Application", "UsernamePasswordUiLogin");
        Way { kind, sub, application: "Browser".into(), ..Way::default() }
    }

    fn is_browser(&self) -> bool {
        self.kind == "Application"
    }
}

/// `LoginType` of OAuth 2.0.
pub const OAUTH: &str = "Remote Access 2.0";

/// Wrong passwords in a row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Failures {
    count: u32,
    locked: Option<OffsetDateTime>,
}

impl Org {
    /// Signs in by browser, from an address.
    pub fn sign_in_browser(
        &mut self,
        username: &str,
        password: &str,
        address: &str,
    ) -> Result<Session, OrgError> {
        let source = Source::new(self, address, "", "", "POST");
        self.sign_in_page(username, password, &source)
    }

    /// Signs in by the sign-in page.
    pub fn sign_in_page(
        &mut self,
        username: &str,
        password: &str,
        source: &Source,
    ) -> Result<Session, OrgError> {
        let way = Way::browser();
        let user = self.sign_in(username, password, &way, source)?;
        Ok(self.begin_session(&user, &way, source))
    }

    /// Lets a user in by name and password, and writes it down; their id.
    pub(crate) fn sign_in(
        &mut self,
        username: &str,
        password: &str,
        way: &Way,
        source: &Source,
    ) -> Result<String, OrgError> {
        let rows = self.rows_by("User", "Username", username.trim());
        let user = rows.first().map(|row| text(row, "Id").to_owned()).ok_or(OrgError::Nobody)?;
        if !self.is_login_host_of_this_org(source) {
            return Err(OrgError::Nobody);
        }
        let outcome = self
            .stands(&user)
            .and_then(|()| self.unlocked(&user))
            .and_then(|()| self.knows_password(&user, password, way, source))
            .and_then(|()| self.may_enter(&user, way, source));
        self.written(&user, way, source, outcome)
    }

    /// Lets a user in whom something else than a password vouches for: a token, a certificate, an app.
    pub(crate) fn vouched(&mut self, user: &str, way: &Way, source: &Source) -> Result<String, OrgError> {
        let outcome = self.stands(user).and_then(|()| self.may_enter(user, way, source));
        self.written(user, way, source, outcome)
    }

    fn written(
        &mut self,
        user: &str,
        way: &Way,
        source: &Source,
        outcome: Result<(), OrgError>,
    ) -> Result<String, OrgError> {
        let status = outcome.as_ref().err().map_or("Success", |refusal| refusal.status());
        let history = self.remember(user, way, source, status);
        self.identity.last_history = history;
        outcome.map(|()| user.to_owned())
    }

    /// `login.salesforce.com` is for production, `test.salesforce.com` for sandboxes.
    pub(crate) fn is_login_host_of_this_org(&self, source: &Source) -> bool {
        let other = if self.is_sandbox() { LOGIN_HOSTS[0] } else { LOGIN_HOSTS[1] };
        source.host != other
    }

    /// Whether `Organization.IsSandbox`.
    pub fn is_sandbox(&self) -> bool {
        self.rows("Organization").any(|row| row.get("IsSandbox") == Some(&json!(true)))
    }

    fn stands(&self, user: &str) -> Result<(), OrgError> {
        let row = self.row("User", user).ok_or(OrgError::Nobody)?;
        if row.get("IsActive") == Some(&json!(false)) {
            return Err(OrgError::Inactive);
        }
        if self.sign_in_flag(user, "IsFrozen") { Err(OrgError::Frozen) } else { Ok(()) }
    }

    fn unlocked(&mut self, user: &str) -> Result<(), OrgError> {
        if !self.sign_in_flag(user, "IsPasswordLocked") {
            // An admin has unlocked: counting begins anew.
            if self.identity.failures.get(user).is_some_and(|failures| failures.locked.is_some()) {
                self.identity.failures.remove(user);
            }
            return Ok(());
        }
        let (_, minutes) = self.lockout_of(user);
        let locked = self.identity.failures.get(user).and_then(|failures| failures.locked);
        if minutes == 0 || locked.is_none_or(|locked| locked + Duration::minutes(minutes) > self.now()) {
            return Err(OrgError::Locked);
        }
        self.identity.failures.remove(user);
        self.set_sign_in_flag(user, "IsPasswordLocked", json!(false));
        Ok(())
    }

    fn knows_password(
        &mut self,
        user: &str,
        given: &str,
        way: &Way,
        source: &Source,
    ) -> Result<(), OrgError> {
        let token = self.security_token(user);
        let with_token = given.strip_suffix(&token).is_some_and(|password| self.is_password(user, password));
        if !with_token && !self.is_password(user, given) {
            let (most, _) = self.lockout_of(user);
            let now = self.now();
            let failures = self.identity.failures.entry(user.to_owned()).or_default();
            failures.count += 1;
            if most > 0 && failures.count >= most {
                failures.locked = Some(now);
                self.set_sign_in_flag(user, "IsPasswordLocked", json!(true));
            }
            return Err(OrgError::WrongPassword);
        }
        self.identity.failures.remove(user);
        // The token is asked for outside the trusted addresses, and of nobody whose profile has ranges of its own.
        let trusted = self.is_trusted(&source.address) || !self.ranges_of(user).is_empty();
        if !with_token && !way.is_browser() && !way.relaxed && !trusted {
            Err(OrgError::Token)
        } else {
            Ok(())
        }
    }

    fn may_enter(&self, user: &str, way: &Way, source: &Source) -> Result<(), OrgError> {
        if !self.is_in_hours(user) {
            return Err(OrgError::Hours);
        }
        if !way.relaxed && !self.is_in_ranges(user, &source.address) {
            return Err(OrgError::Address);
        }
        if way.is_browser() {
            return if self.has_permission(user, "ApiUserOnly") { Err(OrgError::ApiOnly) } else { Ok(()) };
        }
        // A token is given in any case: the API refuses it then.
        if way.kind == OAUTH || self.has_permission(user, "ApiEnabled") {
            Ok(())
        } else {
            Err(OrgError::ApiDisabled)
        }
    }

    /// A user's security token: 24 characters that follow from their id. On the platform it comes by e-mail.
    pub fn security_token(&self, user: &str) -> String {
        let hash = digest(&SHA256, format!("security token of {user}").as_bytes());
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let letter =
            |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len()).copied().map_or('x', char::from);
        hash.as_ref().iter().take(24).map(letter).collect()
    }
}
