//! The second law: every operation of the published contracts is answered, if only with a refusal of the platform's.

use super::truth;
use super::world::{World, element};
use roxmltree::Document;
use std::collections::BTreeSet;

/// The operations of a contract's port.
fn operations(wsdl: &str) -> BTreeSet<String> {
    let document = Document::parse(wsdl).unwrap();
    let port = document.descendants().find(|node| node.tag_name().name() == "portType").unwrap();
    let all = port.children().filter(|node| node.tag_name().name() == "operation");
    all.map(|node| node.attribute("name").unwrap().to_owned()).collect()
}

#[test]
fn every_operation_of_the_contracts_is_answered() {
    let (mut asked, mut silent) = (0, vec![]);
    for (name, letter) in [("partner-v66.wsdl", "u"), ("metadata-v66.wsdl", "m")] {
        let Some(wsdl) = truth(name) else { return };
        let mut world = World::new();
        let fresh = world.org.clone();
        for operation in operations(&wsdl) {
            // One ends the session: each has the org as it was.
            world.org = fresh.clone();
            let body = format!("<{operation}/>");
            let answer = if letter == "m" { world.metadata(&body) } else { world.data(letter, "", &body) };
            asked += 1;
            let told = element(&answer, "faultstring").unwrap_or_default();
            if told.contains("No operation available") {
                silent.push(operation);
            }
        }
    }
    println!("operations of the contracts without an answer: {} of {asked}", silent.len());
    assert!(silent.is_empty(), "{silent:?}");
    assert!(asked > 100, "{asked}");
}

#[test]
fn refusals_are_the_platforms_and_nothing_else_is_an_operation() {
    let mut world = World::new();
    let fault = |xml: &str| element(xml, "faultcode").unwrap();
    assert_eq!(fault(&world.data("u", "", "<sendEmail/>")), "sf:FUNCTIONALITY_NOT_ENABLED");
    assert_eq!(fault(&world.metadata("<create/>")), "sf:INVALID_OPERATION");
    assert_eq!(fault(&world.data("u", "", "<doAnything/>")), "soapenv:Client");
    assert_eq!(fault(&world.metadata("<doAnything/>")), "soapenv:Client");
}

#[test]
fn passwords_the_recycle_bin_and_search_over_soap() {
    let mut world = World::new();
    let user =
        leastwise_org::store::text(world.org.rows_by("User", "Username", "erp.sync@acme.example")[0], "Id")
            .to_owned();
    let set = format!("<setPassword><userId>{user}</userId><password>new-secret-1</password></setPassword>");
    assert_eq!(element(&world.data("u", "", &set), "faultcode"), None);
    assert!(world.org.is_password(&user, "new-secret-1"));
    let reset = world.data("u", "", &format!("<resetPassword><userId>{user}</userId></resetPassword>"));
    assert!(world.org.is_password(&user, &element(&reset, "password").unwrap()));
    let wrong = world.data("u", "", "<changeOwnPassword><oldPassword>x</oldPassword><newPassword>new-secret-1</newPassword></changeOwnPassword>");
    assert_eq!(element(&wrong, "exceptionCode").as_deref(), Some("INVALID_OLD_PASSWORD"));
    let made = world.data(
        "u",
        "",
        "<create><sObjects><sf:type>Account</sf:type><sf:Name>Binned Ltd</sf:Name></sObjects></create>",
    );
    let account = element(&made, "id").unwrap();
    world.data("u", "", &format!("<delete><ids>{account}</ids></delete>"));
    let back = world.data("u", "", &format!("<undelete><ids>{account}</ids></undelete>"));
    assert_eq!(element(&back, "success").as_deref(), Some("true"));
    let found = world.data("u", "", "<search><searchString>FIND {Binned} IN ALL FIELDS RETURNING Account(Id, Name)</searchString></search>");
    assert!(found.contains("Binned Ltd"), "{found}");
    world.data("u", "", &format!("<delete><ids>{account}</ids></delete>"));
    let gone = world.data("u", "", &format!("<emptyRecycleBin><ids>{account}</ids></emptyRecycleBin>"));
    assert_eq!(element(&gone, "success").as_deref(), Some("true"));
    let late = world.data("u", "", &format!("<undelete><ids>{account}</ids></undelete>"));
    assert_eq!(element(&late, "statusCode").as_deref(), Some("UNDELETE_FAILED"));
}
