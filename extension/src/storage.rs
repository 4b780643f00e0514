//! What the extension remembers, and under which keys.
//!
//! It never keeps a session id, nor what was read from an org but for two things, in memory and until the browser is
//! closed: who a session belongs to, and what permissions are called. What an admin said stays on disk.

use crate::browser::Area::{Local, Session};
use crate::wire;
use leastwise_core::classification::Word;
use leastwise_core::gather::Labels;
use leastwise_core::id::Id;
use leastwise_core::json::Value;
use leastwise_core::message::Corner;
use leastwise_core::report::Viewer;

/// Records whose panel was closed, an org: beyond, the oldest is forgotten.
const CLOSED: usize = 500;

/// What an admin said of a user or profile.
pub(crate) async fn word(org: &str, id: &Id) -> Option<Word> {
    wire::word(&Local.read(&format!("word:{org}:{id}")).await?)
}

/// Remembers, or forgets, what an admin says of a user or profile.
pub(crate) async fn say(org: &str, id: &Id, word: Option<Word>) {
    let key = format!("word:{org}:{id}");
    let _ = match word {
        Some(word) => Local.write(&key, wire::word_text(word)).await,
        None => Local.remove(&key).await,
    };
}

/// The corner where an org's panels stand.
pub(crate) async fn corner(org: &str) -> Corner {
    Local.read(&format!("corner:{org}")).await.and_then(|kept| wire::corner(&kept)).unwrap_or_default()
}

/// Puts an org's panels in a corner.
pub(crate) async fn place(org: &str, corner: Corner) {
    let _ = Local.write(&format!("corner:{org}"), wire::corner_text(corner)).await;
}

/// Whether the panel of a user or profile was closed.
pub(crate) async fn is_closed(org: &str, id: &Id) -> bool {
    closed(org).await.iter().any(|other| other == id.as_str())
}

/// Closes the panel of a user or profile, or opens it again.
pub(crate) async fn close(org: &str, id: &Id, yes: bool) {
    let mut closed = closed(org).await;
    closed.retain(|other| other != id.as_str());
    if yes {
        closed.push(id.to_string());
    }
    let from = closed.len().saturating_sub(CLOSED);
    let _ = Local.write(&format!("closed:{org}"), &closed.split_off(from)).await;
}

async fn closed(org: &str) -> Vec<String> {
    match Local.read(&format!("closed:{org}")).await {
        Some(Value::List(closed)) => closed.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
        _ => vec![],
    }
}

/// Who a session (by its hash) belongs to.
pub(crate) async fn viewer(hash: &str) -> Option<Viewer> {
    seen(&format!("viewer:{hash}")).await
}

/// Remembers who a session belongs to, by the answer of `/services/oauth2/userinfo`, and who was the first of the org.
pub(crate) async fn saw(hash: &str, viewer: &Viewer, userinfo: &str) {
    let _ = Session.write(&format!("viewer:{hash}"), userinfo).await;
    let first = format!("first:{}", viewer.org_id);
    if seen(&first).await.is_none() {
        let _ = Session.write(&first, userinfo).await;
    }
}

/// The name of whoever was signed in to the viewer's org first, when that was somebody else.
pub(crate) async fn before(viewer: &Viewer) -> Option<String> {
    let first = seen(&format!("first:{}", viewer.org_id)).await?;
    (first.user_id != viewer.user_id).then_some(first.name)
}

async fn seen(key: &str) -> Option<Viewer> {
    Viewer::from_userinfo(Session.read(key).await?.as_str()?)
}

/// Labels of an org's permissions in a viewer's language.
pub(crate) async fn labels(viewer: &Viewer) -> Option<Labels> {
    let Value::Object(kept) = Session.read(&labels_of(viewer)).await? else { return None };
    Some(kept.into_iter().filter_map(|(name, label)| Some((name, label.as_str()?.to_owned()))).collect())
}

/// Keeps the labels of an org's permissions in a viewer's language.
pub(crate) async fn learn(viewer: &Viewer, labels: &Labels) {
    if !labels.is_empty() {
        let _ = Session.write(&labels_of(viewer), labels).await;
    }
}

fn labels_of(viewer: &Viewer) -> String {
    format!("labels:{}:{}", viewer.org_id, viewer.language)
}
