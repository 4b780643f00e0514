# `./build.sh new-rule FAMILY ID`: writes a rule's file from a template, and its line in the list of its family.
# Sourced by build.sh. It never touches a rule that exists.

family=$1 id=$2
[[ $id =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || give_up "an id is small letters and hyphens, and names the failing state: shared-profile"
name=${id//-/_}
file=core/src/rules/$family/$name.rs
list=core/src/rules/$family.rs
[ -e "$list" ] || give_up "there is no family $family: $(cd core/src/rules && echo */)"
[ ! -e "$file" ] || give_up "$file is there already"

cat >"$file" <<RULE
//! The rule \`$id\`: one sentence on what it asks.
//!
//! Say here what it does not look at, where someone would expect it to.

use crate::facts::User;
use crate::facts::subject::{Setting, Subject};
use crate::rules::rule::{Finding, Outcome, declare_rule};

declare_rule! {
    /// The failing state, in a sentence without a period
    ///
    /// ## Check
    /// The state that passes, in five words or so: "API Only User is on"
    ///
    /// ## Why it matters
    /// What someone could do with it.
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
    let evidence = vec!["Its name is empty.".into()];
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Identity), "The user has no name", evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::facts;
    vec![Example { name: "a user with a name", facts: facts(), outcome: "pass" }]
}
RULE

# Its line, in the order of the names.
awk -v line="    $name," '
  /^super::rules! \{/ { inside = 1; print; next }
  inside && !done && ($0 == "}" || $0 > line) { print line; done = 1 }
  $0 == "}" { inside = 0 }
  { print }
' $list >$list.new && mv $list.new $list
inform "$file is written, and its line in $list. Edit it, then: cargo test -p leastwise-core && ./build.sh docs"
