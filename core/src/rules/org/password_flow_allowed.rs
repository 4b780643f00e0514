//! The rule `password-flow-allowed`: nobody can log in by the OAuth flows that show a password or a token.
//!
//! It never asks who uses them: the checks of users do.

use crate::facts::subject::Subject;
use crate::facts::{Known, OrgSettings};
use crate::rules::rule::{Finding, Outcome, declare_rule, read};

declare_rule! {
    /// The org allows OAuth flows that reveal passwords or tokens
    ///
    /// ## Check
    /// Insecure OAuth flows are blocked
    ///
    /// ## Several
    /// {n} settings allow logins that reveal a password or a token
    ///
    /// ## Why it matters
    /// The username-password flow hands a user's password to every program in between, and no multi-factor authentication
    /// applies to it. The user-agent flow puts a token into an address, where browsers and proxies keep it. And where API
    /// logins work at login.salesforce.com, a login policy of the org's own address doesn't apply.
    ///
    /// ## Fix
    /// First see in the login history that nothing uses these flows: the Salesforce mobile apps and older tools use the
    /// user-agent flow, and integrations that log in with a password need the client credentials flow first. Then turn them
    /// off in Setup: OAuth and OpenID Connect Settings, and My Domain.
    ///
    /// ## Source
    /// Salesforce Help, "OAuth 2.0 Username-Password Flow for Special Scenarios"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_username_password_flow.htm&type=5>;
    /// Metadata API Developer Guide, "OauthOidcSettings"
    /// <https://developer.salesforce.com/docs/atlas.en-us.264.0.api_meta.meta/api_meta/meta_oauthoidcsettings.htm>;
    /// Metadata API Developer Guide, "MyDomainSettings"
    /// <https://developer.salesforce.com/docs/atlas.en-us.246.0.api_meta.meta/api_meta/meta_mydomainsettings.htm>
    "password-flow-allowed", integration: Medium, person: None, check
}

fn check(org: &OrgSettings) -> Outcome {
    let settings: [(&Known<bool>, &str, &str, &str); 3] = [
        (
            &org.blocks_password_flow,
            "blockOAuthUnPwFlow",
            "The OAuth username-password flow is allowed",
            "“Allow OAuth Username-Password Flows” is on.",
        ),
        (
            &org.blocks_user_agent_flow,
            "blockOAuthUsrAgtFlow",
            "The OAuth user-agent flow is allowed",
            "“Allow OAuth User-Agent Flows” is on.",
        ),
        (
            &org.api_login_needs_my_domain,
            "doesApiLoginRequireOrgDomain",
            "API logins work at login.salesforce.com",
            "Software may log in at login.salesforce.com, past any login policy of the org's own address.",
        ),
    ];
    let found = |(value, name, title, evidence): &(&Known<bool>, &str, &str, &str)| {
        let is_off = value.known() == Some(&false);
        is_off.then(|| Finding::new(Subject::metadata(name), *title, vec![(*evidence).to_owned()]))
    };
    Outcome::of(settings.iter().filter_map(found).collect(), || {
        let unread = settings.iter().find_map(|(value, ..)| read(value).err());
        unread.unwrap_or_else(|| Outcome::pass("These flows are blocked, and API logins need the My Domain address."))
    })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{of_org, unread};
    vec![
        Example {
            name: "everything is allowed",
            facts: of_org(|org| {
                org.blocks_password_flow = Known::Is(false);
                org.blocks_user_agent_flow = Known::Is(false);
                org.api_login_needs_my_domain = Known::Is(false);
            }),
            outcome: "finding",
        },
        Example {
            name: "one is allowed, and another couldn't be read",
            facts: of_org(|org| {
                org.blocks_password_flow = Known::Is(false);
                org.blocks_user_agent_flow = unread("whether the user-agent flow is blocked");
            }),
            outcome: "finding",
        },
        Example { name: "all of it is blocked", facts: of_org(|_| {}), outcome: "pass" },
        Example {
            name: "one couldn't be read, the others are blocked",
            facts: of_org(|org| org.blocks_user_agent_flow = unread("whether the user-agent flow is blocked")),
            outcome: "cannot-tell",
        },
    ]
}
