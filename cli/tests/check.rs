//! `leastwise check` and `baseline` on folders: what is found where, each format, the exit codes, a branch's own findings, and
//! bad input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]
#![cfg(unix)]

mod program;

use program::{code, err, leastwise, out};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const NS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn permissions(names: &[&str]) -> String {
    let one = |name: &&str| {
        format!(
            "    <userPermissions>\n        <enabled>true</enabled>\n        <name>{name}</name>\n    </userPermissions>\n"
        )
    };
    names.iter().map(one).collect()
}

/// On the line of the root, so that what is looked for stays where it is.
fn xml(root: &str, inner: &str) -> String {
    format!("{HEAD}<{root} {NS}><description>For tests.</description>\n{inner}</{root}>\n")
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, path: &str, text: impl AsRef<[u8]>) -> &Folder {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn set(&self, path: &str, names: &[&str]) -> &Folder {
        self.put(path, xml("PermissionSet", &permissions(names)))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        leastwise(self.path(), arguments).env("HOME", self.path()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["check", "--format", "json"], arguments].concat());
        serde_json::from_str(&out(&output))
            .unwrap_or_else(|why| panic!("{why}: {}{}", out(&output), err(&output)))
    }

    fn git(&self, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=T", "-c", "user.email=t@acme.example", "-c", "init.defaultBranch=main"];
        let output =
            Command::new("git").args(identity).args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    }
}

/// Path, line and what it is about, of each finding.
fn findings(value: &Value) -> Vec<String> {
    let all = value["findings"].as_array().unwrap().iter();
    all.map(|one| {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        format!("{}:{}:{} {} {}", text("path"), one["line"], one["column"], text("severity"), text("about"))
    })
    .collect()
}

/// A project with one integration's permission set, in source format and as the Metadata API has it.
fn project() -> Folder {
    let folder = Folder::new();
    folder
        .put("leastwise.toml", "integrations = [\"int *\"]\n")
        .set("force-app/main/permissionsets/Int A.permissionset-meta.xml", &["ApiEnabled", "ModifyAllData"])
        .set("mdapi/permissionsets/Int B.permissionset", &["ExportReport"]);
    folder
}

#[test]
fn every_finding_has_its_place_in_both_formats() {
    let folder = project();
    assert_eq!(
        findings(&folder.json(&[])),
        [
            "force-app/main/permissionsets/Int A.permissionset-meta.xml:9:9 critical ModifyAllData",
            "mdapi/permissionsets/Int B.permissionset:5:9 high ExportReport",
        ]
    );
    let output = folder.run(&["check"]);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    for part in [
        "critical[broad-permission]: ModifyAllData: can",
        "--> force-app/main/permissionsets/Int A.permissionset-meta.xml:9:9",
        "^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "0 profiles, 2 permission sets, 0 groups and 0 apps in 2 files; 2 used by integrations.",
        "1 critical, 1 high, 0 medium, 0 low, 0 info; 0 accepted.",
        "Needs an org (leastwise review): ",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains('\u{1b}'), "no colors where nobody looks");
    assert!(out(&folder.run(&["check", "--color", "always"])).contains('\u{1b}'));
}

#[test]
fn apps_and_settings_of_the_org_are_checked_and_no_key_is_shown() {
    let folder = Folder::new();
    folder
        .put(
            "apps/ERP.connectedApp-meta.xml",
            xml(
                "ConnectedApp",
                "<label>ERP</label><oauthConfig><consumerKey>3MVG9abc</consumerKey><scopes>Full</scopes></oauthConfig>",
            ),
        )
        .put(
            "settings/ConnectedApp.settings-meta.xml",
            xml(
                "ConnectedAppSettings",
                "<enableAdminApprovedAppsOnly>false</enableAdminApprovedAppsOnly>\n",
            ),
        );
    let found = findings(&folder.json(&[]));
    assert!(found.iter().any(|one| one.ends_with("high scopes")), "{found:?}");
    assert!(found.iter().any(|one| one.ends_with("info enableAdminApprovedAppsOnly")), "{found:?}");
    let text = out(&folder.run(&["check"]));
    for part in [
        "high[full-scope]: “ERP” has the scope “Full access” (app “ERP”)",
        "API Access Control is off (org settings)",
        "0 profiles, 0 permission sets, 0 groups and 1 app in 2 files",
        "couldn't check app “ERP”",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(text.contains("<consumerKey>********</consumerKey>") && !text.contains("3MVG9"), "{text}");
}

#[test]
fn exit_codes_are_those_that_are_written_down() {
    let folder = project();
    for (arguments, is) in [
        (&["check"][..], 1),
        (&["check", "--fail-on", "never"], 0),
        (&["check", "mdapi", "--fail-on", "critical"], 0),
        (&["check", "mdapi", "--fail-on", "high"], 1),
        (&["check", "--rules", "-broad-permission,-record-deletion"], 0),
        (&["check", "nowhere"], 2),
        (&["check", "--rules", "no-such-check"], 2),
        (&["check", "--format", "json,sarif"], 2),
        (&["check", "--config", "nowhere.toml"], 2),
        (&["check", "--waivers", "nowhere.json"], 2),
        (&["check", "--threads", "2", "--quiet", "--rules", "unrestricted-login-ip"], 0),
    ] {
        let output = folder.run(arguments);
        assert_eq!(code(&output), is, "{arguments:?}: {}", err(&output));
    }
    // Nothing was read: that is never a pass.
    folder.put("empty/readme.txt", "");
    let output = folder.run(&["check", "empty"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("nothing was checked"));
    // A part of a profile: not told, and with --strict not passed.
    folder.put("part/P.profile", xml("Profile", "<custom>true</custom>\n"));
    assert_eq!(code(&folder.run(&["check", "part"])), 0);
    assert_eq!(code(&folder.run(&["check", "part", "--strict"])), 3);
    // The same by the configuration.
    folder.put("leastwise.toml", "strict = true\nfail-on = \"never\"\n");
    assert_eq!(code(&folder.run(&["check", "part"])), 3);
    folder.put("leastwise.toml", "fail-on = \"soon\"\n");
    assert_eq!(code(&folder.run(&["check"])), 2);
    folder.put("leastwise.toml", "integration = []\n");
    let output = folder.run(&["check"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("leastwise.toml") && err(&output).contains("integration"),
        "{}",
        err(&output)
    );
}

#[test]
fn package_directories_are_put_together_in_their_order() {
    let folder = Folder::new();
    let part = |on: bool, more: &str| {
        let flag =
            format!("<userPermissions><enabled>{on}</enabled><name>ViewAllData</name></userPermissions>\n");
        xml("Profile", &format!("{flag}{more}"))
    };
    folder
        .put("leastwise.toml", "integrations = [\"Int\"]\n")
        .put("z/profiles/Int.profile-meta.xml", part(true, &permissions(&["ApiUserOnly"])))
        .put("a/profiles/Int.profile-meta.xml", part(false, ""));
    let project = |first: &str, second: &str| {
        format!(
            "{{\"packageDirectories\":[{{\"path\":\"{first}\",\"default\":true}},{{\"path\":\"./{second}\"}}]}}"
        )
    };
    let about = |folder: &Folder| {
        let value = folder.json(&["--rules", "broad-permission"]);
        assert_eq!(value["subjects"].as_array().unwrap().len(), 1);
        findings(&value)
    };
    folder.put("sfdx-project.json", project("z", "a"));
    assert_eq!(about(&folder), [""; 0], "the later one takes it away");
    folder.put("sfdx-project.json", project("a", "z"));
    assert_eq!(about(&folder), ["z/profiles/Int.profile-meta.xml:3:41 high ViewAllData"]);
    // A third part, in small letters, with what neither has.
    folder.put("b/int.profile", xml("Profile", &permissions(&["ExportReport"])));
    assert_eq!(about(&folder).len(), 2);
}

#[test]
fn sarif_is_what_code_scanning_takes() {
    let folder = project();
    folder.put("broken/X.profile-meta.xml", "<Profile>");
    let output = folder.run(&["check", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((sarif["version"].as_str(), code(&output)), (Some("2.1.0"), 1));
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), leastwise_core::rules::all().len());
    for rule in rules {
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(score > 0.0 && score < 10.0);
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Fix"));
        assert!(
            ["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
        );
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.contains("Int%20") && !uri.starts_with('/'), "{uri}");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
        assert!(result["partialFingerprints"]["leastwise/v1"].as_str().unwrap().starts_with("lw1:"));
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().ends_with(":1"));
    }
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["level"] == "error"), "{notes:?}");
}

#[test]
fn every_format_has_its_file_and_names_end_nothing() {
    let folder = Folder::new();
    folder
        .put("leastwise.toml", "integrations = [\"*\"]\n")
        .set("Int %3Cb%3E%0A::error::.permissionset", &["ModifyAllData"])
        .put("part/P.profile", xml("Profile", "<custom>true</custom>\n"))
        .put("Broken.profile", "<a");
    let output = folder.run(&["check", ".", "--format", "human,json,sarif,junit,github", "--output", "out"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(out(&output), "");
    let read = |name: &str| std::fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    for name in ["leastwise.txt", "leastwise.json", "leastwise.sarif"] {
        assert!(read(name).contains("ModifyAllData"), "{name}");
    }
    let annotations = read("leastwise-annotations.txt");
    assert!(
        annotations.lines().all(|line| line.starts_with("::error file=")
            || line.starts_with("::warning")
            || line.starts_with("::notice")),
        "{annotations}"
    );
    let junit = read("leastwise.xml");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let all = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert!(
        all("testcase") > 3 && all("failure") >= 1 && all("skipped") >= 3 && all("error") == 1,
        "{junit}"
    );
    let suites = document.root_element();
    assert_eq!(suites.attribute("failures"), Some(all("failure").to_string().as_str()));
    assert_eq!(suites.attribute("tests"), Some(all("testcase").to_string().as_str()));
}

#[test]
fn a_baseline_accepts_what_is_there_and_nothing_else() {
    let folder = project();
    let output = folder.run(&["baseline", "--owner", "jane@acme.example"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("2 findings until "), "{}", err(&output));
    let file = folder.path().join(".leastwise/waivers.json");
    let first = std::fs::read_to_string(&file).unwrap();
    assert!(first.contains("\"reason\":\"baseline\"") && first.contains("jane@acme.example"));
    assert_eq!(code(&folder.run(&["check"])), 0);
    let value = folder.json(&[]);
    assert!(value["findings"].as_array().unwrap().iter().all(|one| one["accepted"].is_string()));
    let sarif: Value = serde_json::from_str(&out(&folder.run(&["check", "--format", "sarif"]))).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    // Something more is no part of it.
    folder.set("mdapi/permissionsets/Int B.permissionset", &["ExportReport", "AuthorApex"]);
    let output = folder.run(&["check"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("AuthorApex") && !out(&output).contains("ExportReport:"),
        "{}",
        out(&output)
    );
    // Written again it has that too; what was accepted with a reason stays.
    let with_reason =
        first.replacen("\"reason\":\"baseline\"", "\"reason\":\"The nightly job needs it.\"", 1);
    std::fs::write(&file, with_reason).unwrap();
    assert_eq!(code(&folder.run(&["baseline", "--owner", "jane@acme.example", "--quiet"])), 0);
    let second = std::fs::read_to_string(&file).unwrap();
    assert!(
        second.contains("The nightly job needs it.") && second.matches("\"rule\":").count() == 3,
        "{second}"
    );
    assert_eq!(code(&folder.run(&["check"])), 0);
}

#[test]
fn a_file_of_accepted_risks_that_cannot_be_taken_whole_is_refused() {
    let folder = project();
    let entry = |more: &str| {
        format!(
            "{{\"version\":1,\"waivers\":[{{\"rule\":\"broad-permission\",\"subject\":{{\"kind\":\"permission-set\",\"key\":\"Int A\"}},\"about\":\"ModifyAllData\",\"reason\":\"The nightly job needs it.\",\"owner\":\"jane\",\"severity\":\"critical\"{more}}}]}}"
        )
    };
    for (text, part) in [
        ("{\"version\":2,\"waivers\":[]}".to_owned(), "version 2"),
        ("{".to_owned(), "isn't valid JSON"),
        ("[]".to_owned(), "isn't a list of accepted risks"),
        (entry(""), "Accepted risk 1"),
        (entry(",\"created\":\"2020-01-01\",\"expires\":\"2024-01-01\""), "Accepted risk 1"),
    ] {
        folder.put(".leastwise/waivers.json", &text);
        let output = folder.run(&["check"]);
        assert_eq!(code(&output), 2, "{text}: {}", err(&output));
        assert!(err(&output).contains(part), "{text}: {}", err(&output));
    }
    // One that has expired is said, and accepts nothing.
    folder.put(".leastwise/waivers.json", entry(",\"created\":\"2020-01-01\",\"expires\":\"2020-02-01\""));
    let output = folder.run(&["check", "force-app"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("1 expired already"), "{}", err(&output));
    // A rule that is none is told.
    let unknown = entry(",\"created\":\"2020-01-01\",\"expires\":\"2020-02-01\"")
        .replace("broad-permission", "no-such");
    folder.put(".leastwise/waivers.json", unknown);
    assert!(err(&folder.run(&["check"])).contains("no check is called “no-such”"));
}

#[test]
fn bad_input_is_told_and_breaks_nothing() {
    let folder = Folder::new();
    folder
        .put("leastwise.toml", "integrations = [\"*\"]\n")
        .set("Good.permissionset", &["ModifyAllData"])
        .put("Latin.permissionset", b"<PermissionSet><label>\xe9</label></PermissionSet>")
        .put("Wide.permissionset", b"\xff\xfe<\0P\0/\0>\0")
        .put(
            "Bomb.permissionset",
            "<!DOCTYPE p [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><PermissionSet>&b;</PermissionSet>",
        )
        .put("Other.permissionset", "<Profile/>")
        .put("Empty.permissionset", "")
        .put(
            "Bom.permissionset",
            format!("\u{feff}{}", xml("PermissionSet", &permissions(&["ExportReport"]))),
        )
        .put("Folder.profile/inside.txt", "")
        .put("Newer.permissionset", xml("PermissionSet", "<newThings><a/></newThings>\n"));
    std::fs::File::create(folder.path().join("Huge.permissionset")).unwrap().set_len(1 << 30).unwrap();
    // A way that leads back to itself.
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let value = folder.json(&[]);
    let unread: Vec<&str> =
        value["couldNotRead"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    let names =
        ["Bomb", "Empty", "Huge", "Latin", "Other", "Wide"].map(|name| format!("{name}.permissionset"));
    assert_eq!(unread, names);
    let about: Vec<&str> =
        value["findings"].as_array().unwrap().iter().map(|one| one["about"].as_str().unwrap()).collect();
    assert_eq!(about, ["ModifyAllData", "ExportReport"]);
    assert_eq!(value["subjects"].as_array().unwrap().len(), 3);
    assert_eq!(code(&folder.run(&["check", "--rules", "unrestricted-login-ip", "--strict"])), 3);
    // What is left out of deployments and of git is left out.
    folder.put(".forceignore", "Good.permissionset\n").put(".gitignore", "Bom.permissionset\n");
    assert_eq!(folder.json(&[])["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn a_branch_is_told_what_it_brings_and_nothing_else() {
    let folder = project();
    let range = |end: &str| {
        format!(
            "<loginIpRanges><endAddress>{end}</endAddress><startAddress>198.51.100.1</startAddress></loginIpRanges>\n"
        )
    };
    let profile = |ranges: &str| xml("Profile", &format!("{}{ranges}", permissions(&["ApiUserOnly"])));
    folder.put("force-app/main/profiles/Int P.profile-meta.xml", profile(&range("198.51.100.9")));
    folder.git(&["init", "-q"]);
    let commit = |folder: &Folder| {
        folder.git(&["add", "-A"]);
        folder.git(&["commit", "-q", "-m", "x"]);
    };
    commit(&folder);
    folder.git(&["checkout", "-q", "-b", "work"]);
    let own = |folder: &Folder| {
        findings(&folder.json(&["--changed-only=main", "--rules", "-non-integration-license"]))
    };
    assert_eq!(own(&folder), [""; 0]);
    // A file that is touched tells what it has new alone; on another line than before.
    folder.set("mdapi/permissionsets/Int B.permissionset", &["ApiEnabled", "AuthorApex", "ExportReport"]);
    assert_eq!(own(&folder), ["mdapi/permissionsets/Int B.permissionset:9:9 critical AuthorApex"]);
    let output = folder.run(&["check", "--changed-only=main"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("that this branch doesn't bring"), "{}", out(&output));
    commit(&folder);
    assert_eq!(own(&folder).len(), 1, "committed or not");
    // A restriction that is taken away is new.
    folder.put("force-app/main/profiles/Int P.profile-meta.xml", profile(""));
    assert_eq!(
        own(&folder)[1..],
        ["force-app/main/profiles/Int P.profile-meta.xml:2:1 high LoginIpRanges.None"]
    );
    // One that is renamed has nothing new; nor has one that is split, or gone.
    folder.git(&["checkout", "-q", "."]);
    folder.set("mdapi/permissionsets/Int B.permissionset", &["ExportReport"]);
    std::fs::create_dir_all(folder.path().join("other")).unwrap();
    let from = folder.path().join("force-app/main/permissionsets/Int A.permissionset-meta.xml");
    std::fs::rename(&from, folder.path().join("other/int a.permissionset-meta.xml")).unwrap();
    assert_eq!(own(&folder), [""; 0]);
    folder
        .set("other/int a.permissionset-meta.xml", &["ApiEnabled"])
        .set("force-app/more/Int A.permissionset-meta.xml", &["ModifyAllData"]);
    assert_eq!(own(&folder), [""; 0]);
    std::fs::remove_file(folder.path().join("force-app/more/Int A.permissionset-meta.xml")).unwrap();
    assert_eq!(own(&folder), [""; 0]);
    // What nobody can compare with is told, with the command that helps.
    for reference in ["nowhere", "--upload-pack=x", ""] {
        let output = folder.run(&["check", &format!("--changed-only={reference}")]);
        assert_eq!(code(&output), 2, "{reference}: {}", err(&output));
    }
    let outside = Folder::new();
    outside.set("A.permissionset", &[]);
    let output = outside.run(&["check", "--changed-only=main"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("working tree of git"), "{}", err(&output));
}

#[test]
fn what_a_project_leaves_out_is_said() {
    let folder = project();
    folder.put(
        "leastwise.toml",
        "skip = [\"Int A\"]\nintegrations = [\"Int B\"]\nrules = \"-record-deletion\"\n",
    );
    let value = folder.json(&[]);
    assert_eq!(findings(&value).len(), 1);
    assert_eq!((value["skipped"].as_u64(), value["off"][0].as_str()), (Some(1), Some("record-deletion")));
    let text = out(&folder.run(&["check"]));
    assert!(
        text.contains("1 left out by leastwise.toml.") && text.contains("Turned off: record-deletion."),
        "{text}"
    );
    // A person's set is judged as a person's.
    folder.put("leastwise.toml", "people = [\"Int *\"]\n");
    let value = folder.json(&[]);
    assert_eq!(value["subjects"][0]["who"], "person");
    assert!(findings(&value)[0].contains(" high ModifyAllData"), "{value}");
}
