//! The options page: what is chosen there is stored, and open pages of Salesforce are told.

use super::{accepted, drawing};
use crate::browser::{locks, permissions, platform, storage, tabs};
use crate::storage::{Area, Write, journals, keys, settings};
use crate::view::accepted::Import;
use crate::view::options::{self, Options};
use leastwise_core::protocol::{Command, Drawing, PushedMessage, SettingChange, Surface};
use leastwise_core::salesforce::time::Timestamp;
use serde_json::Value;

/// How long it is waited for what the company decided, in milliseconds.
const POLICY_TIMEOUT: u32 = 3_000;

/// Does what is asked, and draws the page as it then is. A Salesforce page that moved its panel is answered with nothing.
pub(crate) async fn options(command: Command, surface: Surface, css: &str) -> Option<Drawing> {
    let is_of_panel = surface == Surface::Page;
    let done = carry_out(command).await;
    let (import, trouble) = match done {
        Ok(import) => (import, None),
        Err(why) => (None, Some(why)),
    };
    if is_of_panel {
        return None;
    }
    let (local, session, managed, hosts) = futures_util::join!(
        storage::read_all(Area::Local),
        storage::read_all(Area::Session),
        storage::read_policy(POLICY_TIMEOUT),
        permissions::all()
    );
    let html = match local {
        Ok(local) => {
            let drawn = Options::new(
                local,
                &session.unwrap_or_default(),
                managed.ok().as_ref(),
                Timestamp(platform::now()),
            );
            let trouble =
                trouble.map(|why| format!("The browser could not store that: {why}")).unwrap_or_default();
            options::page(&Options { trouble, import, hosts, ..drawn })
        }
        Err(_) => options::unread(),
    };
    Some(drawing::of_markup(&html, css))
}

/// What came of a file, where that was asked for.
async fn carry_out(command: Command) -> Result<Option<Import>, String> {
    match command {
        Command::ImportAccepted { org, text, confirmed } => {
            let import = accepted::import(&org, &text, confirmed).await?;
            if import.is_done {
                tell_pages().await;
            }
            return Ok(Some(import));
        }
        Command::ForgetAccepted { org, fingerprint } => {
            accepted::forget(&org, fingerprint.as_deref()).await?;
            tell_pages().await;
            Ok(())
        }
        Command::Configure { change } => configure(change).await,
        Command::ForbidOrg { org } => {
            forbid(&org).await;
            Ok(())
        }
        Command::ForgetAnswers { of } => forget_answers(of).await,
        Command::ShowPanels { of } => show_panels(of).await,
        Command::Erase => erase().await,
        _ => Ok(()),
    }
    .map(|()| None)
}

/// Stores a choice. What the company decided stays as it is: that stands above what is stored.
async fn configure(change: SettingChange) -> Result<(), String> {
    let lock = locks::hold("settings").await;
    let is_of_pages =
        !matches!(change, SettingChange::AskBeforeCritical { .. } | SettingChange::Width { .. });
    let local = storage::read(Area::Local, &settings::KEYS.map(str::to_owned)).await?;
    let done = storage::write(&settings::change(&local, change)).await;
    drop(lock);
    if is_of_pages {
        tell_pages().await;
    }
    done
}

/// Writing to an org is no longer allowed.
pub(crate) async fn forbid(org: &str) {
    for write in [
        Write::remove(Area::Local, &keys::always_allowed(org)),
        Write::remove(Area::Session, &keys::allowed(org)),
    ] {
        if storage::write(&write).await.is_err() {
            platform::warn("Leastwise: the browser could not forget that an org may be written to.");
        }
    }
}

async fn forget_answers(of: Option<(String, String)>) -> Result<(), String> {
    let keys = match of {
        Some((org, record)) => vec![keys::answer(&org, &record)],
        None => keys_with("word:").await?,
    };
    remove(keys).await
}

async fn show_panels(of: Option<(String, String)>) -> Result<(), String> {
    let Some((org, record)) = of else { return remove(keys_with("closed:").await?).await };
    let key = keys::closed(&org);
    let found = storage::read(Area::Local, std::slice::from_ref(&key)).await?;
    let mut ids: Vec<Value> = found.get(&key).and_then(Value::as_array).cloned().unwrap_or_default();
    ids.retain(|id| *id != record);
    storage::write(&Write::put(Area::Local, &key, &ids)).await?;
    tell_pages().await;
    Ok(())
}

async fn keys_with(prefix: &str) -> Result<Vec<String>, String> {
    let local = storage::read_all(Area::Local).await?;
    let keys = local.as_object().into_iter().flatten().map(|(key, _)| key);
    Ok(keys.filter(|key| key.starts_with(prefix)).cloned().collect())
}

async fn remove(keys: Vec<String>) -> Result<(), String> {
    for key in keys {
        storage::write(&Write::remove(Area::Local, &key)).await?;
    }
    tell_pages().await;
    Ok(())
}

/// Erases all that is stored on this computer, and what is kept until the browser is closed. Whoever writes to an org keeps
/// its journal until that has ended.
async fn erase() -> Result<(), String> {
    let local = storage::read_all(Area::Local).await?;
    let mut held = vec![];
    let mut orgs: Vec<String> = journals::keys(&local).into_iter().map(|key| key.org).collect();
    orgs.sort();
    orgs.dedup();
    for org in orgs {
        held.push(locks::hold(&keys::write_lock(&org)).await);
    }
    for area in [Area::Local, Area::Session] {
        storage::clear(area).await?;
    }
    drop(held);
    // Pages that are open are not told: what they then read would be stored at once.
    Ok(())
}

/// Pages of Salesforce that are open are checked again, by what holds now.
async fn tell_pages() {
    for tab in tabs::of_salesforce().await.into_iter().filter_map(|tab| tab.id) {
        tabs::send(tab, Some(0), &PushedMessage::CheckAgain);
    }
}
