"""forcehound at its work: the attack graph of the org, collected over the API to its end."""

import json
import os
import sys
import urllib.parse
import urllib.request

from forcehound import cli

sys.path.insert(0, "../lib")
from tap import check, done  # noqa: E402

ORG = json.loads(os.environ["ORG"])
HOST = f"https://{ORG['hosts']['core']}"
OUT = "graph.json"


def token():
    """An access token of the first app, for our own look at the org."""
    app = ORG["apps"]["ERP Connector"]
    form = {"grant_type": "password", "client_id": app["client_id"], "client_secret": app["client_secret"],
            "username": ORG["admin"]["username"], "password": ORG["admin"]["password"]}
    with urllib.request.urlopen(f"{HOST}/services/oauth2/token", urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


def count(soql):
    """How many rows a query has."""
    request = urllib.request.Request(f"{HOST}/services/data/v66.0/query?" + urllib.parse.urlencode({"q": soql}),
                                     headers={"Authorization": f"Bearer {SID}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["totalSize"]


SID = token()


@check
def graph():
    """collects the whole org over the API, to the end"""
    args = ["--collector", "api", "--instance-url", HOST, "--session-id", SID, "-o", OUT]
    try:
        cli.main(args)
    except SystemExit as end:
        assert end.code in (0, None), f"it ended with {end.code}"
    with open(OUT, encoding="utf-8") as file:
        return json.load(file)["graph"]


def of_kind(kind):
    """The nodes of a kind."""
    return [node for node in graph["nodes"] if kind in node["kinds"]]


@check
def users():
    """has every user"""
    found, there = len(of_kind("SF_User")), count("SELECT COUNT() FROM User")
    assert found == there, f"{found} of {there}"


@check
def sets():
    """has every profile and permission set"""
    for kind, soql in [("SF_Profile", "SELECT COUNT() FROM Profile"),
                       ("SF_PermissionSet", "SELECT COUNT() FROM PermissionSet WHERE IsOwnedByProfile = false")]:
        found, there = len(of_kind(kind)), count(soql)
        assert found == there, f"{kind}: {found} of {there}"


@check
def apps():
    """has every connected app"""
    found, there = len(of_kind("SF_ConnectedApp")), count("SELECT COUNT() FROM ConnectedApplication")
    assert found == there, f"{found} of {there}"


@check
def edges():
    """joins each edge to nodes that are there"""
    ids = {node["id"] for node in graph["nodes"]}
    lost = [edge for edge in graph["edges"] if edge["start"]["value"] not in ids or edge["end"]["value"] not in ids]
    assert len(graph["edges"]) > 200 and not lost, f"{len(graph['edges'])} edges, {len(lost)} lead nowhere"


done()
