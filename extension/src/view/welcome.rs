//! The page that is shown once, after the extension was installed, and as Help.

use super::popup::{SHIELD, users_of};
use maud::{Markup, html};

/// The page. `hosts` are the orgs that somebody is logged in to, each by the host that answers its API.
pub(crate) fn page(hosts: &[(String, String)], reloaded: Option<usize>) -> Markup {
    html! {
        header .head { (SHIELD) h1 #name { "Welcome to Leastwise" } }
        p .lead { "Find and fix risky integration users in Salesforce Setup. See why, preview every change, undo it." }
        section aria-labelledby="start" {
            h2 #start { "Start here" }
            ol .steps {
                li {
                    p { b { "Reload the Salesforce tabs that are open." } " They were opened before Leastwise was there." }
                    button #reload .primary type="button" data-command="ReloadTabs" { "Reload open tabs" }
                    @match reloaded {
                        Some(0) => p #reloaded .small { "No Salesforce tab is open." },
                        Some(1) => p #reloaded .small { "1 tab reloaded." },
                        Some(n) => p #reloaded .small { (n) " tabs reloaded." },
                        None => {},
                    }
                }
                li {
                    p { b { "Open a user that an integration logs in as." } }
                    @if hosts.is_empty() {
                        p { "In Salesforce, go to Setup, then Users, and open the user." }
                    } @else {
                        ul .orgs { @for (host, label) in hosts {
                            li { a href=(users_of(host)) target="_blank" rel="noopener noreferrer" { "Users of " bdi { (label) } } }
                        } }
                    }
                }
                li { p { b { "Look at the bottom right corner of the page." } " Select the Leastwise button there, or press Alt+Shift+L." } }
            }
        }
        section aria-labelledby="does" {
            h2 #does { "What it does" }
            ul .bullets {
                li { b { "Checks" } " users, profiles and permission sets in Setup against published practices for integration users. Each check names its source." }
                li { b { "Marks" } " risky checkboxes while you edit, before you save." }
                li { b { "Fixes" } " what you choose: a preview first, then your approval in a separate window, then it verifies the change. Undo works the next day too." }
            }
        }
        section aria-labelledby="reads" {
            h2 #reads { "What it reads, and what it never does" }
            ul .bullets {
                li { "It reads the user's permissions, login history, OAuth tokens, apps and login IP ranges, with your own permissions and the session you are already logged in with." }
                li { "Nothing is sent to anyone but your own org. There is no server and no connected app, and the session is never stored." }
                li { b { "Production is read-only" } " until you allow changes there, and again once you close the browser." }
                li { "Nothing is changed without a preview that you approved. Nothing on a Salesforce page can approve it." }
                li { "What it couldn't read is “Couldn't check”. It never counts as passed." }
            }
        }
        footer .foot {
            nav aria-label="Leastwise" {
                a href="options.html" { "Settings" }
                a href="history.html" { "History" }
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_that_is_open_is_linked_to_else_the_way_is_said() {
        assert!(page(&[], None).0.contains("go to Setup, then Users"));
        let hosts = [("acme.my.salesforce.com".to_owned(), "<Acme>".to_owned())];
        let html = page(&hosts, Some(2)).0;
        assert!(html.contains("https://acme.my.salesforce.com/lightning/setup/ManageUsers/home"), "{html}");
        assert!(html.contains("&lt;Acme&gt;") && html.contains("2 tabs reloaded."), "{html}");
    }
}
