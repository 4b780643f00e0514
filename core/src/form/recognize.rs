//! Which box of a form is which permission, or which object's.
//!
//! It never guesses: a name that the org's describe has, or a label that exactly one permission has, and the two must
//! not contradict each other; a meaning that two boxes seem to have is neither's.

use crate::facts::ObjectGrant;
use crate::facts::{FEATURE, Labels};
use crate::salesforce::permissions;
use crate::salesforce::setup_url::PageKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a form has, a line an element, in the order of the page. Nothing of it is changed by what is entered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Form {
    /// Its boxes: id, label (its own or its row's), what its script calls the row of a table of objects, the column of
    /// the six or seven there, `1` when it was ticked when the page came, and texts that may be an API name (its title, its name,
    /// what its script is called with), with tabs between.
    pub boxes: Vec<String>,
    /// Its fields and choices: id, what stood there when the page came, and of a choice what is shown of that.
    pub fields: Vec<String>,
    /// The object that the address names (`o`), on the page of one object's settings.
    pub object: String,
}

/// One of a line's parts. (Not drawn into its fifteen callers: 2 KB of the shipped Wasm.)
pub(super) fn part(line: &str, at: usize) -> &str {
    line.split('\t').nth(at).unwrap_or_default()
}

/// The first number in what is shown.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// What a box means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A user permission, by API name.
    Permission(String),
    /// One of the seven permissions on an object, by its API name: Read, Create, Edit, Delete, View All, Modify All, View
    /// All Fields.
    Object(String, usize),
    /// It may be a permission, and it is not certain which.
    Unknown,
    /// It is something else: an app, a tab, a field, a user's feature.
    Other,
}

impl Meaning {
    /// What two boxes that mean the same have in common; none where nothing is certain.
    fn key(&self) -> Option<String> {
        match self {
            Meaning::Permission(name) => Some(name.clone()),
            Meaning::Object(name, column) => Some(format!("{name}.{column}")),
            Meaning::Unknown | Meaning::Other => None,
        }
    }
}

/// The columns of the six that delete.
pub(super) const DELETE: usize = 3;
pub(super) const VIEW_ALL: usize = 4;
pub(super) const MODIFY_ALL: usize = 5;
/// The last, which pages have since API version 63 (Salesforce Help, "Object Permissions", has the seven in this order).
pub(super) const VIEW_ALL_FIELDS: usize = 6;

/// Endings and beginnings of ids that are known to be no permission's (setup pages as seen in public code).
const OTHERS: &[&str] =
    &[":app_visible", ":fls_read_ck", ":fls_edit_ck", ":rt_assign", "tabSet_visible", "tab__"];

/// The meaning of each box; all are others where a profile is copied. `deletes`: what is granted today, where it could be
/// read.
pub(super) fn of(
    form: &Form,
    labels: &Labels,
    kind: PageKind,
    is_clone: bool,
    deletes: Option<&[ObjectGrant]>,
) -> Vec<Meaning> {
    if is_clone {
        return form.boxes.iter().map(|_| Meaning::Other).collect();
    }
    let on_user = kind == PageKind::User;
    let of_page = |name: &str| name.starts_with(FEATURE) == on_user;
    let by_label: Vec<(String, &str)> = labels
        .iter()
        .filter(|(name, _)| of_page(name))
        .map(|(name, label)| (plain(label), name.as_str()))
        .collect();
    // Objects of which a box is not as what is granted: the page has their boxes in an order that is not known.
    let mut contradicted = BTreeSet::new();
    let mut all: Vec<Meaning> = form
        .boxes
        .iter()
        // Of a user's boxes the features' ids alone begin so, and say no more: which is which, its label says.
        .map(|line| match on_user && !line.starts_with(FEATURE) {
            true => Meaning::Other,
            false => one(line, form, labels, &by_label, deletes, &mut contradicted),
        })
        .collect();
    for meaning in &mut all {
        if matches!(meaning, Meaning::Object(name, _) if contradicted.contains(name)) {
            *meaning = Meaning::Unknown;
        }
    }
    let mut keys: Vec<String> = all.iter().filter_map(Meaning::key).collect();
    keys.sort_unstable();
    let twins: Vec<&String> = keys.windows(2).filter(|two| two.first() == two.last()).flatten().collect();
    for meaning in &mut all {
        if meaning.key().is_some_and(|key| twins.contains(&&key)) {
            *meaning = Meaning::Unknown;
        }
    }
    all
}

fn one(
    line: &str,
    form: &Form,
    labels: &Labels,
    by_label: &[(String, &str)],
    deletes: Option<&[ObjectGrant]>,
    contradicted: &mut BTreeSet<String>,
) -> Meaning {
    let (id, label, entity) = (part(line, 0), part(line, 1), part(line, 2));
    let was = part(line, 4) == "1";
    let own = id.strip_suffix(":olp_check");
    let column =
        own.map_or(part(line, 3), |rest| rest.rsplit(':').next().unwrap_or_default()).parse::<usize>();
    if let (None, Err(_)) = (own, &column) {
    } else {
        let name = match own {
            Some(_) => &form.object,
            None if entity.is_empty() => label,
            None => entity,
        };
        let column = column.unwrap_or(usize::MAX);
        let saved = deletes.into_iter().flatten().find(|object| object.object == name);
        let is = match column {
            DELETE => saved.is_some_and(|object| object.delete),
            VIEW_ALL => saved.is_some_and(|object| object.view_all),
            MODIFY_ALL => saved.is_some_and(|object| object.modify_all),
            VIEW_ALL_FIELDS => saved.is_some_and(|object| object.view_fields),
            _ => was,
        };
        // What a page calls its row is an API name, and its boxes are in the order known, only where that agrees with what
        // is granted; the address names the object for certain.
        let agrees = if deletes.is_some() { is == was } else { own.is_some() };
        if deletes.is_some() && is != was {
            contradicted.insert(name.to_owned());
        }
        return match agrees && column <= VIEW_ALL_FIELDS && is_name(name) {
            true => Meaning::Object(name.to_owned(), column),
            false => Meaning::Unknown,
        };
    }
    if OTHERS.iter().any(|other| id.ends_with(other) || id.starts_with(other)) {
        return Meaning::Other;
    }
    let known = |name: &&str| {
        if labels.is_empty() { permissions::is_known(name) } else { labels.contains_key(*name) }
    };
    let mut names: Vec<&str> =
        line.split('\t').skip(5).filter(known).filter(|name| !name.starts_with(FEATURE)).collect();
    names.dedup();
    let label = plain(label);
    let labelled: Vec<&str> = by_label
        .iter()
        .filter(|(own, _)| *own == label && !label.is_empty())
        .map(|(_, name)| *name)
        .collect();
    // A label that two permissions share is nobody's; it may still be that of the one that is named.
    let name = match (names.as_slice(), labelled.as_slice()) {
        ([name], all) if all.is_empty() || all.contains(name) => name,
        ([], [name]) => name,
        _ => return Meaning::Unknown,
    };
    Meaning::Permission((*name).to_owned())
}

/// Whether a text can be an object's API name.
fn is_name(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A label as it is compared: spaces of any kind as one, without the marks of direction, of what is required, and of the
/// end; letters A to Z alike whether large or small.
fn plain(label: &str) -> String {
    let mut text = String::new();
    for letter in label.chars() {
        match letter {
            ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{202f}' | '\u{3000}' => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            other => text.push(other.to_ascii_lowercase()),
        }
    }
    text.trim_matches(['*', ':', '：', ' ']).to_owned()
}
