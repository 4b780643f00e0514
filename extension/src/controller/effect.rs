//! What a handler has done, and what comes of it.

use super::badge::Badge;
use crate::storage::Write;
use leastwise_core::protocol::PushedMessage;
use leastwise_core::salesforce::http::{Request, Response};
use serde_json::Value;

/// What the worker does, at once and in this order; nobody waits for what comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Tells the top frame of a tab: its panel.
    TellPanel(i32, PushedMessage),
    /// Tells a frame of a tab: a form.
    TellFrame(i32, i32, PushedMessage),
    /// Tells every frame of a tab.
    TellFrames(i32, PushedMessage),
    /// Stores something.
    Store(Write),
    /// Shows the window where what the tab's page asked for is approved.
    ShowApproval(i32),
    /// Has the toolbar's button of a tab say something.
    SetBadge(i32, Badge),
    /// Writes a warning to the console.
    Warn(String),
}

/// What a machine does next, and waits for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Sends a request to the org.
    Send(Request),
    /// Stores something, and waits until it is there.
    Store(Write),
    /// Reads what is on disk under a key.
    Read(String),
    /// Waits so many milliseconds.
    Wait(u32),
    /// Waits for the lock of this name (nobody else writes to this org then), and holds it until the command is answered.
    Lock(String),
}

/// What came of a step.
#[derive(Debug)]
pub(crate) enum Event {
    /// The response, or why there is none.
    Response(Response),
    /// Nothing was sent: the session is another one.
    SessionChanged,
    /// Whether it is stored.
    Stored(bool),
    /// What is on disk; none when it could not be read.
    Read(Option<Value>),
    /// The time is over, or the lock is held.
    Done,
}
