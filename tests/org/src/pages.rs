//! The Setup pages: which path shows what.
//!
//! It never calls the API: pages are made from the org's rows, and their forms write through the same rules.

mod classic;
mod console;
mod objects;
mod permission_set;
mod permission_set_group;
mod profile_clone;
mod profile_original;
mod restrictions;
mod shell;
#[cfg(test)]
mod tests;
mod user;
mod user_edit;
mod words;

use crate::page::{Host, PageRequest, PageResponse};
use crate::store::{Actor, Org, Session};
use maud::{DOCTYPE, Markup, html};

pub(crate) use words::Words;

/// Paths that anybody may have: scripts, styles and pictures.
pub fn is_public(path: &str) -> bool {
    asset(path).is_some()
}

fn asset(path: &str) -> Option<(&'static str, &'static str)> {
    Some(match path {
        "/jslibrary/sfdc/classic.js" => ("text/javascript", include_str!("pages/assets/classic.js")),
        "/jslibrary/sfdc/setup.js" => ("text/javascript", include_str!("pages/assets/setup.js")),
        "/jslibrary/sfdc/shell.js" => ("text/javascript", include_str!("pages/assets/shell.js")),
        "/sCSS/classic.css" => ("text/css", include_str!("pages/assets/classic.css")),
        "/sCSS/shell.css" => ("text/css", include_str!("pages/assets/shell.css")),
        "/img/checkbox_checked.gif" => ("image/svg+xml", include_str!("pages/assets/checked.svg")),
        "/img/checkbox_unchecked.gif" => ("image/svg+xml", include_str!("pages/assets/unchecked.svg")),
        "/favicon.ico" => (
            "image/svg+xml",
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#0176d3"/></svg>"##,
        ),
        "/emptyHtmlDoc.html" => (
            "text/html",
            "<!DOCTYPE html><html lang=\"en\"><head><title>Empty</title></head><body></body></html>",
        ),
        // The labels of the platform's own scripts: the file's name tells the page's language, its content nothing.
        _ if path.starts_with("/jslibrary/jslabels/") && path.ends_with(".js") => ("text/javascript", ""),
        _ => return None,
    })
}

/// Everything that a page is made from.
pub(crate) struct View<'a> {
    pub(crate) request: &'a PageRequest,
    pub(crate) actor: Actor,
    pub(crate) words: Words,
}

/// Answers a page.
pub fn respond(org: &mut Org, session: Option<&Session>, request: &PageRequest) -> PageResponse {
    if let Some((kind, body)) = asset(&request.path) {
        return PageResponse {
            status: 200,
            headers: vec![("Content-Type".into(), format!("{kind}; charset=utf-8"))],
            body: body.into(),
        };
    }
    let Some(session) = session else { return PageResponse::redirect("/") };
    let language = request
        .parameter("language")
        .map(str::to_owned)
        .or_else(|| org.row("User", &session.user_id).map(crate::api::language))
        .unwrap_or_else(|| "en_US".into());
    let view =
        View { request, actor: Actor { user_id: session.user_id.clone() }, words: Words::of(&language) };
    if request.path.starts_with("/lightning/") || (request.path == "/" && request.host != Host::Core) {
        return shell::respond(org, &view);
    }
    if !org.has_permission(&session.user_id, "ViewSetup") {
        return insufficient(&view);
    }
    let path = request.path.trim_end_matches('/');
    match path {
        "" => return PageResponse::redirect("/lightning/setup/SetupOneHome/home"),
        "/setup/ui/profilelist.jsp" => return profile_original::list(org, &view),
        "/setup/ui/profileclone.jsp" => return profile_clone::respond(org, &view),
        _ => {}
    }
    let mut parts = path.trim_start_matches('/').split('/');
    let (first, rest) = (parts.next().unwrap_or_default(), parts.next());
    // `/005…` and `/005…/e`; a list has neither an id nor anything after it.
    let editing = rest == Some("e");
    if parts.next().is_some() || (rest.is_some() && !editing) {
        return missing(&view);
    }
    let is_record = matches!(first.len(), 15 | 18);
    match first.get(..3) {
        Some("005") if is_record => user::respond(org, &view, first, editing),
        Some("00e") if is_record => {
            if request.parameter("s").is_some() || request.parameter("enhanced").is_some() {
                console::respond(org, &view, "Profile", first, editing)
            } else {
                profile_original::respond(org, &view, first, editing)
            }
        }
        Some("0PS") if is_record => permission_set::respond(org, &view, first, editing),
        Some("0PG") if is_record => permission_set_group::respond(org, &view, first, editing),
        Some("005") if first.len() == 3 && rest.is_none() => user::list(org, &view),
        Some("00e") if first.len() == 3 && rest.is_none() => profile_original::list(org, &view),
        Some("0PS") if first.len() == 3 && rest.is_none() => permission_set::list(org, &view),
        Some("0PG") if first.len() == 3 && rest.is_none() => permission_set_group::list(org, &view),
        _ => missing(&view),
    }
}

/// The page of somebody who may not look at Setup.
fn insufficient(view: &View<'_>) -> PageResponse {
    let title = view.words.say("Insufficient Privileges");
    let body = html! {
        div .message { h2 #errorTitle { (title) } p #errorDesc { "You do not have the level of access necessary to perform the operation you requested. Please contact the owner of the record or your administrator if access is necessary." } }
    };
    page(view, 200, title, body)
}

/// The page of a record that is not there.
pub(crate) fn missing(view: &View<'_>) -> PageResponse {
    page(
        view,
        404,
        "Data Not Available",
        html! {
            div .message { h2 #errorTitle { "Data Not Available" } p #errorDesc { "The data you were trying to access could not be found. It may be due to another user deleting the data or a system error." } }
        },
    )
}

/// The sign-in page, as the platform's own names its fields.
pub fn sign_in(_org: &Org, request: &PageRequest, error: Option<&str>) -> PageResponse {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Login | Salesforce" } link rel="stylesheet" href="/sCSS/shell.css"; }
            body .login {
                form #login_form name="login" method="post" action="/" {
                    h1 { "Salesforce" }
                    @if let Some(error) = error { div #error .loginError role="alert" { (error) } }
                    input type="hidden" name="startURL" value=(request.parameter("startURL").unwrap_or_default());
                    label for="username" { "Username" } input #username type="email" name="un" autocomplete="username";
                    label for="password" { "Password" } input #password type="password" name="pw" autocomplete="current-password";
                    input #Login type="submit" name="Login" value="Log In";
                }
            }
        }
    };
    PageResponse { status: 200, headers: html_headers(request, false), body: markup.into_string() }
}

/// A Classic page: skeleton around its body.
pub(crate) fn page(view: &View<'_>, status: u16, title: &str, body: Markup) -> PageResponse {
    PageResponse {
        status,
        headers: html_headers(view.request, false),
        body: classic::skeleton(view, title, body).into_string(),
    }
}

/// Headers of an HTML page. The policy of the Lightning shell is the one seen on real orgs; Classic pages have none.
pub(crate) fn html_headers(request: &PageRequest, shell: bool) -> Vec<(String, String)> {
    let mut headers = vec![
        ("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned()),
        ("Cache-Control".to_owned(), "no-store".to_owned()),
    ];
    if request.options.strict_csp {
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src https:; connect-src 'self'; form-action 'self' https:";
        headers.push(("Content-Security-Policy".into(), policy.into()));
    } else if shell {
        let policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' chrome-extension: https://ssl.gstatic.com/accessibility/ https://static.lightning.force.com; \
            object-src 'self'; style-src 'self' blob: chrome-extension: 'unsafe-inline'; img-src 'self' http: https: data: blob:; media-src 'self' blob:; frame-ancestors 'self'; frame-src https: mailto:; font-src 'self' https: data:; connect-src 'self' https:";
        headers.push(("Content-Security-Policy".into(), policy.into()));
    }
    headers
}
