//! What Salesforce has, whoever looks at it: ids, addresses of Setup pages, queries, requests, errors, permissions.
//!
//! Each fact of the platform stands here once, with its source.

pub(crate) mod certificate;
pub mod error;
pub mod hosts;
pub mod http;
pub mod id;
pub mod ip_range;
pub mod json;
pub(crate) mod metadata_api;
pub(crate) mod metadata_xml;
pub(crate) mod permission_names;
pub mod permissions;
pub mod setup_url;
pub(crate) mod soql;
pub mod time;
