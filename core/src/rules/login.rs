//! How an integration signs in: from where, by browser or not, with which secret.

super::rules! {
    browser_sign_in_allowed,
    stale_secret,
    unattributable_activity,
    unrestricted_login_ip,
}
