//! Who a token is for: userinfo, the identity URL, introspection.
//!
//! It never tells one user of another.

use super::token::{OauthError, refused};
use crate::api::language;
use crate::page::Hosts;
use crate::store::{Org, Row, Session, set, text};
use serde_json::{Value, json};

/// Addresses by their names in `urls`, below the org's own. Source: Salesforce Help, "Identity URLs", and recorded answers.
const URLS: &[(&str, &str)] = &[
    ("enterprise", "/services/Soap/c/{version}/{org}"),
    ("metadata", "/services/Soap/m/{version}/{org}"),
    ("partner", "/services/Soap/u/{version}/{org}"),
    ("rest", "/services/data/v{version}/"),
    ("sobjects", "/services/data/v{version}/sobjects/"),
    ("search", "/services/data/v{version}/search/"),
    ("query", "/services/data/v{version}/query/"),
    ("recent", "/services/data/v{version}/recent/"),
    ("tooling_soap", "/services/Soap/T/{version}/{org}"),
    ("tooling_rest", "/services/data/v{version}/tooling/"),
    ("profile", "/{user}"),
    ("feeds", "/services/data/v{version}/chatter/feeds"),
    ("groups", "/services/data/v{version}/chatter/groups"),
    ("users", "/services/data/v{version}/chatter/users"),
    ("feed_items", "/services/data/v{version}/chatter/feed-items"),
    ("feed_elements", "/services/data/v{version}/chatter/feed-elements"),
    ("custom_domain", ""),
];

impl Org {
    fn urls(&self, user: &str, version: Option<&str>) -> Value {
        let host = format!("https://{}", Hosts::of(self.my_domain()).core);
        let short = self.org_id().get(..15).unwrap_or_default();
        let mut urls = json!({});
        for (name, path) in URLS {
            let path = path.replace("{org}", short).replace("{user}", user);
            let path = version.map_or(path.clone(), |version| path.replace("{version}", version));
            set(&mut urls, name, json!(format!("{host}{path}")));
        }
        urls
    }

    fn photos(&self) -> Value {
        let host = Hosts::of(self.my_domain()).core.replace(".my.salesforce.com", ".file.force.com");
        json!({ "picture": format!("https://{host}/profilephoto/005/F"), "thumbnail": format!("https://{host}/profilephoto/005/T") })
    }

    /// `/services/oauth2/userinfo`.
    pub fn userinfo(&self, user: &str) -> Value {
        let empty = Row::new();
        let row = self.row("User", user).unwrap_or(&empty);
        let photos = self.photos();
        json!({ "sub": self.identity_url(user), "user_id": user, "organization_id": self.org_id(),
            "preferred_username": text(row, "Username"), "nickname": nickname(row), "name": text(row, "Name"),
            "email": text(row, "Email"), "email_verified": true, "given_name": or_null(row, "FirstName"),
            "family_name": or_null(row, "LastName"), "zoneinfo": zone(row), "photos": photos,
            "profile": format!("https://{}/{user}", Hosts::of(self.my_domain()).core),
            "picture": photos.get("picture"), "address": { "country": or_null(row, "Country") },
            "is_salesforce_integration_user": false, "urls": self.urls(user, None), "active": is_active(row),
            "user_type": user_type(row), "language": language(row), "locale": locale(row), "utcOffset": 0,
            "updated_at": or_null(row, "LastModifiedDate"), "is_app_installed": true })
    }

    /// `/id/00D…/005…`; `version` takes the place of `{version}` in the addresses.
    pub fn identity_of(&self, user: &str, version: Option<&str>) -> Value {
        let empty = Row::new();
        let row = self.row("User", user).unwrap_or(&empty);
        json!({ "id": self.identity_url(user), "asserted_user": true, "user_id": user, "organization_id": self.org_id(),
            "username": text(row, "Username"), "nick_name": nickname(row), "display_name": text(row, "Name"),
            "email": text(row, "Email"), "email_verified": true, "first_name": or_null(row, "FirstName"),
            "last_name": or_null(row, "LastName"), "timezone": zone(row), "photos": self.photos(),
            "addr_street": or_null(row, "Street"), "addr_city": or_null(row, "City"), "addr_state": or_null(row, "State"),
            "addr_country": or_null(row, "Country"), "addr_zip": or_null(row, "PostalCode"),
            "mobile_phone": or_null(row, "MobilePhone"), "mobile_phone_verified": false, "is_lightning_login_user": false,
            "status": { "created_date": null, "body": null }, "urls": self.urls(user, version), "active": is_active(row),
            "user_type": user_type(row), "language": language(row), "locale": locale(row), "utcOffset": 0,
            "last_modified_date": or_null(row, "LastModifiedDate"), "is_app_installed": true })
    }

    /// `/services/oauth2/introspect`: what an app's own token is good for.
    ///
    /// # Errors
    /// Of the client that asks.
    pub fn introspect(&mut self, key: &str, secret: &str, token: &str) -> Result<Value, OauthError> {
        let Some(app) = self.app_by_key(key) else {
            return refused("invalid_client_id", "client identifier invalid");
        };
        if app.secret != secret {
            return refused("invalid_client", "invalid client credentials");
        }
        let Some((session, refresh)) = self.token_of(token).filter(|(_, refresh)| refresh.app == app.key)
        else {
            return Ok(json!({ "active": false }));
        };
        let kind = if session.is_some() { "access_token" } else { "refresh_token" };
        let username = self.row("User", &refresh.user).map(|row| text(row, "Username").to_owned());
        let mut body = json!({ "active": true, "scope": refresh.scopes.join(" "), "client_id": app.key,
            "username": username, "sub": self.identity_url(&refresh.user), "token_type": kind });
        if let Some(session) = session {
            let begun = session.used.unix_timestamp();
            set(&mut body, "exp", json!(begun + self.seconds_valid(&refresh.user)));
            set(&mut body, "iat", json!(begun));
            set(&mut body, "nbf", json!(begun));
        }
        Ok(body)
    }

    /// The session that may ask about `user`: their own, or one of somebody who manages users.
    pub(crate) fn may_ask_about(&self, session: &Session, user: &str) -> bool {
        session.user_id == user || self.has_permission(&session.user_id, "ManageUsers")
    }
}

fn or_null(row: &Row, field: &str) -> Value {
    Some(text(row, field)).filter(|value| !value.is_empty()).map_or(Value::Null, |value| json!(value))
}

fn nickname(row: &Row) -> String {
    let own = text(row, "CommunityNickname");
    let name = text(row, "Username").split('@').next().unwrap_or_default();
    if own.is_empty() { name.to_owned() } else { own.to_owned() }
}

fn zone(row: &Row) -> String {
    Some(text(row, "TimeZoneSidKey")).filter(|zone| !zone.is_empty()).unwrap_or("GMT").to_owned()
}

fn locale(row: &Row) -> String {
    Some(text(row, "LocaleSidKey")).filter(|locale| !locale.is_empty()).unwrap_or("en_US").to_owned()
}

fn is_active(row: &Row) -> bool {
    row.get("IsActive") != Some(&json!(false))
}

fn user_type(row: &Row) -> String {
    Some(text(row, "UserType")).filter(|kind| !kind.is_empty()).unwrap_or("Standard").to_uppercase()
}
