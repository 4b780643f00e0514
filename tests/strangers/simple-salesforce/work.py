"""simple-salesforce at its ordinary work: sign in, describe, query, write, an error, metadata."""

import datetime
import json
import os
import ssl
import sys
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import (
    Salesforce,
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

sys.path.insert(0, "../lib")
from tap import check, done  # noqa: E402

ORG = json.loads(os.environ["ORG"])
ADMIN = {"username": ORG["admin"]["username"], "password": ORG["admin"]["password"], "security_token": ""}
DOMAIN = ORG["hosts"]["core"].removesuffix(".salesforce.com")


@check
def sf():
    """signs in by SOAP at login.salesforce.com"""
    client = Salesforce(**ADMIN)
    assert client.sf_instance == ORG["hosts"]["core"], client.sf_instance
    assert client.session_id.startswith(ORG["org_id"][:15] + "!"), client.session_id
    return client


@check
def by_my_domain():
    """signs in by SOAP at the My Domain"""
    client = Salesforce(**ADMIN, domain=DOMAIN, version="62.0")
    assert client.query("SELECT COUNT() FROM Profile")["totalSize"] > 5


@check
def wrong_password():
    """is told INVALID_LOGIN for a wrong password"""
    try:
        Salesforce(**{**ADMIN, "password": "wrong"})
    except SalesforceAuthenticationFailed as error:
        assert error.code == "INVALID_LOGIN", error.code
        assert error.auth_message.startswith("Invalid username, password, security token"), error.auth_message
    else:
        raise AssertionError("nothing was refused")


@check
def describe():
    """describes the org and an object"""
    names = [each["name"] for each in sf.describe()["sobjects"]]
    assert {"User", "Profile", "Account", "PermissionSet"} <= set(names), names
    fields = {field["name"]: field for field in sf.User.describe()["fields"]}
    assert fields["Username"]["type"] == "string" and not fields["Username"]["nillable"]
    assert sf.is_sandbox() is False


@check
def paging():
    """follows a query over its pages"""
    count = sf.query("SELECT COUNT() FROM User")["totalSize"]
    first = sf.query("SELECT Id, Username FROM User")
    assert not first["done"] and len(first["records"]) == 2000, len(first["records"])
    everyone = sf.query_all("SELECT Id, Username FROM User")
    assert everyone["done"] and len(everyone["records"]) == count > 2000, count
    assert len({each["Id"] for each in everyone["records"]}) == count
    assert sum(1 for _ in sf.query_all_iter("SELECT Id FROM User")) == count


@check
def relations():
    """reads parents, children and aggregates"""
    row = sf.query("SELECT Profile.Name, (SELECT PermissionSet.Name FROM PermissionSetAssignments) FROM User WHERE Id = '%s'" % ORG["admin"]["id"])
    row = row["records"][0]
    assert row["Profile"]["Name"] == "System Administrator"
    assert row["PermissionSetAssignments"]["totalSize"] >= 1
    groups = sf.query("SELECT ProfileId, COUNT(Id) n FROM User GROUP BY ProfileId ORDER BY COUNT(Id) DESC LIMIT 3")
    assert all(group["n"] >= 1 for group in groups["records"])


@check
def rows():
    """creates, reads, updates, upserts and deletes a row"""
    made = sf.Account.create({"Name": "A stranger's account"})
    assert made["success"] and made["id"].startswith("001"), made
    assert sf.Account.update(made["id"], {"Phone": "+49 30 1234"}) == 204
    assert sf.Account.get(made["id"])["Phone"] == "+49 30 1234"
    assert sf.Account.upsert("Id/" + made["id"], {"Phone": None}) in (200, 204)
    assert sf.Account.get(made["id"])["Phone"] is None
    assert sf.Account.delete(made["id"]) == 204
    try:
        sf.Account.get(made["id"])
    except SalesforceResourceNotFound as error:
        assert error.content[0]["errorCode"] in ("NOT_FOUND", "ENTITY_IS_DELETED"), error.content
    else:
        raise AssertionError("the deleted row is there")


@check
def set_up():
    """creates a permission set, changes it, assigns it, and takes it away"""
    made = sf.PermissionSet.create({"Name": "Stranger", "Label": "Stranger"})["id"]
    assert sf.PermissionSet.update(made, {"PermissionsRunReports": True}) == 204
    user = sf.query("SELECT Id FROM User WHERE IsActive = true AND Profile.Name = 'Standard User' LIMIT 1")["records"] or [{"Id": ORG["admin"]["id"]}]
    assigned = sf.PermissionSetAssignment.create({"AssigneeId": user[0]["Id"], "PermissionSetId": made})["id"]
    assert sf.PermissionSetAssignment.delete(assigned) == 204
    assert sf.PermissionSet.delete(made) == 204


@check
def errors():
    """is told of an unknown field, an unknown object and a read-only field"""
    for soql, code in [("SELECT Nothing FROM User", "INVALID_FIELD"), ("SELECT Id FROM Nothing", "INVALID_TYPE"), ("SELECT FROM", "MALFORMED_QUERY")]:
        try:
            sf.query(soql)
        except SalesforceMalformedRequest as error:
            assert error.content[0]["errorCode"] == code, error.content
        else:
            raise AssertionError(f"{soql} was answered")
    try:
        sf.User.update(ORG["admin"]["id"], {"CreatedDate": "2020-01-01T00:00:00Z"})
    except SalesforceMalformedRequest as error:
        assert error.content[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE", error.content
    else:
        raise AssertionError("a read-only field was written")


@check
def limits():
    """counts its requests by the header and by the resource"""
    sf.limits()
    before = sf.api_usage["api-usage"].used
    sf.limits()
    after = sf.api_usage["api-usage"]
    assert after.used == before + 1 and after.total == 100000, after
    assert sf.limits()["DailyApiRequests"]["Max"] == after.total


@check
def tooling():
    """asks the Tooling API for a profile's metadata"""
    answer = sf.toolingexecute("query/?q=SELECT+Id,Metadata+FROM+Profile+WHERE+Name='Standard+User'")
    assert answer["size"] == 1 and "userPermissions" in answer["records"][0]["Metadata"]


@check
def bad_session():
    """is told when its session is not one"""
    try:
        Salesforce(instance=ORG["hosts"]["core"], session_id="00D!wrong").query("SELECT Id FROM User")
    except SalesforceExpiredSession as error:
        assert error.content == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], error.content
    else:
        raise AssertionError("a made-up session was taken")


def control(path, body):
    """Speaks to the org's control address."""
    context = ssl.create_default_context(cafile=ORG["ca"])
    url = f"https://127.0.0.1:{ORG['port']}/_org/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, context=context, timeout=30) as answer:
        return json.load(answer)


def key_and_certificate():
    """A key, and its certificate as an admin uploads it: both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a stranger")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    kind, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(kind, serialization.PrivateFormat.PKCS8, plain).decode(), made.public_bytes(kind).decode()


APP = ORG["apps"]["ERP Connector"]
CLIENT = {"consumer_key": APP["client_id"], "consumer_secret": APP["client_secret"]}


@check
def oauth_password():
    """signs in by OAuth with user name and password"""
    account = {key: ADMIN[key] for key in ("username", "password")}
    client = Salesforce(**account, **CLIENT)
    assert client.oauth2("userinfo")["preferred_username"] == ADMIN["username"]
    try:
        Salesforce(**{**account, "password": "wrong"}, **CLIENT)
    except SalesforceAuthenticationFailed as error:
        assert (error.code, error.auth_message) == ("invalid_grant", "authentication failure"), error
    else:
        raise AssertionError("nothing was refused")


@check
def oauth_assertion():
    """signs in by a signed assertion, and by no other key"""
    (key, certificate), (other, _) = key_and_certificate(), key_and_certificate()
    control("app", {"name": "ERP Connector", "certificate": certificate})
    app = {"username": ADMIN["username"], "consumer_key": APP["client_id"]}
    client = Salesforce(**app, privatekey=key)
    assert client.query("SELECT COUNT() FROM Profile")["totalSize"] > 5
    try:
        Salesforce(**app, privatekey=other)
    except SalesforceAuthenticationFailed as error:
        assert error.code == "invalid_grant", error
    else:
        raise AssertionError("another key was taken")


@check
def oauth_client():
    """signs in by client credentials at the My Domain"""
    control("options", {"address": "198.51.100.64"})
    app = ORG["apps"]["Quantum Link"]
    client = Salesforce(consumer_key=app["client_id"], consumer_secret=app["client_secret"], domain=DOMAIN)
    control("options", {"address": "192.0.2.10"})
    assert client.oauth2("userinfo")["preferred_username"] == "quantum.sync@acme.example"


@check
def metadata():
    """describes the metadata, reads a profile and a permission set, updates them, and is refused"""
    mdapi = sf.mdapi
    kinds = [each.xmlName for each in mdapi.describe_metadata().metadataObjects]
    assert {"Profile", "PermissionSet", "PermissionSetGroup"} <= set(kinds), kinds
    query = mdapi._client.type_factory("ns0").ListMetadataQuery(type="Profile")
    assert "Admin" in [each.fullName for each in mdapi.list_metadata([query])]
    profile = mdapi.Profile.read("Acme Quantum")
    assert [each.startAddress for each in profile.loginIpRanges] == ["198.51.100.64"], profile.loginIpRanges
    profile.loginIpRanges[0].startAddress = "198.51.100.60"
    mdapi.Profile.update([profile])
    assert mdapi.Profile.read("Acme Quantum").loginIpRanges[0].startAddress == "198.51.100.60"
    mdapi.PermissionSet.create([mdapi.PermissionSet(fullName="Strange", label="Strange")])
    made = mdapi.PermissionSet.read("Strange")
    made.label = "Stranger"
    mdapi.PermissionSet.update([made])
    assert sf.query("SELECT Label FROM PermissionSet WHERE Name = 'Strange'")["records"][0]["Label"] == "Stranger"
    mdapi.PermissionSet.delete(["Strange"])
    try:
        mdapi.PermissionSet.delete(["Strange"])
    except Exception as error:
        assert "INVALID_CROSS_REFERENCE_KEY" in str(error), error
    else:
        raise AssertionError("what is gone was deleted")


done()
