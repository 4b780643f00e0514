//! Which User or Profile page of Setup a URL shows, if any.
//!
//! It never looks at the page itself (titles and markup change with language and release): host, path, `address` and
//! `s` decide. Anything else is "not a page of ours" and costs no request.

use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageKind {
    /// One user (`005`).
    User,
    /// One profile (`00e`).
    Profile,
    /// One permission set (`0PS`), or one group of them (`0PG`).
    PermissionSet,
}

/// A page that Leastwise has something to say on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The host to ask: `NAME.my.salesforce.com` and its kin, lower case, without a port.
    pub api_host: String,
    /// What it is about.
    pub kind: PageKind,
    /// The user or profile shown.
    pub id: Id,
    /// Whether it is the page's edit form.
    pub editing: bool,
    /// The section of the enhanced profile user interface (`s`), in lower case; [`Page::CLONE`] where it is copied.
    pub section: Option<String>,
}

/// Endings of the hosts that show pages, and of the host that answers the API for each.
/// Source: setup pages as seen in public code (sfdx-core `sfdcUrl.ts`, published extensions' manifests).
const FAMILIES: &[(&str, &str)] = &[
    (".my.salesforce.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce.mil", ".my.salesforce.mil"),
    (".lightning.crmforce.mil", ".my.salesforce.mil"),
    (".my.sfcrmproducts.cn", ".my.sfcrmproducts.cn"),
    (".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn"),
    (".my-salesforce.com", ".my-salesforce.com"),
    (".my-lightning.com", ".my-salesforce.com"),
];

/// The ending that Microsoft Defender for Cloud Apps adds to a host that it stands before.
const DEFENDER: &str = ".mcas.ms";

impl Page {
    /// The section of the page that makes a new profile of another.
    pub const CLONE: &str = "clone";

    /// The page that `url` (as in the address bar, or of a frame) shows; `None` when it is not a page of ours.
    pub fn from_url(url: &str) -> Option<Page> {
        let rest = url.strip_prefix("https://")?;
        let rest = rest.split('#').next()?;
        let (host_and_path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = match host_and_path.find('/') {
            Some(at) => (host_and_path.get(..at)?, host_and_path.get(at..)?),
            None => (host_and_path, "/"),
        };
        let api_host = api_host(host)?;
        let inner = match path.strip_prefix("/lightning/") {
            None => Inner::from_path(path, query)?,
            Some(rest) => Inner::from_lightning(rest, query)?,
        };
        Some(Page {
            api_host,
            kind: inner.kind,
            id: inner.id,
            editing: inner.editing,
            section: inner.section,
        })
    }
}

/// The host of an address, without its port; none of one that is not encrypted.
pub fn host_of(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split(['/', '?', '#', ':']).next()
}

/// Whether Microsoft Defender for Cloud Apps stands before the host of an address: there the browser has no session that
/// the org knows (Salesforce Inspector Reloaded, issue 699 and pull requests 239 and 281).
pub fn is_behind_defender(url: &str) -> bool {
    host_of(url).is_some_and(|host| host.to_ascii_lowercase().ends_with(DEFENDER))
}

/// The host that answers the API for the host of a page; `None` for hosts that show no Setup pages.
pub fn api_host(host: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    if host.contains('@') {
        return None;
    }
    let host = host.split(':').next()?;
    let host = host.strip_suffix(DEFENDER).unwrap_or(host);
    let (name, core) = FAMILIES.iter().find_map(|(shows, core)| Some((host.strip_suffix(shows)?, core)))?;
    // NAME, NAME--SANDBOX.sandbox, NAME-dev-ed.develop, NAME--sbx.cs12 …: one label, or two with the partition.
    let labels: Vec<&str> = name.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
    };
    (labels.len() <= 2 && labels.iter().all(good)).then(|| format!("{name}{core}"))
}

struct Inner {
    kind: PageKind,
    id: Id,
    editing: bool,
    section: Option<String>,
}

impl Inner {
    /// A Classic path, at top level, in a frame, or in `address`: `/005…`, `/005…/e`, `/00e…?s=…`, `/00e…/e?s=…`.
    fn from_path(path: &str, query: &str) -> Option<Inner> {
        if path == "/setup/ui/profileclone.jsp" {
            let id = Id::parse(&parameter(query, "id")?)?;
            let section = Some(Page::CLONE.to_owned());
            return (id.prefix() == "00e").then_some(Inner {
                kind: PageKind::Profile,
                id,
                editing: true,
                section,
            });
        }
        let mut parts = path.strip_prefix('/')?.trim_end_matches('/').split('/');
        let id = Id::parse(parts.next()?)?;
        let editing = match parts.next() {
            None => false,
            Some("e") => true,
            Some(_) => return None,
        };
        if parts.next().is_some() {
            return None;
        }
        let kind = kind_of(&id, editing)?;
        let section = parameter(query, "s").filter(|s| !s.is_empty()).map(|s| s.to_ascii_lowercase());
        Some(Inner { kind, id, editing, section: section.filter(|_| kind != PageKind::User) })
    }

    /// What stands after `/lightning/`.
    fn from_lightning(rest: &str, query: &str) -> Option<Inner> {
        let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        match parts.as_slice() {
            ["setup", _, "page"] => {
                let address = parameter(query, "address")?;
                let (path, query) = address.split_once('?').unwrap_or((&address, ""));
                Inner::from_path(path, query)
            }
            ["setup", node, id, "summary" | "view" | "detail"] => {
                let id = Id::parse(id)?;
                let kind = kind_of(&id, false)?;
                let fits = match kind {
                    PageKind::User => node.starts_with("ManageUsers"),
                    PageKind::Profile => matches!(*node, "EnhancedProfiles" | "Profiles"),
                    PageKind::PermissionSet => {
                        node.starts_with("PermSet") || *node == "PermissionSetListView"
                    }
                };
                fits.then_some(Inner { kind, id, editing: false, section: None })
            }
            ["r", "User", id, view @ ("view" | "edit")] | ["r", id, view @ ("view" | "edit")] => {
                let id = Id::parse(id)?;
                (kind_of(&id, false)? == PageKind::User).then_some(Inner {
                    kind: PageKind::User,
                    id,
                    editing: *view == "edit",
                    section: None,
                })
            }
            _ => None,
        }
    }
}

fn kind_of(id: &Id, editing: bool) -> Option<PageKind> {
    match id.prefix() {
        "005" => Some(PageKind::User),
        "00e" => Some(PageKind::Profile),
        "0PS" => Some(PageKind::PermissionSet),
        // What a group's form has is its name.
        "0PG" if !editing => Some(PageKind::PermissionSet),
        _ => None,
    }
}

/// The decoded value of the first parameter called `name`.
fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| decoded(value))
    })
}

/// Percent-decoding of a query value; what is not valid stays as it stands.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let hex = |b: Option<u8>| char::from(b?).to_digit(16);
                match (hex(ahead.next()), hex(ahead.next())) {
                    (Some(high), Some(low)) => {
                        bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                        rest = ahead;
                    }
                    _ => bytes.push(b'%'),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "0055g00000AbCdE";
    const PROFILE: &str = "00e5g000002AbCd";

    fn page(url: &str) -> Option<(PageKind, bool, Option<String>, String)> {
        Page::from_url(url).map(|p| (p.kind, p.editing, p.section, p.api_host))
    }

    #[test]
    fn defender_is_told_by_the_end_of_the_host() {
        assert!(is_behind_defender(
            "https://acme.my.salesforce-setup.com.mcas.ms/lightning/setup/SetupOneHome/home"
        ));
        assert!(is_behind_defender("https://acme.lightning.force.com.MCAS.ms"));
        for url in [
            "https://acme.my.salesforce.com/?x=.mcas.ms",
            "https://acme.mcas.ms.evil.example/",
            "acme.mcas.ms",
        ] {
            assert!(!is_behind_defender(url), "{url}");
        }
    }

    #[test]
    fn lightning_pages() {
        let host = "acme.my.salesforce.com".to_owned();
        let user = |editing| Some((PageKind::User, editing, None, host.clone()));
        for shell in ["acme.my.salesforce-setup.com", "acme.lightning.force.com"] {
            assert_eq!(
                page(&format!(
                    "https://{shell}/lightning/setup/ManageUsers/page?address=%2F{USER}%3Fnoredirect%3D1%26isUserEntityOverride%3D1"
                )),
                user(false)
            );
            assert_eq!(
                page(&format!(
                    "https://{shell}/lightning/setup/ManageUsers/page?address=%2F{USER}%2Fe%3FretURL%3D%252F{PROFILE}"
                )),
                user(true)
            );
            assert_eq!(page(&format!("https://{shell}/lightning/r/User/{USER}/view")), user(false));
            assert_eq!(
                page(&format!("https://{shell}/lightning/setup/ManageUsers/{USER}/summary")),
                user(false)
            );
            let section =
                |editing, s: &str| Some((PageKind::Profile, editing, Some(s.to_owned()), host.clone()));
            assert_eq!(
                page(&format!(
                    "https://{shell}/lightning/setup/EnhancedProfiles/page?address=%2F{PROFILE}%2Fe%3Fs%3DSystemPermissions"
                )),
                section(true, "systempermissions")
            );
            assert_eq!(
                page(&format!(
                    "https://{shell}/lightning/setup/EnhancedProfiles/page?address=/{PROFILE}?s=ObjectsAndTabs%26o%3DTask"
                )),
                section(false, "objectsandtabs")
            );
        }
    }

    #[test]
    fn classic_pages_and_frames() {
        let core = "acme--qa.sandbox.my.salesforce.com".to_owned();
        assert_eq!(
            page(&format!("https://{core}/{USER}?noredirect=1")),
            Some((PageKind::User, false, None, core.clone()))
        );
        assert_eq!(
            page(&format!("https://{core}/{PROFILE}/e?S=x&s=LoginIpRanges&appLayout=setup")),
            Some((PageKind::Profile, true, Some("loginipranges".into()), core))
        );
    }

    #[test]
    fn every_host_family() {
        for (host, api) in [
            ("acme.lightning.force.com", "acme.my.salesforce.com"),
            ("ACME.Lightning.Force.com:8443", "acme.my.salesforce.com"),
            ("acme--qa.sandbox.my.salesforce-setup.com", "acme--qa.sandbox.my.salesforce.com"),
            ("acme-dev-ed.develop.lightning.force.com", "acme-dev-ed.develop.my.salesforce.com"),
            ("acme-dev-ed.trailblaze.my.salesforce.com", "acme-dev-ed.trailblaze.my.salesforce.com"),
            ("acme--sbx.cs12.my.salesforce.com", "acme--sbx.cs12.my.salesforce.com"),
            ("agency.lightning.crmforce.mil", "agency.my.salesforce.mil"),
            ("firm.lightning.sfcrmapps.cn", "firm.my.sfcrmproducts.cn"),
            ("acme.my-lightning.com", "acme.my-salesforce.com"),
            ("acme.lightning.force.com.mcas.ms", "acme.my.salesforce.com"),
            ("acme.my.salesforce-setup.com.mcas.ms", "acme.my.salesforce.com"),
            ("acme.my.salesforce.com.mcas.ms", "acme.my.salesforce.com"),
            ("acme--qa.sandbox.my.salesforce-setup.com.mcas.ms", "acme--qa.sandbox.my.salesforce.com"),
        ] {
            assert_eq!(api_host(host).as_deref(), Some(api));
        }
        for host in [
            "acme.salesforce.com",
            "my.salesforce.com",
            ".my.salesforce.com",
            "acme.my.salesforce.com.evil.example",
            "acme.my.salesforce.com.mcas.ms.evil.example",
            "acme.mcas.ms",
            "a.b.c.my.salesforce.com",
            "user@acme.my.salesforce.com",
            "acme--c.vf.force.com",
        ] {
            assert_eq!(api_host(host), None, "{host}");
        }
    }

    #[test]
    fn other_pages_are_not_ours() {
        let host = "https://acme.my.salesforce-setup.com";
        for path in [
            "/lightning/setup/SetupOneHome/home".to_owned(),
            "/lightning/setup/ManageUsers/home".into(),
            "/lightning/setup/ManageUsers/page?address=%2F005%3Fid%3D00e".into(),
            format!("/lightning/r/Account/0015g00000AbCdE/view?retURL=/{USER}"),
            format!("/lightning/r/Account/{USER}/view"),
            format!("/lightning/setup/PermSets/{USER}/summary"),
            format!("/lightning/setup/Other/page?retURL=%2F{USER}"),
            format!("/{USER}/p"),
            format!("/{USER}/e/e"),
            format!("/{USER}AAA"),
            "/005".into(),
            "/".into(),
            String::new(),
        ] {
            assert_eq!(Page::from_url(&format!("{host}{path}")), None, "{path}");
        }
        assert_eq!(Page::from_url(&format!("http://acme.my.salesforce.com/{USER}")), None);
        assert_eq!(Page::from_url(&format!("https://example.com/{USER}")), None);
    }

    #[test]
    fn permission_sets_and_groups_and_profiles_while_they_are_copied() {
        const SET: &str = "0PS5g000000AbCd";
        let host = "acme.my.salesforce.com".to_owned();
        let setup = "https://acme.my.salesforce-setup.com/lightning/setup";
        let set = |s: &str| Some((PageKind::PermissionSet, true, Some(s.to_owned()), host.clone()));
        assert_eq!(page(&format!("https://{host}/{SET}/e?s=SystemPermissions")), set("systempermissions"));
        assert_eq!(
            page(&format!(
                "{setup}/PermSets/page?address=%2F{SET}%2Fe%3Fs%3DEntityPermissions%26o%3DAccount"
            )),
            set("entitypermissions")
        );
        let view =
            |s: Option<&str>| Some((PageKind::PermissionSet, false, s.map(str::to_owned), host.clone()));
        assert_eq!(
            page(&format!("https://{host}/{SET}?s=SystemPermissions")),
            view(Some("systempermissions"))
        );
        assert_eq!(page(&format!("{setup}/PermSets/page?address=%2F{SET}")), view(None));
        const GROUP: &str = "0PG5g000000AbCd";
        assert_eq!(page(&format!("{setup}/PermSetGroups/page?address=%2F{GROUP}")), view(None));
        assert_eq!(page(&format!("https://{host}/{GROUP}/e")), None);
        let copy = Some((PageKind::Profile, true, Some(Page::CLONE.to_owned()), host.clone()));
        let path = format!("/setup/ui/profileclone.jsp?id={PROFILE}");
        assert_eq!(page(&format!("https://{host}{path}&setupid=x")), copy);
        let address = path.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        assert_eq!(page(&format!("{setup}/EnhancedProfiles/page?address={address}")), copy);
        assert_eq!(page(&format!("https://{host}/setup/ui/profileclone.jsp?id={USER}")), None);
    }
}
