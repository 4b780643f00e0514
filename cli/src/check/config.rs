//! `leastwise.toml`: what a project says of its profiles and permission sets, and the defaults of the flags.

use crate::end::Failure;
use crate::files;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use leastwise_core::facts::{AdminAnswer, CheckSettings};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What the file is called.
const NAME: &str = "leastwise.toml";

/// The file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct File {
    /// Names of profiles, permission sets and groups that integrations have, as globs.
    integrations: Vec<String>,
    /// Those that people have.
    people: Vec<String>,
    /// Those that nobody wants to hear of.
    skip: Vec<String>,
    /// As `--rules`.
    rules: Option<String>,
    /// As `--fail-on`.
    fail_on: Option<String>,
    /// As `--strict`.
    strict: bool,
    /// As `--waivers`, from the file's folder.
    waivers: Option<PathBuf>,
    /// Login IP ranges of more IPv4 addresses than this are broad.
    wide_range_addresses: Option<u32>,
}

/// What holds for the project.
#[derive(Debug)]
pub(crate) struct Config {
    integrations: GlobSet,
    people: GlobSet,
    skip: GlobSet,
    pub(crate) rules: Option<String>,
    pub(crate) fail_on: Option<String>,
    pub(crate) strict: bool,
    pub(crate) waivers: Option<PathBuf>,
    pub(crate) checks: CheckSettings,
}

impl Config {
    /// Reads the file that is named, or the one here or above, up to the root of the git repository; without one nothing
    /// is said.
    ///
    /// # Errors
    /// It cannot be read, or has something that is not known: a misspelled word is not passed over.
    pub(crate) fn read(named: Option<&Path>) -> Result<Config, Failure> {
        let found = || files::upwards(&std::env::current_dir().ok()?, NAME);
        let Some(path) = named.map(Path::to_path_buf).or_else(found) else {
            return Config::new(File::default(), Path::new("."));
        };
        let text = files::read(&path)?;
        let file = toml::from_str::<File>(&text)
            .map_err(|why| Failure::WrongUse(format!("{}: {}", path.display(), why.to_string().trim())))?;
        Config::new(file, path.parent().unwrap_or(Path::new(".")))
            .map_err(|why| Failure::WrongUse(format!("{}: {why}", path.display())))
    }

    fn new(file: File, folder: &Path) -> Result<Config, Failure> {
        let mut checks = CheckSettings::default();
        if let Some(most) = file.wide_range_addresses {
            checks.wide_range_addresses = most;
        }
        Ok(Config {
            integrations: globs(&file.integrations)?,
            people: globs(&file.people)?,
            skip: globs(&file.skip)?,
            rules: file.rules,
            fail_on: file.fail_on,
            strict: file.strict,
            waivers: file.waivers.map(|path| folder.join(path)),
            checks: checks.bounded(),
        })
    }

    /// What the project says of a name.
    pub(crate) fn answer(&self, name: &str) -> Option<AdminAnswer> {
        if self.integrations.is_match(name) {
            Some(AdminAnswer::Integration)
        } else {
            self.people.is_match(name).then_some(AdminAnswer::Person)
        }
    }

    /// Whether nobody wants to hear of it.
    pub(crate) fn is_skipped(&self, name: &str) -> bool {
        self.skip.is_match(name)
    }
}

/// Globs over names, in capitals or small letters: a slash is a letter like any other.
fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).case_insensitive(true).literal_separator(false).build();
        all.add(glob.map_err(|why| Failure::WrongUse(format!("“{pattern}” is no pattern: {why}")))?);
    }
    all.build().map_err(|why| Failure::WrongUse(why.to_string()))
}
