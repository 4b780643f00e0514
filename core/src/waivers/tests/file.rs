//! The file, and two files as one.

use super::*;

// The file.

#[test]
fn a_file_is_sorted_one_entry_a_line_and_reads_back() {
    let mut all = accepted();
    let deletes = Outcome::Findings(vec![objects(&["Account"])]);
    accept(&mut all, "record-deletion", &deletes, "Account", ENTERED).unwrap();
    let mut note = Note::new(erp());
    note.purpose = "Sends <b>orders</b>".into();
    note.secret_rotated = Some(day("2026-06-01"));
    note.criticality = Some(Criticality::High);
    all.set_note(note, day("2026-12-01"));
    let text = all.export();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 8, "{text}");
    assert!(lines[2].starts_with(r#"{"rule":"broad-permission","subject":{"kind":"user","key":"erp.sync@acme.example","id":"0055g000001Abcd"#), "{text}");
    assert!(
        lines[3].starts_with(r#"{"rule":"record-deletion""#)
            && lines[6].contains(r#""secretRotated":"2026-06-01""#)
    );
    let read = import(&text).unwrap();
    assert_eq!((read.problems.len(), read.remarks.len()), (0, 0));
    assert_eq!(read.waivers, all);
    // The other way round it is the same file.
    all.waivers.reverse();
    assert_eq!(all.export(), text);
    assert_eq!(Waivers::stored(&all.to_stored()).unwrap().export(), text);
    assert_eq!(Waivers::default().export(), "{\"version\":1,\n\"waivers\":[],\n\"notes\":[]}\n");
}

#[test]
fn the_sample_of_the_documentation_is_read() {
    let docs = include_str!("../../../../docs/accepted-risks.md");
    let sample = docs.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let read = Waivers::import(sample, Terms::default(), day("2026-12-01")).unwrap();
    assert_eq!(read.problems, []);
    assert_eq!((read.waivers.all().len(), read.waivers.notes().len()), (2, 1));
    assert_eq!(read.remarks, Vec::<String>::new());
    assert_eq!(read.waivers.export(), sample);
}

#[test]
fn what_is_edited_by_hand_is_told_entry_by_entry() {
    for (key, value, said) in [
        ("rule", Value::Null, "“rule” has to be text in quotation marks."),
        ("reason", json!("short"), "Give a reason of at least 10 characters. (or “baseline”)"),
        ("reason", json!(7), "“reason” has to be text in quotation marks."),
        ("owner", json!(""), "Enter who is responsible."),
        ("severity", json!("High"), "“severity” has to be critical, high, medium, low or info."),
        (
            "expires",
            json!("28.2.2027"),
            "“expires” has to be a date like \"2027-02-28\". It's \"28.2.2027\".",
        ),
        ("expires", json!("2026-11-01"), "“expires” is before “created”."),
        ("expires", json!("2027-12-01"), "It holds for 367 days; 365 are allowed."),
        ("created", json!("2026-12-03"), "“created” is 2026-12-03, which is still to come."),
        ("subject", json!("erp"), "“subject” is missing: whose finding it is."),
        (
            "subject",
            json!({ "kind": "robot", "key": "a" }),
            "“kind” of the subject has to be user, profile, permission-set, permission-set-group, app or org.",
        ),
        (
            "subject",
            json!({ "kind": "user", "key": "a", "id": "005…" }),
            "“id” of the subject isn't a Salesforce ID: \"005…\".",
        ),
        ("ticket", json!(12), "“ticket” has to be text in quotation marks."),
    ] {
        assert_eq!(problems(&written(|own| own[key] = value.clone())), [said], "{key}");
    }
    for key in ["rule", "about", "reason", "owner", "created", "expires"] {
        let missing = written(|own| drop(own.as_object_mut().unwrap().remove(key)));
        assert_eq!(problems(&missing), [format!("“{key}” is missing.")], "{key}");
    }
    // All that is wrong with an entry is told at once, and which one it is.
    let text = written(|own| {
        own["reason"] = json!(1);
        own["expires"] = json!("x");
    });
    let read = import(&text).unwrap();
    assert_eq!(read.problems[0].what.len(), 2);
    assert_eq!(read.problems[0].entry, "Accepted risk 1 (broad-permission of erp.sync@acme.example)");
    assert_eq!(problems(r#"{"version":1,"waivers":[7]}"#), ["It's not an object in braces."]);
    // What is right beside it is taken.
    let mut two: Value = serde_json::from_str(&written(|_| ())).unwrap();
    two["waivers"].as_array_mut().unwrap().insert(0, json!({}));
    let read = import(&two.to_string()).unwrap();
    assert_eq!((read.waivers.all().len(), read.problems.len()), (1, 1));
    let notes = json!({ "version": 1, "waivers": [], "notes": [
        { "subject": { "kind": "user", "key": "a" }, "criticality": "urgent", "reviewed": 7 },
        { "subject": { "kind": "app", "key": "ERP" }, "purpose": "Orders" },
    ] });
    let read = import(&notes.to_string()).unwrap();
    assert_eq!((read.waivers.notes().len(), read.problems[0].entry.as_str()), (1, "Note 1 (a)"));
    assert_eq!(read.problems[0].what.len(), 2);
}

#[test]
fn a_file_that_is_none_says_where_it_breaks() {
    for (text, said) in [
        ("", "The file isn't valid JSON. Line 1, column 0: EOF while parsing a value."),
        ("{\n\"version\":1,\n}", "The file isn't valid JSON. Line 3, column 1: trailing comma."),
        ("[]", "The file isn't a list of accepted risks: it needs “version” and “waivers”."),
        ("{}", "The file isn't a list of accepted risks: it needs “version” and “waivers”."),
        (r#"{"version":1}"#, "The file isn't a list of accepted risks: it needs “version” and “waivers”."),
        (
            r#"{"version":1,"waivers":{}}"#,
            "The file isn't a list of accepted risks: it needs “version” and “waivers”.",
        ),
        (
            r#"{"version":2,"waivers":[]}"#,
            "The file is of version 2. This version of Leastwise reads version 1. Update Leastwise.",
        ),
    ] {
        assert_eq!(import(text).unwrap_err().to_string(), said, "{text}");
    }
    assert!(import("\u{feff}{\"version\":1,\"waivers\":[]}").is_ok(), "as some editors begin a file");
}

#[test]
fn keys_that_nobody_knows_are_kept() {
    let text = written(|own| {
        own["reviewBoard"] = json!({ "minutes": 12 });
        own["subject"]["colorOfHat"] = json!("red");
    });
    let line = import(&text).unwrap().waivers.export();
    assert!(
        line.contains(r#""reviewBoard":{"minutes":12}"#) && line.contains(r#""colorOfHat":"red""#),
        "{line}"
    );
    // Of the file that is stored here also those around it, and entries that another version wrote.
    let stored = r#"{"version":1,"waivers":[{"of":"another version"}],"notes":[7],"policy":{"a":1}}"#;
    let read = Waivers::stored(stored).unwrap();
    assert_eq!((read.all().len(), read.unreadable()), (0, 2));
    let again = read.to_stored();
    for part in [r#"{"of":"another version"}"#, "\n7\n", r#""policy":{"a":1}"#] {
        assert!(again.contains(part), "{part}: {again}");
    }
    assert!(!read.export().contains("another version"), "what nobody can read is given to nobody");
    assert_eq!(Waivers::stored(&again).unwrap().to_stored(), again);
    assert!(Waivers::stored("{").is_err() && Waivers::stored(r#"{"version":9}"#).is_err());
}

#[test]
fn days_that_are_over_are_kept_and_accept_nothing() {
    let text = written(|own| {
        own["created"] = json!("2026-01-01");
        own["expires"] = json!("2026-02-01");
    });
    let read = import(&text).unwrap();
    assert_eq!(read.remarks, ["Accepted risks: 1 expired already. They're kept, and accept nothing."]);
    let finding = permission("ViewAllData", Severity::High);
    assert!(!status(&read.waivers, "broad-permission", &finding, "2026-12-02").is_accepted());
}

#[test]
fn a_baseline_needs_no_reason_and_holds_for_ninety_days() {
    let text = |expires: &str| {
        written(|own| {
            own["reason"] = json!(BASELINE);
            own["expires"] = json!(expires);
        })
    };
    assert_eq!(import(&text("2027-02-27")).unwrap().waivers.all().len(), 1);
    assert_eq!(problems(&text("2027-02-28")), ["It holds for 91 days; 90 are allowed."]);
}

#[test]
fn a_fingerprint_that_does_not_fit_is_made_again_and_one_of_two_is_taken() {
    let read = import(&written(|own| own["fingerprint"] = json!("lw1:00"))).unwrap();
    assert_eq!(read.waivers.all()[0].fingerprint, EXPECTED);
    assert_eq!(read.remarks.len(), 1);
    let mut two: Value = serde_json::from_str(&written(|_| ())).unwrap();
    let mut newer = two["waivers"][0].clone();
    newer["created"] = json!("2026-11-30");
    two["waivers"].as_array_mut().unwrap().push(newer);
    let read = import(&two.to_string()).unwrap();
    assert_eq!((read.waivers.all().len(), read.waivers.all()[0].created), (1, day("2026-11-30")));
    assert!(read.remarks[0].contains("another one is about too"));
}

#[test]
fn ten_thousand_entries_are_read_and_written() {
    let mut all = accepted();
    let own = all.all()[0].clone();
    all.waivers = (0..10_000)
        .map(|at| {
            let mut one = Waiver { about: format!("Permission{at:05}"), ..own.clone() };
            one.stamp();
            one
        })
        .collect();
    let text = all.to_stored();
    assert!(text.len() < 5_000_000, "{} bytes", text.len());
    let read = Waivers::stored(&text).unwrap();
    assert_eq!(read, all);
    let found = permission("Permission09999", Severity::High);
    assert!(status(&read, "broad-permission", &found, "2026-12-02").is_accepted());
    let merged = all.merge(read);
    assert_eq!((merged.same, merged.added, merged.conflicts.len()), (10_000, 0, 0));
}

// Merge: by fingerprint, the newest wins, conflicts told.

#[test]
fn of_two_files_the_newest_entry_wins_and_is_told() {
    let own = accepted().all()[0].clone();
    let with = |created: &str, reason: &str| {
        let one = Waiver { created: day(created), reason: reason.into(), ..own.clone() };
        Waivers { waivers: vec![one], ..Waivers::default() }
    };
    let mut all = with("2026-12-01", "Reason number one");
    let merged = all.merge(with("2026-12-02", "Reason number two"));
    assert_eq!(all.all()[0].reason, "Reason number two");
    assert_eq!(
        merged.conflicts[0].sentence(),
        "broad-permission of erp.sync@acme.example, ViewAllData: the file's entry of Dec 2, 2026 replaces yours of Dec 1, 2026."
    );
    for (created, part) in [("2026-11-01", "is newer"), ("2026-12-02", "both are of")] {
        let merged = all.merge(with(created, "Reason number three"));
        assert!(merged.conflicts[0].sentence().contains(part), "{merged:?}");
        assert_eq!(all.all()[0].reason, "Reason number two");
    }
    assert_eq!(all.merge(with("2026-12-02", "Reason number two")).same, 1);
    // What was ended here does not come back with an old file, and does with a newer one.
    assert!(all.remove(&own.fingerprint, "admin@acme.example", day("2026-12-10")));
    let merged = all.merge(with("2026-12-10", "Reason number two"));
    assert!(matches!(merged.conflicts[..], [Conflict::Ended { .. }]) && all.all().is_empty(), "{merged:?}");
    assert_eq!(all.merge(with("2026-12-11", "Reason number two")).added, 1);
}

#[test]
fn notes_are_merged_by_subject_and_the_newest_wins() {
    let note = |purpose: &str, changed: Option<&str>| {
        let note = Note { purpose: purpose.into(), changed: changed.map(day), ..Note::new(erp()) };
        Waivers { notes: vec![note], ..Waivers::default() }
    };
    let mut all = note("Orders", Some("2026-12-01"));
    assert_eq!(all.merge(note("Invoices", Some("2026-12-02"))).notes, 1);
    for changed in [None, Some("2026-12-02"), Some("2026-11-01")] {
        let merged = all.merge(note("Neither", changed));
        assert!(merged.conflicts[0].sentence().starts_with("Note on erp.sync@acme.example"), "{merged:?}");
    }
    assert_eq!(all.note(&erp()).unwrap().purpose, "Invoices");
    assert!(all.merge(note("Invoices", Some("2026-12-02"))).conflicts.is_empty());
    all.set_note(Note::new(erp()), day("2026-12-05"));
    assert_eq!(all.note(&erp()), None, "one that says nothing is none");
}

#[test]
fn a_file_of_another_org_is_known_as_such() {
    let all = accepted();
    assert_eq!((all.of_others(&id(ORG)), all.of_others(&id(SANDBOX))), (0, 1));
    assert_eq!(all.orgs().len(), 1);
    let nobodys = written(|own| own["subject"] = json!({ "kind": "user", "key": "a@b.example" }));
    assert_eq!(import(&nobodys).unwrap().waivers.of_others(&id(ORG)), 0);
}
