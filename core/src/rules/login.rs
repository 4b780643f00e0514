//! How an integration signs in: from where, by browser or not, with which secret.

super::rules! {
    browser_automation_under_mfa,
    browser_sign_in_allowed,
    dormant_integration,
    frozen_integration,
    never_signed_in,
    new_country,
    password_sign_in,
    scattered_addresses,
    soap_login_without_api_auth,
    stale_secret,
    unattributable_activity,
    unrestricted_login_ip,
}
