//! The engine of Leastwise: from the URL of a Salesforce Setup page to a report on the integration user shown there.
//!
//! One direction: URL → page ([`salesforce::setup_url`]) → requests ([`collect`]) → responses → [`facts`] → [`rules`] →
//! [`report`]; and from a finding: [`fixes`] → [`plan`] → requests ([`execute`]) → [`journal`] → undo, a plan again.
//! It does no I/O, reads no clock (`now` is an argument) and knows no browser: requests and responses are data, and
//! [`collect::Collector`] and [`execute::Executor`] are machines that their caller drives.

pub mod classification;
pub mod collect;
pub mod controls;
pub mod execute;
pub mod facts;
pub mod fixes;
pub mod folder;
pub mod form;
pub mod journal;
pub mod names;
pub mod plan;
pub mod protocol;
pub mod report;
pub mod review;
pub mod rules;
pub mod salesforce;
pub mod text;
pub mod waivers;
