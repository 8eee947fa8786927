"""Reads that show a part of what a command prints, on a real cluster: the lines and rows that hold, the sentence that says
of how many they are, and that nothing else comes with them."""
import json
import uuid

import pytest

from conftest import kubectl

OBJECTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: talker, labels: {app: talker}}
spec:
  replicas: 2
  selector: {matchLabels: {app: talker}}
  template:
    metadata: {labels: {app: talker}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: talker
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        command: [sh, -c, "echo begin; echo 'ERROR no disk'; echo 'GET /a 200'; echo 'upstream said 503'; echo 'connection Refused by db'; hostname; i=0; while sleep 1; do i=$((i+1)); echo tick $i; done"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sleeper, labels: {app: sleeper}}
spec:
  replicas: 1
  selector: {matchLabels: {app: sleeper}}
  template:
    metadata: {labels: {app: sleeper}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: sleeper, image: "busybox:1.36", imagePullPolicy: IfNotPresent, command: [sleep, "100000"]}]
"""


@pytest.fixture(scope="module")
def place():
    name = f"filter-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    kubectl("apply", "-n", name, "-f", "-", text=OBJECTS)
    for one in ("talker", "sleeper"):
        kubectl("rollout", "status", f"deployment/{one}", "-n", name, "--timeout=120s")
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def ask(opsh, place, request):
    run = opsh("--offline", "--namespace", place, "--output", "json", "--", request)
    return json.loads(run.stdout)["steps"]


def test_a_text_in_the_logs_of_every_pod(opsh, place):
    (step,) = ask(opsh, place, "grep the logs of talker for 'connection refused'")
    assert step["show"] == 'only lines with "connection refused"'
    lines = step["output"].splitlines()
    assert len(lines) == 3 and all("connection Refused by db" in line for line in lines[:2]), lines
    assert lines[2] == step["shown"] and lines[2].startswith("2 of ") and lines[2].endswith('lines have "connection refused"')


def test_errors_and_statuses(opsh, place):
    (step,) = ask(opsh, place, "any 5xx in the talker logs?")
    assert [line.split("] ")[-1] for line in step["output"].splitlines()[:-1]] == ["upstream said 503"] * 2
    (step,) = ask(opsh, place, "how many errors in the logs of talker in the last hour")
    assert "--since=1h" in step["argv"] and step["shown"].startswith("2 of ")
    (step,) = ask(opsh, place, "search the logs of sleeper for panic")
    assert step["shown"] == "There are no lines to look at"


def test_rows_by_age_and_replicas(opsh, place):
    (step,) = ask(opsh, place, "pods older than 300 days")
    assert step["argv"][:3] == ["kubectl", "get", "pods"] and step["shown"] == "None of 3 pods is older than 300 days"
    assert step["output"].splitlines()[0].startswith("NAME ") and len(step["output"].splitlines()) == 2
    (step,) = ask(opsh, place, "deployments with more than 1 replica")
    names = [line.split()[0] for line in step["output"].splitlines()]
    assert names[:2] == ["NAME", "talker"] and step["shown"] == "1 of 2 deployments has more than 1 replicas"
    (step,) = ask(opsh, place, "pods created in the last hour whose name starts with sleeper")
    assert len([line for line in step["output"].splitlines() if line.startswith("sleeper-")]) == 1
    assert "talker-" not in step["output"] and step["shown"].startswith("1 of 3 pods is ")


def test_followed_until_it_was_enough(opsh, place):
    shell = opsh.terminal("--offline", "--namespace", place, "follow the logs of talker, only lines containing tick 4")
    shell.expect("# only lines with \"tick 4\"")
    shell.expect("tick 4\r\n", timeout=90)
    shell.sendintr()
    shell.expect(r"\d+ of \d+ lines have \"tick 4\"|1 of \d+ lines has \"tick 4\"")
    shell.expect("\n")
    assert "ERROR no disk" not in shell.before


def test_a_change_is_not_narrowed(opsh, place):
    run = opsh("--offline", "--namespace", place, "--yes", "--yes-destroy", "--output", "json", "delete pods older than 1 second")
    assert run.returncode != 0 and len(kubectl("get", "pods", "-n", place, "-o", "name").splitlines()) == 3
