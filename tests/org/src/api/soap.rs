//! SOAP `login()`, in its simplest form.
//!
//! It never answers a version that the platform no longer has: `login()` ends with API 64.

use super::{Api, ApiAnswer, ApiRequest};
use crate::sign_in::SignInError;

pub(super) fn answer(api: &mut Api<'_>, request: &ApiRequest) -> ApiAnswer {
    let mut parts = request.path.trim_start_matches("/services/Soap/").split('/');
    let (kind, version) = (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default());
    let version: f32 = version.parse().unwrap_or(0.0);
    if !(20.0..=64.0).contains(&version) {
        return fault(
            "UNSUPPORTED_API_VERSION",
            "UNSUPPORTED_API_VERSION: login() is not available in this API version",
        );
    }
    let Ok(document) = roxmltree::Document::parse(&request.body) else {
        return fault("soapenv:Client", "The request is not well-formed XML");
    };
    let find = |name: &str| {
        document
            .descendants()
            .find(|node| node.tag_name().name() == name)
            .and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned()
    };
    if !document.descendants().any(|node| node.tag_name().name() == "login") {
        return fault("UNKNOWN_EXCEPTION", "Operation not supported: use REST");
    }
    match api.org.sign_in_api(&find("username"), &find("password"), "SOAP Partner", "192.0.2.10") {
        Ok(session) => {
            let host = format!("https://{}.my.salesforce.com", api.org.my_domain());
            let url = format!("{host}/services/Soap/{kind}/{version:.1}/{}", api.org.org_id());
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"urn:partner.soap.sforce.com\"><soapenv:Body><loginResponse><result><metadataServerUrl>{host}/services/Soap/m/{version:.1}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>{url}</serverUrl><sessionId>{}</sessionId><userId>{}</userId></result></loginResponse></soapenv:Body></soapenv:Envelope>",
                session.sid, session.user_id
            );
            ApiAnswer { status: 200, kind: "text/xml;charset=UTF-8", body }
        }
        Err(SignInError::Locked) => fault(
            "LOGIN_MUST_USE_SECURITY_TOKEN",
            "LOGIN_MUST_USE_SECURITY_TOKEN: Invalid username, password, security token; or user locked out.",
        ),
        Err(_) => fault(
            "INVALID_LOGIN",
            "INVALID_LOGIN: Invalid username, password, security token; or user locked out.",
        ),
    }
}

fn fault(code: &str, message: &str) -> ApiAnswer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:sf=\"urn:fault.partner.soap.sforce.com\"><soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{message}</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    );
    ApiAnswer { status: 500, kind: "text/xml;charset=UTF-8", body }
}
