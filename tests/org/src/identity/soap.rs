//! SOAP `login()` of the partner and enterprise endpoints: its result in full, and its faults.
//!
//! It never answers a version that the platform no longer has: `login()` ends with API 64.

use super::Source;
use super::login::{OrgError, Way};
use crate::page::Hosts;
use crate::store::{Org, Row, text};
use serde_json::{Value, json};

/// The last version with `login()`. Source: Salesforce Help 005132110.
const LAST: u32 = 64;

/// Why `login()` failed: `exceptionCode` and `exceptionMessage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginFault {
    /// `exceptionCode`.
    pub code: &'static str,
    /// `exceptionMessage`.
    pub message: String,
}

fn fault(code: &'static str, message: &str) -> LoginFault {
    LoginFault { code, message: message.to_owned() }
}

impl From<OrgError> for LoginFault {
    fn from(refusal: OrgError) -> LoginFault {
        const INVALID: &str = "Invalid username, password, security token; or user locked out.";
        match refusal {
            OrgError::Hours => fault("LOGIN_DURING_RESTRICTED_TIME", "cannot log in at this time"),
            OrgError::Address => fault("LOGIN_DURING_RESTRICTED_DOMAIN", "cannot log in from current domain"),
            OrgError::Token => fault(
                "LOGIN_MUST_USE_SECURITY_TOKEN",
                &format!(
                    "{INVALID} Are you at a new location? When accessing Salesforce--either via a desktop client or the API--from outside of your company's trusted networks, you must add a security token to your password to log in. To get your new security token, log in to Salesforce. From your personal settings, enter Reset My Security Token in the Quick Find box, then select Reset My Security Token."
                ),
            ),
            OrgError::ApiDisabled => fault("API_CURRENTLY_DISABLED", "API is disabled for this User"),
            // The platform does not tell a locked, frozen or inactive user from a wrong password.
            _ => fault("INVALID_LOGIN", INVALID),
        }
    }
}

/// `login()`: a `LoginResult`.
///
/// # Errors
/// The platform's, with its code.
pub fn soap_login(
    org: &mut Org,
    enterprise: bool,
    version: u32,
    username: &str,
    password: &str,
    source: &Source,
) -> Result<Value, LoginFault> {
    if version > LAST {
        let message = format!(
            "The SOAP Login operation is not available in the API version specified ({version}.0). Refer to the documentation for supported versions."
        );
        return Err(fault("INVALID_OPERATION", &message));
    }
    if !org.identity.soap_login {
        let message = "SOAP API login() is disabled by default in this org. Contact the org administrator to enable SOAP API login().";
        return Err(fault("INVALID_OPERATION", message));
    }
    let api = if enterprise { "SOAP Enterprise" } else { "SOAP Partner" };
    let version = format!("{version}.0");
    let way = Way {
        kind: "Other Apex API",
        api: api.into(),
        version: version.clone(),
        session: "API",
        ..Way::default()
    };
    let user = org.sign_in(username, password, &way, source)?;
    let session = org.begin_session(&user, &way, source);
    let host = format!("https://{}/services/Soap", Hosts::of(org.my_domain()).core);
    let organization = org.org_id().get(..15).unwrap_or_default();
    let letter = if enterprise { 'c' } else { 'u' };
    Ok(json!({
        "metadataServerUrl": format!("{host}/m/{version}/{organization}"),
        "passwordExpired": org.password_expired(&user),
        "sandbox": org.is_sandbox(),
        "serverUrl": format!("{host}/{letter}/{version}/{organization}"),
        "sessionId": session.sid,
        "userId": user,
        "userInfo": user_info(org, &user),
    }))
}

/// A `GetUserInfoResult`, for `login()` and `getUserInfo()`.
pub fn user_info(org: &Org, user: &str) -> Value {
    let empty = Row::new();
    let row = org.row("User", user).unwrap_or(&empty);
    let organization = org.rows("Organization").next().unwrap_or(&empty);
    let or =
        |value: &str, otherwise: &str| if value.is_empty() { otherwise.to_owned() } else { value.to_owned() };
    let role = Some(text(row, "UserRoleId")).filter(|role| !role.is_empty());
    json!({
        "accessibilityMode": false,
        "chatterExternal": false,
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDefaultCurrencyLocale": or(text(organization, "DefaultLocaleSidKey"), "en_US"),
        "orgDisallowHtmlAttachments": false,
        "orgHasPersonAccounts": false,
        "organizationId": org.org_id(),
        "organizationMultiCurrency": false,
        "organizationName": text(organization, "Name"),
        "profileId": text(row, "ProfileId"),
        "roleId": role,
        "sessionSecondsValid": org.seconds_valid(user),
        "userDefaultCurrencyIsoCode": null,
        "userEmail": text(row, "Email"),
        "userFullName": text(row, "Name"),
        "userId": user,
        "userLanguage": or(text(row, "LanguageLocaleKey"), "en_US"),
        "userLocale": or(text(row, "LocaleSidKey"), "en_US"),
        "userName": text(row, "Username"),
        "userTimeZone": or(text(row, "TimeZoneSidKey"), "GMT"),
        "userType": or(text(row, "UserType"), "Standard"),
        "userUiSkin": "Theme3",
    })
}
