//! What a page needs, read: requests out, responses in, facts at any time.
//!
//! The [`planner`] makes requests of what the rules declare, a [`part`] is one of their parts, and the [`Collector`] is
//! the machine between. It never sends anything itself, and it never asks twice for what it has: one composite for the
//! first panel, one request for the profile's metadata, and more only where the org cut a list or lacks a field.

mod collector;
mod composite;
mod derive;
mod labels;
mod pages;
mod part;
mod password_policy;
mod planner;
mod queries;
mod requests;

pub use crate::facts::Labels;
pub use collector::Collector;
