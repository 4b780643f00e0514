//! The history's page: all journals, the same as a file, and clearing what is settled.

use super::drawing;
use crate::browser::{locks, storage};
use crate::storage::company::Company;
use crate::storage::journals::{self, History, JournalKey};
use crate::storage::{Area, Write, keys};
use crate::view::{csv, history};
use leastwise_core::protocol::{Command, Export, Response};
use maud::{Markup, html};

/// How long it is waited for what the company decided, in milliseconds.
const POLICY_TIMEOUT: u32 = 3_000;

/// Answers a command of the history's page.
pub(crate) async fn history(command: &Command, css: &str) -> Response {
    let drawn = |html: &Markup| Response::Drawing(Box::new(drawing::of_markup(html, css)));
    // What was not read may forbid it.
    let policy = storage::read_policy(POLICY_TIMEOUT).await;
    let hides_exports = policy.map_or(true, |managed| Company::new(&managed).hides_exports);
    let answer = match command {
        Command::Export if !hides_exports => {
            read().await.map(|history| Response::Export(Export { csv: csv::csv(&history) }))
        }
        Command::Clear => clear(hides_exports).await.map(|html| drawn(&html)),
        _ => read().await.map(|history| drawn(&history::page(&history, hides_exports))),
    };
    answer.unwrap_or_else(|_| drawn(&history::unread("The history could not be read from this browser.")))
}

async fn read() -> Result<History, String> {
    storage::read_all(Area::Local).await.map(|local| History::new(&local))
}

/// Clears what is settled from every journal, and shows what is left.
async fn clear(hides_exports: bool) -> Result<Markup, String> {
    let mut is_done = true;
    for key in journals::keys(&storage::read_all(Area::Local).await?) {
        is_done &= clear_one(&key).await.is_ok();
    }
    let history = read().await?;
    Ok(html! {
        @if !is_done { (history::unread("Not everything could be cleared: the browser refused it.")) }
        (history::page(&history, hides_exports))
    })
}

async fn clear_one(key: &JournalKey) -> Result<(), String> {
    // Whoever writes to this org keeps its journal meanwhile.
    let lock = locks::hold(&keys::write_lock(&key.org)).await;
    // What cannot be read is not empty: it is left as it is.
    let mut journal = key.journal(&storage::read(Area::Local, &key.needed()).await?);
    journal.clear();
    let write = if journal.is_empty() {
        Write::remove(Area::Local, &key.key)
    } else {
        Write::put(Area::Local, &key.key, &journal)
    };
    let done = storage::write(&write).await;
    drop(lock);
    done
}
