//! The laws of fixes over every folder of real metadata that lies beside the project, and over those of the folder that
//! `LEASTWISE_SEEDS` names: every user's page has a report, and every fix leads there and back.
//!
//! It never copies any of them into the project; where there are none it says so and tests nothing.

use super::*;
use std::path::PathBuf;

/// The folders inside a folder, each of them a seed.
fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

/// Plans of a seed, at most `most` of each fix for each rule: those of the users who come first.
fn chosen(
    plans: Vec<(String, &'static str, Plan)>,
    most: usize,
    tally: &mut BTreeMap<(String, &'static str), usize>,
) -> Vec<(String, &'static str, Plan)> {
    let mut left = plans;
    left.retain(|(_, rule, plan)| {
        let tried = tally.entry((plan.fix.clone(), rule)).or_default();
        *tried += 1;
        // Copies of a profile are much the same for each permission that they leave out.
        *tried <= if plan.fix == "own-profile-without" { most.min(3) } else { most }
    });
    left
}

/// Loads a folder, looks at every page, and tries at most `most` plans of each fix for each rule.
fn try_seed(folder: &Path, most: usize, tally: &mut Tally) -> usize {
    let mut org = Org::new("acme");
    let admin = seed::load(&mut org, &[folder.to_owned()])
        .unwrap_or_else(|error| panic!("{}: {error:#}", folder.display()));
    let pages: Vec<String> = ["User", "Profile", "PermissionSetGroup"]
        .iter()
        .flat_map(|kind| org.rows(kind))
        .map(|row| text(row, "Id").to_owned())
        .collect();
    let mut world = World::new(&org, &admin.id);
    for page in &pages {
        let gather = world.gather(page);
        let report = Report::new(&gather);
        assert!(report.refusal.is_none(), "{} {page}: {:?}", folder.display(), report.refusal);
        assert!(!report.rows.is_empty(), "{} {page}", folder.display());
    }
    let plans = chosen(every_plan(&org, &admin.id), most, &mut BTreeMap::new());
    for one in &plans {
        law(&org, &admin.id, one, tally);
    }
    let of_sets = law_of_sets(&org, &admin.id, most, tally);
    plans.len() + of_sets.values().map(|offered| (*offered).min(most)).sum::<usize>()
}

#[test]
fn laws_hold_for_metadata_that_others_wrote() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: ../shared/corpus is not there");
    }
    let mut tally = Tally::default();
    // One plan of each fix for each rule and folder.
    for folder in folders(&corpus) {
        let tried = try_seed(&folder, 1, &mut tally);
        println!("{}: {tried} plans", folder.display());
    }
    // The situations that people who do this job reported.
    let field = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/field");
    if !field.is_dir() {
        println!("skipped: ../shared/field is not there");
    }
    for folder in folders(&field).into_iter().map(|case| case.join("seed")).filter(|seed| seed.is_dir()) {
        let tried = try_seed(&folder, 1, &mut tally);
        println!("{}: {tried} plans", folder.display());
    }
    if let Some(further) = std::env::var_os("LEASTWISE_SEEDS") {
        for folder in folders(Path::new(&further)) {
            let tried = try_seed(&folder, usize::MAX, &mut tally);
            println!("{}: {tried} plans", folder.display());
        }
    }
    println!("{tally:#?}");
}
