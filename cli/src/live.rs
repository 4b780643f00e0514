//! Reads an org: sends what the core's reader asks for, one request after another, and keeps each answer.

use crate::end::Failure;
use crate::events::{Begun, Event, Events};
use crate::http::Client;
use crate::out;
use crate::session::Session;
use leastwise_core::facts::CheckSettings;
use leastwise_core::report::Viewer;
use leastwise_core::review::{Options, Pause, Reader, Scope};
use leastwise_core::salesforce::error::OrgError;
use leastwise_core::salesforce::http::{Request, Response};
use leastwise_core::salesforce::time::Timestamp;
use std::collections::VecDeque;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What is chosen before it reads.
#[derive(Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) days: u32,
    pub(crate) scope: Scope,
    pub(crate) checks: CheckSettings,
    pub(crate) save: Option<&'a Path>,
    /// Whether it goes on when that is dear.
    pub(crate) is_agreed: bool,
    pub(crate) is_quiet: bool,
    pub(crate) timeout: Duration,
}

/// What was read, and by whom.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) reader: Reader,
    pub(crate) viewer: Viewer,
    pub(crate) host: String,
    /// To be dropped once the review is written.
    pub(crate) events: Events,
}

/// Reads to the end.
///
/// # Errors
/// The org refuses, or it would take much of what calls are left and nobody agreed to that.
pub(crate) fn read(session: Session, chosen: &Chosen<'_>, now: Timestamp) -> Result<Read, Failure> {
    let client = Client::new(session, chosen.timeout);
    let viewer = viewer(&client)?;
    let options = Options {
        days: chosen.days,
        scope: chosen.scope,
        checks: chosen.checks.clone(),
        ..Options::default()
    };
    let begun = Begun {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now,
        options,
        host: client.host().to_owned(),
        org: viewer.org_id.clone(),
        user: viewer.user_id.clone(),
    };
    let (events, mut reader, is_taken_up) = Events::begin(&begun, chosen.save)?;
    let mut reading = Reading { client: &client, events, chosen };
    if is_taken_up {
        reading.say("Going on with the review that was begun earlier.");
        if matches!(reader.pause(), Some(Pause::Refused(_))) {
            reading.go_on(&mut reader)?;
        }
    }
    reading.read_all(&mut reader)?;
    let Reading { events, .. } = reading;
    Ok(Read { reader, viewer, host: client.host().to_owned(), events })
}

/// Who is signed in, as the org says.
///
/// # Errors
/// It does not say.
fn viewer(client: &Client) -> Result<Viewer, Failure> {
    let path = "/services/oauth2/userinfo".to_owned();
    let answer = client.send(&Request { id: 0, method: "GET".into(), path, body: None }).answer;
    let refused = |why| Failure::Refused { why, kept: String::new() };
    let answer = answer.map_err(|why| refused(OrgError::from(why)))?;
    let said = || serde_json::from_str(&answer.body).unwrap_or_default();
    Viewer::from_userinfo(&answer.body).ok_or_else(|| {
        // The identity service answers in words of its own: "Bad_OAuth_Token", "Missing_OAuth_Token".
        refused(match answer.status {
            401 | 403 => OrgError::SessionExpired,
            status => OrgError::from_error(status, &said()),
        })
    })
}

struct Reading<'a> {
    client: &'a Client,
    events: Events,
    chosen: &'a Chosen<'a>,
}

impl Reading<'_> {
    fn read_all(&mut self, reader: &mut Reader) -> Result<(), Failure> {
        let mut to_send = VecDeque::new();
        let mut stage = None;
        loop {
            if to_send.is_empty() {
                thread::sleep(Duration::from_millis(u64::from(reader.wait())));
            }
            // After each answer as often as there are any: so it is replayed.
            to_send.extend(std::iter::from_fn(|| reader.next()));
            if let Some(pause @ Pause::Refused(_)) = reader.pause().cloned() {
                // What else was to be sent would be refused alike.
                return self.pause(&pause, reader);
            }
            let Some(request) = to_send.pop_front() else {
                let Some(pause) = reader.pause().cloned() else { return Ok(()) };
                self.pause(&pause, reader)?;
                continue;
            };
            let now = reader.progress().0;
            if stage.replace(now) != Some(now) {
                self.say(&format!("{} …", now.name()));
            }
            let answer = self.client.send(&request);
            self.take(reader, answer)?;
        }
    }

    /// Keeps an answer before it is read.
    fn take(&mut self, reader: &mut Reader, answer: Response) -> Result<(), Failure> {
        let event = Event::Response(answer);
        self.events.keep(&event)?;
        if let Event::Response(answer) = &event {
            reader.feed(answer);
        }
        Ok(())
    }

    fn pause(&mut self, pause: &Pause, reader: &mut Reader) -> Result<(), Failure> {
        let (calls, left) = reader.estimate();
        let of_left = left.map(|left| format!(" of {left} left today")).unwrap_or_default();
        match pause {
            Pause::Start => self.say(&format!("About {calls} API calls{of_left}.")),
            Pause::Dear if self.chosen.is_agreed => {}
            Pause::Dear => {
                let kept = self.events.kept();
                return Err(Failure::WrongUse(format!(
                    "This review takes about {calls} API calls{of_left}. Run it with --yes to go on.{kept}"
                )));
            }
            Pause::Refused(why) => {
                return Err(Failure::Refused { why: why.clone(), kept: self.events.kept() });
            }
        }
        self.go_on(reader)
    }

    fn go_on(&mut self, reader: &mut Reader) -> Result<(), Failure> {
        self.events.keep(&Event::GoOn)?;
        reader.go_on();
        Ok(())
    }

    fn say(&self, line: &str) {
        if !self.chosen.is_quiet {
            out::say(line);
        }
    }
}
