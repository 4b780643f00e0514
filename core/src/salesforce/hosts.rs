//! Salesforce's addresses that few orgs have: which there are, and to which of them an address belongs.
//!
//! The manifest has them as `optional_host_permissions`: nobody is asked for them but who has such an org. It never knows
//! whether they are allowed: the browser does.

use crate::salesforce::setup_url::host_of;

/// Addresses that are allowed together.
#[derive(Debug, PartialEq, Eq)]
pub struct HostGroup {
    /// What it is called in the settings.
    pub name: &'static str,
    /// Who has such addresses, in a sentence.
    pub who: &'static str,
    /// The patterns of the addresses, as the manifest has them.
    pub origins: &'static [&'static str],
}

/// All of them. Sources: sfdx-core `sfdcUrl.ts` (mil, cn and the alternative domains); Salesforce Inspector Reloaded, pull
/// request 281 (Defender).
pub const HOST_GROUPS: &[HostGroup] = &[
    HostGroup {
        name: "US military (.mil)",
        who: "Orgs whose addresses end in salesforce.mil and crmforce.mil.",
        origins: &["https://*.my.salesforce.mil/*", "https://*.lightning.crmforce.mil/*"],
    },
    HostGroup {
        name: "China (.cn)",
        who: "Orgs whose addresses end in sfcrmproducts.cn and sfcrmapps.cn.",
        origins: &["https://*.my.sfcrmproducts.cn/*", "https://*.lightning.sfcrmapps.cn/*"],
    },
    HostGroup {
        name: "Alternative Salesforce domains",
        who: "Orgs whose addresses end in my-salesforce.com and my-lightning.com.",
        origins: &["https://*.my-salesforce.com/*", "https://*.my-lightning.com/*"],
    },
    HostGroup {
        name: "Microsoft Defender for Cloud Apps (.mcas.ms)",
        who: "Leastwise can't read an org through Defender. On these pages it says so, and nothing else.",
        origins: &[
            "https://*.my.salesforce.com.mcas.ms/*",
            "https://*.my.salesforce-setup.com.mcas.ms/*",
            "https://*.lightning.force.com.mcas.ms/*",
        ],
    },
];

impl HostGroup {
    /// The group that an address belongs to; none for all addresses that most orgs have, and for those of others.
    #[must_use]
    pub fn of(url: &str) -> Option<&'static HostGroup> {
        let host = host_of(url)?.to_ascii_lowercase();
        HOST_GROUPS.iter().find(|group| {
            let mut endings =
                group.origins.iter().filter_map(|one| one.strip_prefix("https://*")?.strip_suffix("/*"));
            endings.any(|ending| host.strip_suffix(ending).is_some_and(|name| !name.is_empty()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::salesforce::setup_url::api_host;

    #[test]
    fn an_address_belongs_to_the_group_of_its_host() {
        for (url, name) in [
            ("https://acme.my.salesforce.mil/005", "US military"),
            ("https://acme.lightning.crmforce.mil/lightning/setup/ManageUsers/home", "US military"),
            ("https://acme.my.sfcrmproducts.cn", "China"),
            ("https://ACME.my-lightning.com:443/x", "Alternative"),
            ("https://acme--qa.sandbox.my.salesforce-setup.com.mcas.ms/?x=1", "Microsoft Defender"),
        ] {
            let found = HostGroup::of(url).map(|group| group.name).unwrap_or_default();
            assert!(found.starts_with(name), "{url}: {found}");
        }
        for url in [
            "https://acme.my.salesforce.com/005",
            "https://evil.example/?https://acme.my.salesforce.mil/",
            "https://acme.my.salesforce.mil.evil.example/",
            "https://.my.salesforce.mil/",
            "http://acme.my.salesforce.mil/",
        ] {
            assert_eq!(HostGroup::of(url), None, "{url}");
        }
    }

    #[test]
    fn each_is_a_host_of_setup_pages() {
        for origin in HOST_GROUPS.iter().flat_map(|group| group.origins) {
            let host = origin.trim_start_matches("https://").trim_end_matches("/*").replace('*', "acme");
            assert!(api_host(&host).is_some(), "{host}");
        }
    }
}
