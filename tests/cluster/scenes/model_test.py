"""The same first request through a real chat-completions server (aimock) whose reply holds the tool call."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.request

import pytest

from conftest import ROOT, kubectl

MODEL = ROOT / "tests/model"


@pytest.fixture
def aimock(todo, tmp_path):
    home = subprocess.run([str(MODEL / "servers"), "aimock"], capture_output=True, text=True, check=True).stdout.strip()
    call = {"name": "kubectl_scale", "arguments": json.dumps({"kind": "deployment", "name": "todo-backend", "replicas": 3, "namespace": todo})}
    fixtures = [
        [{"userMessage": "three", "hasToolResult": False}, {"toolCalls": [call]}],
        [{"userMessage": "three", "toolResultContains": "declined"}, {"content": "As you wish: nothing was changed."}],
        [{"userMessage": "three", "hasToolResult": True}, {"content": "The backend has three pods now."}],
    ]
    path = tmp_path / "fixtures.json"
    path.write_text(json.dumps(fixtures))
    server = subprocess.Popen([shutil.which("node"), str(MODEL / "aimock.mjs"), home, str(path)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()
    yield url
    server.stdin.close()
    server.wait(10)


def sent(url):
    with urllib.request.urlopen(f"{url}/__aimock/journal") as answer:
        return [entry["body"] for entry in json.load(answer)]


def ready(ns):
    return kubectl("get", "deployment", "todo-backend", "-n", ns, "-o", "jsonpath={.spec.replicas} {.status.readyReplicas}")


def test_confirmed_at_a_terminal(opsh, todo, aimock):
    t = opsh.terminal("--endpoint", f"{aimock}/v1", "--model", "mock", "-n", todo)
    t.expect(re.escape(todo))
    t.sendline("I want three of the backend")
    t.expect("kubectl scale deployment/todo-backend --replicas=3")
    t.expect(r"\[y/N")
    t.sendline("y")
    t.expect("3 of 3 pods Ready")
    t.expect("The backend has three pods now")
    assert ready(todo) == "3 3"
    last = sent(aimock)[-1]["messages"][-1]
    assert last["role"] == "tool" and "3 of 3 pods Ready" in last["content"]
    t.sendline("/quit")
    t.wait()


def test_declined_and_the_model_is_told(opsh, todo, aimock):
    t = opsh.terminal("--endpoint", f"{aimock}/v1", "--model", "mock", "-n", todo)
    t.expect(re.escape(todo))
    t.sendline("I want three of the backend")
    t.expect(r"\[y/N")
    t.sendline("n because it is Friday")
    t.expect("nothing was changed")
    assert ready(todo) == "2 2"
    last = sent(aimock)[-1]["messages"][-1]
    assert last["role"] == "tool" and "declined" in last["content"] and "Friday" in last["content"]
    t.sendline("/quit")
    t.wait()


def test_by_pipe_with_yes(opsh, todo, aimock):
    run = opsh("--yes", "-n", todo, "--endpoint", f"{aimock}/v1", "--model", "mock", stdin="three backends please")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "The backend has three pods now" in run.stdout
    assert ready(todo) == "3 3"


def test_a_key_goes_to_the_endpoint_and_nowhere_else(opsh, todo, aimock, home):
    key = "sk-scene-0123456789abcdef"
    run = opsh("--yes", "-n", todo, "--model", "mock", "three backends please", env={"OPENAI_API_KEY": key, "OPENAI_BASE_URL": f"{aimock}/v1"})
    assert run.returncode == 0, run.stdout + run.stderr
    assert key not in run.stdout + run.stderr
    for path in pathlib.Path(home["HOME"]).rglob("*"):
        if path.is_file():
            assert key not in path.read_text(errors="replace"), path
    assert key not in json.dumps(sent(aimock))
