//! Bad SOAP, made up by a bounded run: requests that are nearly right. Whatever comes, the answer is an envelope, and what is
//! refused has changed nothing.
//!
//! It never runs longer than its number of cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

#[path = "../../../core/tests/drawn/mod.rs"]
mod drawn;
#[path = "soap/world.rs"]
mod world;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use roxmltree::Document;
use std::io::Write;
use world::{World, element, elements};

/// Operations that are right: what comes of them with something put in, taken out or doubled is not.
const OPERATIONS: &[&str] = &[
    "<readMetadata><type>Profile</type><fullNames>Admin</fullNames></readMetadata>",
    "<listMetadata><queries><type>Profile</type></queries><asOfVersion>66.0</asOfVersion></listMetadata>",
    "<updateMetadata><metadata xsi:type=\"Profile\"><fullName>Acme Sales</fullName><loginHours><mondayEnd>1020</mondayEnd><mondayStart>480</mondayStart></loginHours><loginIpRanges><endAddress>192.0.2.9</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges><objectPermissions><allowRead>true</allowRead><object>Account</object></objectPermissions><userPermissions><enabled>true</enabled><name>RunReports</name></userPermissions></metadata></updateMetadata>",
    "<upsertMetadata><metadata xsi:type=\"PermissionSet\"><fullName>New_Set</fullName><fieldPermissions><editable>true</editable><field>Account.Industry</field><readable>true</readable></fieldPermissions><label>New</label></metadata></upsertMetadata>",
    "<updateMetadata><metadata xsi:type=\"ConnectedApp\"><fullName>ERP_Connector</fullName><contactEmail>a@b.example</contactEmail><label>ERP</label><oauthConfig><callbackUrl>https://x.example</callbackUrl><isAdminApproved>true</isAdminApproved></oauthConfig><profileName>Admin</profileName></metadata></updateMetadata>",
    "<deleteMetadata><type>PermissionSet</type><fullNames>API_Only</fullNames></deleteMetadata>",
    "<deploy><ZipFile>UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==</ZipFile><DeployOptions><singlePackage>true</singlePackage></DeployOptions></deploy>",
    "<checkDeployStatus><asyncProcessId>0Af000000000000</asyncProcessId></checkDeployStatus>",
];

const RECORDS: &[&str] = &[
    "<query><queryString>SELECT Id, Name FROM User LIMIT 2</queryString></query>",
    "<queryMore><queryLocator>01g000000000000-200</queryLocator></queryMore>",
    "<create><sObjects><sf:type>Account</sf:type><sf:Name>A</sf:Name></sObjects></create>",
    "<update><sObjects><sf:type>User</sf:type><sf:fieldsToNull>Title</sf:fieldsToNull><sf:Id>005000000000000</sf:Id></sObjects></update>",
    "<upsert><externalIDFieldName>Id</externalIDFieldName><sObjects><sf:type>Account</sf:type><sf:Name>B</sf:Name></sObjects></upsert>",
    "<retrieve><fieldList>Id,Name</fieldList><sObjectType>Profile</sObjectType><ids>00e000000000000</ids></retrieve>",
    "<describeSObject><sObjectType>Account</sObjectType></describeSObject>",
];

/// What is put in.
const PIECES: &[&str] = &[
    "",
    "<",
    ">",
    "</",
    "&",
    "&amp;",
    "&#0;",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- -->",
    "<?x?>",
    "<x/>",
    "<type/>",
    "<label>x</label>",
    "true",
    "-1",
    "99999999999999999999",
    "\u{e9}",
    "\u{202e}",
    "xsi:nil=\"true\"",
    "<fullName/>",
    "%",
    "%zz",
    "'",
    "\"",
    "..",
    "*",
];

fn bent(operations: &'static [&'static str]) -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..12, 0u8..4);
    (prop::sample::select(operations), prop::collection::vec(change, 1..4)).prop_map(
        |(operation, changes)| {
            let mut text: Vec<char> = operation.chars().collect();
            for (at, piece, length, how) in changes {
                let at = at.index(text.len() + 1);
                let end = (at + length).min(text.len());
                match how {
                    0 => drop(text.drain(at..end)),
                    1 => {
                        let again: Vec<char> = text[at..end].to_vec();
                        text.splice(at..at, again);
                    }
                    2 => drop(text.splice(at..end, PIECES[piece.index(PIECES.len())].chars())),
                    _ => drop(text.splice(at..at, PIECES[piece.index(PIECES.len())].chars())),
                }
            }
            text.into_iter().collect()
        },
    )
}

/// Everything in the org but what says when.
fn state(world: &World) -> String {
    let kinds = [
        "Profile",
        "PermissionSet",
        "PermissionSetGroup",
        "ObjectPermissions",
        "FieldPermissions",
        "SetupEntityAccess",
        "ConnectedApplication",
        "AppMenuItem",
        "Account",
        "User",
    ];
    let rows: Vec<_> = kinds.iter().flat_map(|kind| world.org.rows(kind)).collect();
    serde_json::to_string(&(rows, &world.org.profile_metadata)).unwrap()
}

fn run(operations: &'static [&'static str], ask: impl Fn(&mut World, &str) -> String) {
    let world = World::new();
    let (fresh, before) = (world.org.clone(), state(&world));
    let mut runner = TestRunner::new(drawn::config(600));
    let cell = std::cell::RefCell::new(world);
    runner
        .run(&bent(operations), |operation| {
            let mut world = cell.borrow_mut();
            let answer = ask(&mut world, &operation);
            prop_assert!(Document::parse(&answer).is_ok(), "{operation}: {answer}");
            let refused = element(&answer, "faultcode").is_some()
                || (!elements(&answer, "success").is_empty()
                    && elements(&answer, "success").iter().all(|one| one == "false"));
            if refused {
                prop_assert!(
                    state(&world) == before,
                    "{} was refused and changed something: {}",
                    operation,
                    answer
                );
            } else {
                // What took place is taken back, so that the next request finds the same org.
                world.org = fresh.clone();
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn drawn_operations_of_the_metadata_api() {
    run(OPERATIONS, |world, operation| world.metadata(operation));
}

#[test]
fn drawn_operations_of_the_partner_api() {
    run(RECORDS, |world, operation| world.data("u", "", operation));
}

#[test]
fn zips_with_a_byte_that_is_wrong() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in [
        (
            "package.xml",
            "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"><types><members>*</members><name>PermissionSet</name></types><version>66.0</version></Package>",
        ),
        (
            "permissionsets/A.permissionset",
            "<PermissionSet xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>A</label></PermissionSet>",
        ),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    let good = zip.finish().unwrap().into_inner();
    let mut world = World::new();
    let (fresh, before) = (world.org.clone(), state(&world));
    for at in (0..good.len()).step_by(3) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let asked = world.metadata(&format!("<deploy><ZipFile>{text}</ZipFile><DeployOptions><rollbackOnError>true</rollbackOnError><singlePackage>true</singlePackage></DeployOptions></deploy>"));
        let id = element(&asked, "id").unwrap();
        let status = world.metadata(&format!("<checkDeployStatus><asyncProcessId>{id}</asyncProcessId><includeDetails>true</includeDetails></checkDeployStatus>"));
        match element(&status, "status").unwrap().as_str() {
            "Failed" => assert!(state(&world) == before, "byte {at}: {status}"),
            "Succeeded" => world.org = fresh.clone(),
            other => panic!("byte {at}: {other}"),
        }
    }
}
