//! `leastwise` on the command line: the checks of the extension over metadata in folders, and over an org.
//!
//! It has no rule and no text of a finding: those are the core's. It says where they are, and ends with an exit code.

mod arguments;
mod catalog;
mod check;
mod clock;
mod diff;
mod end;
mod events;
mod files;
mod http;
mod judging;
mod live;
mod out;
mod review;
mod session;
mod sf;
mod waivers;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use end::{End, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    let end = match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => {
            // `--help` and `--version` are no wrong use, and are written to standard output.
            let is_asked_for = !error.use_stderr();
            let _ = error.print();
            return if is_asked_for { End::Clean.into() } else { End::WrongUse.into() };
        }
    };
    match end {
        Ok(end) => end.into(),
        // Whoever reads the output has seen enough (`leastwise rules | head`): nothing went wrong.
        Err(Failure::ClosedPipe) => End::Clean.into(),
        Err(failure) => {
            out::say(&format!("leastwise: {failure}"));
            failure.end().into()
        }
    }
}

fn run(arguments: Arguments) -> Result<End, Failure> {
    match arguments.command {
        Command::Check(options) => check::run(&options),
        Command::Baseline(options) => check::baseline::run(&options),
        Command::Review(options) => review::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Explain { rule } => catalog::explain(&rule),
        Command::Rules { format } => catalog::list(format),
        Command::Schema { of } => catalog::schema(of),
        Command::Completions { shell } => {
            let mut text = vec![];
            clap_complete::generate(shell, &mut Arguments::command(), "leastwise", &mut text);
            out::write(&text)?;
            Ok(End::Clean)
        }
    }
}
