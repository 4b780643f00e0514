//! What a resource answers, before it is written as JSON or XML; and how the body of a request is read.
//!
//! It never decides what is answered.

use super::{ApiAnswer, ApiRequest, Result, one, xml};
use crate::error::ApiError;
use serde_json::Value;

/// An answer of a resource.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    /// HTTP status.
    pub(crate) status: u16,
    /// Its body; null for none.
    pub(crate) body: Value,
    /// Further headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A body that is neither JSON nor XML: content type and text.
    pub(crate) raw: Option<(&'static str, String)>,
    /// The root element, where the answer is asked for as XML.
    pub(crate) root: String,
}

impl From<(u16, Value)> for Reply {
    fn from((status, body): (u16, Value)) -> Reply {
        Reply { status, body, ..Reply::default() }
    }
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(root: &str, body: Value) -> Reply {
        Reply { status: 200, body, root: root.to_owned(), ..Reply::default() }
    }

    /// 204.
    pub(crate) fn empty() -> Reply {
        Reply { status: 204, ..Reply::default() }
    }

    /// Refusals.
    pub(crate) fn errors(errors: &[ApiError]) -> Reply {
        let status = errors.first().map_or(500, |error| error.status);
        let all: Vec<Value> = errors.iter().filter_map(|error| error.body().get(0).cloned()).collect();
        Reply { status, body: Value::Array(all), root: "Errors".into(), ..Reply::default() }
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// As the client asked for it.
    pub(crate) fn written(self, as_xml: bool) -> ApiAnswer {
        let Reply { status, body, headers, raw, root } = self;
        let mut answer = match raw {
            Some((kind, text)) => ApiAnswer::of(status, kind, text),
            None if body.is_null() => ApiAnswer::json(status, &body),
            None if as_xml => {
                ApiAnswer::of(status, "application/xml;charset=UTF-8", xml::written(&root, &body))
            }
            None => ApiAnswer::json(status, &body),
        };
        answer.headers = headers;
        answer
    }
}

/// Whether a request asks for XML: by `Accept`, or by the ending of its path.
pub(super) fn wants_xml(request: &ApiRequest) -> bool {
    let accept = request.headers.get("accept").map(String::as_str).unwrap_or_default();
    let json = accept.find("application/json");
    accept.find("application/xml").is_some_and(|xml| json.is_none_or(|json| xml < json))
}

/// The body of a request, as JSON; XML is turned into it, with all its values as text.
pub(super) fn body(request: &ApiRequest) -> Result<Value> {
    let kind = request.headers.get("content-type").map(|kind| kind.to_lowercase()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if request.body.trim().is_empty() {
        let message = "The HTTP entity body is required, but this request has no entity body.";
        return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", message)));
    }
    match kind {
        "" | "application/json" => parsed(&request.body),
        "application/xml" | "text/xml" => xml::read(&request.body).map_err(one),
        other => {
            let message = format!("Content-Type '{other}' is not supported");
            Err(one(ApiError::new(415, "UNSUPPORTED_MEDIA_TYPE", message)))
        }
    }
}

/// Reads JSON; what goes wrong is said as the platform's reader (Jackson) says it.
fn parsed(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("at [line:{}, column:{}]", error.line(), error.column());
        let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
        let sign = line.as_bytes().get(error.column().saturating_sub(1)).copied().unwrap_or_default();
        let sign = format!("Unexpected character ('{}' (code {sign}))", char::from(sign).escape_default());
        let told = error.to_string();
        let message = match told.split(" at line ").next().unwrap_or_default() {
            what if what.starts_with("EOF while parsing") => format!("Unexpected end-of-input {place}"),
            "key must be a string" => format!("{sign}: was expecting double-quote to start field name {place}"),
            "expected `:`" => format!("{sign}: was expecting a colon to separate field name and value {place}"),
            "expected `,` or `}`" => format!("{sign}: was expecting comma to separate OBJECT entries {place}"),
            "expected `,` or `]`" => format!("{sign}: was expecting comma to separate ARRAY entries {place}"),
            "expected value" | "expected ident" => {
                format!("{sign}: expected a valid value (number, String, array, object, 'true', 'false' or 'null') {place}")
            }
            "trailing comma" => format!("{sign}: was expecting double-quote to start field name {place}"),
            other => format!("{other} {place}"),
        };
        one(ApiError::new(400, "JSON_PARSER_ERROR", message))
    })
}

/// Refuses a method that the resource does not have.
pub(super) fn allowed(request: &ApiRequest, methods: &str) -> Result<()> {
    if methods.split(',').any(|method| method == request.method) {
        return Ok(());
    }
    let message = format!("HTTP Method '{}' not allowed. Allowed are {methods}", request.method);
    Err(one(ApiError::new(405, "METHOD_NOT_ALLOWED", message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_body() {
        let told = |text: &str| {
            parsed(text).unwrap_err().first().map(|error| error.message.clone()).unwrap_or_default()
        };
        assert!(told("{\"a\": 1,}").starts_with(
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"
        ));
        assert_eq!(
            told("{a: 1}"),
            "Unexpected character ('a' (code 97)): was expecting double-quote to start field name at [line:1, column:2]"
        );
        assert_eq!(
            told("{\"a\" 1}"),
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value at [line:1, column:6]"
        );
        assert_eq!(
            told("{\"a\": [1 2]}"),
            "Unexpected character ('2' (code 50)): was expecting comma to separate ARRAY entries at [line:1, column:10]"
        );
        assert_eq!(told("{\"a\":"), "Unexpected end-of-input at [line:1, column:5]");
    }
}
