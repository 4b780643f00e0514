//! Ctrl+C in the middle of a request: the program ends at once, and quietly.
#![allow(clippy::unwrap_used, reason = "a test")]
#![cfg(unix)]

mod program;

use program::{code, err, leastwise, out};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// The number of the signal that Ctrl+C sends, on every Unix.
const SIGINT: i32 = 2;

#[test]
fn an_interrupt_ends_a_review_quietly() {
    // A proxy that takes the connection and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let child = leastwise(folder.path(), &["review", "--output", "out"])
        .env("HTTPS_PROXY", format!("http://{}", silent.local_addr().unwrap()))
        .env("SF_ACCESS_TOKEN", "00D5g000000AAAA!secret")
        .env("SF_INSTANCE_URL", "https://acme.my.salesforce.com")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut connection, _) = silent.accept().unwrap();
    let mut first = [0; 7];
    connection.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"CONNECT", "it waits for the proxy now");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (code(&output), output.status.signal()),
        (-1, Some(SIGINT)),
        "ended by the signal, by no code of its own"
    );
    assert_eq!(out(&output), "");
    let said = err(&output);
    assert!(!said.contains("panicked") && !said.contains("secret"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half-written is left");
}
