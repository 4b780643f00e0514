"""Airbyte's source for Salesforce at its work: check, discover, and an incremental read that brings every row."""

import datetime
import json
import os
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, "../lib")
from tap import check, done  # noqa: E402

ORG = json.loads(os.environ["ORG"])
HOST = f"https://{ORG['hosts']['core']}"
APP = "ERP Connector"
CLIENT = ORG["apps"][APP]
STREAMS = ["User", "PermissionSet", "PermissionSetAssignment", "ObjectPermissions", "ConnectedApplication", "LoginHistory"]


def refresh_token():
    """A refresh token, as the control address gives them."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    body = json.dumps({"username": ORG["admin"]["username"], "app": APP}).encode()
    with opener.open(f"https://127.0.0.1:{ORG['port']}/_org/sign-in", body) as answer:
        return json.load(answer)["refresh_token"]


def write(name, value):
    """A file of JSON."""
    with open(name, "w", encoding="utf-8") as file:
        json.dump(value, file)
    return name


def source(command, *more):
    """Runs the source; its messages."""
    code = "from source_salesforce.run import run; run()"
    args = [sys.executable, "-c", code, command, "--config", "config.json", *more]
    run = subprocess.run(args, capture_output=True, text=True, timeout=280, check=False)
    messages = []
    for line in run.stdout.splitlines():
        try:
            messages.append(json.loads(line))
        except ValueError:
            continue
    wrong = [m["trace"]["error"]["message"] for m in messages if m.get("trace", {}).get("type") == "ERROR"]
    assert run.returncode == 0 and not wrong, f"{wrong} {run.stderr[-300:]}"
    return messages


start = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2000)).strftime("%Y-%m-%dT%H:%M:%SZ")
write("config.json", {
    "auth_type": "Client", "client_id": CLIENT["client_id"], "client_secret": CLIENT["client_secret"],
    "refresh_token": refresh_token(), "is_sandbox": False, "start_date": start, "stream_slice_step": "P1000D",
    "streams_criteria": [{"criteria": "exacts", "value": name} for name in STREAMS],
})


def count(name):
    """How many rows an object has."""
    form = {"grant_type": "refresh_token", "client_id": CLIENT["client_id"], "client_secret": CLIENT["client_secret"],
            "refresh_token": json.load(open("config.json", encoding="utf-8"))["refresh_token"]}
    with urllib.request.urlopen(f"{HOST}/services/oauth2/token", urllib.parse.urlencode(form).encode()) as answer:
        sid = json.load(answer)["access_token"]
    address = f"{HOST}/services/data/v66.0/query?" + urllib.parse.urlencode({"q": f"SELECT COUNT() FROM {name}"})
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Authorization": f"Bearer {sid}"})) as answer:
        return json.load(answer)["totalSize"]


@check
def checked():
    """signs in and finds the org"""
    status = [m["connectionStatus"] for m in source("check") if m.get("type") == "CONNECTION_STATUS"]
    assert status and status[0]["status"] == "SUCCEEDED", status


@check
def catalog():
    """discovers the streams, each with its cursor"""
    found = [m["catalog"]["streams"] for m in source("discover") if m.get("type") == "CATALOG"][0]
    names = {stream["name"] for stream in found}
    assert set(STREAMS) <= names, names
    chosen = [stream for stream in found if stream["name"] in STREAMS]
    configured = []
    for stream in chosen:
        incremental = "incremental" in stream["supported_sync_modes"]
        configured.append({"stream": stream, "sync_mode": "incremental" if incremental else "full_refresh",
                           "destination_sync_mode": "append", "cursor_field": stream.get("default_cursor_field") or []})
    write("catalog.json", {"streams": configured})
    return configured


@check
def rows():
    """reads on from the beginning, and brings every row of every stream"""
    # What it brings itself (its own sign-ins) comes on top.
    there = {name: count(name) for name in STREAMS}
    read = {}
    for message in source("read", "--catalog", "catalog.json"):
        if message.get("type") == "RECORD":
            read[message["record"]["stream"]] = read.get(message["record"]["stream"], 0) + 1
    missing = {name: (read.get(name, 0), there[name]) for name in STREAMS}
    missing = {name: pair for name, pair in missing.items() if pair[0] < pair[1]}
    assert not missing, missing


done()
