//! What the org calls its permissions.

use std::collections::BTreeMap;

/// Labels of permissions by API name without `Permissions`, in the signed-in user's language; those of a user's features by
/// the whole name of the field.
pub type Labels = BTreeMap<String, String>;

/// What the labels of a user's feature boxes stand under: the fields' names, whole.
pub(crate) const FEATURE: &str = "UserPermissions";

/// No label is known.
pub static NO_LABELS: Labels = Labels::new();
