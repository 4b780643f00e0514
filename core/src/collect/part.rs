//! The parts of what is read of a page: what each is called in a composite, and which fact it fills.

use crate::facts::table::Table;
use crate::facts::{
    Apps, Expirations, Fact, Facts, Frozen, Grants, Jobs, Known, License, Password, Profile, SignIns, Tokens,
    User, Week, apps, assignment, choice, frozen, grants, jobs, license, passwords, profile, sign_ins,
    tokens, user, week,
};
use crate::salesforce::error::OrgError;
use crate::salesforce::json::Value;
use crate::salesforce::setup_url::PageKind;
use serde::{Deserialize, Serialize};

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Part {
    User,
    /// Whether the user is frozen.
    Frozen,
    Profile,
    License,
    /// The user's own assignments: which of them still count.
    Assigned,
    Sets,
    SignIns,
    Tokens,
    Apps,
    Jobs,
    Labels,
    Features,
    /// The profiles that could be chosen: a sixth query, which a composite does not take.
    Choices,
    /// The objects that those let delete.
    Objects,
    /// When software signs in.
    Week,
    /// How old passwords are.
    Passwords,
}

impl Part {
    /// Those that stand in composites, in their order.
    pub(super) const ALL: [Part; 14] = [
        Part::User,
        Part::Frozen,
        Part::Profile,
        Part::License,
        Part::Assigned,
        Part::Sets,
        Part::SignIns,
        Part::Tokens,
        Part::Apps,
        Part::Jobs,
        Part::Labels,
        Part::Features,
        Part::Choices,
        Part::Objects,
    ];

    /// What a composite calls it.
    pub(super) const fn reference(self) -> &'static str {
        match self {
            Part::User => "user",
            Part::Frozen => "frozen",
            Part::Profile => "profile",
            Part::License => "license",
            Part::Assigned => "assigned",
            Part::Sets => "sets",
            Part::SignIns => "signIns",
            Part::Tokens => "tokens",
            Part::Apps => "apps",
            Part::Jobs => "jobs",
            Part::Labels => "labels",
            Part::Features => "features",
            Part::Choices => "choices",
            Part::Objects => "objects",
            Part::Week => "week",
            Part::Passwords => "passwords",
        }
    }

    /// What it reads; describes read no rows.
    pub(super) const fn table(self) -> Option<Table> {
        Some(match self {
            Part::User => user::TABLE,
            Part::Frozen => frozen::TABLE,
            Part::Profile => profile::TABLE,
            Part::License => license::TABLE,
            Part::Assigned => assignment::TABLE,
            Part::Sets => grants::TABLE,
            Part::SignIns => sign_ins::TABLE,
            Part::Tokens => tokens::TABLE,
            Part::Apps => apps::TABLE,
            Part::Jobs => jobs::TABLE,
            Part::Choices => choice::TABLE,
            Part::Objects => choice::OBJECTS,
            Part::Week => week::TABLE,
            Part::Passwords => passwords::TABLE,
            Part::Labels | Part::Features => return None,
        })
    }

    /// Whether it reads these rows: then it reads the table's fields too.
    pub(super) fn reads(self, table: &Table) -> bool {
        self.table().is_some_and(|own| own.object == table.object && own.rows == table.rows)
    }

    /// Whether such a page has it.
    pub(super) const fn is_on(self, kind: PageKind) -> bool {
        match self {
            Part::User | Part::Frozen | Part::Assigned => matches!(kind, PageKind::User),
            Part::Profile | Part::License => !matches!(kind, PageKind::PermissionSet),
            _ => true,
        }
    }

    /// Whether a panel is shown without it: it comes after, or only makes what is there more exact.
    pub(super) const fn is_late(self) -> bool {
        matches!(self, Part::Choices | Part::Objects | Part::Frozen | Part::Assigned)
    }

    /// Whether its rows are those of an aggregate, or as many as one query gives: they have no second page.
    pub(super) const fn is_aggregate(self) -> bool {
        matches!(self, Part::Tokens | Part::SignIns | Part::Objects)
    }

    /// Whether one answer is all of it; else it is rows, which may have more pages.
    pub(super) const fn is_record(self) -> bool {
        matches!(self, Part::User | Part::Frozen | Part::Profile | Part::License)
    }

    /// Puts an answer that is all of it into the facts.
    pub(super) fn read_record(self, facts: &mut Facts, body: &Value) {
        fn known<T: Fact>(read: Option<T>) -> Known<T> {
            read.map_or_else(|| Known::unavailable(T::NAME, OrgError::NotJson), Known::Is)
        }
        match self {
            Part::User => facts.user = known(User::from_row(body)),
            Part::Profile => facts.profile = known(Profile::from_row(body)),
            Part::License => facts.license = known(License::from_row(body)),
            Part::Frozen => facts.frozen = frozen::from_answer(body, facts.user.known()),
            _ => {}
        }
    }

    /// Puts rows into the facts, where one part is one fact; `cut` where there are more.
    pub(super) fn read_rows(self, facts: &mut Facts, rows: &[Value], cut: bool) {
        let now = facts.now;
        match self {
            Part::SignIns => facts.sign_ins = Known::Is(SignIns::from_rows(rows, cut)),
            Part::Tokens => facts.tokens = Known::Is(Tokens::from_rows(rows, cut)),
            Part::Apps => facts.apps = Known::Is(Apps::from_rows(rows, cut)),
            Part::Jobs => facts.jobs = Known::Is(Jobs::from_rows(rows)),
            Part::Week => facts.week = Week::from_rows(rows),
            Part::Passwords => {
                facts.passwords = rows.iter().filter_map(|row| Password::from_row(row, now)).collect();
            }
            _ => {}
        }
    }

    /// Says of its fact why it could not be read.
    pub(super) fn set_unavailable(self, facts: &mut Facts, why: OrgError) {
        match self {
            Part::User => facts.user = Known::unavailable(User::NAME, why),
            Part::Frozen => facts.frozen = Known::unavailable(Frozen::NAME, why),
            Part::Profile => facts.profile = Known::unavailable(Profile::NAME, why),
            Part::License => facts.license = Known::unavailable(License::NAME, why),
            Part::Sets => facts.grants = Known::unavailable(Grants::NAME, why),
            Part::SignIns => facts.sign_ins = Known::unavailable(SignIns::NAME, why),
            Part::Tokens => facts.tokens = Known::unavailable(Tokens::NAME, why),
            Part::Apps => facts.apps = Known::unavailable(Apps::NAME, why),
            Part::Jobs => facts.jobs = Known::unavailable(Jobs::NAME, why),
            // The list of who has a set may still tell whether an assignment counts; what nothing tells counts.
            Part::Assigned => facts.expirations = Known::unavailable(Expirations::NAME, why),
            // What a form's section is weighed by has no rule: it is not there.
            Part::Choices | Part::Objects | Part::Week | Part::Passwords => {}
            Part::Labels | Part::Features => {}
        }
    }
}
