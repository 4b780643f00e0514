//! The file of accepted risks: where it is, and what is wrong with it.

use crate::end::Failure;
use crate::{files, out};
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::{Day, Terms, Waivers};
use std::path::Path;

/// Where it is when nobody says otherwise.
pub(crate) const PLACE: &str = ".leastwise/waivers.json";

/// Reads the accepted risks; none where there is no file and none was named. An entry with something wrong accepts nothing:
/// a file of which a part would be passed over in silence is refused.
///
/// # Errors
/// The file cannot be read, is of a later version, or has entries with something wrong.
pub(crate) fn read(named: Option<&Path>, now: Timestamp, is_quiet: bool) -> Result<Waivers, Failure> {
    let found = || files::upwards(&std::env::current_dir().ok()?, PLACE);
    let Some(path) = named.map(Path::to_path_buf).or_else(found) else { return Ok(Waivers::default()) };
    parse(&path, &files::read(&path)?, now, is_quiet)
}

fn parse(path: &Path, text: &str, now: Timestamp, is_quiet: bool) -> Result<Waivers, Failure> {
    let path = path.display();
    let read = Waivers::import(text, Terms::default(), Day::of(now))
        .map_err(|why| Failure::WrongUse(format!("{path}: {why}")))?;
    if !read.problems.is_empty() {
        let all: Vec<String> =
            read.problems.iter().map(|one| format!("\n  {}: {}", one.entry, one.what.join(" "))).collect();
        return Err(Failure::WrongUse(format!("{path} has entries that can't be taken:{}", all.concat())));
    }
    let known = |rule: &str| leastwise_core::rules::all().iter().any(|own| own.id == rule);
    for waiver in read.waivers.all().iter().filter(|own| !known(&own.rule)) {
        out::say(&format!("leastwise: {path}: no check is called “{}”. It accepts nothing.", waiver.rule));
    }
    if !is_quiet {
        read.remarks.iter().for_each(|remark| out::say(&format!("leastwise: {path}: {remark}")));
    }
    Ok(read.waivers)
}
