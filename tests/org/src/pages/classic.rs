//! The skeleton of Classic pages, in a frame or at top level, and the pieces that their markup is made of.
//!
//! It never inserts a script or a style of its own into the markup: files only, so that a strict policy holds.

use super::View;
use crate::page::{Host, PageResponse};
use crate::store::Row;
use maud::{DOCTYPE, Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

/// What a framed page carries on to the next one, and the choices that links remember.
const CARRIED: &[&str] = &[
    "appLayout",
    "tour",
    "isdtp",
    "sfdcIFrameOrigin",
    "sfdcIFrameHost",
    "nonce",
    "ltn_app_id",
    "clc",
    "enhanced",
    "language",
];

pub(super) fn skeleton(view: &View<'_>, title: &str, body: Markup) -> Markup {
    let framed = view.request.parameter("sfdcIFrameOrigin").is_some();
    let top_level = !framed && view.request.host == Host::Core;
    html! {
        (DOCTYPE)
        html lang=(view.words.lang()) dir=(view.words.dir()) {
            head {
                meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " ~ Salesforce - Enterprise Edition" }
                link rel="stylesheet" href="/sCSS/classic.css";
                script src={ "/jslibrary/jslabels/" (view.words.language()) ".js" } defer {}
                script src="/jslibrary/sfdc/setup.js" defer {}
                script src="/jslibrary/sfdc/classic.js" defer {}
            }
            body .sfdcBody.setupTab.framed[framed] {
                div #contentWrapper {
                    @if top_level {
                        div #AppBodyHeader { a href="/" { "Salesforce" } a href="/005" { (view.words.say("Users")) } a href="/00e" { (view.words.say("Profiles")) } a href="/0PS" { (view.words.say("Permission Sets")) } }
                    }
                    table #bodyTable .outer { tbody { tr {
                        @if top_level {
                            td #sidebarCell .sidebarCell {
                                div .setupNavtree {
                                    h2 { (view.words.say("Setup")) }
                                    a href="/005?setupid=ManageUsers" { (view.words.say("Users")) }
                                    a href="/00e?setupid=EnhancedProfiles" { (view.words.say("Profiles")) }
                                    a href="/0PS?setupid=PermSets" { (view.words.say("Permission Sets")) }
                                }
                            }
                        }
                        td #bodyCell .oRight { a name="skiplink" {} (body) }
                    } } }
                }
            }
        }
    }
}

/// The address of another page of the same frame.
pub(super) fn address(view: &View<'_>, path: &str, own: &[(&str, &str)]) -> String {
    let carried = CARRIED
        .iter()
        .filter(|key| !own.iter().any(|(name, _)| name == *key))
        .filter_map(|key| Some((*key, view.request.parameter(key)?)));
    let query: Vec<String> = own
        .iter()
        .copied()
        .chain(carried)
        .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A redirect to another page of the same frame.
pub(super) fn redirect(view: &View<'_>, path: &str, own: &[(&str, &str)]) -> PageResponse {
    PageResponse::redirect(address(view, path, own))
}

/// Where a form is posted: to its own address.
pub(super) fn action(view: &View<'_>) -> String {
    let own: Vec<(&str, &str)> = view.request.query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    address(view, &view.request.path, &own)
}

/// The form of 15 characters, as links have it.
pub(super) fn short(id: &str) -> &str {
    id.get(..15).unwrap_or(id)
}

/// Whether a boolean field is on.
pub(super) fn on(row: &Row, field: &str) -> bool {
    row.get(field) == Some(&json!(true))
}

/// The title block of a page.
pub(super) fn title(kind: &str, description: &str) -> Markup {
    html! {
        div .bPageTitle { div .ptBody { div .content { h1 .pageType { (kind) } h2 .pageDescription { (description) } } } }
    }
}

/// A block of a page with its buttons above and below. `ep` is the suffix of its ids, as the platform has it.
pub(super) fn block(name: &str, buttons: &Markup, body: &Markup, error: Option<&str>) -> Markup {
    html! {
        div #ep .bPageBlock.brandSecondaryBrd.editPage.secondaryPalette {
            div .pbHeader { table border="0" cellpadding="0" cellspacing="0" { tbody { tr { td .pbTitle { h2 .mainTitle { (name) } } td #topButtonRow .pbButton { (buttons) } } } } }
            div .pbBody {
                div #errorDiv_ep .pbError role=[error.map(|_| "alert")] { @if let Some(error) = error { (error) } }
                (body)
            }
            div .pbBottomButtons { table border="0" cellpadding="0" cellspacing="0" { tbody { tr { td .pbTitle { "\u{a0}" } td #bottomButtonRow .pbButtonb { (buttons) } } } } }
        }
    }
}

/// The heading of a section.
pub(super) fn section(at: usize, name: &str) -> Markup {
    html! { div id={ "head_" (at) "_ep" } .pbSubheader.brandTertiaryBgr.first[at == 1].tertiaryPalette { h3 { (name) span .titleSeparatingColon { ":" } } } }
}

/// Rows of label and value, two pairs a row.
pub(super) fn details(pairs: &[(Markup, Markup)]) -> Markup {
    let rows = pairs.chunks(2).len();
    html! {
        div .pbSubsection {
            table .detailList border="0" cellpadding="0" cellspacing="0" {
                tbody {
                    @for (at, row) in pairs.chunks(2).enumerate() {
                        @let last = at + 1 == rows;
                        tr {
                            @for (column, (label, value)) in row.iter().enumerate() { td .labelCol.last[last] { (label) } td .dataCol.col02[column == 0].last[last] { (value) } }
                            @if row.len() == 1 { td .labelCol.last[last].empty { "\u{a0}" } td .dataCol.last[last].empty { "\u{a0}" } }
                        }
                    }
                }
            }
        }
    }
}

/// A list below a detail page.
pub(super) fn related(id: &str, name: &str, buttons: &Markup, rows: &Markup) -> Markup {
    html! {
        a name=(id) {}
        div id=(id) .listRelatedObject.setupBlock {
            div .bPageBlock.secondaryPalette {
                div .pbHeader { table border="0" cellpadding="0" cellspacing="0" { tbody { tr { td .pbTitle { h3 id={ (id) "_title" } { (name) } } td .pbButton { (buttons) } } } } }
                div id={ (id) "_body" } .pbBody { table .list border="0" cellpadding="0" cellspacing="0" { tbody { (rows) } } }
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

/// A button that posts the form around it.
pub(super) fn submit(view: &View<'_>, name: &str, word: &str) -> Markup {
    let word = view.words.say(word);
    html! { input .btn type="submit" name=(name) title=(word) value={ " " (word) " " }; }
}

/// A button that leads to another page.
pub(super) fn leads(view: &View<'_>, name: &str, word: &str, to: &str) -> Markup {
    let word = view.words.say(word);
    html! { input .btn type="button" name=(name) title=(word) value={ " " (word) " " } data-href=(to); }
}

/// Save and Cancel.
pub(super) fn save_buttons(view: &View<'_>) -> Markup {
    html! { (submit(view, "save", "Save")) (submit(view, "cancel", "Cancel")) }
}

/// A choice of one value out of several.
pub(super) fn select(id: &str, chosen: &str, choices: &[(String, String)]) -> Markup {
    html! { select id=(id) name=(id) { @for (value, label) in choices { option value=(value) selected[value == chosen] { (label) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pairs_a_row_and_an_empty_one_where_one_lacks() {
        let pair = |n: u8| (html! { (n) }, html! { b { (n) } });
        let html = details(&[pair(1), pair(2), pair(3)]).into_string();
        assert_eq!(html.matches("<tr>").count(), 2);
        assert_eq!(html.matches("labelCol").count(), 4);
        assert!(
            html.contains("<td class=\"labelCol empty last\">\u{a0}</td><td class=\"dataCol empty last\">")
        );
        assert!(html.contains("<td class=\"labelCol\">1</td><td class=\"dataCol col02\"><b>1</b></td>"));
    }

    #[test]
    fn the_first_section_is_marked_first() {
        assert!(section(1, "A").into_string().contains("id=\"head_1_ep\""));
        assert!(section(1, "A").into_string().contains(" first\""));
        assert!(!section(2, "A").into_string().contains(" first\""));
    }
}
