//! Envelopes, faults, and base64.
//!
//! It never gives a fault a code of its own: those with a name are the platform's.

use crate::contract::{METADATA_NS, XSI, escaped};
use crate::error::ApiError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

/// Content type of an answer.
pub(super) const KIND: &str = "text/xml;charset=UTF-8";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Which contract an endpoint keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Metadata,
    Partner,
    Enterprise,
}

/// Why a request is not answered.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// As it stands in `faultcode`.
    code: String,
    /// As it stands in `faultstring`.
    message: String,
    /// Of the platform: the name of the detail's element, the code, the message.
    detail: Option<(&'static str, String, String)>,
}

impl Fault {
    /// Of the platform, with its code.
    pub(super) fn of(code: &str, message: impl Into<String>) -> Fault {
        let message = message.into();
        let name = match code {
            "INVALID_FIELD" | "INVALID_FIELD_FOR_INSERT_UPDATE" => "InvalidFieldFault",
            "INVALID_TYPE" => "InvalidSObjectFault",
            "MALFORMED_QUERY" => "MalformedQueryFault",
            "MALFORMED_SEARCH" => "MalformedSearchFault",
            "INVALID_QUERY_LOCATOR" => "InvalidQueryLocatorFault",
            "MALFORMED_ID" | "INVALID_ID_FIELD" => "InvalidIdFault",
            "INVALID_LOGIN" | "LOGIN_MUST_USE_SECURITY_TOKEN" | "PASSWORD_LOCKOUT" => "LoginFault",
            _ => "UnexpectedErrorFault",
        };
        Fault {
            code: format!("sf:{code}"),
            message: format!("{code}: {message}"),
            detail: Some((name, code.to_owned(), message)),
        }
    }

    /// Of `login()`: recorded without a prefix before the code.
    pub(super) fn login(code: &str, message: String) -> Fault {
        let name = if code == "INVALID_OPERATION" { "UnexpectedErrorFault" } else { "LoginFault" };
        let detail = Some((name, code.to_owned(), message.clone()));
        Fault { code: code.to_owned(), message: format!("{code}: {message}"), detail }
    }

    /// Of the request as such.
    pub(super) fn client(message: impl Into<String>) -> Fault {
        Fault { code: "soapenv:Client".into(), message: message.into(), detail: None }
    }

    /// With a code that has no prefix.
    pub(super) fn plain(code: &str, message: &str) -> Fault {
        Fault { code: code.into(), message: message.into(), detail: None }
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Fault {
        Fault::of(&error.code, error.message)
    }
}

impl Dialect {
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Dialect::Metadata => METADATA_NS,
            Dialect::Partner => "urn:partner.soap.sforce.com",
            Dialect::Enterprise => "urn:enterprise.soap.sforce.com",
        }
    }

    fn fault_namespace(self) -> &'static str {
        match self {
            Dialect::Metadata => METADATA_NS,
            Dialect::Partner => "urn:fault.partner.soap.sforce.com",
            Dialect::Enterprise => "urn:fault.enterprise.soap.sforce.com",
        }
    }

    /// The namespace of records.
    pub(super) fn objects(self) -> &'static str {
        if self == Dialect::Enterprise {
            "urn:sobject.enterprise.soap.sforce.com"
        } else {
            "urn:sobject.partner.soap.sforce.com"
        }
    }

    /// An answer to the operation `name`.
    pub(super) fn answer(self, name: &str, body: &str) -> String {
        self.enveloped(&format!("<{name}Response>{body}</{name}Response>"))
    }

    /// A response in its envelope.
    pub(super) fn enveloped(self, response: &str) -> String {
        let sf = if self == Dialect::Metadata {
            String::new()
        } else {
            format!(" xmlns:sf=\"{}\"", self.objects())
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns=\"{}\" xmlns:xsi=\"{XSI}\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"{sf}><soapenv:Body>{response}</soapenv:Body></soapenv:Envelope>",
            self.namespace()
        )
    }

    pub(super) fn fault(self, fault: &Fault) -> String {
        let sf = self.fault_namespace();
        // The Metadata API has no details: its contract has no type for them.
        let detail = fault.detail.as_ref().filter(|_| self != Dialect::Metadata).map(|(name, code, message)| {
            let place = if matches!(*name, "InvalidFieldFault" | "InvalidSObjectFault" | "MalformedQueryFault" | "MalformedSearchFault") {
                let (row, column) = place(message);
                format!("<sf:row>{row}</sf:row><sf:column>{column}</sf:column>")
            } else {
                String::new()
            };
            format!(
                "<detail><sf:{name} xsi:type=\"sf:{name}\"><sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{}</sf:exceptionMessage>{place}</sf:{name}></detail>",
                escaped(message)
            )
        });
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:sf=\"{sf}\" xmlns:xsi=\"{XSI}\"><soapenv:Body><soapenv:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring>{}</soapenv:Fault></soapenv:Body></soapenv:Envelope>",
            fault.code,
            escaped(&fault.message),
            detail.unwrap_or_default()
        )
    }
}

/// Row and column of a query's error, from its sentence; -1 where it has none, as the platform.
fn place(message: &str) -> (i64, i64) {
    let number = |mark: &str| {
        let rest = message.split(mark).nth(1)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    (number("Row:").unwrap_or(-1), number("Column:").unwrap_or(-1))
}

/// The header and the operation of an envelope.
pub(super) fn opened<'d>(root: Node<'d, 'd>) -> Result<(Option<Node<'d, 'd>>, Node<'d, 'd>), Fault> {
    let named = |node: &Node<'_, '_>, name: &str| {
        node.tag_name().name() == name && node.tag_name().namespace() == Some(SOAP)
    };
    if !named(&root, "Envelope") {
        let version = root.tag_name().name() == "Envelope";
        let code = if version { "soapenv:VersionMismatch" } else { "soapenv:Client" };
        return Err(Fault::plain(code, "The request is no SOAP 1.1 envelope"));
    }
    let header = root.children().find(|node| named(node, "Header"));
    let body = root.children().find(|node| named(node, "Body"));
    let operation = body.and_then(|body| body.children().find(Node::is_element));
    operation
        .map(|operation| (header, operation))
        .ok_or_else(|| Fault::client("No operation in the request's body"))
}

/// Bytes as base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 as bytes; white space is no part of it.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}
