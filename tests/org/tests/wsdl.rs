//! What the product sends and the org answers over SOAP, held to the published contracts: element names, order, how often,
//! types.
//!
//! It never uses the org's own tables: it reads the contracts themselves, and is skipped where they are not at hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

#[path = "soap/world.rs"]
mod world;

use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::path::Path;
use world::{World, element};

const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// The part of XML Schema that the contracts use.
struct Schemas<'d> {
    /// By namespace and name: complex and simple types, and elements.
    types: BTreeMap<(String, String), Node<'d, 'd>>,
    elements: BTreeMap<(String, String), Node<'d, 'd>>,
}

type Told = Result<(), String>;

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace() == Some(XSD)
}

fn named(node: Node<'_, '_>, attribute: &str) -> Option<(String, String)> {
    let value = node.attribute(attribute)?;
    let (prefix, name) = value.split_once(':').map_or((None, value), |(p, n)| (Some(p), n));
    Some((node.lookup_namespace_uri(prefix).unwrap_or_default().to_owned(), name.to_owned()))
}

impl<'d> Schemas<'d> {
    fn read(document: &'d Document<'d>) -> Schemas<'d> {
        let mut all = Schemas { types: BTreeMap::new(), elements: BTreeMap::new() };
        for schema in document.descendants().filter(|node| is(node, "schema")) {
            let ns = schema.attribute("targetNamespace").unwrap_or_default();
            for node in schema.children().filter(Node::is_element) {
                let Some(name) = node.attribute("name") else { continue };
                let key = (ns.to_owned(), name.to_owned());
                if is(&node, "element") {
                    all.elements.insert(key, node);
                } else {
                    all.types.insert(key, node);
                }
            }
        }
        all
    }

    /// The elements of a complex type in order, those of its base first.
    fn parts(&self, kind: Node<'d, 'd>) -> Vec<Node<'d, 'd>> {
        let mut all = vec![];
        if let Some(extension) = kind.descendants().find(|node| is(node, "extension"))
            && let Some(base) = named(extension, "base").and_then(|base| self.types.get(&base))
        {
            all = self.parts(*base);
        }
        let own = kind.descendants().filter(|node| is(node, "element") || is(node, "any"));
        // MutingPermissionSet says again that it has a label: files have it once, where the base has it.
        for part in own {
            let name = part.attribute("name");
            if name.is_none() || all.iter().all(|other: &Node<'d, 'd>| other.attribute("name") != name) {
                all.push(part);
            }
        }
        all
    }

    /// An element of the document by its declaration.
    fn check(&self, node: Node<'_, '_>, declared: Node<'d, 'd>) -> Told {
        let name = node.tag_name().name();
        if node.attribute((XSI, "nil")) == Some("true") {
            let may = declared.attribute("nillable") == Some("true");
            // A component that is not there is nil, though the contract does not say that it may be.
            let may = may || name == "records";
            return if may { Ok(()) } else { Err(format!("{name} is nil and may not be")) };
        }
        if let Some(reference) = named(declared, "ref") {
            return self
                .elements
                .get(&reference)
                .map_or_else(|| Err(format!("no element {reference:?}")), |one| self.check(node, *one));
        }
        let said = node.attribute((XSI, "type")).map(|_| {
            let value = node.attribute((XSI, "type")).unwrap();
            let (prefix, local) = value.split_once(':').map_or((None, value), |(p, n)| (Some(p), n));
            (node.lookup_namespace_uri(prefix).unwrap_or_default().to_owned(), local.to_owned())
        });
        match said.or_else(|| named(declared, "type")) {
            Some((ns, kind)) if ns == XSD => simple(node, &kind),
            Some(key) => match self.types.get(&key) {
                Some(kind) if is(kind, "simpleType") => self.restricted(node, *kind),
                Some(kind) => self.check_type(node, *kind),
                None => Err(format!("{name} has the type {key:?}, which there is not")),
            },
            None => declared
                .children()
                .find(|child| is(child, "complexType"))
                .map_or(Ok(()), |kind| self.check_type(node, kind)),
        }
    }

    fn check_type(&self, node: Node<'_, '_>, kind: Node<'d, 'd>) -> Told {
        let parts = self.parts(kind);
        let mut children = node.children().filter(Node::is_element).peekable();
        let within = |told: String| format!("{}/{told}", node.tag_name().name());
        for part in parts {
            let number = |attribute: &str| {
                part.attribute(attribute)
                    .map_or(1, |n| if n == "unbounded" { usize::MAX } else { n.parse().unwrap() })
            };
            let (least, most) = (number("minOccurs"), number("maxOccurs"));
            let mut count = 0;
            while count < most {
                let Some(child) = children.peek().copied() else { break };
                if is(&part, "any") {
                    children.next();
                    count += 1;
                    continue;
                }
                let wanted = named(part, "ref").map(|(_, name)| name);
                let wanted = wanted.as_deref().or(part.attribute("name")).unwrap();
                if child.tag_name().name() != wanted {
                    break;
                }
                self.check(child, part).map_err(within)?;
                children.next();
                count += 1;
            }
            if count < least {
                let name = part.attribute("name").unwrap_or("any");
                return Err(within(format!(
                    "{name} is missing, before {:?}",
                    children.peek().map(|c| c.tag_name().name())
                )));
            }
        }
        match children.next() {
            Some(extra) => Err(within(format!("{} is not expected here", extra.tag_name().name()))),
            None => Ok(()),
        }
    }

    fn restricted(&self, node: Node<'_, '_>, kind: Node<'d, 'd>) -> Told {
        let text = node.text().unwrap_or_default();
        let values: Vec<&str> = kind
            .descendants()
            .filter(|one| is(one, "enumeration"))
            .filter_map(|one| one.attribute("value"))
            .collect();
        let known = |value: &str| {
            values.is_empty()
                || values.iter().any(|one| one.rsplit(':').next() == Some(value.rsplit(':').next().unwrap()))
        };
        if known(text) {
            Ok(())
        } else {
            Err(format!("{} is {text}, which is none of its values", node.tag_name().name()))
        }
    }

    /// A whole envelope: its body's element is declared, or it is a fault whose detail is.
    fn envelope(&self, xml: &str) -> Told {
        let document = Document::parse(xml).map_err(|error| error.to_string())?;
        let body = document
            .descendants()
            .find(|node| node.tag_name().name() == "Body" && node.tag_name().namespace() == Some(SOAP))
            .ok_or("no body")?;
        let content = body.children().find(Node::is_element).ok_or("nothing in the body")?;
        let content = if content.tag_name().name() == "Fault" {
            match content
                .descendants()
                .find(|node| node.tag_name().name() == "detail")
                .and_then(|detail| detail.children().find(Node::is_element))
            {
                Some(detail) => detail,
                None => return Ok(()),
            }
        } else {
            content
        };
        let key = (
            content.tag_name().namespace().unwrap_or_default().to_owned(),
            content.tag_name().name().to_owned(),
        );
        let declared = self.elements.get(&key).ok_or_else(|| format!("no element {key:?}"))?;
        self.check(content, *declared)
    }
}

fn simple(node: Node<'_, '_>, kind: &str) -> Told {
    let text = node.text().unwrap_or_default();
    let fits = match kind {
        "boolean" => matches!(text, "true" | "false" | "1" | "0"),
        "int" | "long" => text.parse::<i64>().is_ok(),
        "double" => text.parse::<f64>().is_ok(),
        "dateTime" => text.len() >= 20 && text.ends_with('Z') && text.contains('T'),
        _ => node.children().all(|child| !child.is_element()),
    };
    if fits { Ok(()) } else { Err(format!("{} is {text:?}, which is no {kind}", node.tag_name().name())) }
}

fn contract(name: &str) -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("LEASTWISE_SHARED").map_or_else(beside, std::path::PathBuf::from);
    let path = folder.join("truth").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

const NS: &str = r#"xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata""#;

#[test]
fn metadata_requests_and_answers_are_of_the_contract() {
    let Some(text) = contract("metadata-v66.wsdl") else { return };
    let document = Document::parse(&text).unwrap();
    let schemas = Schemas::read(&document);
    let mut world = World::new();
    let zip = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";
    let range = "<loginIpRanges><endAddress>192.0.2.9</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges>";
    let mut operations: Vec<String> = vec![
        "<describeMetadata><asOfVersion>66.0</asOfVersion></describeMetadata>".into(),
        "<describeValueType><type>{http://soap.sforce.com/2006/04/metadata}Profile</type></describeValueType>".into(),
        format!("<updateMetadata><metadata xsi:type=\"Profile\"><fullName>Acme Sales</fullName>{range}</metadata><metadata xsi:type=\"Profile\"><fullName>Nobody</fullName></metadata></updateMetadata>"),
        "<upsertMetadata><metadata xsi:type=\"PermissionSet\"><fullName>New_Set</fullName><label>New</label></metadata></upsertMetadata>".into(),
        "<createMetadata><metadata xsi:type=\"PermissionSet\"><fullName>New_Set</fullName><label>New</label></metadata></createMetadata>".into(),
        "<renameMetadata><type>PermissionSet</type><oldFullName>New_Set</oldFullName><newFullName>Newer_Set</newFullName></renameMetadata>".into(),
        "<deleteMetadata><type>PermissionSet</type><fullNames>Newer_Set</fullNames><fullNames>Nobody</fullNames></deleteMetadata>".into(),
        format!("<deploy><ZipFile>{zip}</ZipFile><DeployOptions><allowMissingFiles>false</allowMissingFiles><autoUpdatePackage>false</autoUpdatePackage><checkOnly>false</checkOnly><ignoreWarnings>false</ignoreWarnings><performRetrieve>false</performRetrieve><purgeOnDelete>false</purgeOnDelete><rollbackOnError>true</rollbackOnError><singlePackage>true</singlePackage><testLevel>NoTestRun</testLevel></DeployOptions></deploy>"),
        "<retrieve><retrieveRequest><apiVersion>66.0</apiVersion><singlePackage>true</singlePackage><unpackaged><types><members>*</members><name>Profile</name></types><version>66.0</version></unpackaged></retrieveRequest></retrieve>".into(),
    ];
    let kinds = [
        "Profile",
        "PermissionSet",
        "PermissionSetGroup",
        "MutingPermissionSet",
        "ConnectedApp",
        "ExternalClientApplication",
        "ExtlClntAppOauthConfigurablePolicies",
    ];
    for kind in kinds {
        operations.push(format!("<listMetadata><queries><type>{kind}</type></queries><asOfVersion>66.0</asOfVersion></listMetadata>"));
        let list = world.metadata(operations.last().unwrap());
        let names = world::elements(&list, "fullName");
        assert!(!names.is_empty(), "{kind}");
        for name in names.iter().chain([&"Nobody".to_owned()]) {
            operations.push(format!(
                "<readMetadata><type>{kind}</type><fullNames>{}</fullNames></readMetadata>",
                name.replace('&', "&amp;")
            ));
        }
    }
    operations.push(
        "<readMetadata><type>SecuritySettings</type><fullNames>Security</fullNames></readMetadata>".into(),
    );
    let mut asked = 0;
    let mut more = vec![];
    for operation in &operations {
        let request =
            format!("<soapenv:Envelope {NS}><soapenv:Body>{operation}</soapenv:Body></soapenv:Envelope>");
        schemas.envelope(&request).unwrap_or_else(|told| panic!("asked {operation}: {told}"));
        let answer = world.metadata(operation);
        schemas.envelope(&answer).unwrap_or_else(|told| panic!("answered {answer}: {told}"));
        assert_eq!(element(&answer, "faultcode"), None, "{answer}");
        asked += 1;
        if let (Some(id), true) =
            (element(&answer, "id"), operation.starts_with("<deploy>") || operation.starts_with("<retrieve>"))
        {
            let (check, with) = if operation.starts_with("<deploy>") {
                ("checkDeployStatus", "includeDetails")
            } else {
                ("checkRetrieveStatus", "includeZip")
            };
            more.push(format!(
                "<{check}><asyncProcessId>{id}</asyncProcessId><{with}>true</{with}></{check}>"
            ));
        }
    }
    assert_eq!(more.len(), 2);
    for operation in &more {
        let answer = world.metadata(operation);
        schemas.envelope(&answer).unwrap_or_else(|told| panic!("answered {answer}: {told}"));
        assert_eq!(element(&answer, "done").unwrap(), "true");
    }
    println!("{asked} requests and answers");
}

#[test]
fn what_the_product_sends_is_of_the_contract() {
    let Some(text) = contract("metadata-v66.wsdl") else { return };
    let document = Document::parse(&text).unwrap();
    let schemas = Schemas::read(&document);
    use leastwise_core::plan::{Step, Term, fields};
    use leastwise_core::salesforce::json::Value;
    let profile = || vec![Term::text("Acme Marketing")];
    let range = |description: Option<&str>| {
        let parts = [
            ("description", description),
            ("endAddress", Some("192.0.2.9")),
            ("startAddress", Some("192.0.2.1")),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), Value::String(text?.to_owned()))));
        Value::Object(parts.collect())
    };
    let ranges = Term::Is(Value::Array(vec![range(Some("a & <b>")), range(None)]));
    let app = || vec![Term::text("ERP_Connector")];
    let steps = vec![
        Step::component("ranges", "Profile", profile(), fields([("loginIpRanges", ranges)])),
        Step::component(
            "app",
            "ConnectedApp",
            app(),
            fields([("oauthConfig.isAdminApproved", Term::flag(true))]),
        ),
        Step::copy("copy", "Profile", Term::text("A & <B>"), Term::text("Acme Marketing"), vec![]),
        Step::copy("copy", "PermissionSet", Term::text("Own_Set"), Term::text("Backup_Access"), vec![]),
    ];
    let mut world = World::new();
    let mut bodies = vec![];
    for step in steps {
        let words = step.words.clone();
        let done = applied(&mut world, step, &mut bodies);
        assert_eq!(done.stop(), None, "{words}");
        let back = done.undo().unwrap();
        for step in back.steps {
            assert_eq!(applied(&mut world, step, &mut bodies).stop(), None, "{words}, and back");
        }
    }
    for operation in ["readMetadata", "updateMetadata", "createMetadata", "deleteMetadata"] {
        assert!(bodies.iter().any(|body| body.contains(&format!("<{operation}>"))), "{operation}");
    }
    for body in bodies {
        schemas.envelope(&body).unwrap_or_else(|told| panic!("{body}: {told}"));
    }
}

/// Carries out a step about a component in the org: previewed, applied; what was sent.
fn applied(
    world: &mut World,
    step: leastwise_core::plan::Step,
    bodies: &mut Vec<String>,
) -> leastwise_core::execute::Executor {
    use leastwise_core::execute::{Effect, Executor, Preview, SESSION};
    use leastwise_core::plan::{Plan, Safety};
    use leastwise_core::salesforce::http::{Answer, Request, Response};
    let mut send = |request: Request| {
        let body = request.body.unwrap_or_default();
        let answer = world.post(&request.path, &body.replace(SESSION, &world.sid));
        bodies.push(body);
        Response { id: request.id, answer: Ok(Answer { status: answer.status, body: answer.body }) }
    };
    let plan = Plan { safety: Safety::Confirm, ..Plan::new("f", "t".into(), vec![step]) };
    let mut preview = Preview::new(plan);
    while let Some(request) = preview.next() {
        let response = send(request);
        preview.feed(&response);
    }
    let mut apply = Executor::new(preview.plan().unwrap().clone());
    for _ in 0..50 {
        match apply.next() {
            Effect::Idle => return apply,
            Effect::Persist => apply.stored(),
            Effect::Wait(_) => apply.paused(),
            Effect::Send(request) => {
                let response = send(request);
                apply.feed(&response);
            }
        }
    }
    panic!("no end: {apply:?}");
}

#[test]
fn partner_requests_and_answers_are_of_the_contract() {
    let Some(text) = contract("partner-v66.wsdl") else { return };
    let document = Document::parse(&text).unwrap();
    let schemas = Schemas::read(&document);
    let mut world = World::new();
    let id = world.profile("Acme Sales");
    let day = world.org.stamp()[..10].to_owned();
    let operations = [
        "<query><queryString>SELECT Id, Name, CreatedDate, Profile.Name, (SELECT Id FROM PermissionSetAssignments) FROM User</queryString></query>",
        "<queryAll><queryString>SELECT COUNT(Id) FROM User</queryString></queryAll>",
        "<query><queryString>SELECT Nothing FROM User</queryString></query>",
        "<query><queryString>SELECT FROM</queryString></query>",
        "<query><queryString>SELECT Id FROM Nothing</queryString></query>",
        "<queryMore><queryLocator>01g</queryLocator></queryMore>",
        "<create><sObjects><sf:type>Account</sf:type><sf:Id xsi:nil=\"true\"/><sf:Name>A</sf:Name></sObjects><sObjects><sf:type>Account</sf:type><sf:Id xsi:nil=\"true\"/></sObjects></create>",
        "<update><sObjects><sf:type>User</sf:type><sf:Id>005000000000000</sf:Id></sObjects></update>",
        "<upsert><externalIDFieldName>Id</externalIDFieldName><sObjects><sf:type>Account</sf:type><sf:Id xsi:nil=\"true\"/><sf:Name>B</sf:Name></sObjects></upsert>",
        "<delete><ids>005000000000000</ids></delete>",
        &format!(
            "<retrieve><fieldList>Id,Name</fieldList><sObjectType>Profile</sObjectType><ids>{id}</ids></retrieve>"
        ),
        "<describeGlobal/>",
        "<describeSObject><sObjectType>Account</sObjectType></describeSObject>",
        "<describeSObjects><sObjectType>User</sObjectType><sObjectType>Profile</sObjectType></describeSObjects>",
        "<describeSObject><sObjectType>Nothing</sObjectType></describeSObject>",
        "<getUserInfo/>",
        "<getServerTimestamp/>",
        &format!(
            "<getUpdated><sObjectType>Account</sObjectType><startDate>{day}T00:00:00Z</startDate><endDate>{day}T23:59:00Z</endDate></getUpdated>"
        ),
        &format!(
            "<getDeleted><sObjectType>Account</sObjectType><startDate>{day}T00:00:00Z</startDate><endDate>{day}T23:59:00Z</endDate></getDeleted>"
        ),
        "<logout/>",
        "<getUserInfo/>",
    ];
    for operation in operations {
        let request = format!(
            r#"<e:Envelope xmlns:e="{SOAP}" xmlns:xsi="{XSI}" xmlns:sf="urn:sobject.partner.soap.sforce.com" xmlns="urn:partner.soap.sforce.com"><e:Body>{operation}</e:Body></e:Envelope>"#
        );
        schemas.envelope(&request).unwrap_or_else(|told| panic!("asked {operation}: {told}"));
        let answer = world.data("u", "", operation);
        schemas
            .envelope(&answer)
            .unwrap_or_else(|told| panic!("answered {}: {told}", &answer[..answer.len().min(3_000)]));
    }
}
