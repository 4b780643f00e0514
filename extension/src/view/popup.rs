//! The popup of the toolbar's button.

use super::screen::Screen;
use super::{history, panel};
use crate::storage::journals::History;
use maud::{Markup, html};

/// The popup: the same, without a chip.
pub(crate) fn popup(screen: &Screen<'_>) -> Markup {
    html! {
        div .panel {
            @if screen.is_closed {
                div .note {
                    p { "You hid this panel on the page." }
                    button #again type="button" data-command="Retry" { "Show it again" }
                }
            }
            (panel::body(screen))
            (history::link())
        }
    }
}

/// The popup, where the tab shows nothing of ours; `history` is of all orgs.
pub(crate) fn no_page(history: &History) -> Markup {
    html! {
        div .panel {
            h1 #name { "Leastwise" }
            p { "Open a user or a profile in Salesforce Setup to see what Leastwise finds there." }
            ul .ways {
                li { "Users: Setup, " b { "Users" } ", then a user’s name." }
                li { "Profiles: Setup, " b { "Profiles" } ", then a profile’s name." }
            }
            p .small { "If such a page is open already, reload it once." }
            (history::unfinished(history))
            (history::link())
        }
    }
}
