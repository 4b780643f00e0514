//! The life of a session: begun by a sign-in, prolonged by use, ended by time, by its row, or by what it hangs on.
//!
//! It never outlives the session, the token or the user that it came from.

use super::Source;
use super::login::Way;
use crate::error::ApiError;
use crate::store::{Org, Session, object, text};
use serde_json::json;
use time::Duration;

impl Org {
    /// Begins the session of a sign-in, with its row of AuthSession.
    pub(crate) fn begin_session(&mut self, user: &str, way: &Way, source: &Source) -> Session {
        let mut session = self.start_session(user, true);
        let kind = if way.kind == "Application" { "UI" } else { way.session };
        session.row = self.session_row(&session, kind, way.kind, &source.address, "");
        session.address.clone_from(&source.address);
        self.sessions.insert(session.sid.clone(), session.clone());
        session
    }

    /// Begins a session of another host, which ends with the one that it comes from.
    pub(crate) fn begin_child(&mut self, parent: &Session) -> Session {
        let mut session = self.start_session(&parent.user_id, false);
        if !parent.row.is_empty() {
            session.row = self.session_row(&session, "UI", "Application", &parent.address, &parent.row);
        }
        session.address.clone_from(&parent.address);
        session.parent.clone_from(&parent.sid);
        self.sessions.insert(session.sid.clone(), session.clone());
        session
    }

    fn session_row(
        &mut self,
        session: &Session,
        kind: &str,
        way: &str,
        address: &str,
        parent: &str,
    ) -> String {
        let now = self.stamp();
        let or_null = |text: &str| if text.is_empty() { json!(null) } else { json!(text) };
        let user_type = self.row("User", &session.user_id).map(|row| text(row, "UserType").to_owned());
        let user_type = user_type.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "Standard".into());
        self.put("AuthSession", object(json!({ "UsersId": session.user_id, "CreatedDate": now, "LastModifiedDate": now,
            "NumSecondsValid": self.seconds_valid(&session.user_id), "UserType": user_type, "SourceIp": address,
            "LoginType": way, "SessionType": kind, "SessionSecurityLevel": "STANDARD", "ParentId": or_null(parent),
            "LoginHistoryId": or_null(&self.identity.last_history) })))
    }

    /// The session of an id, when it has not ended; used now, which prolongs it.
    pub fn live_session(&mut self, sid: &str, address: Option<&str>) -> Option<Session> {
        let session = self.sessions.get(sid)?.clone();
        if !self.is_live(&session) {
            self.end_session(sid);
            return None;
        }
        if address.is_some_and(|address| !self.is_bound_here(&session, address)) {
            return None;
        }
        let now = self.now();
        // The platform takes note of activity from half of the time on. Source: Salesforce Help, "Modify Session
        // Security Settings".
        if now - session.used > Duration::seconds(self.seconds_valid(&session.user_id) / 2) {
            if let Some(session) = self.sessions.get_mut(sid) {
                session.used = now;
            }
            let stamp = self.stamp();
            if let Some(mut row) = self.row("AuthSession", &session.row).cloned() {
                row.insert("LastModifiedDate".into(), json!(stamp));
                self.put("AuthSession", row);
            }
        }
        Some(session)
    }

    fn is_live(&self, session: &Session) -> bool {
        let has = |object: &str, id: &str| id.is_empty() || self.row(object, id).is_some();
        let valid = Duration::seconds(self.seconds_valid(&session.user_id));
        !session.expired
            && self.now() - session.used < valid
            && has("AuthSession", &session.row)
            && has("OauthToken", &session.token)
            && (session.parent.is_empty()
                || self.sessions.get(&session.parent).is_some_and(|parent| self.is_live(parent)))
    }

    /// Sessions locked to their address, and ranges that hold for each request.
    fn is_bound_here(&self, session: &Session, address: &str) -> bool {
        let same = session.address.is_empty() || session.address == address;
        (same || !self.session_setting("lockSessionsToIp"))
            && (!self.session_setting("enforceIpRangesEveryRequest")
                || self.is_in_ranges(&session.user_id, address))
    }

    /// Ends a session, its row, and what it began.
    pub fn end_session(&mut self, sid: &str) {
        if let Some(session) = self.sessions.remove(sid) {
            self.take("AuthSession", &session.row);
        }
    }

    /// The session whose id a request to the API bears.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID`, for a session that has ended, and for one that the API does not take.
    pub fn api_session(&mut self, sid: &str, source: &Source) -> Result<Session, ApiError> {
        let refused = |message: &str| Err(ApiError::new(401, "INVALID_SESSION_ID", message));
        let Some(session) = self.live_session(sid, Some(&source.address)) else {
            return refused("Session expired or invalid");
        };
        // A session without an app is let in by Use Any API Client alone, once API Access Control is on.
        let any = session.app.is_empty()
            && self.is_api_access_controlled()
            && !self.has_permission(&session.user_id, "UseAnyApiClient");
        if !session.api || any || !session.may("api") {
            return refused("This session is not valid for use with the REST API");
        }
        Ok(session)
    }
}

impl Org {
    /// Counts a request to the API.
    ///
    /// # Errors
    /// `REQUEST_LIMIT_EXCEEDED`, when the day's are used up.
    pub(crate) fn count_request(&mut self) -> Result<(), ApiError> {
        if self.api_requests >= self.identity.api_limit {
            return Err(ApiError::new(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."));
        }
        self.api_requests += 1;
        Ok(())
    }
}

impl Session {
    /// Whether the scopes of its token have one; a session without an app has all.
    pub fn may(&self, scope: &str) -> bool {
        self.app.is_empty() || self.scopes.iter().any(|own| own == scope || own == "full")
    }
}
