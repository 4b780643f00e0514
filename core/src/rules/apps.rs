//! The apps that act as an integration, and what each is set to.

super::rules! {
    app_contact_gone,
    app_shared_by_integration_users,
    client_credentials_as_person,
    endless_refresh_token,
    expiring_certificate,
    full_scope,
    legacy_connected_app,
    long_session,
    look_alike_app,
    open_app,
    orphan_token,
    relaxed_ip_policy,
    several_apps_on_one_user,
    stale_token,
    standing_grant,
    weak_oauth_flow,
    widely_approved_app,
}
