//! One file of metadata: what it says, and where each thing stands.
//!
//! Source: Metadata API Developer Guide (v66), Profile, PermissionSet, MutingPermissionSet, PermissionSetGroup, ConnectedApp,
//! ExtlClntAppOauthConfigurablePolicies, ExtlClntAppOauthSettings, ExternalClientApplication, Settings; Salesforce DX Developer
//! Guide, "Salesforce DX Project Structure and Source Format" (the endings).

use super::lines::{Lines, Place};
use crate::facts::{ObjectGrant, org_settings};
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::metadata_xml::{self, children};
use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::fmt;

/// Types of metadata that say who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A profile.
    Profile,
    /// A permission set.
    PermissionSet,
    /// What a group takes away from what its permission sets grant.
    MutingPermissionSet,
    /// A permission set group.
    PermissionSetGroup,
    /// A connected app.
    ConnectedApp,
    /// The policy of an external client app.
    ExternalAppPolicy,
    /// An external client app.
    ExternalApp,
    /// What an external client app asks for.
    ExternalAppOauth,
    /// Settings of the org that integrations depend on.
    OrgSettings,
}

impl Kind {
    const ALL: [(Kind, &'static str, &'static str); 9] = [
        (Kind::Profile, ".profile", "Profile"),
        (Kind::PermissionSet, ".permissionset", "PermissionSet"),
        (Kind::MutingPermissionSet, ".mutingpermissionset", "MutingPermissionSet"),
        (Kind::PermissionSetGroup, ".permissionsetgroup", "PermissionSetGroup"),
        (Kind::ConnectedApp, ".connectedApp", "ConnectedApp"),
        (Kind::ExternalAppPolicy, ".ecaOauthPlcy", "ExtlClntAppOauthConfigurablePolicies"),
        (Kind::ExternalApp, ".eca", "ExternalClientApplication"),
        (Kind::ExternalAppOauth, ".ecaOauth", "ExtlClntAppOauthSettings"),
        (Kind::OrgSettings, ".settings", "Settings"),
    ];

    /// What a file is, by its name, and what the component is called: `Sales Rep.profile-meta.xml` in source format,
    /// `Sales Rep.profile` as the Metadata API has it. Names are percent-encoded in both.
    pub fn of_file(name: &str) -> Option<(Kind, String)> {
        let stem = name.strip_suffix("-meta.xml").unwrap_or(name);
        let (full_name, ending) = stem.rsplit_once('.')?;
        let is = |(_, own, _): &&(Kind, &str, &str)| {
            own.strip_prefix('.').is_some_and(|own| own.eq_ignore_ascii_case(ending))
        };
        let (kind, ..) = Kind::ALL.iter().find(is)?;
        let is_of_use = match kind {
            Kind::OrgSettings => settings_root(full_name).is_some(),
            _ => !full_name.is_empty(),
        };
        is_of_use.then(|| (*kind, decoded(full_name)))
    }

    /// Whether it is a part of an app.
    pub(super) const fn is_of_app(self) -> bool {
        matches!(
            self,
            Kind::ConnectedApp | Kind::ExternalApp | Kind::ExternalAppPolicy | Kind::ExternalAppOauth
        )
    }

    /// The name of the file's root element, which is that of the type.
    pub fn root(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., root)| root)
    }
}

/// The root element of a file of settings that are looked at.
fn settings_root(name: &str) -> Option<&'static str> {
    org_settings::KINDS.into_iter().find(|kind| org_settings::file_of(kind) == name)
}

/// A name without the percent-encoding that the platform's tools write (`%3A`, `%28`).
pub fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|two| {
            let two =
                std::str::from_utf8(two).ok().filter(|two| two.bytes().all(|one| one.is_ascii_hexdigit()))?;
            u8::from_str_radix(two, 16).ok()
        });
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

/// Why a file says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no well-formed XML, or has a document type: those are refused, for they can grow without end.
    NotXml {
        /// Where that shows.
        place: Place,
        /// What is wrong.
        what: String,
    },
    /// Its root element is another one than its name says.
    OtherRoot {
        /// The element's name.
        is: String,
        /// What it was to be.
        expected: &'static str,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NotXml { what, .. } => write!(f, "The file isn't XML that can be read: {what}."),
            Unreadable::OtherRoot { is, expected } => {
                write!(f, "The file's root element is {is}, and its name says {expected}.")
            }
        }
    }
}

impl std::error::Error for Unreadable {}

/// A permission, and whether the file turns it on.
#[derive(Debug, Clone)]
pub(super) struct Flag {
    pub(super) name: String,
    pub(super) on: bool,
    pub(super) place: Place,
}

/// What is granted on an object, and where.
#[derive(Debug, Clone)]
pub(super) struct OnObject {
    pub(super) grant: ObjectGrant,
    /// The element that lets records be deleted, else the object's own.
    pub(super) deletes: Place,
    /// The element that opens all records or fields, else the object's own.
    pub(super) opens: Place,
}

/// A name that the file refers to, and where.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) place: Place,
}

/// What one file says.
#[derive(Debug, Clone)]
pub struct Component {
    /// What it is.
    pub kind: Kind,
    /// What the Metadata API calls it.
    pub name: String,
    pub(super) root: Place,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) license: Option<Reference>,
    pub(super) is_custom: bool,
    pub(super) is_session_based: bool,
    pub(super) permissions: Vec<Flag>,
    pub(super) objects: Vec<OnObject>,
    /// Each login IP range; none of one that cannot be read.
    pub(super) ranges: Vec<(Option<IpRange>, Place)>,
    /// Of a group its permission sets; of an app those that it lets in.
    pub(super) sets: Vec<Reference>,
    /// Of a group what mutes.
    pub(super) muting: Vec<Reference>,
    /// Of an app the profiles that it lets in.
    pub(super) profiles: Vec<Reference>,
    /// Of an app or of settings: where each element stands first, by its name.
    pub(super) elements: BTreeMap<String, Place>,
    /// Of settings what they say, by the path of each element.
    pub(super) settings: BTreeMap<String, String>,
    /// Of an app its file, until the files of one app are put together.
    pub(super) app: AppText,
}

/// The text of an app's file, which is shown nowhere: it may hold a consumer key.
#[derive(Clone, Default)]
pub(super) struct AppText(pub(super) String);

impl fmt::Debug for AppText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Component {
    /// Reads the text of a file. Elements that are not known are passed over: a newer API has more of them.
    ///
    /// # Errors
    /// It says nothing that can be read.
    pub fn read(kind: Kind, name: String, text: &str, file: u32) -> Result<Component, Unreadable> {
        let document = Document::parse(text).map_err(|why| {
            let at = why.pos();
            let place = Place { file, line: at.row, column: at.col };
            Unreadable::NotXml { place, what: why.to_string() }
        })?;
        let root = document.root_element();
        let is = root.tag_name().name();
        let expected = match kind {
            Kind::OrgSettings => settings_root(&name).unwrap_or(kind.root()),
            _ => kind.root(),
        };
        if is != expected {
            return Err(Unreadable::OtherRoot { is: is.to_owned(), expected });
        }
        let mut lines = Lines::new(text, file);
        let mut own = Component {
            kind,
            name,
            root: lines.place(root.range().start),
            label: String::new(),
            description: String::new(),
            license: None,
            is_custom: true,
            is_session_based: false,
            permissions: vec![],
            objects: vec![],
            ranges: vec![],
            sets: vec![],
            muting: vec![],
            profiles: vec![],
            elements: BTreeMap::new(),
            settings: BTreeMap::new(),
            app: AppText::default(),
        };
        if kind.is_of_app() || kind == Kind::OrgSettings {
            for node in root.descendants().filter(Node::is_element) {
                let name = node.tag_name().name().to_owned();
                let place = lines.place(node.range().start);
                own.elements.entry(name).or_insert(place);
            }
        }
        if kind.is_of_app() {
            own.app = AppText(text.to_owned());
        } else if kind == Kind::OrgSettings {
            own.settings = metadata_xml::leaves(&root);
        }
        root.children().filter(Node::is_element).for_each(|node| own.take(node, &mut lines));
        Ok(own)
    }

    fn take(&mut self, node: Node<'_, '_>, lines: &mut Lines<'_>) {
        let reference = |lines: &mut Lines<'_>| Reference {
            name: text(node).to_owned(),
            place: lines.place(node.range().start),
        };
        let all = |lines: &mut Lines<'_>| {
            let place = lines.place(node.range().start);
            let names = text(node).split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(|name| Reference { name: name.to_owned(), place }).collect::<Vec<_>>()
        };
        match (self.kind, node.tag_name().name()) {
            (_, "userPermissions") => self.permissions.extend(flag(node, lines)),
            (_, "objectPermissions") => self.objects.extend(on_object(node, lines)),
            (Kind::Profile, "loginIpRanges") => {
                let of = |name| metadata_xml::text(&node, name).unwrap_or_default();
                let range = IpRange::parse(of("startAddress"), of("endAddress"), of("description"));
                self.ranges.push((range, lines.place(node.range().start)));
            }
            (Kind::Profile, "userLicense") | (Kind::PermissionSet, "license") => {
                self.license = Some(reference(lines));
            }
            (Kind::Profile, "custom") => self.is_custom = text(node) == "true",
            (Kind::PermissionSet, "hasActivationRequired") => self.is_session_based = text(node) == "true",
            (Kind::PermissionSetGroup, "permissionSets") => self.sets.push(reference(lines)),
            (Kind::PermissionSetGroup, "mutingPermissionSets") => self.muting.push(reference(lines)),
            (Kind::ConnectedApp, "permissionSetName") => self.sets.push(reference(lines)),
            (Kind::ConnectedApp, "profileName") => self.profiles.push(reference(lines)),
            (Kind::ExternalAppPolicy, "commaSeparatedPermissionSet") => self.sets.extend(all(lines)),
            (Kind::ExternalAppPolicy, "commaSeparatedProfile") => self.profiles.extend(all(lines)),
            (_, "description") => self.description = text(node).to_owned(),
            (_, "label" | "masterLabel") => self.label = text(node).to_owned(),
            _ => {}
        }
    }

    /// The number of its file.
    pub fn file(&self) -> u32 {
        self.root.file
    }

    /// What people call it.
    pub(super) fn shown(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

/// A user permission, at the element that names it.
fn flag(node: Node<'_, '_>, lines: &mut Lines<'_>) -> Option<Flag> {
    let name = children(&node, "name").next()?;
    Some(Flag {
        name: text(name).to_owned(),
        on: metadata_xml::flag(&node, "enabled") == Some(true),
        place: lines.place(name.range().start),
    })
}

fn on_object(node: Node<'_, '_>, lines: &mut Lines<'_>) -> Option<OnObject> {
    let object = children(&node, "object").next()?;
    let on = |name: &'static str| children(&node, name).next().filter(|flag| text(*flag) == "true");
    let (delete, modify_all) = (on("allowDelete"), on("modifyAllRecords"));
    let (view_all, view_fields) = (on("viewAllRecords"), on("viewAllFields"));
    let grant = ObjectGrant {
        object: text(object).to_owned(),
        delete: delete.is_some(),
        modify_all: modify_all.is_some(),
        view_all: view_all.is_some(),
        view_fields: view_fields.is_some(),
    };
    let mut place = |flags: [Option<Node<'_, '_>>; 3]| {
        let at = flags.into_iter().flatten().next().unwrap_or(object);
        if grant.is_any() { lines.place(at.range().start) } else { Place::default() }
    };
    Some(OnObject {
        deletes: place([modify_all, delete, None]),
        opens: place([modify_all, view_all, view_fields]),
        grant,
    })
}
