//! What `sf`, the Salesforce CLI, is asked for: which org an alias is, and its token. What it prints is read and dropped:
//! the token in it is in no message and no file.
//!
//! Since CLI 2.136.8 `sf org display` prints a note in place of the token (forcedotcom/cli issue 3560); it is shown by
//! `sf org auth show-access-token` (Salesforce CLI Command Reference), which older ones do not have.

use crate::end::Failure;
use crate::session::{Session, Token};
use serde_json::Value;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What it is called: npm installs a batch file on Windows.
const SF: &str = if cfg!(windows) { "sf.cmd" } else { "sf" };

/// What stands in place of a token that is not shown.
const REDACTED: &str = "[REDACTED]";

/// The session of an org that `sf` is logged in to.
///
/// # Errors
/// There is no `sf`, it knows no such org, or it has no token of it.
pub(crate) fn session(alias: &str, timeout: Duration) -> Result<Session, Failure> {
    let shown = ask(&["org", "display", "--target-org", alias, "--json"], timeout)?;
    let shown = result(shown).map_err(|why| {
        Failure::WrongUse(format!(
            "sf has no usable org “{alias}”: {why}\nList the orgs with: sf org list. Log in with: sf org login web --alias {alias}"
        ))
    })?;
    let text = |key: &str| shown.get(key).and_then(Value::as_str).unwrap_or_default();
    let token =
        ask(&["org", "auth", "show-access-token", "--target-org", alias, "--no-prompt", "--json"], timeout)
            .ok()
            .and_then(|answer| result(answer).ok())
            .and_then(|shown| shown.get("accessToken").and_then(Value::as_str).map(str::to_owned))
            // A CLI from before that command shows the token with the rest.
            .unwrap_or_else(|| text("accessToken").to_owned());
    if token.is_empty() || token.starts_with(REDACTED) {
        return Err(Failure::NoSession(format!(
            "sf shows no access token of “{alias}”. Log in again with: sf org login web --alias {alias}"
        )));
    }
    Session::new(text("instanceUrl"), Token::new(token)?, "sf's instance URL")
}

/// Runs `sf`; its answer.
///
/// # Errors
/// It is not there, waits for somebody, or prints no JSON.
fn ask(arguments: &[&str], timeout: Duration) -> Result<Value, Failure> {
    let what =
        arguments.iter().take_while(|part| !part.starts_with('-')).copied().collect::<Vec<_>>().join(" ");
    let child = Command::new(SF)
        .args(arguments)
        // It writes JSON for a program, in which colors are none.
        .env("NO_COLOR", "1")
        .env("FORCE_COLOR", "0")
        .env("SF_SKIP_NEW_VERSION_CHECK", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| match why.kind() {
            std::io::ErrorKind::NotFound => Failure::WrongUse(
                "--target-org needs sf, the Salesforce CLI, and there is none on the PATH. Install it (npm install --global @salesforce/cli), or set SF_ACCESS_TOKEN and SF_INSTANCE_URL.".into(),
            ),
            _ => Failure::WrongUse(format!("sf can't be run: {why}")),
        })?;
    let output = output(child, timeout).ok_or_else(|| {
        let seconds = timeout.as_secs();
        Failure::NoSession(format!(
            "sf {what} didn't end within {seconds} s. It may be waiting for an answer: run it once by hand."
        ))
    })?;
    json(&output).ok_or_else(|| {
        Failure::NoSession(format!("sf {what} printed no JSON. Run it once by hand to see what it asks for."))
    })
}

/// All that a child prints, if it ends in time; else it is ended.
fn output(mut child: Child, timeout: Duration) -> Option<String> {
    let mut out = child.stdout.take()?;
    let reader = thread::spawn(move || {
        let mut bytes = vec![];
        let _ = out.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return reader.join().ok(),
            Ok(None) if start.elapsed() < timeout => thread::sleep(Duration::from_millis(20)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// The answer among what is printed: warnings stand before it, and after it too.
fn json(output: &str) -> Option<Value> {
    output.match_indices('{').find_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(output.get(at..)?).into_iter::<Value>();
        // `status` is what every answer of `sf --json` has.
        values.next()?.ok().filter(|value| value.get("status").is_some())
    })
}

/// What an answer is of; or why there is none, in the CLI's own words.
fn result(mut answer: Value) -> Result<Value, String> {
    match answer.get("status").and_then(Value::as_i64) {
        Some(0) => Ok(answer.get_mut("result").map(Value::take).unwrap_or_default()),
        _ => {
            let words = answer.get("message").and_then(Value::as_str).unwrap_or("it says no reason.");
            Err(words.lines().next().unwrap_or_default().to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_among_warnings() {
        let output = " ›   Warning: update available {from 2.1}\n{\"warning\": 1}\n{\"status\": 0, \"result\": {\"a\": \"{b}\"}}\nMore {words\n";
        assert_eq!(json(output), Some(serde_json::json!({ "status": 0, "result": { "a": "{b}" } })));
        assert_eq!(json("? Show the token? (y/N)"), None);
        assert_eq!(json("{\"status\": 0, \"result\""), None);
    }

    #[test]
    fn what_is_refused_is_told_in_its_own_words() {
        let refused = serde_json::json!({ "status": 1, "message": "No authorization information found for acme.\nat …" });
        assert_eq!(result(refused), Err("No authorization information found for acme.".into()));
    }
}
