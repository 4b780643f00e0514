//! Who is signed in, as the org says.

use crate::session::Session;
use leastwise_core::report::Viewer;
use leastwise_core::salesforce::http::{Request, Response};

/// The number of the request that asks who is signed in; the core numbers its own from 0.
pub(super) const VIEWER: u32 = u32::MAX;

/// Asks for it.
pub(crate) fn request() -> Request {
    let path = "/services/oauth2/userinfo".to_owned();
    Request { id: VIEWER, method: "GET".to_owned(), path, body: None }
}

/// Reads the response; none when it says nothing of the org that the session is of.
pub(crate) fn read(response: Response, session: &Session) -> Option<Viewer> {
    Viewer::from_userinfo(&response.answer.ok()?.body).filter(|viewer| viewer.org_id == session.org_id)
}
