//! JSON as the org answers it.

pub use serde_json::Value;

/// Reads a whole document; `None` when it is not JSON.
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// `text` as a JSON string, quotes and all.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The first of a list.
pub fn first(value: &Value) -> Option<&Value> {
    value.get(0)
}

/// The whole number, when it is one that is not negative; `12.0`, as some counts are written, is 12.
pub fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at")]
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
    })
}
