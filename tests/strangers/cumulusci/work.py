"""CumulusCI at its ordinary work: permission sets, licences, profiles, login IP ranges, packages, a bulk query, a retrieve and a deploy."""

import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, "../lib")
from tap import check, done  # noqa: E402

ORG = json.loads(os.environ["ORG"])
HOST = f"https://{ORG['hosts']['core']}"
APP = ORG["apps"]["ERP Connector"]
CCI = str(pathlib.Path(sys.executable).with_name("cci"))
PROJECT = pathlib.Path(os.environ["HOME"], "project")


def sign_in():
    """A session and a refresh token, as the control address gives them."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    body = json.dumps({"username": ORG["admin"]["username"], "app": "ERP Connector"}).encode()
    with opener.open(f"https://127.0.0.1:{ORG['port']}/_org/sign-in", body) as answer:
        return json.load(answer)


SESSION = sign_in()


def rows(soql):
    """Rows of a query, for our own look at the org."""
    address = f"{HOST}/services/data/v62.0/query?" + urllib.parse.urlencode({"q": soql})
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {SESSION['sid']}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["records"]


shutil.rmtree(PROJECT, ignore_errors=True)
PROJECT.mkdir(parents=True)
(PROJECT / "cumulusci.yml").write_text(
    "minimum_cumulusci_version: '4.0.0'\n"
    "project:\n  name: P\n  package: {name: P, api_version: '62.0'}\n  git: {repo_url: https://github.com/x/y}\n"
    "tasks:\n  add_profile_ip_ranges:\n    options:\n      api_names: Acme Sales\n"
    "      ranges: [{description: Office, start_address: 192.0.2.0, end_address: 192.0.2.255}]\n",
    encoding="utf-8",
)
for line in (["init", "-q", "."], ["-c", "user.email=a@b.c", "-c", "user.name=n", "commit", "-q", "--allow-empty", "-m", "x"]):
    subprocess.run(["git", *line], cwd=PROJECT, check=True)

ENV = dict(
    os.environ,
    CUMULUSCI_ORG_dev=json.dumps({
        "access_token": SESSION["sid"], "instance_url": HOST, "refresh_token": SESSION["refresh_token"],
        "id": f"https://login.salesforce.com/id/{ORG['org_id']}/{ORG['admin']['id']}",
        "username": ORG["admin"]["username"], "org_id": ORG["org_id"], "connected_app": "env",
    }),
    CUMULUSCI_SERVICE_connected_app=json.dumps({
        "client_id": APP["client_id"], "client_secret": APP["client_secret"],
        "callback_url": "http://localhost:8080", "login_url": HOST,
    }),
)


def cci(task, *options):
    """Runs a task; what it said."""
    run = subprocess.run([CCI, "task", "run", task, "--org", "dev", *options], cwd=PROJECT, env=ENV, text=True,
                         capture_output=True, timeout=120, check=False)
    said = run.stdout + run.stderr
    assert run.returncode == 0, " ".join(said.split())[-300:]
    return said


@check
def assigned():
    """assigns a permission set"""
    cci("assign_permission_sets", "--api_names", "HR_Extras")
    assert rows("SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'HR_Extras' "
                f"AND AssigneeId = '{ORG['admin']['id']}'")


@check
def licensed():
    """assigns a permission set licence"""
    cci("assign_permission_set_licenses", "--api_names", "SalesforceAPIIntegrationPsl")
    assert rows(f"SELECT Id FROM PermissionSetLicenseAssign WHERE AssigneeId = '{ORG['admin']['id']}'")


@check
def profile():
    """makes a profile over the Partner API"""
    cci("create_blank_profile", "--name", "Blank", "--license", "Salesforce")
    assert rows("SELECT Id FROM Profile WHERE Name = 'Blank'")


@check
def admin():
    """retrieves the admin's profile, changes it and deploys it"""
    assert "Success" in cci("update_admin_profile")


@check
def ranges():
    """adds login IP ranges to a profile"""
    assert "Success" in cci("add_profile_ip_ranges")


@check
def packages():
    """asks for the installed packages"""
    cci("get_installed_packages")


@check
def bulk():
    """queries over Bulk API 1"""
    cci("query", "--object", "User", "--query", "SELECT Id, Username FROM User", "--result_file", "users.csv")
    there = len((PROJECT / "users.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert there == len(ORG["users"]), f"{there} of {len(ORG['users'])}"


@check
def retrieved():
    """retrieves a package"""
    (PROJECT / "package.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        "<types><members>HR_Extras</members><name>PermissionSet</name></types>\n<version>62.0</version>\n</Package>\n",
        encoding="utf-8",
    )
    cci("retrieve_unpackaged", "--path", "out", "--package_xml", "package.xml", "--api_version", "62.0")
    assert (PROJECT / "out/permissionsets/HR_Extras.permissionset").exists()


@check
def deployed():
    """deploys it back"""
    (PROJECT / "out/package.xml").write_text((PROJECT / "package.xml").read_text(encoding="utf-8"), encoding="utf-8")
    assert "Success" in cci("deploy", "--path", "out")


done()
