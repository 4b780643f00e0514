//! The four areas that checks are shown in, and what is worst in each.

use crate::rules::rule::Rule;

/// What a check is about, as a person looks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// What the user may do.
    Access,
    /// How it logs in, and from where.
    Login,
    /// Which apps act as this user.
    Apps,
    /// Whose user it is, and whether its activity can be told from others'.
    Identity,
}

impl Area {
    /// All, in the order in which they are shown.
    pub const ALL: [Area; 4] = [Area::Access, Area::Login, Area::Apps, Area::Identity];

    /// The area of a rule: that of its family; of the org's settings what each is about.
    pub fn of(rule: &Rule) -> Area {
        match (rule.family(), rule.id) {
            ("org", "api-access-control-off") => Area::Apps,
            ("org", "unused-integration-seat") => Area::Identity,
            ("org" | "login", _) => Area::Login,
            ("apps", _) => Area::Apps,
            ("identity", _) => Area::Identity,
            _ => Area::Access,
        }
    }

    /// The value of `data-area`.
    pub const fn id(self) -> &'static str {
        match self {
            Area::Access => "access",
            Area::Login => "login",
            Area::Apps => "apps",
            Area::Identity => "identity",
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Area::Access => "Access",
            Area::Login => "Login",
            Area::Apps => "Apps",
            Area::Identity => "Identity and audit",
        }
    }
}
