//! One step of a plan: where something stands, what was there, and what is to be there.

use crate::facts::subject::AppKey;
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use crate::salesforce::soql::text_literal;
use serde::{Deserialize, Deserializer, Serialize};

/// What a field is, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// This value.
    Is(Value),
    /// The id of the row that an earlier step (by its place in the plan) made or found.
    Made(usize),
    /// What an earlier step's row has in this field: known once the preview has read it.
    Read {
        /// The step's place in the plan.
        step: usize,
        /// The field; `Id` among them.
        field: String,
    },
    /// What the admin gave for the plan's input at this place.
    Input(usize),
    /// The whole number that is there, or this one where that is less; below zero, what it is without its sign where
    /// that is more, or none (0): known once the preview has read it.
    Within(i64),
}

impl Term {
    /// A text.
    pub fn text(text: impl Into<String>) -> Term {
        Term::Is(Value::String(text.into()))
    }

    /// A truth value.
    pub const fn flag(is: bool) -> Term {
        Term::Is(Value::Bool(is))
    }

    /// What the row of an earlier step has in a field.
    pub fn read(step: usize, field: &str) -> Term {
        Term::Read { step, field: field.to_owned() }
    }

    /// An id.
    pub fn id(id: &Id) -> Term {
        Term::text(id.as_str())
    }
}

/// Fields by API name.
pub type Fields = Vec<(String, Term)>;

/// `fields` from names and terms.
pub fn fields<const N: usize>(all: [(&str, Term); N]) -> Fields {
    all.into_iter().map(|(name, term)| (name.to_owned(), term)).collect::<Vec<_>>()
}

/// Where something stands in the org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The one row of an object that these fields tell from all others.
    Row {
        /// The object's API name.
        object: String,
        /// What tells it: its `Id`, or the fields that are unique together.
        key: Fields,
    },
    /// A component of the Metadata API; fields are elements by path (`oauthConfig.isAdminApproved`). A profile is
    /// written with the changed elements alone, for what is left out of it stays; everything else as a whole, for what
    /// is left out of it is reset (`salesforce-facts`: Profile `loginIpRanges`; ConnectedApp; external client apps).
    Component {
        /// Its type (`ConnectedApp`).
        kind: String,
        /// Its `fullName`: the first of these that is there; a copy is called the first.
        names: Vec<Term>,
        /// Where it is made, the component of the same type that it is made equal to: then it has the one field
        /// [`COPY`].
        #[serde(deserialize_with = "Option::deserialize")]
        from: Option<Term>,
        /// The full name of the profile whose policy it is. Such a one is told by its `profile`, for nobody knows what it
        /// is called: `names` are those that there are, at most as many as one `readMetadata`
        /// takes; where there are none yet, it is the list of them, which is only read, and has the one field `fullName`. (The first version had none, and left it out.)
        #[serde(default)]
        of: Option<String>,
    },
    /// The OAuth tokens that an app holds for a user: each is revoked, none can be made. It has no fields.
    Tokens {
        /// `UserId`.
        user: Id,
        /// Which app's: by `AppMenuItemId`, else by `AppName`.
        #[serde(deserialize_with = "app")]
        app: AppKey,
    },
    /// Many rows of one object, which become the same: the step's [`Step::rows`] tell each from the others. They are
    /// written 200 a request and read back together.
    Rows {
        /// The object's API name.
        object: String,
        /// What all of them have in common, and no other row of these has.
        shared: Fields,
        /// The field that tells them apart (`SobjectType`).
        by: String,
    },
    /// Whatever a query finds, which nothing is written to. Without a query no API tells it.
    Query {
        /// The query, `SELECT` and all.
        soql: String,
    },
}

/// An app, as this version writes it or as earlier ones did, which knew the name alone.
fn app<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AppKey, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Key(AppKey),
        Name(String),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Key(key) => key,
        Written::Name(name) => AppKey::Name(name),
    })
}

/// The field of a copied component: whether it is as the one that it was copied from.
pub const COPY: &str = "as the original";

/// How a step is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Looked at, written, read again and compared.
    Write,
    /// Looked at only: it must be there as `after` says, or not be there without one; else it goes no further. What it
    /// has, later steps take.
    Read,
    /// The platform's own work: looked at until it is as `after` says, a few times.
    Wait,
    /// A person does it in Setup, at this path; it is done when a reading says so, never by a click.
    Hand(String),
}

/// One step: most often a row made, changed or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it does, in words.
    pub words: String,
    /// Where.
    pub place: Place,
    /// How.
    pub way: Way,
    /// Whether there may be no such row: a write makes it then. Else a row that is not there cannot be changed.
    pub makes: bool,
    /// The earlier step whose row, where it found one, stands for this one's: then there is nothing to do here.
    #[serde(deserialize_with = "Option::deserialize")]
    pub unless: Option<usize>,
    /// Further fields that are read along, so that a row which is taken away can be made again.
    pub keep: Vec<String>,
    /// What was there when the preview was made; none: no such row.
    #[serde(deserialize_with = "Option::deserialize")]
    pub before: Option<Fields>,
    /// What is to be there; none: no such row.
    #[serde(deserialize_with = "Option::deserialize")]
    pub after: Option<Fields>,
    /// Of [`Place::Rows`]: what each row has in the field that tells them apart, in the order in which they are written.
    /// All have the same `before` and the same `after`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<String>,
    /// Of a step that takes back a write of which no answer came: until when (in seconds since 1970) that write may
    /// still arrive. Until then finding it not there proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<i64>,
    /// What it changes, as a person reads it; empty where that is told with another step, or a version before said it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub described: Vec<super::Described>,
    /// Of what a person does: what the preview found in the org, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What taking it back does, as a request; empty where that goes without saying.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub undone: String,
}

impl Step {
    fn row(words: impl Into<String>, object: &str, key: Fields, after: Option<Fields>) -> Step {
        let place = Place::Row { object: object.to_owned(), key };
        Step {
            words: words.into(),
            place,
            way: Way::Write,
            makes: false,
            unless: None,
            keep: vec![],
            before: None,
            after,
            rows: vec![],
            late: None,
            described: vec![],
            found: String::new(),
            undone: String::new(),
        }
    }

    /// The same change of many rows: of those that have `shared`, and one of `rows` in the field `by`. One row is a step
    /// as any other.
    pub fn change_all(
        words: impl Into<String>,
        object: &str,
        shared: Fields,
        by: &str,
        rows: Vec<String>,
        after: Fields,
    ) -> Step {
        if let [row] = rows.as_slice() {
            let mut key = shared;
            key.push((by.to_owned(), Term::text(row.as_str())));
            return Step::change(words, object, key, after);
        }
        let place = Place::Rows { object: object.to_owned(), shared, by: by.to_owned() };
        Step { place, rows, ..Step::row(words, "", vec![], Some(after)) }
    }

    /// A change of fields of the row with this id.
    pub fn update(words: impl Into<String>, object: &str, id: &Id, after: Fields) -> Step {
        Step::change(words, object, fields([("Id", Term::id(id))]), after)
    }

    /// A change of fields of the one row that `key` tells.
    pub fn change(words: impl Into<String>, object: &str, key: Fields, after: Fields) -> Step {
        Step::row(words, object, key, Some(after))
    }

    /// A new row, which `key` tells from all others.
    pub fn create(words: impl Into<String>, object: &str, key: Fields, after: Fields) -> Step {
        Step { makes: true, ..Step::change(words, object, key, after) }
    }

    /// The row that `key` tells taken away; `keep` is what it takes to make it again.
    pub fn delete(words: impl Into<String>, object: &str, key: Fields, keep: &[&str]) -> Step {
        let keep = keep.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        Step { keep, ..Step::row(words, object, key, None) }
    }

    /// A look at the row that `key` tells, which must be there; `keep` is what later steps take of it.
    pub fn find(words: impl Into<String>, object: &str, key: Fields, keep: &[&str]) -> Step {
        Step { way: Way::Read, after: Some(vec![]), ..Step::delete(words, object, key, keep) }
    }

    fn query(words: impl Into<String>, way: Way, soql: String, is: bool) -> Step {
        let after = is.then(Vec::new);
        Step { place: Place::Query { soql }, way, after, ..Step::row(words, "", vec![], None) }
    }

    /// A query that finds something, or it goes no further; `words` say why.
    pub fn needs(words: impl Into<String>, soql: String) -> Step {
        Step::query(words, Way::Read, soql, true)
    }

    /// A query that finds nothing, or it goes no further; `words` say why.
    pub fn bars(words: impl Into<String>, soql: String) -> Step {
        Step::query(words, Way::Read, soql, false)
    }

    /// What a person does in Setup at `link`; done when a query finds something (`is`), or nothing.
    pub fn hand(words: impl Into<String>, link: &str, soql: String, is: bool) -> Step {
        Step::query(words, Way::Hand(link.to_owned()), soql, is)
    }

    /// The platform's own work on the row that `key` tells, waited for.
    pub fn wait(words: impl Into<String>, object: &str, key: Fields, after: Fields) -> Step {
        Step { way: Way::Wait, ..Step::change(words, object, key, after) }
    }

    /// A change of these elements of a component.
    pub fn component(words: impl Into<String>, kind: &str, names: Vec<Term>, after: Fields) -> Step {
        let place = Place::Component { kind: kind.to_owned(), names, from: None, of: None };
        Step { place, ..Step::change(words, "", vec![], after) }
    }

    /// A change of these elements of a profile's own policy, at the beginning of a plan: its name looked for, then the
    /// change. All that there is to it is read along.
    pub fn policy([look, change]: [String; 2], kind: &str, of: &str, after: Fields) -> [Step; 2] {
        let step = |words, names, after| Step {
            place: Place::Component { kind: kind.to_owned(), names, from: None, of: Some(of.to_owned()) },
            ..Step::change(words, "", vec![], after)
        };
        [
            Step { way: Way::Read, keep: vec!["fullName".to_owned()], ..step(look, vec![], vec![]) },
            step(change, vec![Term::read(0, "fullName")], after),
        ]
    }

    /// All tokens that an app holds for a user, revoked.
    pub fn revoke(words: impl Into<String>, user: &Id, app: AppKey) -> Step {
        let place = Place::Tokens { user: user.clone(), app };
        Step { place, ..Step::row(words, "", vec![], None) }
    }

    /// A component made equal to the one called `from`, but for elements of its own.
    pub fn copy(words: impl Into<String>, kind: &str, name: Term, from: Term, mut own: Fields) -> Step {
        let place = Place::Component { kind: kind.to_owned(), names: vec![name], from: Some(from), of: None };
        own.push((COPY.to_owned(), Term::flag(true)));
        Step { place, makes: true, ..Step::change(words, "", vec![], own) }
    }

    /// Whether it writes.
    pub fn is_write(&self) -> bool {
        self.way == Way::Write
    }

    /// The fields that are read of it, in order and once each.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = vec![];
        let (keys, by) = match &self.place {
            Place::Row { key, .. } => (key.as_slice(), None),
            Place::Rows { shared, by, .. } => (shared.as_slice(), Some(by.as_str())),
            _ => (Default::default(), None),
        };
        let own = self.after.iter().chain(&self.before).flatten().chain(keys).map(|(name, _)| name.as_str());
        for name in own.chain(by).chain(self.keep.iter().map(String::as_str)) {
            if name != "Id" && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// The condition that finds the tokens which an app holds for a user, and no other app's.
/// Source: Object Reference, OauthToken (`AppMenuItemId` and `AppName`: Filter, Nillable; `Id` is always null).
pub(crate) fn tokens_of(user: &Id, app: &AppKey) -> String {
    let of = match app {
        AppKey::MenuItem(id) => format!("AppMenuItemId = '{id}'"),
        AppKey::Name(name) => format!("AppName = {} AND AppMenuItemId = null", text_literal(name)),
        AppKey::Deleted => "AppName = null AND AppMenuItemId = null".to_owned(),
    };
    format!("UserId = '{user}' AND {of}")
}
