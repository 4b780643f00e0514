//! The skeleton of Classic pages, in a frame or at top level.
//!
//! It never inserts a script or a style of its own into the markup: files only, so that a strict policy holds.

use super::View;
use crate::page::Host;
use maud::{DOCTYPE, Markup, html};

pub(super) fn skeleton(view: &View<'_>, title: &str, body: Markup) -> Markup {
    let framed = view.request.parameter("sfdcIFrameOrigin").is_some();
    html! {
        (DOCTYPE)
        html lang=(view.words.lang()) dir=(view.words.dir()) {
            head {
                meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " ~ Salesforce - Enterprise Edition" }
                link rel="stylesheet" href="/sCSS/classic.css";
                script src={ "/jslibrary/jslabels/" (view.words.language()) ".js" } defer {}
                script src="/jslibrary/sfdc/classic.js" defer {}
            }
            body .sfdcBody.setupTab {
                div #contentWrapper {
                    @if !framed && view.request.host == Host::Core {
                        div #AppBodyHeader { a href="/" { "Salesforce" } " " a href="/005" { (view.words.say("Users")) } " " a href="/00e" { (view.words.say("Profiles")) } }
                    }
                    table #bodyTable .outer { tbody { tr { td #bodyCell .oRight { a name="skiplink" {} (body) } } } }
                }
            }
        }
    }
}

/// The title block of a page.
pub(super) fn title(kind: &str, description: &str) -> Markup {
    html! {
        div .bPageTitle { div .ptBody { div .content { h1 .pageType { (kind) } h2 .pageDescription { (description) } } } }
    }
}

/// A block of a page, in a form when it is edited, with its buttons above and below.
pub(super) fn block(name: &str, buttons: &Markup, body: &Markup, error: Option<&str>) -> Markup {
    html! {
        div #ep .bPageBlock.editPage.secondaryPalette {
            div .pbHeader { table { tbody { tr { td .pbTitle { h2 .mainTitle { (name) } } td #topButtonRow .pbButton { (buttons) } } } } }
            div .pbBody {
                div #errorDiv_ep .pbError { @if let Some(error) = error { (error) } }
                (body)
            }
            div .pbBottomButtons { table { tbody { tr { td #bottomButtonRow .pbButtonb { (buttons) } } } } }
        }
    }
}

/// The heading of a section.
pub(super) fn section(at: usize, name: &str) -> Markup {
    html! { div id={ "head_" (at) "_ep" } .pbSubheader.brandTertiaryBgr.tertiaryPalette { h3 { (name) span .titleSeparatingColon { ":" } } } }
}

/// Rows of label and value, two pairs a row.
pub(super) fn details(pairs: &[(Markup, Markup)]) -> Markup {
    html! {
        div .pbSubsection {
            table .detailList border="0" cellpadding="0" cellspacing="0" {
                tbody {
                    @for row in pairs.chunks(2) {
                        tr {
                            @for (label, value) in row { td .labelCol { (label) } td .dataCol.col02 { (value) } }
                            @if row.len() == 1 { td .labelCol.empty { "\u{a0}" } td .dataCol.empty.last { "\u{a0}" } }
                        }
                    }
                }
            }
        }
    }
}

/// A box on a detail page: a picture, as the platform has it.
pub(super) fn check(view: &View<'_>, on: bool) -> Markup {
    let (src, alt) = if on {
        ("/img/checkbox_checked.gif", "Checked")
    } else {
        ("/img/checkbox_unchecked.gif", "Not Checked")
    };
    html! { img src=(src) alt=(view.words.say(alt)) width="21" height="16" .checkImg title=(view.words.say(alt)); }
}
