//! Who this is: an integration user, a person, both, or the platform itself, with the reasons.
//!
//! It never decides against the admin's own word, never surely by a name (names lie), and never adds up the logins of
//! different users.

mod activity;
mod apps;
mod group;
mod metadata;
mod names;
mod own;
mod words;

pub use crate::facts::{AdminAnswer, Classification, Reason, Who};

use crate::facts::{Assignee, Facts, Known, User};
use crate::salesforce::id::Id;
use crate::text::listed;
use activity::{Activity, Holders};
use words::NameOf;

pub(crate) use apps::Client;
pub(crate) use names::{is_a_person_s, parts};
pub(crate) use words::{is_no_person_s_title, is_of_a_system};

/// Decides alone.
const STRONG: i32 = 4;
/// Two agree, or one with a weak one.
const MEDIUM: i32 = 2;
/// Never enough to be sure.
const WEAK: i32 = 1;

/// Profiles that Salesforce ships for integration users (Salesforce Help, "Give Integration Users API Only Access";
/// the first is the name since Spring '24).
const INTEGRATION_PROFILES: &[&str] =
    &["minimum access - api only integrations", "salesforce api only system integrations"];

/// Whether an app is one that people use on a phone or as a tool: beside a browser it is no integration.
pub fn is_peoples_app(application: &str) -> bool {
    matches!(apps::client(application), Client::Device | Client::Tool)
}

/// Whether an app is one that people authorize for themselves: those, and add-ins of their mail and the like.
pub fn is_own_app(application: &str) -> bool {
    apps::client(application) != Client::System
}

/// Whether it is one of Salesforce's own apps, by its exact name: no app menu lists them, so that they are never "not
/// installed".
pub fn is_first_party_app(application: &str) -> bool {
    apps::is_first_party(application)
}

impl Classification {
    /// Weighs what is known. `answer` wins over everything.
    pub fn new(facts: &Facts, answer: Option<AdminAnswer>) -> Classification {
        let own = own::why(facts);
        let mut reasons = vec![];
        let (who, sure) = match (&own, &facts.user) {
            (Some(why), _) => {
                reasons.push(Reason { text: why.clone(), weight: 0 });
                (Who::Platform, true)
            }
            (None, Known::Absent(_)) => {
                let (who, sure, why) = group::weigh(facts);
                reasons = why;
                (who, sure)
            }
            (None, user) => {
                let subject = Subject::of_page(user.known());
                let holders = Holders::new(&facts.tokens);
                let weighed = subject.weigh(facts, &holders);
                reasons = weighed.reasons;
                (weighed.who, weighed.sure)
            }
        };
        let (who, sure) = match answer {
            Some(AdminAnswer::Integration) => (Who::Integration, true),
            Some(AdminAnswer::Person) => (Who::Person, true),
            None => (who, sure),
        };
        reasons.sort_by_key(|reason| -reason.weight.abs());
        Classification { who, sure, reasons, answer }
    }

    /// Weighs one of the users of a profile or permission set, by their own logins and tokens alone.
    pub fn of_assignee(facts: &Facts, assignee: &Assignee) -> Classification {
        let holders = Holders::new(&facts.tokens);
        let Weighed { who, sure, reasons } = Subject::of_assignee(assignee).weigh(facts, &holders);
        Classification { who, sure, reasons, answer: None }
    }

    /// Whether people use it, alone or beside software: what is said of people holds then.
    pub fn is_of_people(&self) -> bool {
        matches!(self.who, Who::Person | Who::Mixed { .. })
    }

    /// Whether nothing but a name or a scheduled job says that it is an integration.
    pub fn is_a_guess(&self) -> bool {
        self.who == Who::Integration && !self.sure && self.reasons.iter().all(|reason| reason.weight < MEDIUM)
    }
}

/// How one user's logins divide: by people, and by software that no person sits before.
pub(crate) struct Division {
    /// Logins by browser.
    pub(crate) browser: u64,
    /// Logins by people: by browser and on a phone.
    pub(crate) by_people: u64,
    /// Logins by software that is no tool or app of a person's.
    pub(crate) unaided: u64,
    /// Whether both are so many that neither is a slip.
    pub(crate) is_shared: bool,
}

/// How the logins of the user shown divide. Beside a browser people's tools are people's.
pub(crate) fn divide(sign_ins: &crate::facts::SignIns) -> Division {
    let activity = Activity::new(sign_ins.rows.iter(), &Holders::default(), None, true);
    Division {
        browser: activity.browser,
        by_people: activity.by_people(),
        unaided: activity.unaided(),
        is_shared: activity.is_shared(),
    }
}

/// One user, as far as is known of them.
struct Subject<'a> {
    /// None on the user's own page: then every row read is theirs.
    id: Option<&'a Id>,
    record: Option<&'a User>,
    name: &'a str,
    username: &'a str,
}

struct Weighed {
    who: Who,
    sure: bool,
    reasons: Vec<Reason>,
}

impl<'a> Subject<'a> {
    fn of_page(record: Option<&'a User>) -> Subject<'a> {
        let (name, username) =
            record.map(|user| (user.name.as_str(), user.username.as_str())).unwrap_or_default();
        Subject { id: None, record, name, username }
    }

    fn of_assignee(assignee: &'a Assignee) -> Subject<'a> {
        Subject { id: Some(&assignee.id), record: None, name: &assignee.name, username: &assignee.username }
    }

    /// Whether the id is this user's.
    fn is(&self, id: &Id) -> bool {
        self.id.is_none_or(|own| own == id)
    }

    fn weigh(&self, facts: &Facts, holders: &Holders<'_>) -> Weighed {
        let mut reasons = of_license(facts);
        let named = self.named(facts);
        let own = self.id.or(self.record.map(|user| &user.id));
        let rows =
            facts.sign_ins.known().into_iter().flat_map(|all| &all.rows).filter(|row| self.is(&row.user_id));
        let is_named_so = named.iter().any(|reason| reason.weight > 0);
        let activity = Activity::new(rows, holders, own, is_named_so);
        let tokens = facts
            .tokens
            .known()
            .into_iter()
            .flat_map(|tokens| &tokens.rows)
            .filter(|token| own.is_some_and(|own| token.user_id == *own));
        reasons.extend(activity::reasons(&facts.sign_ins, &activity, tokens, holders, facts.now));
        reasons.extend(self.jobs(facts));
        reasons.extend(named);
        reasons.extend(self.recorded());
        let (who, sure) = verdict(&reasons, activity.is_shared());
        Weighed { who, sure, reasons }
    }

    fn jobs(&self, facts: &Facts) -> Option<Reason> {
        let mut jobs = facts.jobs.known()?.rows.iter().filter(|job| self.is(&job.owner_id));
        let job = jobs.next()?;
        let more = jobs.count();
        let others = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(Reason {
            text: format!("Scheduled jobs run as this user: “{}”{others}.", job.name),
            weight: WEAK,
        })
    }

    /// What the name, the user name before its `@`, and the profile's name say.
    fn named(&self, facts: &Facts) -> Vec<Reason> {
        let mut all = vec![];
        let local = parts(self.username).0;
        let word = words::telling(self.name, NameOf::User).or_else(|| words::telling(&local, NameOf::User));
        if let Some(word) = word {
            let text = format!("The name contains “{word}” (a weak sign).");
            all.push(Reason { text, weight: WEAK });
        }
        if let Known::Is(profile) = &facts.profile
            && let Some(word) = words::telling(&profile.name, NameOf::Profile)
            && !is_for_integrations(&profile.name)
        {
            let text = format!("The profile's name contains “{word}” (a weak sign).");
            all.push(Reason { text, weight: WEAK });
        }
        all
    }

    /// What the record says: what only people have.
    fn recorded(&self) -> Vec<Reason> {
        let Some(user) = self.record else {
            // Of the users of a profile nothing is read but name and user name.
            let spelled = names::spells(&parts(self.username).0, self.name);
            let text = || "The username spells the user's own name.".to_owned();
            return spelled.then(|| Reason { text: text(), weight: -WEAK }).into_iter().collect();
        };
        let mut all = vec![];
        let title = !user.title.is_empty() && words::telling(&user.title, NameOf::User).is_none();
        let signs: Vec<&str> = [
            (user.has_manager, "a manager"),
            (!user.employee_number.is_empty(), "an employee number"),
            (title, "a job title"),
            (!user.department.is_empty(), "a department"),
        ]
        .into_iter()
        .filter_map(|(has, what)| has.then_some(what))
        .collect();
        if !signs.is_empty() {
            // A department alone is often that of who asked for the integration.
            let weight = if signs == ["a department"] { 0 } else { -WEAK };
            all.push(Reason { text: format!("The user record has {}.", listed(&signs)), weight });
        }
        let (local, _) = parts(&user.email);
        if names::spells(&local, &user.name) {
            all.push(Reason { text: "The email spells the user's own name.".into(), weight: -WEAK });
        }
        // Source: Object Reference, User (UserType): Chatter and site users.
        let outside = match user.user_type.as_str() {
            "" | "Standard" => None,
            "CsnOnly" => {
                Some((-MEDIUM, "A Chatter-only user, which is for people (user type CsnOnly).".to_owned()))
            }
            kind => Some((-WEAK, format!("A site or portal user (user type {kind})."))),
        };
        all.extend(outside.map(|(weight, text)| Reason { text, weight }));
        all
    }
}

fn is_for_integrations(profile: &str) -> bool {
    INTEGRATION_PROFILES.contains(&profile.to_lowercase().as_str())
}

/// What license, permissions and profile say of everybody who has them.
fn of_license(facts: &Facts) -> Vec<Reason> {
    let mut all = vec![];
    let mut add = |text: String| all.push(Reason { text, weight: STRONG });
    if let Known::Is(license) = &facts.license {
        if license.is_integration() {
            add(format!("License: {}.", license.name));
        } else if license.is_agent() {
            add(format!("License: {}, for an Agentforce agent.", license.name));
        }
    }
    if facts.grants.known().is_some_and(|grants| grants.has("ApiUserOnly")) {
        add("API Only User is on, so it can't log in to the UI.".into());
    }
    if let Known::Is(profile) = &facts.profile
        && is_for_integrations(&profile.name)
    {
        add(format!("Uses Salesforce's integration profile “{}”.", profile.name));
    }
    all
}

/// The verdict that reasons come to. `shared`: people and software both work as this user.
fn verdict(reasons: &[Reason], shared: bool) -> (Who, bool) {
    let total: i32 = reasons.iter().map(|reason| reason.weight).sum();
    let best = reasons.iter().map(|reason| reason.weight).max().unwrap_or(0);
    match total {
        1.. => (Who::Integration, total >= 3 && best >= MEDIUM && !shared),
        // Software and a person share it, an admin's own user most often: the practices for integrations are the ones
        // that are broken.
        _ if shared || total == 0 && best >= MEDIUM => (Who::Integration, false),
        _ => (Who::Person, total <= -MEDIUM),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Grants, Job, Jobs, License, SignIns};
    use crate::rules::example::{facts, grant, id, sign_in};

    /// A user of whom nothing tells yet.
    fn plain() -> Facts {
        let mut facts = facts();
        facts.license = Known::Is(License { name: "Salesforce".into() });
        facts.grants = Known::Is(Grants { sets: vec![grant().profile("Sales")], cut: false });
        facts.sign_ins = Known::Is(SignIns::default());
        if let Known::Is(user) = &mut facts.user {
            user.name = "Kim Roe".into();
            user.username = "kim.roe@acme.example".into();
        }
        if let Known::Is(profile) = &mut facts.profile {
            profile.name = "Sales".into();
        }
        facts
    }

    fn verdict(facts: &Facts) -> (Who, bool) {
        let it = Classification::new(facts, None);
        (it.who, it.sure)
    }

    #[test]
    fn nothing_known_is_a_person_but_not_surely() {
        assert_eq!(verdict(&plain()), (Who::Person, false));
    }

    #[test]
    fn each_strong_sign_is_enough() {
        let mut facts = plain();
        facts.license = Known::Is(License { name: "Salesforce Integration".into() });
        assert_eq!(verdict(&facts), (Who::Integration, true));

        let mut facts = plain();
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(&["ApiUserOnly"])], cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, true));

        let mut facts = plain();
        let row = sign_in("Remote Access 2.0", "OauthClientCredentials", "ERP");
        facts.sign_ins = Known::Is(SignIns { rows: vec![row].into(), cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, true));
    }

    #[test]
    fn a_name_or_a_job_alone_is_never_sure() {
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.name = "Data Integration".into();
        }
        assert_eq!(verdict(&facts), (Who::Integration, false));

        let mut facts = plain();
        facts.jobs =
            Known::Is(Jobs { rows: vec![Job { owner_id: id("005", 1), name: "Nightly".into() }].into() });
        assert_eq!(verdict(&facts), (Who::Integration, false));
    }

    #[test]
    fn names_lie() {
        // Called an API user, used by a person every day.
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.name = "API Only".into();
        }
        let rows = vec![sign_in("Application", "UsernamePasswordUiLogin", "Browser")];
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        assert_eq!(verdict(&facts), (Who::Person, true));
    }

    #[test]
    fn a_person_who_signs_in_by_browser_is_a_person() {
        let mut facts = plain();
        let rows = vec![
            sign_in("Application", "", "Browser"),
            sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce for iOS"),
        ];
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        assert_eq!(verdict(&facts), (Who::Person, true), "a phone is no integration");
    }

    #[test]
    fn a_user_shared_by_software_and_a_person_is_an_unsure_integration() {
        let mut facts = plain();
        let rows = vec![sign_in("Application", "", "Browser"), sign_in("Other Apex API", "", "N/A")];
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, false));
        if let Known::Is(user) = &mut facts.user {
            user.has_manager = true;
        }
        assert_eq!(verdict(&facts), (Who::Integration, false), "an admin's own user");
    }

    #[test]
    fn the_admins_word_wins() {
        let mut facts = plain();
        facts.license = Known::Is(License { name: "Salesforce Integration".into() });
        let it = Classification::new(&facts, Some(AdminAnswer::Person));
        assert_eq!((it.who, it.sure, it.answer), (Who::Person, true, Some(AdminAnswer::Person)));
        assert!(!it.reasons.is_empty(), "the signs stay shown");
    }

    #[test]
    fn the_platforms_own_users_are_neither() {
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.user_type = "Guest".into();
        }
        assert_eq!(verdict(&facts), (Who::Platform, true));
    }
}
