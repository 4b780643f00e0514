//! The org's own settings that integrations depend on.

super::rules! {
    api_access_control_off,
    ip_checked_at_login_only,
    password_flow_allowed,
    unused_integration_seat,
    weak_password_policy,
}
