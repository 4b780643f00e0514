//! Facts for the rules' examples: an ordinary integration user, changed a word at a time.
//!
//! It never ships: tests and the documentation are made from it.

use crate::classification::{Classification, Who};
use crate::facts::subject::AppKey;
use crate::facts::*;
use crate::salesforce::id::Id;
use crate::salesforce::time::{DAY, Timestamp};

/// 2026-11-24.
pub(crate) const NOW: Timestamp = Timestamp(1_795_478_400);

/// `n` days before [`NOW`].
pub(crate) fn days_ago(n: i64) -> Timestamp {
    Timestamp(NOW.0 - n * DAY)
}

/// An id with a number in it.
pub(crate) fn id(prefix: &str, n: u32) -> Id {
    Id::parse(&format!("{prefix}5g00000{n:05}")).unwrap()
}

/// The user that examples are about.
pub(crate) fn user() -> User {
    User {
        id: id("005", 1),
        name: "ERP Integration".into(),
        username: "erp.integration@acme.example".into(),
        email: "integrations@acme.example".into(),
        is_active: true,
        user_type: "Standard".into(),
        profile_id: Some(id("00e", 1)),
        created: Some(days_ago(400)),
        last_login: Some(days_ago(1)),
        last_password_change: Some(days_ago(30)),
        has_manager: false,
        employee_number: String::new(),
        title: String::new(),
        department: String::new(),
    }
}

/// A well-kept integration user: every rule passes or has nothing to say.
pub(crate) fn facts() -> Facts {
    Facts {
        now: NOW,
        checks: CheckSettings::default(),
        user: Known::Is(user()),
        frozen: Known::Is(Frozen(false)),
        profile: Known::Is(Profile {
            id: id("00e", 1),
            name: "Acme ERP".into(),
            user_type: "Standard".into(),
            permissions: ["ApiEnabled", "ApiUserOnly"].map(String::from).into(),
        }),
        license: Known::Is(License { name: "Salesforce Integration".into() }),
        grants: Known::Is(Grants {
            sets: vec![grant().profile("Acme ERP").permissions(&["ApiEnabled", "ApiUserOnly"]).app(1)],
            cut: false,
        }),
        lapsed: vec![],
        expirations: Known::Is(Expirations::default()),
        sign_ins: Known::Is(SignIns {
            rows: vec![sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP")].into(),
            cut: false,
        }),
        tokens: Known::Is(Tokens::default()),
        apps: Known::Is(Apps { rows: vec![app(1, "Acme ERP")].into(), cut: false }),
        jobs: Known::Is(Jobs::default()),
        login_ip_ranges: Known::Is(LoginIpRanges {
            ranges: vec![
                crate::salesforce::ip_range::IpRange::parse("198.51.100.0", "198.51.100.15", "ERP").unwrap(),
            ]
            .into(),
            full_name: "Acme ERP".into(),
        }),
        password_policy: Known::Is(PasswordPolicy::Loose),
        record: Known::Is(Record::default()),
        classification: Known::Is(Classification {
            who: Who::Integration,
            sure: true,
            reasons: vec![],
            answer: None,
        }),
        ..Facts::pending(NOW)
    }
}

/// A well-kept app: every rule of apps passes or has nothing to say.
pub(crate) fn app_settings() -> AppSettings {
    use app_settings::{Approval, Contact, IpRelaxation, RefreshTokens};
    AppSettings {
        key: AppKey::MenuItem(id("0DS", 1)),
        id: Some(id("0xI", 1)),
        name: "Acme_ERP".into(),
        label: "Acme ERP".into(),
        kind: Known::Is(AppKind::ExternalClient),
        is_managed: false,
        admin_approved: Known::Is(true),
        approved: Known::Is(vec![Approval { name: "ERP Access".into(), is_profile: false, users: Some(1) }]),
        scopes: Known::Is(vec!["Api".into(), "RefreshToken".into()]),
        refresh_tokens: Known::Is(RefreshTokens::Inactivity("30 days".into())),
        ip_relaxation: Known::Is(IpRelaxation::Enforced),
        pkce_required: Known::Is(true),
        rotates_refresh_tokens: Known::Is(true),
        secret_optional: Known::Is(false),
        device_flow: Known::Is(false),
        certificate_ends: Known::Absent("The app has no certificate.".into()),
        run_as: Known::Absent("The app's client credentials flow is off.".into()),
        contact: Known::Is(Contact { email: "integrations@acme.example".into(), users: Some((0, 0)) }),
        session_minutes: Known::Absent("The app has no session timeout.".into()),
        ways: Known::Is([Flow::OauthToken].into()),
    }
}

/// A well-kept org.
pub(crate) fn org_settings() -> OrgSettings {
    OrgSettings {
        api_access_control: Known::Is(true),
        ip_ranges_every_request: Known::Is(true),
        session_minutes: Known::Is(120),
        blocks_password_flow: Known::Is(true),
        blocks_user_agent_flow: Known::Is(true),
        api_login_needs_my_domain: Known::Is(true),
        pkce_required: Known::Is(true),
        profiles_with_ranges: Known::Is(3),
        password_length: Known::Is(12),
        login_attempts: Known::Is(5),
        password_days: Known::Is(90),
        password_users: Known::Is(0),
        seats: Known::Is(org_settings::Seats { total: 5, free: 0, elsewhere: 0 }),
    }
}

/// Facts of a well-kept app, changed.
pub(crate) fn of_app(change: impl FnOnce(&mut AppSettings)) -> Facts {
    of_app_and_org(|app, _| change(app))
}

/// Facts of a well-kept app in a well-kept org, both changed.
pub(crate) fn of_app_and_org(change: impl FnOnce(&mut AppSettings, &mut OrgSettings)) -> Facts {
    let (mut app, mut org) = (app_settings(), org_settings());
    change(&mut app, &mut org);
    Facts::of_org(NOW, CheckSettings::default(), org, Some(app))
}

/// Facts of a well-kept org, changed.
pub(crate) fn of_org(change: impl FnOnce(&mut OrgSettings)) -> Facts {
    let mut org = org_settings();
    change(&mut org);
    Facts::of_org(NOW, CheckSettings::default(), org, None)
}

/// A setting that could not be read.
pub(crate) fn unread<T>(what: &str) -> Known<T> {
    Known::unavailable(what, crate::salesforce::error::OrgError::Timeout)
}

/// The same, as a person.
pub(crate) fn person() -> Facts {
    let mut facts = facts();
    facts.classification =
        Known::Is(Classification { who: Who::Person, sure: true, reasons: vec![], answer: None });
    facts
}

/// An app that only approved users may use.
pub(crate) fn app(n: u32, label: &str) -> App {
    App {
        menu_item: id("0DS", n),
        id: Some(id("0H4", n)),
        label: label.into(),
        name: label.replace(' ', "_"),
        kind: AppKind::Connected,
        admin_approved: true,
    }
}

/// Ten successful sign-ins, the last yesterday.
pub(crate) fn sign_in(login_type: &str, sub_type: &str, application: &str) -> SignIn {
    SignIn {
        user_id: id("005", 1),
        login_type: login_type.into(),
        sub_type: sub_type.into(),
        application: application.into(),
        api_type: String::new(),
        status: "Success".into(),
        source_ip: "198.51.100.7".into(),
        country: "US".into(),
        count: 10,
        first: Some(days_ago(10)),
        last: Some(days_ago(1)),
    }
}

/// A token of the user for the app with that label.
pub(crate) fn token(app: &str, user: u32) -> Token {
    Token {
        app: app.into(),
        menu_item: None,
        user_id: id("005", user),
        user_name: format!("User {user}"),
        held: 1,
        uses: 1,
        created: Some(days_ago(100)),
        last_used: Some(days_ago(1)),
    }
}

/// An empty custom permission set that nobody else has.
pub(crate) fn grant() -> Grant {
    Grant {
        id: id("0PS", 1),
        api_name: "Set".into(),
        source: Source::PermissionSet { name: "Set".into() },
        description: Some("What the ERP needs.".into()),
        custom: true,
        session_based: false,
        namespace: None,
        permissions: Default::default(),
        deletes: Some(vec![].into()),
        objects_cut: false,
        apps: Some(vec![].into()),
        reach: Some(Reach::default()),
        group: None,
        told_apart: None,
    }
}

impl Grant {
    /// As the set that a profile owns.
    pub(crate) fn profile(mut self, name: &str) -> Grant {
        self.source = Source::Profile { name: name.into() };
        self
    }

    /// As a permission set.
    pub(crate) fn set(mut self, n: u32, name: &str) -> Grant {
        self.id = id("0PS", n);
        self.source = Source::PermissionSet { name: name.into() };
        self
    }

    /// As a group's aggregate.
    pub(crate) fn group(mut self, n: u32, name: &str, status: &str) -> Grant {
        self.id = id("0PS", n);
        self.source = Source::Group { name: name.into(), status: status.into() };
        self
    }

    /// With user permissions.
    pub(crate) fn permissions(mut self, names: &[&str]) -> Grant {
        self.permissions = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// With Delete (and Modify All) on an object.
    pub(crate) fn deleting(mut self, object: &str, modify_all: bool) -> Grant {
        self.deletes.get_or_insert_default().push(ObjectGrant {
            object: object.into(),
            delete: true,
            modify_all,
            view_all: modify_all,
            view_fields: false,
        });
        self
    }

    /// With View All Records on an object, or View All Fields alone.
    pub(crate) fn viewing(mut self, object: &str, records: bool) -> Grant {
        self.deletes.get_or_insert_default().push(ObjectGrant {
            object: object.into(),
            view_all: records,
            view_fields: !records,
            ..ObjectGrant::default()
        });
        self
    }

    /// Admitting to the app with that number.
    pub(crate) fn app(mut self, n: u32) -> Grant {
        self.apps.get_or_insert_default().push(id("0H4", n));
        self
    }

    /// Had by others.
    pub(crate) fn shared_with(mut self, names: &[&str]) -> Grant {
        let others = names.iter().zip(50..).map(|(name, n)| Assignee {
            id: id("005", n),
            name: (*name).into(),
            username: format!("{}@acme.example", name.to_lowercase().replace(' ', ".")),
        });
        self.reach = Some(Reach { others: others.map(Into::into).collect(), ..Reach::default() });
        self
    }
}
