# `./build.sh new-rule ID`: writes a rule's file from a template, and its line in the list.
# Sourced by build.sh. It never touches a rule that exists.

id=$1
[[ $id =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || give_up "an id is small letters and hyphens, and names the failing state: shared-profile"
name=${id//-/_}
file=core/src/rules/$name.rs
list=core/src/rules.rs
[ ! -e "$file" ] || give_up "$file is there already"

cat >"$file" <<RULE
//! The rule \`$id\`: one sentence on what it asks.
//!
//! It never says what it does not look at: say that here.

use crate::fact::User;
use crate::rule::{Finding, Outcome, declare_rule};

declare_rule! {
    /// The failing state, in a sentence without a full stop
    ///
    /// ## Why it matters
    /// What somebody could do with it.
    ///
    /// ## Fix
    /// What to click or change, and what to look at first.
    ///
    /// ## Source
    /// Salesforce Help, "Its title"
    /// <https://help.salesforce.com/s/articleView?id=...>
    "$id", integration: Medium, person: None, check
}

// The parameters are the facts it needs: they are fetched because they stand here.
fn check(user: &User) -> Outcome {
    if !user.name.is_empty() {
        return Outcome::pass("The user has a name.");
    }
    Outcome::Findings(vec![Finding::new("The user has no name", vec!["Its name is empty.".into()])])
}

#[cfg(test)]
use crate::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use super::example::facts;
    vec![Example { name: "a user with a name", facts: facts(), outcome: "pass" }]
}
RULE

# Its line, in the order of the names.
awk -v line="    $name," '
  /^rules! \{/ { inside = 1; print; next }
  inside && !done && ($0 == "}" || $0 > line) { print line; done = 1 }
  $0 == "}" { inside = 0 }
  { print }
' $list >$list.new && mv $list.new $list
inform "$file is written, and its line in $list. Edit it, then: cargo test -p leastwise-core && ./build.sh docs"
