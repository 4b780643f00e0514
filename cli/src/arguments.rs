//! What can be asked for on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use leastwise_core::review::Scope;
use leastwise_core::rules::rule::Severity;
use std::path::PathBuf;

/// Checks what integration users of Salesforce may do: in metadata, and in an org.
///
/// Exit codes: 0 nothing at or above the level of --fail-on; 1 findings; 2 wrong use or a configuration that can't be
/// read; 3 something couldn't be read and --strict is set, or nothing was read at all; 4 the org refused.
#[derive(Debug, Parser)]
#[command(name = "leastwise", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check profiles, permission sets and groups in folders of metadata, in source or Metadata API format
    Check(Check),
    /// Accept what is found today, without a reason, for 90 days
    Baseline(Baseline),
    /// Review the integration users of an org. It only reads.
    Review(Review),
    /// Compare two reviews of one org: what is new, worse, solved
    Diff(Diff),
    /// What a check looks at, why it matters, and how to fix what it finds
    Explain {
        /// The check's id, for example broad-permission
        rule: String,
    },
    /// List all checks
    Rules {
        /// As text, or as data
        #[arg(long, value_enum, default_value_t = TextFormat::Human)]
        format: TextFormat,
    },
    /// Print the JSON Schema of a format
    Schema {
        /// Which format
        #[arg(value_enum, default_value_t = Schema::Review)]
        of: Schema,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// Of commands that have nothing to lay out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schema {
    /// leastwise-review/1
    Review,
}

/// From which severity on a finding fails the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

impl Level {
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Level::Critical => Some(Severity::Critical),
            Level::High => Some(Severity::High),
            Level::Medium => Some(Severity::Medium),
            Level::Low => Some(Severity::Low),
            Level::Never => None,
        }
    }
}

/// What the commands that judge have in common.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// Exit with 1 from this severity on; high where nothing else is said
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Level>,
    /// Exit with 3 when something couldn't be checked
    #[arg(long)]
    pub(crate) strict: bool,
    /// Turn checks off and on again: -record-deletion,+open-app. Without a sign first, only these run
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(crate) rules: Option<String>,
    /// Accepted risks (leastwise-waivers/1); default: .leastwise/waivers.json here or above, up to the git root
    #[arg(long, value_name = "FILE")]
    pub(crate) waivers: Option<PathBuf>,
    /// A folder for the output: needed for more than one format
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Say nothing but the output itself
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folders or files; the current folder where none is named
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to write; several, separated by commas, with --output
    #[arg(long, value_enum, value_delimiter = ',', default_value = "human")]
    pub(crate) format: Vec<CheckFormat>,
    /// Tell only what this branch brings, compared with where it parted from REF (default: its upstream)
    #[arg(long, value_name = "REF", num_args = 0..=1, require_equals = true)]
    pub(crate) changed_only: Option<Option<String>>,
    /// What the project says of its profiles and sets; default: leastwise.toml here or above, up to the git root
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Whether text has colors
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Threads; as many as there are cores where none is said
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

#[derive(Debug, Args)]
pub(crate) struct Baseline {
    /// Who answers for it; by default who commits here, by git
    #[arg(long)]
    pub(crate) owner: Option<String>,
    #[command(flatten)]
    pub(crate) check: Check,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    /// leastwise-check/1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit, a suite a file
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    /// An alias or username that sf (the Salesforce CLI) is logged in with. Without it: the environment's
    /// SF_ACCESS_TOKEN and SF_INSTANCE_URL
    #[arg(long, short = 'o', value_name = "ALIAS")]
    pub(crate) target_org: Option<String>,
    /// Keep the review as leastwise-review/1, to compare a later one with. While it is read, what was read is kept
    /// beside it (FILE.unfinished), and the same command goes on where it was
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// What to write; several, separated by commas, with --output
    #[arg(long, value_enum, value_delimiter = ',', default_value = "human")]
    pub(crate) format: Vec<ReviewFormat>,
    /// An earlier review of the same org: the HTML report says what changed
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// Days of logins to read: 180 is all that Salesforce keeps
    #[arg(long, default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=180))]
    pub(crate) days: u32,
    /// Whom to look at
    #[arg(long, value_enum, default_value_t = Whom::Privileged)]
    pub(crate) scope: Whom,
    /// Write codes in place of people's names, and networks in place of addresses
    #[arg(long)]
    pub(crate) pseudonyms: bool,
    /// Go on when the review takes a large part of the API calls that the org has left today
    #[arg(long)]
    pub(crate) yes: bool,
    /// Seconds that sf, or one answer of the org, may take
    #[arg(long, value_name = "SECONDS", default_value_t = 130, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    Human,
    /// leastwise-review/1
    Json,
    /// A report as one file
    Html,
    /// A zip of tables
    Csv,
    /// A workbook
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Whom {
    /// Integration users
    Integrations,
    /// People who could take over the org as well
    Privileged,
    /// Every active user
    Everyone,
}

impl Whom {
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Whom::Integrations => Scope::Integrations,
            Whom::Privileged => Scope::Privileged,
            Whom::Everyone => Scope::Everyone,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier review
    pub(crate) old: PathBuf,
    /// The later one
    pub(crate) new: PathBuf,
    /// As text, or as data
    #[arg(long, value_enum, default_value_t = TextFormat::Human)]
    pub(crate) format: TextFormat,
    /// Exit with 1 when something of this severity or worse is new, or got worse
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Level::High)]
    pub(crate) fail_on: Level,
}
