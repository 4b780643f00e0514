//! The stand-in org behind TLS and its proxy, and the program run against it as a shell runs it.

#![allow(dead_code, reason = "each test file uses some of it")]

use crate::program::leastwise;
use leastwise_org::fault::{Fault, Faults};
use leastwise_org::listen::{Listening, listen};
use leastwise_org::page::PageOptions;
use leastwise_org::proxy::Sources;
use leastwise_org::seed;
use leastwise_org::server::{Shared, State};
use leastwise_org::store::Org;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// An org that listens while it lives.
pub(crate) struct Running {
    pub(crate) shared: Shared,
    pub(crate) listening: Listening,
    pub(crate) folder: TempDir,
    pub(crate) sid: String,
    _runtime: Runtime,
}

impl Running {
    pub(crate) fn new() -> Running {
        let mut org = Org::new("acme");
        let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/org/seeds/acme");
        let admin = seed::load(&mut org, &[acme]).unwrap().id;
        let sid = org.start_session(&admin, true).sid;
        let shared = Arc::new(Mutex::new(State {
            org,
            faults: Faults::default(),
            cursors: HashMap::new(),
            requests: vec![],
            latency: 0,
            options: PageOptions::default(),
            passes: HashMap::new(),
            sources: Sources::default(),
        }));
        let runtime = Runtime::new().unwrap();
        let (listening, server) = runtime.block_on(listen(shared.clone(), 0, 0)).unwrap();
        runtime.spawn(server);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), &listening.ca).unwrap();
        Running { shared, listening, folder, sid, _runtime: runtime }
    }

    /// The program, with the way to the org and nothing else of this environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = leastwise(self.folder.path(), arguments);
        command
            .env("HTTPS_PROXY", &self.listening.proxy)
            .env("SSL_CERT_FILE", self.folder.path().join("ca.pem"))
            .env("SF_ACCESS_TOKEN", &self.sid)
            .env("SF_INSTANCE_URL", "https://acme.my.salesforce.com");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn break_by(&self, fault: &Value) {
        self.shared.lock().unwrap().faults.0.push(Fault::from_json(fault));
    }

    pub(crate) fn mend(&self) {
        self.shared.lock().unwrap().faults.0.clear();
    }

    /// Requests of the API so far.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.shared.lock().unwrap().requests.clone()
    }

    /// An `sf` that is this script of a shell.
    #[cfg(unix)]
    pub(crate) fn sf(&self, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let bin = self.path("bin");
        std::fs::create_dir_all(&bin).unwrap();
        let sf = bin.join("sf");
        std::fs::write(
            &sf,
            format!("#!/bin/sh\necho \"$@\" >> \"{}\"\n{script}\n", self.path("asked").display()),
        )
        .unwrap();
        std::fs::set_permissions(&sf, std::fs::Permissions::from_mode(0o755)).unwrap();
        bin
    }
}
