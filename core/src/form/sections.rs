//! Sections of a form that are weighed in a way of their own.

pub(super) mod login_hours;
pub(super) mod login_ip_range;
pub(super) mod password_policies;
pub(super) mod user_features;
