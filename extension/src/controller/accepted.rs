//! Accepted risks on the options page: given out as a file, taken from one, and ended. Each org's are changed under its lock.

use crate::browser::{locks, platform, storage};
use crate::storage::company::Company;
use crate::storage::{Area, keys, orgs, waivers};
use crate::view::accepted::Import;
use leastwise_core::protocol::AcceptedFile;
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::{Day, Waivers};
use serde_json::Value;

/// How long it is waited for what the company decided, in milliseconds.
const POLICY_TIMEOUT: u32 = 3_000;

/// Who ended something here: no session tells.
const HERE: &str = "Settings";

fn now() -> Timestamp {
    Timestamp(platform::now())
}

async fn read(org: &str) -> Result<(Value, Waivers), String> {
    let key = keys::waivers(org);
    let local = storage::read(Area::Local, std::slice::from_ref(&key)).await?;
    let own = waivers::stored(&local, org)
        .map_err(|_| "what is stored for this org can't be read by this version".to_owned())?;
    Ok((local, own))
}

async fn policy() -> Result<waivers::Policy, String> {
    storage::read_policy(POLICY_TIMEOUT).await.map(|managed| waivers::Policy::new(&managed))
}

/// What is accepted and noted in an org, as a file.
pub(crate) async fn export(org: &str) -> Result<AcceptedFile, String> {
    let managed = storage::read_policy(POLICY_TIMEOUT).await?;
    if Company::new(&managed).hides_exports {
        return Err("your company's policy doesn't allow exports".to_owned());
    }
    let (_, own) = read(org).await?;
    let local = storage::read_all(Area::Local).await?;
    let host = orgs::all(&local, &Value::Null).into_iter().find(|own| own.id == org);
    let name =
        host.map_or_else(|| org.to_owned(), |own| own.host.split('.').next().unwrap_or(org).to_owned());
    Ok(AcceptedFile { name: format!("leastwise-accepted-{name}.json"), text: own.export() })
}

/// Takes what a file has, unless something is to be asked first.
pub(crate) async fn import(org: &str, text: &str, is_confirmed: bool) -> Result<Import, String> {
    let policy = policy().await?;
    let org_id = Id::parse(org).ok_or("this org isn't known")?;
    let file = match Waivers::import(text, policy.terms, Day::of(now())) {
        Ok(file) => file,
        Err(error) => return Ok(Import::refused(org, error.to_string())),
    };
    if !policy.terms.is_allowed {
        return Ok(Import::refused(org, "Your company's policy doesn't allow accepting risks.".to_owned()));
    }
    let lock = locks::hold(&waivers::lock(org)).await;
    let (_, mut own) = read(org).await?;
    let merged = own.merge(file.waivers.clone());
    let import = Import::new(org, &org_id, file, merged);
    if import.is_to_be_asked() && !is_confirmed {
        drop(lock);
        return Ok(import);
    }
    storage::write(&waivers::put(org, &own)).await?;
    drop(lock);
    Ok(import.done())
}

/// Accepts something no longer: one finding, or (none) all that has expired.
pub(crate) async fn forget(org: &str, fingerprint: Option<&str>) -> Result<(), String> {
    let policy = policy().await?;
    let lock = locks::hold(&waivers::lock(org)).await;
    let (_, own) = read(org).await?;
    let mut own = policy.over(own);
    // What another page ended meanwhile is ended.
    let _ = match fingerprint {
        Some(fingerprint) => own.remove(fingerprint, HERE, Day::of(now())),
        None => own.prune(HERE, now()) > 0,
    };
    storage::write(&waivers::put(org, &own)).await?;
    drop(lock);
    Ok(())
}
