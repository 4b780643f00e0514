//! What a branch changed, by the `git` command: the files as they were where it began.
//!
//! Source: git's manual, git-merge-base, git-diff, git-ls-tree, git-show.

use crate::end::Failure;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The commit that a branch began at, and what was changed since, in commits and in the working tree.
#[derive(Debug)]
pub(crate) struct Base {
    root: PathBuf,
    commit: String,
    /// All files of that commit, from the repository's root.
    files: BTreeSet<PathBuf>,
    /// Those that are another text now, or gone, or new.
    changed: BTreeSet<PathBuf>,
}

impl Base {
    /// Finds it: where this branch parted from `reference`, or from its upstream.
    ///
    /// # Errors
    /// This is no working tree of git, or the history does not reach so far back.
    pub(crate) fn find(reference: Option<&str>) -> Result<Base, Failure> {
        let here = Path::new(".");
        let root = git(here, &["rev-parse", "--show-toplevel"])
            .map_err(|why| Failure::WrongUse(format!("--changed-only needs a working tree of git: {why}")))?;
        let root = PathBuf::from(root.trim_end());
        let upstream = || {
            ["@{upstream}", "origin/HEAD"]
                .into_iter()
                .find(|name| git(&root, &["rev-parse", "--verify", "--quiet", name]).is_ok())
                .ok_or_else(|| {
                    Failure::WrongUse(
                        "This branch has no upstream to compare with. Name one: --changed-only=origin/main"
                            .into(),
                    )
                })
        };
        let reference = match reference.filter(|name| !name.is_empty()) {
            // What begins with a dash would be an option of git.
            Some(name) if name.starts_with('-') => {
                return Err(Failure::WrongUse(format!("“{name}” is no commit.")));
            }
            Some(name) => name,
            None => upstream()?,
        };
        let commit = git(&root, &["merge-base", reference, "HEAD"]).map_err(|why| {
            let shallow = git(&root, &["rev-parse", "--is-shallow-repository"]).unwrap_or_default();
            let help = match shallow.trim() {
                "true" => "This clone is shallow. Get the rest with: git fetch --unshallow".to_owned(),
                _ => format!("Get it with: git fetch origin {reference}"),
            };
            Failure::WrongUse(format!("Where this branch parted from {reference} isn't known. {help}\n{why}"))
        })?;
        let commit = commit.trim().to_owned();
        let list = |arguments: &[&str]| -> Result<BTreeSet<PathBuf>, Failure> {
            let text = git(&root, arguments).map_err(Failure::WrongUse)?;
            Ok(text.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect())
        };
        let files = list(&["ls-tree", "-r", "-z", "--name-only", &commit])?;
        let mut changed = list(&["diff", "--name-only", "-z", "--no-renames", &commit])?;
        changed.extend(list(&["ls-files", "--others", "--exclude-standard", "-z"])?);
        Ok(Base { root, commit, files, changed })
    }

    /// Where a file of the working tree is in the repository; none where it is not in it.
    pub(crate) fn place(&self, path: &Path) -> Option<PathBuf> {
        let whole = std::path::absolute(path).ok()?;
        let in_root = |root: &Path| whole.strip_prefix(root).map(Path::to_path_buf).ok();
        in_root(&self.root).or_else(|| {
            // The root's name may lead through links.
            let real = whole.parent()?.canonicalize().ok()?.join(whole.file_name()?);
            real.strip_prefix(self.root.canonicalize().ok()?).map(Path::to_path_buf).ok()
        })
    }

    /// Whether a file is as it was.
    pub(crate) fn is_unchanged(&self, place: &Path) -> bool {
        self.files.contains(place) && !self.changed.contains(place)
    }

    /// Files of the commit that are changed or gone.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter(|path| self.changed.contains(*path))
    }

    /// The text of a file as it was.
    pub(crate) fn text(&self, place: &Path) -> Option<Vec<u8>> {
        let name = format!("{}:{}", self.commit, place.to_str()?);
        let output = Command::new("git").arg("-C").arg(&self.root).args(["show", &name]).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// A file of the repository as it is shown: from the current folder where it is below.
    pub(crate) fn shown(&self, place: &Path) -> PathBuf {
        let whole = self.root.join(place);
        let here = std::env::current_dir().unwrap_or_default();
        whole.strip_prefix(here).map_or(whole.clone(), Path::to_path_buf)
    }
}

/// What git prints; or what it says is wrong.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|why| format!("git can't be run: {why}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned())
}
