//! `leastwise baseline`: today's findings as accepted risks without a reason, marked as such, for 90 days. What was accepted
//! with a reason stays as it is.

use super::Looked;
use super::checked::Checked;
use crate::arguments::Baseline;
use crate::end::{End, Failure};
use crate::{files, out, waivers};
use leastwise_core::text::counted;
use leastwise_core::waivers::{BASELINE, BASELINE_DAYS, Day, FORMAT, Terms, Waiver, Waivers};
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

/// # Errors
/// Wrong use, or a file that cannot be read or written.
pub(crate) fn run(options: &Baseline) -> Result<End, Failure> {
    let looked = Looked::at(&options.check)?;
    let checked = Checked::new(&looked);
    if checked.subjects.is_empty() {
        out::say(
            "leastwise: no profile, permission set, group, app or org setting was read: there is no baseline.",
        );
        return Ok(End::NotRead);
    }
    let owner = options
        .owner
        .clone()
        .or_else(committer)
        .ok_or_else(|| Failure::WrongUse("Who answers for the baseline? Say so with --owner.".into()))?;
    let today = Day::of(looked.judging.now);
    let is_kept = |own: &&Waiver| !own.is_baseline();
    let mut all: Vec<Waiver> = looked.waivers.all().iter().filter(is_kept).cloned().collect();
    let kept = all.len();
    let is_covered = |accepted: &Option<String>, lapsed: &Option<String>, rule: &str, about: &str| {
        let with_reason = |own: &&Waiver| {
            !own.is_baseline() && own.rule == rule && (own.about == about || own.about == "*")
        };
        accepted.is_some() && lapsed.is_none() && looked.waivers.all().iter().any(|own| with_reason(&own))
    };
    for item in &checked.items {
        if is_covered(&item.accepted, &item.lapsed, item.rule.id, &item.located.about) {
            continue;
        }
        all.push(Waiver {
            rule: item.rule.id.to_owned(),
            subject: item.subject.id.clone(),
            about: item.located.about.clone(),
            fingerprint: String::new(),
            reason: BASELINE.to_owned(),
            owner: owner.clone(),
            ticket: String::new(),
            created: today,
            expires: today.plus(BASELINE_DAYS),
            severity: item.severity,
            by: String::new(),
            more: serde_json::Map::new(),
        });
    }
    let new = all.len() - kept;
    let text = json!({ "version": FORMAT, "waivers": all, "notes": looked.waivers.notes() }).to_string();
    let read =
        Waivers::import(&text, Terms::default(), today).map_err(|why| Failure::WrongUse(why.to_string()))?;
    if let Some(problem) = read.problems.first() {
        return Err(Failure::WrongUse(format!("{}: {}", problem.entry, problem.what.join(" "))));
    }
    let path = options.check.judging.waivers.clone().or(looked.config.waivers.clone());
    let path = path.unwrap_or_else(|| root().join(waivers::PLACE));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|why| Failure::file(folder, why))?;
    }
    files::write(&path, read.waivers.export().as_bytes())?;
    if !options.check.judging.quiet {
        let until = today.plus(BASELINE_DAYS).words();
        out::say(&format!(
            "{} until {until}, and {kept} accepted with a reason, are in {}.",
            counted(new, "finding"),
            path.display()
        ));
    }
    Ok(End::Clean)
}

/// Who commits here, by git.
fn committer() -> Option<String> {
    let output = Command::new("git").args(["config", "user.email"]).output().ok()?;
    let email = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!email.is_empty()).then_some(email)
}

/// The root of the git repository; here where there is none.
fn root() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors().find(|folder| folder.join(".git").exists()).map_or(here.clone(), PathBuf::from)
}
