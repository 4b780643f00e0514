//! Which files are looked at, in which order, and what is read of them.

use crate::end::Failure;
use ignore::WalkBuilder;
use leastwise_core::folder::{Component, Kind, Place};
use rayon::prelude::*;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A file is at most so large; a larger one is none of ours. The platform takes 39 MB in all (Metadata API Developer Guide,
/// "Limits").
const LARGEST: u64 = 64 * 1024 * 1024;

/// A file of metadata.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// As it is shown: from the current folder where it is below, with slashes.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

/// A file that could not be read, and why.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) path: PathBuf,
    pub(crate) place: Option<Place>,
    pub(crate) why: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Project {
    package_directories: Vec<PackageDirectory>,
}

#[derive(Debug, Deserialize)]
struct PackageDirectory {
    path: PathBuf,
}

/// The files below the paths, in the order in which they are deployed: package directories as `sfdx-project.json` lists
/// them, a later one over an earlier one. What `.gitignore` and `.forceignore` leave out is left out, and links are not
/// followed.
///
/// # Errors
/// A path is not there.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let mut all: Vec<(usize, usize, Found)> = vec![];
    for (number, path) in paths.iter().enumerate() {
        if let Err(why) = std::fs::metadata(path) {
            return Err(Failure::file(path, why));
        }
        let packages = packages(path);
        let mut walk = WalkBuilder::new(path);
        walk.add_custom_ignore_filename(".forceignore").require_git(false);
        for entry in walk.build() {
            let Ok(entry) = entry else { continue };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let Some((kind, name)) = entry.file_name().to_str().and_then(Kind::of_file) else { continue };
            let path = entry.into_path();
            let package = packages.iter().rposition(|package| path.starts_with(package));
            let path = path.strip_prefix("./").map_or_else(|_| path.clone(), Path::to_path_buf);
            all.push((number, package.map_or(0, |at| at + 1), Found { path, kind, name }));
        }
    }
    all.sort_by(|(a, b, own), (c, d, other)| (a, b, &own.path).cmp(&(c, d, &other.path)));
    let mut found: Vec<Found> = all.into_iter().map(|(.., found)| found).collect();
    // Paths that lie in each other.
    let mut seen = std::collections::HashSet::new();
    found.retain(|one| seen.insert(one.path.clone()));
    Ok(found)
}

/// The project's package directories, in its order; none where it is no project.
fn packages(path: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(path.join("sfdx-project.json")).unwrap_or_default();
    let project: Project = serde_json::from_str(&text).unwrap_or_default();
    project
        .package_directories
        .iter()
        .map(|own| path.join(own.path.strip_prefix("./").unwrap_or(&own.path)))
        .collect()
}

/// Reads the files, several at once; what each says, by its place in the list, or why it says nothing.
pub(crate) fn read(found: &[Found]) -> Vec<Result<Component, Problem>> {
    found.par_iter().enumerate().map(|(number, one)| component(number, one)).collect()
}

fn component(number: usize, found: &Found) -> Result<Component, Problem> {
    let problem = |why: String| Problem { path: found.path.clone(), place: None, why };
    let size = std::fs::metadata(&found.path).map_err(|why| problem(why.to_string()))?.len();
    if size > LARGEST {
        return Err(problem(format!("It's larger than {} MB.", LARGEST / 1024 / 1024)));
    }
    let bytes = std::fs::read(&found.path).map_err(|why| problem(why.to_string()))?;
    parse(number, found, &bytes)
}

/// Reads the bytes of a file.
pub(crate) fn parse(number: usize, found: &Found, bytes: &[u8]) -> Result<Component, Problem> {
    let problem = |place, why: String| Problem { path: found.path.clone(), place, why };
    let text = text(bytes).ok_or_else(|| problem(None, "The file isn't UTF-8.".into()))?;
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    Component::read(found.kind, found.name.clone(), text, number).map_err(|why| {
        let place = match &why {
            leastwise_core::folder::Unreadable::NotXml { place, .. } => Some(*place),
            leastwise_core::folder::Unreadable::OtherRoot { .. } => None,
        };
        problem(place, why.to_string())
    })
}

/// The text of a file without the mark that editors of Windows begin it with.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
}
