//! A stand-in for a Salesforce org, as strict as the real thing where it is known.
//!
//! It never bends to make a client pass: `FIDELITY.md` says what is known and what is assumed.

pub mod api;
pub mod contract;
pub mod error;
pub mod fault;
pub mod id;
pub mod identity;
pub mod listen;
pub mod metadata;
pub mod page;
pub mod pages;
pub mod platform;
pub mod proxy;
pub mod scale;
pub mod schema;
pub mod seed;
pub mod server;
pub mod soql;
pub mod store;
