//! The chip, by which the panel is opened.

use maud::{Markup, PreEscaped, html};

/// A shield with a tick: drawn, so that nothing is loaded into the page.
pub(super) const MARK: PreEscaped<&str> = PreEscaped(
    r#"<svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="M8 1 2.5 3v4.4c0 3.4 2.3 6.2 5.5 7.6 3.2-1.4 5.5-4.2 5.5-7.6V3z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="m5.3 8 2 2 3.5-4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>"#,
);

/// What stands on the chip.
pub(super) fn chip(words: &str) -> Markup {
    html! { (MARK) b .brand { "Leastwise" } span .dot { " · " } span { (words) } }
}
