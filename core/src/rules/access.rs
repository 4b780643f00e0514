//! What an integration may do: permissions and access to objects.

super::rules! {
    broad_permission,
    escalation_path,
    expiring_grant,
    manage_users_permission,
    overreaching_agent,
    record_deletion,
    user_administration_permission,
    whole_object_access,
}

pub(crate) use broad_permission::SOAP_LOGIN;
