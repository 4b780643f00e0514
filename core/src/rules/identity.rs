//! Who an integration is: its own user, profile and license, and what can be told of it later.

super::rules! {
    non_integration_license,
    personal_identity,
    shared_profile,
    standard_profile,
    undescribed_set,
    unrecorded_owner,
}
