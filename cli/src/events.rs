//! What was read of an org, line by line as it came, so that a review that broke off goes on where it was: nothing is asked
//! twice. It holds what the org answered, and never a token.

use crate::end::Failure;
use leastwise_core::review::{Options, Reader};
use leastwise_core::salesforce::http::Response;
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a review was begun with: the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    pub(crate) version: String,
    pub(crate) now: Timestamp,
    pub(crate) options: Options,
    pub(crate) host: String,
    pub(crate) org: Id,
    pub(crate) user: Id,
}

impl Begun {
    /// Whether another one is the same review, begun earlier.
    fn is_same(&self, other: &Begun) -> bool {
        Begun { now: other.now, ..self.clone() } == *other
    }
}

/// What happened to a reader, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Event {
    Response(Response),
    GoOn,
    Broken,
}

impl Event {
    fn replay(&self, reader: &mut Reader) {
        while reader.next().is_some() {}
        match self {
            Event::Response(response) => reader.feed(response),
            Event::GoOn => reader.go_on(),
            Event::Broken => reader.forget_requests(),
        }
    }
}

/// The file of events, if one is kept.
#[derive(Debug)]
pub(crate) struct Events {
    file: Option<(PathBuf, File)>,
}

impl Events {
    /// Begins a review, or takes one up that the same user began of the same org with the same choices: its reader, and
    /// whether it was taken up.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn begin(begun: &Begun, save: Option<&Path>) -> Result<(Events, Reader, bool), Failure> {
        let fresh = || Reader::new(begun.now, begun.options.clone());
        let Some(save) = save else { return Ok((Events { file: None }, fresh(), false)) };
        let path = unfinished(save);
        let wrong = |why| Failure::file(&path, why);
        let kept = std::fs::read_to_string(&path).ok().and_then(|text| replayed(begun, &text));
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        // It holds what an org answered: nobody else's to read.
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(wrong)?;
        file.set_len(kept.as_ref().map_or(0, |(_, read)| *read)).map_err(wrong)?;
        let mut events = Events { file: Some((path, file)) };
        let Some((mut reader, _)) = kept else {
            events.line(begun)?;
            return Ok((events, fresh(), false));
        };
        // What was under way when it broke off is asked again.
        reader.forget_requests();
        events.keep(&Event::Broken)?;
        Ok((events, reader, true))
    }

    /// Keeps an event, before it is read.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn keep(&mut self, event: &Event) -> Result<(), Failure> {
        self.line(event)
    }

    /// What was read is no longer needed.
    pub(crate) fn discard(self) {
        if let Some((path, _)) = self.file {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Where what was read is kept, as a sentence with a space before it.
    pub(crate) fn kept(&self) -> String {
        match &self.file {
            Some((path, _)) => {
                format!(" What was read is kept in {}: run the same command to go on.", path.display())
            }
            None => String::new(),
        }
    }

    fn line(&mut self, what: &impl Serialize) -> Result<(), Failure> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(what).map_err(|why| Failure::Output(why.into()))?;
        line.push(b'\n');
        file.write_all(&line).map_err(|why| Failure::file(path, why))
    }
}

/// Where it is kept.
fn unfinished(save: &Path) -> PathBuf {
    let mut name = save.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    save.with_file_name(name)
}

/// A reader that has read what the file says, and how many bytes that was: the last line may have broken off, and is asked
/// again.
fn replayed(begun: &Begun, text: &str) -> Option<(Reader, u64)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    let before: Begun = serde_json::from_str(first).ok()?;
    if !begun.is_same(&before) {
        return None;
    }
    let mut reader = Reader::new(before.now, before.options);
    let mut read = first.len();
    for line in lines {
        let Ok(event) = serde_json::from_str::<Event>(line) else { break };
        if !line.ends_with('\n') {
            break;
        }
        event.replay(&mut reader);
        read += line.len();
    }
    Some((reader, read as u64))
}
