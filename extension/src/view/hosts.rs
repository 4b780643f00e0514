//! Salesforce's addresses that few orgs have: on the popup, where such a page is open, and in the settings.

use leastwise_core::salesforce::hosts::{HOST_GROUPS, HostGroup};
use maud::{Markup, html};

/// A group of addresses, and whether Leastwise may use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hosts {
    pub(crate) group: &'static HostGroup,
    pub(crate) is_allowed: bool,
}

impl Hosts {
    /// All groups as they are before anything is allowed.
    pub(crate) fn none_allowed() -> Vec<Hosts> {
        HOST_GROUPS.iter().map(|group| Hosts { group, is_allowed: false }).collect()
    }
}

/// A button that asks the browser: the browser asks the person, and the page that it stands on is told what they said.
fn button(id: &str, hosts: Hosts) -> Markup {
    let (what, label) = if hosts.is_allowed { ("forbid", "Remove") } else { ("allow", "Allow…") };
    html! {
        button #(id) type="button" data-hosts=(what) data-origins=(hosts.group.origins.join(" ")) {
            (label) span .hush { " " (hosts.group.name) }
        }
    }
}

/// On the popup: that Leastwise may not look at the page in front yet.
pub(super) fn this_page(group: &'static HostGroup) -> Markup {
    html! {
        p { b { "Leastwise isn't allowed on this Salesforce address yet." } }
        p .small { (group.name) ": " (group.who) " Your browser asks you before Leastwise can use such pages." }
        (button("allow-hosts", Hosts { group, is_allowed: false }))
    }
}

/// In the settings: each group, with what it takes to allow it or to take that back.
pub(super) fn list(all: &[Hosts]) -> Markup {
    html! {
        p .small { "Most orgs need nothing here. If your org has other addresses, allow them and your browser asks you once." }
        ul .list { @for (at, hosts) in all.iter().enumerate() {
            li data-allowed[hosts.is_allowed] {
                p { b { (hosts.group.name) } @if hosts.is_allowed { " · Allowed" }
                    br; span .small { (hosts.group.who) } }
                (button(&format!("hosts-{at}"), *hosts))
            }
        } }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_allowed_or_removed_as_a_whole() {
        let mut all = Hosts::none_allowed();
        let html = list(&all).0;
        assert_eq!(html.matches("data-hosts=\"allow\"").count(), HOST_GROUPS.len(), "{html}");
        all[0].is_allowed = true;
        let html = list(&all).0;
        let origins = HOST_GROUPS[0].origins.join(" ");
        assert!(html.contains(&format!("data-hosts=\"forbid\" data-origins=\"{origins}\"")), "{html}");
        assert!(html.contains("US military (.mil)</b> · Allowed"), "{html}");
    }
}
