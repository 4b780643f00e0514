//! Whether a save of something critical is asked about once: what an admin chose, or the company decided.

use crate::browser::storage;
use crate::storage::{Area, Unreadable, Write, read, settings::SAVE_CHECK};
use leastwise_core::protocol::SaveCheck;

/// What holds, after `chosen` is stored, where an admin chose. None where it cannot be read: what is not known is not chosen,
/// nothing is asked then and nothing changed.
pub(crate) async fn save_check(chosen: Option<bool>) -> Option<SaveCheck> {
    if let Some(on) = chosen {
        // Not stored, it is as before the next time.
        drop(storage::write(&Write::put(Area::Local, SAVE_CHECK, &on)).await);
    }
    let decided = stored(Area::Managed).await?;
    let own = stored(Area::Local).await?;
    Some(SaveCheck { on: decided.or(own) == Some(true), decided: decided.is_some() })
}

async fn stored(area: Area) -> Option<Option<bool>> {
    let found = storage::read(area, &[SAVE_CHECK.to_owned()]).await.ok()?;
    read(&found, SAVE_CHECK).map_err(|Unreadable { .. }| ()).ok()
}
