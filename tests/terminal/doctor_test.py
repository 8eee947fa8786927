"""opsh doctor and /doctor: what is found, what is missing and how it is had here; bounded in time; the key in no child."""
import json
import os
import time

import pytest

TOOLS = {
    "docker": """case "$*" in --version) echo "Docker version 27.5.1, build 1";; info*) echo '{"ServerVersion": "27.5.1", "MemTotal": %d, "NCPU": %d}';; esac""",
    "minikube": 'echo "minikube version: v1.35.0"',
    "kubectl": """case "$*" in *json*) echo '{"clientVersion": {"gitVersion": "v1.33.1"}, "serverVersion": {"gitVersion": "%s"}}';; *) echo "Client Version: v1.33.1";; esac""",
    "helm": 'echo "v3.17.0"',
}


@pytest.fixture
def machine(home):
    def put(without=(), memory=8 << 30, cpus=4, server="v1.33.4", **bodies):
        for name, body in TOOLS.items():
            (home.bin / name).unlink(missing_ok=True)
            body = body % (memory, cpus) if name == "docker" else body % server if name == "kubectl" else body
            if name not in without:
                (home.bin / name).write_text(f"#!/bin/sh\nenv >>{home.path}/environments\n{bodies.get(name, body)}\n")
                (home.bin / name).chmod(0o755)
        home.env["PATH"] = str(home.bin) + ":/bin" if not os.path.islink("/bin") else str(home.bin)
        return home
    # nothing of the machine's own is to be found: only what the stand-ins need
    for need in ("sh", "env", "sleep", "echo"):
        path = next(p for p in (f"/usr/bin/{need}", f"/bin/{need}") if os.path.exists(p))
        os.symlink(path, home.bin / need)
    return put


def checks(home, *args, **kw):
    status, out, err = home.run("doctor", "--output", "json", "--offline", *args, **kw)
    report = json.loads(out)
    return status, report["ok"], {c["name"]: c for c in report["checks"]}


def test_all_there(machine):
    status, ok, found = checks(machine())
    assert status == 0 and ok
    assert {n: found[n]["seen"] for n in ("docker", "minikube", "kubectl", "helm")} == {
        "docker": "27.5.1", "minikube": "1.35.0", "kubectl": "1.33.1", "helm": "3.17.0"}
    assert found["docker engine"]["state"] == found["memory"]["state"] == found["processors"]["state"] == "fine"
    assert found["cluster"]["state"] == "fine" and "v1.33.4" in found["cluster"]["seen"]
    assert found["kubectl-ai"]["state"] == "none" and not found["kubectl-ai"]["needed"]


@pytest.mark.parametrize("missing", ["docker", "minikube", "kubectl", "helm"])
def test_what_is_missing_is_named_with_how_to_have_it(machine, missing):
    status, ok, found = checks(machine(without=(missing,)))
    assert status == 1 and not ok
    assert found[missing]["state"] == "missing" and found[missing]["advice"]
    assert all(found[n]["state"] == "fine" for n in ("docker", "minikube", "kubectl", "helm") if n != missing)


def test_too_small_for_minikube(machine):
    status, ok, found = checks(machine(memory=2 << 30, cpus=1))
    assert status == 1 and found["memory"]["state"] == found["processors"]["state"] == "warning"
    assert "2048 MB" in found["memory"]["seen"]


def test_versions_too_far_apart(machine):
    status, ok, found = checks(machine(server="v1.30.2"))
    assert status == 0 and found["cluster"]["state"] == "warning" and "1.33.1" in found["cluster"]["seen"]


def test_an_engine_that_is_down_and_a_cluster_that_does_not_answer(machine):
    home = machine(docker='[ "$1" = --version ] && echo "Docker version 27.5.1" && exit; echo "Cannot connect to the Docker daemon" >&2; exit 1',
                   kubectl='[ "$2" = --client ] && echo "Client Version: v1.33.1" && exit; echo "Unable to connect to the server: refused" >&2; exit 1')
    status, ok, found = checks(home)
    assert status == 1 and found["docker engine"]["state"] == "missing" and "Cannot connect" in found["docker engine"]["seen"]
    assert found["cluster"]["state"] == "missing" and not found["cluster"]["needed"]


def test_tools_that_hang_take_no_more_than_three_seconds_together(machine):
    home = machine(docker="exec sleep 30", minikube="exec sleep 30", helm="exec sleep 30")
    start = time.monotonic()
    status, ok, found = checks(home)
    assert time.monotonic() - start < 3 and status == 1
    assert found["docker"]["state"] == "warning" and found["kubectl"]["state"] == "fine"


def test_the_key_is_tried_in_this_process_and_goes_to_no_child(machine):
    home = machine()
    status, out, err = home.run("doctor", env={"OPENAI_API_KEY": "sk-only-here", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    assert "model" in out and "sk-only-here" not in out + err
    assert "sk-only-here" not in (home.path / "environments").read_text()
    assert status == 0  # the model is no need


def test_in_words_and_as_a_command(machine):
    home = machine(without=("helm",))
    status, out, err = home.run("--offline", "check my tools")
    assert status == 1 and "minikube" in out and "not found" in out
    opsh = home.start("--offline", columns=40, rows=60).prompt().enter("/doctor").wait("needed is missing").prompt()
    assert "helm" in opsh.text() and all(len(line) <= 40 for line in opsh.text().split("\n"))


def test_other_words_are_a_request(home):
    status, out, _ = home.run("--offline", "--plan", "--output", "json", "doctor", "the", "logs", "of", "web")
    assert json.loads(out)["kind"] in ("command", "clarify", "unsupported", "plan", "analysis")


def test_the_context_that_was_chosen_is_the_one_that_is_looked_at(machine):
    status, out, err = machine().run("--offline", "--context", "staging", "check my tools")
    assert status == 0 and "context staging" in out, err
