//! The apps that act as an integration.

super::rules! {
    app_shared_by_integration_users,
    open_app,
    several_apps_on_one_user,
}
