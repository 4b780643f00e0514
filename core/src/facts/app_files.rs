//! The metadata files of apps: what each file says, put together app by app.
//!
//! A retrieve gives these files, and a project's folder has them: whoever reads either reads them here. Consumer keys and
//! secrets are passed over: nothing here looks at the elements that hold them.

use crate::facts::app_key::AppKey;
use crate::facts::app_settings::{AppSettings, Approval, Contact, IpRelaxation, RefreshTokens, RunAs};
use crate::facts::{AppKind, Known};
use crate::salesforce::certificate;
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::metadata_xml::{children, flag, text};
use crate::salesforce::time::Timestamp;
use roxmltree::Node;
use std::collections::BTreeMap;

/// Apps out of their files.
#[derive(Debug, Clone, Default)]
pub(crate) struct AppFiles {
    connected: Vec<AppSettings>,
    /// By the API name of the external client app.
    clients: BTreeMap<String, AppSettings>,
}

/// The types of metadata whose files are read here, with what says of a retrieve that all of them are asked for.
pub(crate) const KINDS: [&str; 4] = [
    "ConnectedApp",
    "ExternalClientApplication",
    "ExtlClntAppOauthSettings",
    "ExtlClntAppOauthConfigurablePolicies",
];

/// Why some settings of external client apps are not known: they stand in files that have the app's secret too, and those
/// are not asked for (Metadata API Developer Guide, ExtlClntAppGlobalOauthSettings).
const WITH_SECRETS: &str =
    "Salesforce gives this setting only together with the app's secret, which Leastwise doesn't read.";

impl AppFiles {
    /// Reads a file of one of [`KINDS`], by its root element; others are none of apps.
    pub(crate) fn read(&mut self, kind: &str, full_name: &str, id: Option<Id>, root: &Node<'_, '_>) {
        match kind {
            "ConnectedApp" => self.connected.push(connected(full_name, id, root)),
            "ExternalClientApplication" => {
                let app = self.client(full_name);
                app.id = id;
                if let Some(label) = text(root, "label") {
                    label.clone_into(&mut app.label);
                }
                said(&mut app.contact, contact(root));
            }
            "ExtlClntAppOauthSettings" => {
                if let Some(name) = text(root, "externalClientApplication") {
                    let app = self.client(name);
                    said(&mut app.scopes, listed(root, "commaSeparatedOauthScopes"));
                    if let Some(pem) = text(root, "clientAssertionCertificate") {
                        app.certificate_ends = certificate(pem);
                    }
                }
            }
            "ExtlClntAppOauthConfigurablePolicies" => {
                if let Some(name) = text(root, "externalClientApplication") {
                    policy(self.client(name), root);
                }
            }
            _ => {}
        }
    }

    /// All apps that files name, connected apps first.
    pub(crate) fn apps(&self) -> impl Iterator<Item = &AppSettings> {
        self.connected.iter().chain(self.clients.values())
    }

    fn client(&mut self, name: &str) -> &mut AppSettings {
        self.clients.entry(name.to_owned()).or_insert_with(|| {
            let mut app = app(name, name, AppKind::ExternalClient);
            let why = OrgError::Other { code: String::new(), message: WITH_SECRETS.to_owned() };
            for setting in [
                &mut app.pkce_required,
                &mut app.rotates_refresh_tokens,
                &mut app.secret_optional,
                &mut app.device_flow,
            ] {
                because(setting, &why);
            }
            because(&mut app.certificate_ends, &why);
            app
        })
    }
}

/// An app of which only its name was read so far.
fn app(name: &str, label: &str, kind: AppKind) -> AppSettings {
    AppSettings {
        name: name.to_owned(),
        kind: Known::Is(kind),
        ..AppSettings::unread(AppKey::Name(label.to_owned()), label, &OrgError::LeftOut)
    }
}

/// Takes what a file says, where it says something.
fn said<T>(setting: &mut Known<T>, read: Option<T>) {
    if let Some(read) = read {
        *setting = Known::Is(read);
    }
}

/// Gives a setting that is not known another reason.
fn because<T>(setting: &mut Known<T>, why: &OrgError) {
    if let Known::Unavailable(missing) = setting {
        missing.why = why.clone();
    }
}

fn contact(root: &Node<'_, '_>) -> Option<Contact> {
    text(root, "contactEmail").map(|email| Contact { email: email.to_owned(), users: None })
}

/// The names of a list with commas.
fn listed(root: &Node<'_, '_>, name: &str) -> Option<Vec<String>> {
    let own = text(root, name)?.split(',').map(str::trim);
    Some(own.filter(|one| !one.is_empty()).map(str::to_owned).collect())
}

/// Profiles and permission sets by name.
fn approved(profiles: Vec<String>, sets: Vec<String>) -> Vec<Approval> {
    let one = |is_profile: bool| move |name: String| Approval { name, is_profile, users: None };
    profiles.into_iter().map(one(true)).chain(sets.into_iter().map(one(false))).collect()
}

fn connected(name: &str, id: Option<Id>, root: &Node<'_, '_>) -> AppSettings {
    let mut app = app(name, text(root, "label").unwrap_or(name), AppKind::Connected);
    app.id = id;
    said(&mut app.contact, contact(root));
    let names = |element| -> Vec<String> {
        children(root, element).filter_map(|node| node.text()).map(|text| text.trim().to_owned()).collect()
    };
    app.approved = Known::Is(approved(names("profileName"), names("permissionSetName")));
    let Some(config) = children(root, "oauthConfig").next() else {
        no_oauth(&mut app);
        return app;
    };
    said(&mut app.admin_approved, flag(&config, "isAdminApproved"));
    let scopes: Vec<String> = children(&config, "scopes")
        .filter_map(|node| node.text())
        .map(|text| text.trim().to_owned())
        .collect();
    // Setup asks for one at least: none at all was not said.
    said(&mut app.scopes, (!scopes.is_empty()).then_some(scopes));
    said(&mut app.pkce_required, flag(&config, "isPkceRequired"));
    said(&mut app.rotates_refresh_tokens, flag(&config, "isRefreshTokenRotationEnabled"));
    said(&mut app.secret_optional, flag(&config, "isConsumerSecretOptional"));
    because(
        &mut app.device_flow,
        &OrgError::Unreadable { what: "whether a connected app allows the device flow".into() },
    );
    app.certificate_ends = match text(&config, "certificate") {
        Some(pem) => certificate(pem),
        None => Known::Absent("The app has no certificate.".into()),
    };
    app.run_as =
        run_as(flag(&config, "isClientCredentialEnabled"), text(&config, "oauthClientCredentialUser"));
    if let Some(policy) = children(root, "oauthPolicy").next() {
        said(&mut app.ip_relaxation, text(&policy, "ipRelaxation").map(IpRelaxation::named));
        said(
            &mut app.refresh_tokens,
            text(&policy, "refreshTokenPolicy").map(RefreshTokens::of_connected_app),
        );
    }
    app.session_minutes =
        minutes(children(root, "sessionPolicy").next().and_then(|policy| text(&policy, "sessionTimeout")));
    app
}

fn certificate(pem: &str) -> Known<Timestamp> {
    certificate::ends(pem).map_or_else(
        || {
            let what = "the end of a certificate that Leastwise can't read".to_owned();
            Known::unavailable("when the app's certificate expires", OrgError::Unreadable { what })
        },
        Known::Is,
    )
}

/// An app without OAuth (SAML alone, or canvas) gives no tokens: nothing of them is set.
fn no_oauth(app: &mut AppSettings) {
    fn absent<T>(setting: &mut Known<T>) {
        *setting = Known::Absent("The app doesn't use OAuth.".into());
    }
    absent(&mut app.scopes);
    absent(&mut app.refresh_tokens);
    absent(&mut app.ip_relaxation);
    absent(&mut app.pkce_required);
    absent(&mut app.rotates_refresh_tokens);
    absent(&mut app.secret_optional);
    absent(&mut app.device_flow);
    absent(&mut app.certificate_ends);
    absent(&mut app.run_as);
    absent(&mut app.session_minutes);
}

fn policy(app: &mut AppSettings, root: &Node<'_, '_>) {
    let permitted = text(root, "permittedUsersPolicyType");
    said(&mut app.admin_approved, permitted.map(|policy| policy == "AdminApprovedPreAuthorized"));
    let names = |element| listed(root, element).unwrap_or_default();
    app.approved = Known::Is(approved(names("commaSeparatedProfile"), names("commaSeparatedPermissionSet")));
    said(&mut app.ip_relaxation, text(root, "ipRelaxationPolicyType").map(IpRelaxation::named));
    said(
        &mut app.refresh_tokens,
        text(root, "refreshTokenPolicyType").map(|policy| {
            let of = |name| text(root, name).unwrap_or_default();
            RefreshTokens::of_client_app(
                policy,
                of("refreshTokenValidityPeriod"),
                of("refreshTokenValidityUnit"),
            )
        }),
    );
    // The default of the flow is off (Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies).
    let is_on = flag(root, "isClientCredentialsFlowEnabled").unwrap_or(false);
    app.run_as = run_as(Some(is_on), text(root, "clientCredentialsFlowUser"));
    app.session_minutes = minutes(text(root, "sessionTimeoutInMinutes"));
}

fn run_as(is_on: Option<bool>, user: Option<&str>) -> Known<RunAs> {
    const WHAT: &str = "which user the app's client credentials flow runs as";
    match (is_on, user) {
        (Some(false), _) => Known::Absent("The app's client credentials flow is off.".into()),
        (Some(true), Some(user)) => Known::Is(RunAs { named: user.to_owned(), user: None }),
        _ => Known::unavailable(WHAT, OrgError::LeftOut),
    }
}

/// A timeout in minutes; 0 is none, as an empty one.
fn minutes(timeout: Option<&str>) -> Known<u32> {
    match timeout.map(str::parse) {
        Some(Ok(minutes)) if minutes > 0 => Known::Is(minutes),
        Some(Err(_)) => Known::unavailable("the app's session timeout", OrgError::LeftOut),
        Some(Ok(_)) | None => Known::Absent("The app has no session timeout.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    fn read(files: &[(&str, &str, &str)]) -> Vec<AppSettings> {
        let mut all = AppFiles::default();
        for (kind, name, xml) in files {
            let xml = format!("<{kind} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{xml}</{kind}>");
            all.read(kind, name, None, &Document::parse(&xml).unwrap().root_element());
        }
        all.apps().cloned().collect()
    }

    #[test]
    fn a_connected_app_says_what_its_file_says_and_nothing_else() {
        let xml = "<contactEmail>it@acme.example</contactEmail><label>ERP</label><oauthConfig>
            <callbackUrl>https://x</callbackUrl><consumerKey>3MVG9secret</consumerKey><consumerSecret>42</consumerSecret>
            <isAdminApproved>true</isAdminApproved><isClientCredentialEnabled>true</isClientCredentialEnabled>
            <isPkceRequired>false</isPkceRequired><oauthClientCredentialUser>erp@acme.example</oauthClientCredentialUser>
            <scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig><oauthPolicy><ipRelaxation>BYPASS</ipRelaxation>
            <refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy><profileName>Acme ERP</profileName>";
        let app = read(&[("ConnectedApp", "ERP_App", xml)]).remove(0);
        assert_eq!((app.name.as_str(), app.label.as_str()), ("ERP_App", "ERP"));
        assert_eq!(app.admin_approved, Known::Is(true));
        assert_eq!((app.has_full_scope(), app.may_refresh()), (Some(false), Some(true)));
        assert_eq!(app.refresh_tokens, Known::Is(RefreshTokens::Endless));
        assert_eq!(app.ip_relaxation, Known::Is(IpRelaxation::Relaxed));
        assert_eq!(app.run_as.known().unwrap().named, "erp@acme.example");
        assert_eq!(app.approved.known().unwrap()[0].name, "Acme ERP");
        assert_eq!(app.pkce_required, Known::Is(false));
        // What the file does not have is not taken for off.
        assert!(app.rotates_refresh_tokens.known().is_none() && app.secret_optional.known().is_none());
        let kept = format!("{app:?}");
        assert!(!kept.contains("3MVG9secret") && !kept.contains("42"), "{kept}");
    }

    #[test]
    fn a_partial_file_leaves_everything_else_unknown() {
        let app = read(&[("ConnectedApp", "A", "<label>A</label><oauthConfig/>")]).remove(0);
        assert!(app.scopes.known().is_none() && app.refresh_tokens.known().is_none());
        assert!(app.ip_relaxation.known().is_none() && app.admin_approved.known().is_none());
        assert!(matches!(app.run_as, Known::Unavailable(_)));
        let app = read(&[("ConnectedApp", "A", "<label>A</label><samlConfig/>")]).remove(0);
        assert!(matches!(app.scopes, Known::Absent(_)) && matches!(app.run_as, Known::Absent(_)));
    }

    #[test]
    fn a_certificate_says_when_it_ends_or_that_nobody_can_read_it() {
        let with = |pem: &str| {
            let xml = format!("<label>A</label><oauthConfig><certificate>{pem}</certificate></oauthConfig>");
            read(&[("ConnectedApp", "A", &xml)]).remove(0).certificate_ends
        };
        let ended = with(certificate::tests::ENDED);
        assert_eq!(ended.known().copied(), Timestamp::parse("2025-01-01"));
        assert!(matches!(with("AAAA"), Known::Unavailable(_)));
    }

    #[test]
    fn an_external_client_app_is_put_together_of_its_files_in_any_order() {
        let policy = "<clientCredentialsFlowUser>w@acme.example</clientCredentialsFlowUser>
            <commaSeparatedPermissionSet>One, Two</commaSeparatedPermissionSet><externalClientApplication>W</externalClientApplication>
            <ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType><isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>
            <permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>
            <refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType><refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>
            <refreshTokenValidityUnit>Days</refreshTokenValidityUnit><sessionTimeoutInMinutes>15</sessionTimeoutInMinutes>";
        let settings = "<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes><externalClientApplication>W</externalClientApplication>";
        let files = [
            ("ExtlClntAppOauthConfigurablePolicies", "W_policy", policy),
            ("ExtlClntAppOauthSettings", "W_oauth", settings),
            ("ExternalClientApplication", "W", "<label>Warehouse</label>"),
        ];
        let all = read(&files);
        let app = &all[0];
        assert_eq!(
            (all.len(), app.label.as_str(), app.kind.clone()),
            (1, "Warehouse", Known::Is(AppKind::ExternalClient))
        );
        assert_eq!(app.refresh_tokens, Known::Is(RefreshTokens::Inactivity("30 days".into())));
        assert_eq!(app.session_minutes, Known::Is(15));
        assert_eq!(app.approved.known().unwrap().len(), 2);
        assert_eq!(app.may_refresh(), Some(true));
        let Known::Unavailable(why) = &app.pkce_required else { panic!() };
        assert!(why.why.sentence().contains("together with the app's secret"));
    }
}
