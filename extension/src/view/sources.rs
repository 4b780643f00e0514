//! Links to what a rule rests on.

use leastwise_core::rules::rule::Rule;
use maud::{Markup, html};

/// Links to what the rule rests on, named by what stands before each.
pub(super) fn sources(rule: &Rule) -> Markup {
    let text = rule.section("Source");
    let links = text
        .split('>')
        .filter_map(|part| part.split_once('<'))
        .filter(|(_, url)| url.starts_with("https://"));
    html! {
        @for (title, url) in links {
            @let title = title.trim_matches([' ', ',', ';', '.', ':']);
            p .source {
                "Source: "
                a href=(url) target="_blank" rel="noopener noreferrer" {
                    (if title.is_empty() { url } else { title }) span .hush { " (opens in a new tab)" }
                }
            }
        }
    }
}
