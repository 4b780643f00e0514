//! The window where what a page asked for is approved.

use super::screen::Screen;
use super::{panel, plan};
use crate::state::plans::Stage;
use maud::{Markup, html};

/// The window where what a page asked for is approved: of which org, and what would be changed. Nothing where nothing
/// waits for approval, nor is carried out.
pub(crate) fn approval(screen: &Screen<'_>) -> Markup {
    let subject = &screen.report.subject;
    let changes = &screen.changes;
    let kind = match changes.is_sandbox {
        Some(true) => "Sandbox",
        Some(false) => "Production",
        None => "May be production",
    };
    html! {
        @if changes.plan.is_some_and(|plan| plan.stage != Stage::Ended) {
            div .panel {
                header {
                    p .kind { "Approve a change" }
                    h1 #name { bdi { (subject.name) } }
                    p .detail { (subject.kind) @if !subject.detail.is_empty() { ", " (subject.detail) } }
                }
                p #org .note .(if changes.is_sandbox == Some(true) { "fine" } else { "high" }) {
                    b .kind-of-org { (kind) } " " bdi { (if changes.org.is_empty() { changes.host } else { changes.org }) }
                    @if !changes.org.is_empty() { " (" (changes.host) ")" }
                }
                (plan::plan(changes))
                (panel::signed_in(screen))
            }
        }
    }
}
