//! Errors as the API writes them.
//!
//! It never invents a code: each is in the platform's published list of status codes or in a recorded answer.

use serde_json::{Value, json};

/// One error of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// `errorCode`.
    pub code: String,
    /// `message`.
    pub message: String,
    /// `fields`, where a write was refused for some.
    pub fields: Vec<String>,
}

impl ApiError {
    /// An error without fields.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> ApiError {
        ApiError { status, code: code.into(), message: message.into(), fields: vec![] }
    }

    /// The same, naming fields.
    #[must_use]
    pub fn on(mut self, fields: &[&str]) -> ApiError {
        self.fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self
    }

    /// 404, of a resource or record that is not there.
    pub fn not_found() -> ApiError {
        ApiError::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// The body: an array of one.
    pub fn body(&self) -> Value {
        let mut error = json!({ "message": self.message, "errorCode": self.code });
        if !self.fields.is_empty() {
            crate::store::set(&mut error, "fields", json!(self.fields));
        }
        json!([error])
    }
}
