//! `leastwise check`: the rules over metadata in folders.

pub(crate) mod baseline;
mod changed;
mod checked;
mod config;
mod formats;
mod git;
mod walk;

use crate::arguments::{Check as Arguments, CheckFormat, Level};
use crate::end::{End, Failure};
use crate::{clock, judging, out, waivers};
use checked::Checked;
use clap::ValueEnum;
use config::Config;
use git::Base;
use leastwise_core::folder::{Folder, Judged, Judging};
use leastwise_core::waivers::Waivers;
use rayon::prelude::*;
use std::path::PathBuf;
use walk::{Found, Problem};

/// # Errors
/// Wrong use, or a configuration that cannot be read.
pub(crate) fn run(options: &Arguments) -> Result<End, Failure> {
    let own = &options.judging;
    out::has_place(own.output.as_deref(), options.format.len())?;
    let looked = Looked::at(options)?;
    let level = match (own.fail_on, looked.config.fail_on.as_deref()) {
        (Some(level), _) => level,
        (None, Some(word)) => Level::from_str(word, true).map_err(|_| {
            Failure::WrongUse(format!("fail-on is “{word}” in leastwise.toml: that is no severity."))
        })?,
        (None, None) => Level::High,
    };
    let checked = Checked::new(&looked);
    for format in &options.format {
        let text = formats::text(*format, &checked, options.color)?;
        out::put(own.output.as_deref(), name(*format), text.as_bytes())?;
    }
    if checked.subjects.is_empty() {
        out::say(
            "leastwise: no profile, permission set, group, app or org setting was read: nothing was checked.",
        );
        return Ok(End::NotRead);
    }
    let is_unread = (own.strict || looked.config.strict) && checked.is_unread();
    Ok(End::of(checked.worst(), level.severity(), is_unread))
}

/// What the file of a format is called.
const fn name(format: CheckFormat) -> &'static str {
    match format {
        CheckFormat::Human => "leastwise.txt",
        CheckFormat::Json => "leastwise.json",
        CheckFormat::Sarif => "leastwise.sarif",
        CheckFormat::Junit => "leastwise.xml",
        CheckFormat::Github => "leastwise-annotations.txt",
    }
}

/// What was read and judged.
pub(crate) struct Looked {
    pub(crate) config: Config,
    pub(crate) waivers: Waivers,
    found: Vec<Found>,
    problems: Vec<Problem>,
    judged: Vec<Judged>,
    judging: Judging,
    skipped: usize,
    /// What was found before the branch, where only what it brings is told.
    before: Option<Vec<Judged>>,
}

impl Looked {
    /// Reads and judges.
    ///
    /// # Errors
    /// Wrong use, or a configuration that cannot be read.
    pub(crate) fn at(options: &Arguments) -> Result<Looked, Failure> {
        let own = &options.judging;
        if let Some(threads) = options.threads {
            // That it was built before is no matter of ours: it is asked once.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        }
        let now = clock::now();
        let config = Config::read(options.config.as_deref())?;
        let rules = own.rules.as_deref().or(config.rules.as_deref());
        let judging = Judging { checks: judging::checks(rules, config.checks.clone())?, now };
        let waivers = waivers::read(own.waivers.as_deref().or(config.waivers.as_deref()), now, own.quiet)?;
        let paths = if options.paths.is_empty() { vec![PathBuf::from(".")] } else { options.paths.clone() };
        let found = walk::find(&paths)?;
        let (mut components, mut problems) = (vec![], vec![]);
        for read in walk::read(&found) {
            match read {
                Ok(component) => components.push(component),
                Err(problem) => problems.push(problem),
            }
        }
        let before = match &options.changed_only {
            None => None,
            Some(reference) => {
                let base = Base::find(reference.as_deref())?;
                let were = changed::before(&base, &found, &components, &paths);
                Some(judge(&Folder::new(were), &judging, &config))
            }
        };
        let folder = Folder::new(components);
        let mut judged = judge(&folder, &judging, &config);
        let all = judged.len();
        judged.retain(|one| !config.is_skipped(&one.name));
        let skipped = all - judged.len();
        Ok(Looked { config, waivers, found, problems, judged, judging, skipped, before })
    }
}

fn judge(folder: &Folder, judging: &Judging, config: &Config) -> Vec<Judged> {
    let one = |number| folder.judge(number, judging, |name| config.answer(name));
    (0..folder.len()).into_par_iter().filter_map(one).collect()
}
