//! Conditional requests: `ETag` and `Last-Modified`, and what a client says of them.
//!
//! It never answers 304 where the client's copy may be older.

use super::{ApiRequest, Reply};
use serde_json::Value;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// `Fri, 14 Aug 2020 20:53:02 GMT`.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The answer with its `ETag` and `Last-Modified`, or 304 or 412 where the request's conditions say so.
pub(super) fn judged(request: &ApiRequest, reply: Reply, changed: OffsetDateTime) -> Reply {
    let tag = format!("\"{:08x}\"", hash(&reply.body));
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    let has_tag = |list: &str| {
        list.split(',').any(|one| {
            matches!(one.trim(), "*") || one.trim().trim_start_matches("W/").replace("--gzip", "") == tag
        })
    };
    let since = |name: &str| {
        header(name).and_then(http_date).map(|at| changed.unix_timestamp() <= at.unix_timestamp())
    };
    let failed = match header("if-match") {
        Some(list) => !has_tag(list),
        None => since("if-unmodified-since") == Some(false),
    };
    let same = match header("if-none-match") {
        Some(list) => has_tag(list),
        None => since("if-modified-since") == Some(true),
    };
    let reply = match (failed, same) {
        (true, _) => Reply { status: 412, ..Reply::default() },
        (_, true) => Reply { status: 304, ..Reply::default() },
        _ => reply,
    };
    reply.with("ETag", tag).with("Last-Modified", changed.format(HTTP_DATE).unwrap_or_default())
}

fn http_date(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text.trim(), HTTP_DATE).ok().map(PrimitiveDateTime::assume_utc)
}

/// FNV-1a over the body's text.
fn hash(body: &Value) -> u32 {
    body.to_string()
        .bytes()
        .fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
