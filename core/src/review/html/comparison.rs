//! Two reviews beside each other.

use super::{Output, before_and_after, mark, name};
use crate::review::compare::{self, Change, Compared, Whose};
use crate::review::result::Review;
use crate::text::counted;
use maud::{Markup, html};

/// What got better, what is new and what cannot be compared.
pub fn comparison(now: &Review, earlier: &Review, output: Output) -> Markup {
    let all = compare::compare(earlier, now);
    let of = |change: Change| -> Vec<&Compared> { all.iter().filter(|one| one.change == change).collect() };
    html! {
        (before_and_after(&compare::counts(earlier), &compare::counts(now)))
        @if all.is_empty() { p { "There was nothing to compare: neither review found anything." } }
        @for change in Change::ALL {
            @let own = of(change);
            @if !own.is_empty() {
                details .change data-change=(change.label()) open[matches!(change, Change::New | Change::Worse | Change::Solved)] {
                    summary { b { (change.label()) } " · " (counted(own.len(), "finding")) }
                    ul { @for one in own {
                        li {
                            span .tone .(one.found.severity.word()) aria-hidden="true" { (mark(one.found.severity)) } " "
                            @match link(now, one, output) {
                                Some(link) => a href=(link) { (name(&one.name)) },
                                None => (name(&one.name)),
                            }
                            ": " (name(&one.found.title)) @if !one.why.is_empty() { " " span .small { (one.why) } }
                        }
                    } }
                }
            }
        }
    }
}

/// Where the part is of whose finding it is; none where the new review has none.
fn link(now: &Review, one: &Compared, output: Output) -> Option<String> {
    match &one.whose {
        Whose::User(id) => now.subjects.iter().find(|subject| subject.id == *id).map(|own| output.user(own)),
        Whose::App(key) => now.apps.iter().find(|app| app.key() == *key).map(|own| output.app(own)),
        Whose::Org => Some(output.org().to_owned()),
    }
}
