//! Login hours, password policies and session settings of a profile: what is said of them before they are saved.
//!
//! It never opens a browser: the journeys do.

use super::*;
use crate::facts::{Password, WEEK, Week};

const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// A form of choices: their ids, with what each came with and has now, a value and what is shown of it.
fn choices(all: &[(String, String, String)]) -> (Form, State) {
    let fields = all.iter().map(|(id, was, _)| format!("{id}\t{was}")).collect();
    let values = all.iter().map(|(.., now)| now.clone()).collect();
    (Form { fields, ..Form::default() }, State { values, ..State::default() })
}

fn time(hour: Option<u32>) -> String {
    hour.map_or_else(|| "\t--None--".into(), |hour| format!("{}\t{hour:02}:00", hour * 60))
}

/// Hours of each day from Sunday on, where there were none before.
fn hours(days: [(Option<u32>, Option<u32>); 7]) -> (Form, State) {
    let mut all = vec![];
    for (name, (start, end)) in DAYS.iter().zip(days) {
        for (what, hour) in [("Start", start), ("End", end)] {
            all.push((format!("{name}{what}"), time(None), time(hour)));
        }
    }
    choices(&all)
}

const FREE: (Option<u32>, Option<u32>) = (None, None);
const WORK: (Option<u32>, Option<u32>) = (Some(8), Some(18));
const SHUT: (Option<u32>, Option<u32>) = (Some(0), Some(0));

fn signing_in(at: &[(usize, u64)]) -> Facts {
    let mut facts = profile();
    let mut week = vec![0; WEEK];
    at.iter().for_each(|(hour, count)| week[*hour] += count);
    facts.week = Some(Week(week));
    facts
}

fn said(facts: &Facts, section: &str, (form, state): (Form, State)) -> (Open, Vec<String>) {
    let mut edit = Open::new(&page(section), facts, &labels(), form);
    edit.take(state);
    let titles = titles(&edit.new_findings());
    (edit, titles)
}

fn of_hours(facts: &Facts, days: [(Option<u32>, Option<u32>); 7]) -> Vec<String> {
    said(facts, "loginhours", hours(days)).1
}

#[test]
fn hours_that_shut_out_in_every_time_zone() {
    // Twelve times on Sundays at 12:00 UTC, of the whole weekend closed: nowhere is it another day then.
    let weekend = [SHUT, FREE, FREE, FREE, FREE, FREE, SHUT];
    let sunday = signing_in(&[(12, 12), (3 * 24 + 12, 5)]);
    assert_eq!(
        of_hours(&sunday, weekend),
        [
            "info This could block up to 12 of the 17 API logins of the last 90 days (depending on the time zone of the login hours)"
        ]
    );
    let [.., fri] = [SHUT; 2];
    let three = [SHUT, SHUT, FREE, FREE, FREE, FREE, fri];
    assert_eq!(
        of_hours(&sunday, three),
        [
            "high This would block 12 of the 17 API logins of the last 90 days, such as on Sundays at 12:00 UTC"
        ]
    );
    // Every hour of the week: what is closed is closed in any zone, and only of its edges it is not known which.
    let always: Vec<(usize, u64)> = (0..WEEK).map(|hour| (hour, 1)).collect();
    let titles = of_hours(&signing_in(&always), [SHUT, WORK, WORK, WORK, WORK, WORK, SHUT]);
    let [title] = titles.as_slice() else { panic!("{titles:?}") };
    let least: u32 = title.split("at least ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((100..=118).contains(&least), "{title}");
    assert_eq!(of_hours(&sunday, [SHUT; 7]), ["high Nobody on this profile could log in on any day"]);
}

/// The law: whatever the zone, no fewer sign-ins are shut out than was said, and where nothing is said none.
#[test]
fn what_is_said_of_hours_holds_in_every_zone() {
    let mut seed = 7_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut told = 0;
    for _ in 0..400 {
        let week: Vec<(usize, u64)> = (0..next(6) + 1).map(|_| (next(168) as usize, next(9) + 1)).collect();
        let days: [(Option<u32>, Option<u32>); 7] = std::array::from_fn(|_| match next(3) {
            0 => FREE,
            1 => SHUT,
            _ => {
                let start = next(20) as u32;
                (Some(start), Some(start + next(u64::from(25 - start)) as u32))
            }
        });
        let titles = of_hours(&signing_in(&week), days);
        let open = |minute: i64| {
            let minute = minute.rem_euclid(168 * 60);
            match days[(minute / 1_440) as usize] {
                (Some(start), Some(end)) => {
                    (i64::from(start) * 60..i64::from(end) * 60).contains(&(minute % 1_440))
                }
                _ => true,
            }
        };
        let numbers: Vec<u64> =
            titles.iter().flat_map(|t| t.split(' ')).filter_map(|w| w.parse().ok()).collect();
        // From -12:00 to +14:00, a quarter of an hour at a time; each minute of the hour alike.
        for zone in (-12 * 60..=14 * 60).step_by(15) {
            let shut = |at: i64| {
                week.iter()
                    .filter(|(hour, _)| !open(*hour as i64 * 60 + at + zone))
                    .map(|(_, n)| n)
                    .sum::<u64>()
            };
            for minute in [0, 29, 59] {
                let out = shut(minute);
                match titles.as_slice() {
                    [] => assert_eq!(out, 0, "{days:?} {week:?} {zone}"),
                    [one] if one.starts_with("high This would") => {
                        assert!(numbers[0] <= out, "{one} {zone} {out}")
                    }
                    [one] if one.starts_with("info") => assert!(out <= numbers[0], "{one} {zone} {out}"),
                    [one] => assert!(one.contains("Nobody"), "{one}"),
                    more => panic!("{more:?}"),
                }
            }
        }
        told += usize::from(titles.iter().any(|t| t.starts_with("high This would")));
    }
    assert!(told > 20, "{told}");
}

#[test]
fn hours_that_are_wrong_or_not_understood() {
    let facts = signing_in(&[(12, 3)]);
    let with = |day| of_hours(&facts, [FREE, day, FREE, FREE, FREE, FREE, FREE]);
    assert_eq!(
        with((Some(18), Some(8))),
        ["high Monday: the hours are reversed: they end before they start"]
    );
    assert_eq!(with((Some(18), None)), ["high Monday: set both a start and an end"]);
    assert!(with(FREE).is_empty() && with((Some(0), Some(24))).is_empty());
    // Unread sign-ins are no reason to say that none is shut out.
    let mut unread = profile();
    unread.week = None;
    assert_eq!(
        of_hours(&unread, [SHUT, FREE, FREE, FREE, FREE, FREE, FREE]),
        ["info Can't check which API logins this blocks until you save: no recent logins were read"]
    );
    // The same hours as before are nothing new; nor is anything said of choices that mean something else.
    let (mut form, state) = hours([SHUT; 7]);
    form.fields.iter_mut().for_each(|field| *field = field.replace("\t--None--", "0\t00:00"));
    assert!(said(&facts, "loginhours", (form, state)).1.is_empty());
    for odd in ["0\t07:00", "8\t08:00", "8:00 AM\t8:00 AM", "1500\t25:00"] {
        let (form, mut state) = hours([SHUT; 7]);
        state.values[2] = odd.into();
        assert!(said(&facts, "loginhours", (form, state)).1.is_empty(), "{odd}");
    }
    for like in ["0\t12:00 AM", "0\t上午12:00", "1440\tEnd of Day"] {
        let (form, mut state) = hours([SHUT; 7]);
        state.values[2] = like.into();
        assert_eq!(said(&facts, "loginhours", (form, state)).1.len(), 1, "{like}");
    }
    let (mut form, state) = hours([SHUT; 7]);
    form.fields[3] = "sundayEnd\t".into();
    assert!(said(&facts, "loginhours", (form, state)).1.is_empty(), "two of a kind are neither's");
}

#[test]
fn hours_are_put_back_as_they_came() {
    let facts = signing_in(&[(60, 3)]);
    let (edit, titles) = said(&facts, "loginhours", hours([FREE, SHUT, SHUT, SHUT, SHUT, FREE, FREE]));
    assert_eq!(titles.len(), 1);
    let marker = edit.markers().pop().unwrap();
    assert_eq!((marker.at, marker.severity), (2, Severity::High), "beside the first that was changed");
    let [InForm::Enter(texts, words)] = &edit.detail(2).fixes[..] else { panic!("{:?}", edit.detail(2)) };
    assert_eq!((words.as_str(), texts.len()), ("Put the hours back", 8));
    assert!(texts.iter().all(|(at, text)| (2..10).contains(at) && text.is_empty()));
    assert!(edit.summary().contains("1 high"));
}

/// Somebody who signs in with a password that was changed so many days ago.
fn with_password(users: &[(i64, bool)]) -> Facts {
    let mut facts = profile();
    let mut rows = vec![];
    for (n, (age, never_expires)) in (2_u32..).zip(users) {
        let mut row = example::sign_in("Other Apex API", "", "N/A");
        row.user_id = example::id("005", n);
        facts.passwords.push(Password {
            user_id: row.user_id.clone(),
            name: format!("Bot {n}"),
            changed: example::days_ago(*age),
            never_expires: *never_expires,
        });
        rows.push(row);
    }
    facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
    facts
}

fn policy(facts: &Facts, name: &str, was: &str, now: &str) -> (Vec<String>, Vec<InForm>) {
    let id = format!("page:console:j:password_form:{name}");
    let (edit, titles) = said(facts, "passwordpolicies", choices(&[(id, was.into(), now.into())]));
    (titles, edit.detail(0).fixes)
}

#[test]
fn a_term_that_is_shorter_than_a_password_is_old() {
    let (never, ninety, year) = ("0\tNever expires", "90\t90 days", "365\tOne year");
    let expiry = |users: &[(i64, bool)], was: &str, now: &str| {
        policy(&with_password(users), "passwordExpiration", was, now)
    };
    let enter = |text: &str, words: &str| vec![InForm::Enter(vec![(0, text.into())], words.into())];
    assert_eq!(
        expiry(&[(120, false)], never, ninety),
        (
            vec!["high This expires the password of Bot 2 (120 days old) right away".into()],
            enter("0", "Put it back")
        )
    );
    let two = expiry(&[(120, false), (90, false), (20, false)], year, ninety).0;
    assert_eq!(
        two,
        ["high This expires the password of Bot 2 (120 days old) and Bot 3 (90 days old) right away"]
    );
    let many = expiry(&[(120, false); 5], year, ninety).0;
    assert!(many[0].ends_with("Bot 4 (120 days old) and 2 more right away"), "{many:?}");
    assert_eq!(
        expiry(&[(20, false)], ninety, never),
        (vec!["low Integration passwords would never expire".into()], enter("90", "Set to 90 days"))
    );
    assert_eq!(
        expiry(&[(20, false)], ninety, "365\t1 year").0,
        ["low Integrations could keep a password for 365 days; the benchmark is 90"]
    );
    // Nothing is said of what is as it was, is longer than the password is old, or stands above the policy; nor of users
    // who sign in without a password; nor of a number that means another.
    for (users, was, now) in [
        (vec![(120, false)], ninety, ninety),
        (vec![(20, false)], never, ninety),
        (vec![(120, true)], never, ninety),
        (vec![(20, true)], ninety, never),
        (vec![], never, ninety),
        (vec![(120, false)], never, "1\t90 days"),
        (vec![(120, false)], "x", ninety),
    ] {
        assert_eq!(expiry(&users, was, now).0, Vec::<String>::new(), "{users:?} {was} {now}");
    }
    let mut above = with_password(&[(120, false)]);
    if let Known::Is(grants) = &mut above.grants {
        grants.sets.iter_mut().for_each(|set| set.permissions.put("PasswordNeverExpires", true));
    }
    assert!(policy(&above, "passwordExpiration", never, ninety).0.is_empty());
    let mut idle = with_password(&[(120, false)]);
    if let Known::Is(sign_ins) = &mut idle.sign_ins {
        sign_ins.rows.iter_mut().for_each(|row| row.last = Some(example::days_ago(100)));
    }
    assert!(policy(&idle, "passwordExpiration", never, ninety).0.is_empty());
}

#[test]
fn a_policy_that_becomes_weaker_than_benchmarks_ask_for() {
    let facts = with_password(&[(20, false)]);
    for (name, was, now, words) in [
        ("minimumPasswordLength", "8\t8", "5\t5", "Integration passwords could be shorter than 8 characters"),
        (
            "passwordComplexity",
            "3\tA",
            "1\tB",
            "Integration passwords could lack numbers, or uppercase or lowercase letters",
        ),
        (
            "passwordHistory",
            "3\t3 passwords",
            "0\tNone",
            "Integration passwords could repeat one of the last three",
        ),
        (
            "maxLoginAttempts",
            "10\t10",
            "0\tNo Limit",
            "Integration users would never be locked out after wrong passwords",
        ),
    ] {
        let (titles, fixes) = policy(&facts, name, was, now);
        assert_eq!(titles, [format!("medium {words}")]);
        let was = was.split('\t').next().unwrap();
        assert_eq!(fixes, [InForm::Enter(vec![(0, was.into())], "Put it back".into())]);
        assert!(policy(&with_password(&[]), name, was, now).0.is_empty(), "nobody signs in with a password");
    }
    for (name, was, now) in [
        ("minimumPasswordLength", "15\t15", "8\t8"),
        ("minimumPasswordLength", "5\t5", "5\t5"),
        ("passwordComplexity", "0\tA", "1\tB"),
        ("maxLoginAttempts", "10\t10", "3\t3"),
        ("sessionTimeout", "120\t2 hours", "1440\t24 hours"),
        ("requiredSessionLevel", "\t--None--", "HIGH_ASSURANCE\tHigh Assurance"),
    ] {
        assert!(policy(&facts, name, was, now).0.is_empty(), "{name}");
    }
}

#[test]
fn after_a_save_of_such_a_section_nothing_is_claimed() {
    let facts = signing_in(&[(60, 3)]);
    let (mut edit, _) = said(&facts, "loginhours", hours([SHUT; 7]));
    let expected = edit.expected();
    assert_eq!((expected.changed(), expected.compare(&facts, PageKind::Profile, &labels())), (0, None));
}
