//! The page that is shown once, after the extension was installed.

use super::drawing;
use crate::browser::{storage, tabs};
use crate::storage::{Area, orgs};
use crate::view::welcome;
use leastwise_core::protocol::{Command, Drawing};
use leastwise_core::salesforce::setup_url::api_host;

/// Draws it; where that is asked, after the tabs that show Salesforce were reloaded.
pub(crate) async fn welcome(command: &Command, css: &str) -> Drawing {
    let open = tabs::of_salesforce().await;
    let mut hosts: Vec<(String, String)> = vec![];
    // An org that is known by name, else one that a tab shows.
    if let Ok(local) = storage::read_all(Area::Local).await {
        let known = orgs::all(&local, &serde_json::Value::Null);
        hosts.extend(known.into_iter().map(|org| (org.host.clone(), org.label().to_owned())));
    }
    for tab in &open {
        let host = tab.url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        if let Some(host) = host.and_then(api_host)
            && !hosts.iter().any(|(known, _)| *known == host)
        {
            hosts.push((host.to_string(), host.to_string()));
        }
    }
    let reloaded = match command {
        Command::ReloadTabs => {
            for tab in open.iter().filter_map(|tab| tab.id) {
                tabs::reload(tab).await;
            }
            Some(open.len())
        }
        _ => None,
    };
    drawing::of_markup(&welcome::page(&hosts, reloaded), css)
}
