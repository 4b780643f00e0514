//! Words put together for people to read.

use std::fmt::Display;

/// "a", "a and b", "a, b and c".
pub(crate) fn listed<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// "1 login", "3 logins", "2 addresses": a number of things whose name takes an s, or es where it ends in one.
pub fn counted<N: Display + PartialEq + From<u8>>(n: N, one: &str) -> String {
    match one {
        _ if n == N::from(1) => format!("1 {one}"),
        _ if one.ends_with('s') => format!("{n} {one}es"),
        _ => format!("{n} {one}s"),
    }
}

/// "once", "3 times".
pub(crate) fn times(n: u64) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

/// With a capital first letter, as a sentence begins.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name that an API has for something, as words: `ModifyAllData` is "Modify All Data", `APIUser` "API User".
pub fn spaced(name: &str) -> String {
    let chars: Vec<char> = name.trim_end_matches("__c").chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let is_upper =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_ascii_uppercase());
        let is_lower =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_ascii_lowercase());
        let begins = c.is_ascii_uppercase()
            && (is_lower(at.checked_sub(1)) || is_upper(at.checked_sub(1)) && is_lower(at.checked_add(1)));
        if begins {
            out.push(' ');
        }
        out.push(if *c == '_' { ' ' } else { *c });
    }
    out
}

/// What a field is called where no label was read: "PermissionsModifyAllData" is "Modify All Data",
/// "oauthConfig.isAdminApproved" "Is Admin Approved", "ManagerId" "Manager".
pub fn field_words(field: &str) -> String {
    let name = field.rsplit('.').next().unwrap_or(field);
    let name = name.strip_prefix("Permissions").filter(|rest| !rest.is_empty()).unwrap_or(name);
    let name = name.strip_suffix("Id").filter(|rest| !rest.is_empty()).unwrap_or(name);
    capitalized(&spaced(name))
}

#[cfg(test)]
mod tests {
    use super::{field_words, spaced};

    #[test]
    fn fields_are_called_as_people_read_them() {
        for (field, words) in [
            ("PermissionsModifyAllData", "Modify All Data"),
            ("PermissionsBulkApiHardDelete", "Bulk Api Hard Delete"),
            ("oauthConfig.isAdminApproved", "Is Admin Approved"),
            ("IsFrozen", "Is Frozen"),
            ("ManagerId", "Manager"),
            ("Permissions", "Permissions"),
        ] {
            assert_eq!(field_words(field), words);
        }
    }

    #[test]
    fn names_are_read_as_words() {
        for (name, words) in [
            ("ModifyAllData", "Modify All Data"),
            ("APIUserOnly", "API User Only"),
            ("ViewSetup", "View Setup"),
            ("Invoice_Line__c", "Invoice Line"),
            ("TwoFactorApi", "Two Factor Api"),
            ("", ""),
        ] {
            assert_eq!(spaced(name), words);
        }
    }
}
