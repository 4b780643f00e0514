//! Who the user is, in one line: why it seems so, and the admin's own answer, behind a click.

use leastwise_core::classification::{AdminAnswer, Classification, Who};
use maud::{Markup, html};

/// Who it is. It opens by itself only where nothing but a name says so and nobody answered.
pub(super) fn who(classification: &Classification, kind: &str, is_complete: bool) -> Markup {
    let is_of_many = kind != "User";
    let verdict = match (classification.who, classification.sure, classification.answer) {
        (Who::Integration, _, Some(_)) => "Integration user (you confirmed)",
        (Who::Person, _, Some(_)) => "Person (you confirmed)",
        (Who::Integration, true, _) if is_of_many => "Used by integrations",
        (Who::Integration, false, _) if is_of_many => "Probably used by integrations",
        (Who::Person, true, _) if is_of_many => "Used by people",
        (Who::Person, false, _) if is_of_many => "Probably used by people",
        (Who::Integration, true, _) => "Integration user",
        (Who::Integration, false, _) => "Probably an integration user",
        (Who::Person, true, _) => "Person",
        (Who::Person, false, _) => "Probably a person",
        (Who::Mixed { .. }, ..) => "Used by people and integrations",
        (Who::Platform, ..) => "Salesforce system user",
    };
    let (integration, person) = if is_of_many {
        ("It's used by integrations", "It's used by people")
    } else {
        ("It's an integration user", "It's a person")
    };
    let answer = classification.answer;
    let is_platform = matches!(classification.who, Who::Platform);
    let is_open = is_complete && classification.is_a_guess() && answer.is_none();
    html! {
        details #who .who data-who=(word_of(classification.who)) data-sure=(classification.sure) open[is_open] {
            summary #who-why {
                span .kind { (kind) } " · " b { (verdict) }
                @if !is_platform { span .more { "Why? · Change" } }
            }
            @if !classification.reasons.is_empty() {
                ul { @for reason in &classification.reasons { li dir="auto" { (reason.text) } } }
            }
            @if !is_platform {
                div .say role="group" aria-label="Correct this" {
                    button #say-integration type="button" data-command="Answer" data-answer="Integration"
                        aria-pressed=(answer == Some(AdminAnswer::Integration)) { (integration) }
                    button #say-person type="button" data-command="Answer" data-answer="Person"
                        aria-pressed=(answer == Some(AdminAnswer::Person)) { (person) }
                    @if answer.is_some() {
                        button #say-nothing type="button" data-command="Answer" { "Reset" }
                    }
                }
                @if answer.is_some() { p .small { "Your answer is kept in this browser, for this org." } }
            }
        }
    }
}

const fn word_of(who: Who) -> &'static str {
    match who {
        Who::Integration => "integration",
        Who::Person => "person",
        Who::Mixed { .. } => "mixed",
        Who::Platform => "platform",
    }
}
