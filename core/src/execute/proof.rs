//! Which error codes prove that a write did not take place.
//!
//! It never takes silence, a gateway's page, an ended session or an error of the server for such a proof: the work may
//! have been done before the answer was made.

/// Codes that say that the platform looked at the request and did not carry it out, or rolled all of it back: what is
/// asked for is wrong, not allowed, or held by somebody else. Source: `StatusCode` and `ExceptionCode` of the partner
/// WSDL (v66), with the meanings of "API Fault Element" in the SOAP API Developer Guide; the REST API guide's "Status Codes
/// and Error Responses" has the same codes.
const PROVES: &[&str] = &[
    // Another record of the same request was refused.
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "CANNOT_DELETE_MANAGED_OBJECT",
    "CANNOT_DISABLE_LAST_ADMIN",
    "CANNOT_FREEZE_SELF",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "CANNOT_MODIFY_MANAGED_OBJECT",
    "DELETE_FAILED",
    "DELETE_NOT_ALLOWED",
    "DEPENDENCY_EXISTS",
    "DUPLICATES_DETECTED",
    "DUPLICATE_COMM_NICKNAME",
    "DUPLICATE_DEVELOPER_NAME",
    "DUPLICATE_MASTER_LABEL",
    "DUPLICATE_USERNAME",
    "DUPLICATE_VALUE",
    "ENTITY_IS_ARCHIVED",
    "ENTITY_IS_DELETED",
    "ENTITY_IS_LOCKED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_FILTER_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "FIELD_NOT_UPDATABLE",
    "FUNCTIONALITY_NOT_ENABLED",
    "INACTIVE_OWNER_OR_USER",
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_ID_FIELD",
    "INVALID_INPUT",
    "INVALID_OPERATION",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_PROFILE",
    "INVALID_READ_ONLY_USER_DML",
    "INVALID_TYPE",
    "INVALID_TYPE_FOR_OPERATION",
    "INVALID_TYPE_ON_FIELD_IN_RECORD",
    "INVALID_USERID",
    "JSON_PARSER_ERROR",
    "LICENSE_LIMIT_EXCEEDED",
    "LIMIT_EXCEEDED",
    "MALFORMED_ID",
    "METHOD_NOT_ALLOWED",
    "MISSING_ARGUMENT",
    "MIXED_DML_OPERATION",
    "NOT_FOUND",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
    "PROCESSING_HALTED",
    "REQUIRED_FEATURE_MISSING",
    "REQUIRED_FIELD_MISSING",
    "STRING_TOO_LONG",
    "TXN_SECURITY_NO_ACCESS",
    "UNABLE_TO_LOCK_ROW",
    "UNSUPPORTED_API_VERSION",
    "UNSUPPORTED_MEDIA_TYPE",
    "XML_PARSER_ERROR",
];

/// What the revoke endpoint says of what it did not do. Source: RFC 7009 §2.2.1, RFC 6749 §5.2; Salesforce Help, "Revoke
/// OAuth Tokens".
const REVOKE: &[&str] =
    &["invalid_client", "invalid_client_id", "invalid_request", "invalid_token", "unsupported_token_type"];

/// Whether an error of this code, in an answer of this status, proves that nothing was written. An error of the server
/// (5xx) never does, whatever its code.
pub(super) fn is(status: u16, code: &str) -> bool {
    status < 500 && has(code)
}

/// Whether this code proves it, wherever it stands: a fault of SOAP is always answered with 500.
pub(super) fn has(code: &str) -> bool {
    PROVES.contains(&code) || REVOKE.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_looked_at_and_not_done_is_a_proof() {
        for code in
            ["UNABLE_TO_LOCK_ROW", "FIELD_INTEGRITY_EXCEPTION", "INSUFFICIENT_ACCESS", "invalid_token"]
        {
            assert!(is(400, code) && !is(500, code), "{code}");
        }
        for code in [
            "",
            "UNKNOWN_EXCEPTION",
            "SERVER_UNAVAILABLE",
            "INVALID_SESSION_ID",
            "REQUEST_LIMIT_EXCEEDED",
            "REQUEST_RUNNING_TOO_LONG",
            "INTERNAL_ERROR",
            "APEX_FAILED",
            "QUERY_TIMEOUT",
            "A_CODE_OF_A_LATER_RELEASE",
        ] {
            assert!(!is(400, code) && !has(code), "{code}");
        }
    }
}
