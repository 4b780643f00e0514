//! The engine of Leastwise: from the URL of a Salesforce Setup page to a report on the integration user shown there.
//!
//! One direction: URL → [`page`] → wanted facts → [`request`]s → responses → [`fact`]s → [`rules`] → [`report`].
//! It never does I/O, reads no clock (`now` is an argument) and knows no browser: requests and responses are data,
//! and [`gather::Gather`] is a machine that its caller drives.

pub mod apply;
pub mod classification;
pub mod edit;
pub mod fact;
pub mod fix;
pub mod gather;
pub mod id;
pub mod ip;
pub mod journal;
pub mod json;
pub mod message;
pub mod page;
pub mod permission;
pub mod plan;
mod query;
pub mod refusal;
pub mod report;
pub mod request;
pub mod rule;
pub mod rules;
pub mod several;
pub mod subject;
pub mod text;
pub mod time;
mod xml;
