//! `leastwise review`: reads an org, judges it as the extension's review does, and hands it over.

mod human;

use crate::arguments::{Level, Review as Arguments, ReviewFormat};
use crate::end::{End, Failure};
use crate::live::{self, Chosen, Read};
use crate::session::Session;
use crate::{clock, files, judging, out, waivers};
use leastwise_core::facts::{CheckSettings, Labels};
use leastwise_core::review::result::{Row, RunBy, Subject};
use leastwise_core::review::{About, Judge, Review, export};
use leastwise_core::rules::rule::Severity;
use std::time::Duration;

/// # Errors
/// Wrong use, or the org refuses.
pub(crate) fn run(options: &Arguments) -> Result<End, Failure> {
    let judging = &options.judging;
    writable(options)?;
    let now = clock::now();
    let checks = judging::checks(judging.rules.as_deref(), CheckSettings::default())?;
    let accepted = waivers::read(judging.waivers.as_deref(), now, judging.quiet)?;
    let since = options.since.as_deref().map(files::review).transpose()?;
    let chosen = Chosen {
        days: options.days,
        scope: options.scope.scope(),
        checks,
        save: options.save.as_deref(),
        is_agreed: options.yes,
        is_quiet: judging.quiet,
        timeout: Duration::from_secs(options.timeout),
    };
    let Read { reader, viewer, host, events } = live::read(Session::of(options)?, &chosen, now)?;
    let about = About {
        viewer: RunBy { id: viewer.user_id.to_string(), name: viewer.name, username: viewer.username },
        host,
        labels: Labels::default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        waivers: accepted,
    };
    let review = Judge::new(reader, about).finish();
    if let Some(since) = since.as_ref().filter(|since| since.org.id != review.org.id) {
        return Err(Failure::WrongUse(format!("--since is a review of another org, {}.", since.org.id)));
    }
    if let Some(path) = &options.save {
        files::write(path, json(&review)?.as_bytes())?;
    }
    events.discard();
    let change = |review: Review| if options.pseudonyms { export::pseudonymous(&review) } else { review };
    let (shown, since) = (change(review.clone()), since.map(change));
    for format in &options.format {
        out::put(judging.output.as_deref(), name(*format), &bytes(*format, &shown, since.as_ref())?)?;
    }
    let looked_at = || review.subjects.iter().filter(|one| one.is_integration() || one.acts_as_integration);
    let of_org = || review.org_rows.iter().chain(review.apps.iter().flat_map(|app| &app.rows));
    let worst: Option<Severity> =
        looked_at().filter_map(Subject::worst).chain(of_org().filter_map(Row::worst)).min();
    let is_unread = judging.strict
        && (!review.missing.is_empty()
            || looked_at().flat_map(|one| &one.rows).chain(of_org()).any(|row| row.outcome == "cannot-tell"));
    Ok(End::of(worst, judging.fail_on.unwrap_or(Level::High).severity(), is_unread))
}

/// Looks whether the output has a place before anything is asked.
fn writable(options: &Arguments) -> Result<(), Failure> {
    let folder = options.judging.output.as_deref();
    out::has_place(folder, options.format.len())?;
    let is_binary = |format: &ReviewFormat| matches!(format, ReviewFormat::Csv | ReviewFormat::Xlsx);
    if folder.is_none() && options.format.iter().any(is_binary) && out::is_terminal() {
        return Err(Failure::WrongUse("A zip or a workbook is no text: name a folder with --output DIR, or redirect the output to a file.".into()));
    }
    Ok(())
}

/// What the file of a format is called.
const fn name(format: ReviewFormat) -> &'static str {
    match format {
        ReviewFormat::Human => "leastwise-review.txt",
        ReviewFormat::Json => "leastwise-review.json",
        ReviewFormat::Html => "leastwise-review.html",
        ReviewFormat::Csv => "leastwise-review.zip",
        ReviewFormat::Xlsx => "leastwise-review.xlsx",
    }
}

fn bytes(format: ReviewFormat, review: &Review, since: Option<&Review>) -> Result<Vec<u8>, Failure> {
    let wrong = |what: &str| Failure::Output(std::io::Error::other(what.to_owned()));
    Ok(match format {
        ReviewFormat::Human => human::text(review).into_bytes(),
        ReviewFormat::Json => json(review)?.into_bytes(),
        ReviewFormat::Html => export::html(review, since).into_bytes(),
        ReviewFormat::Csv => export::csv(review).map_err(|why| wrong(&why.to_string()))?,
        ReviewFormat::Xlsx => export::xlsx(review).map_err(|why| wrong(&why.to_string()))?,
    })
}

fn json(review: &Review) -> Result<String, Failure> {
    let text = export::json(review).map_err(|why| Failure::Output(why.into()))?;
    Ok(text + "\n")
}
