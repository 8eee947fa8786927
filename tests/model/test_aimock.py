"""The same road with a server that exists: @copilotkit/aimock from npm."""
import json
import os
import shutil
import subprocess
import urllib.request

import pytest

from conftest import Drive, check_conversation, installed, ran

HERE = os.path.dirname(__file__)
SCALE_ARGS = {"kind": "deployment", "name": "todo-backend", "replicas": 3}
FIXTURES = [
    [{"userMessage": "scale", "hasToolResult": False},
     {"toolCalls": [{"name": "kubectl_scale", "arguments": json.dumps(SCALE_ARGS)}]}],
    [{"userMessage": "scale", "toolResultContains": "declined"}, {"content": "As you wish: nothing was changed."}],
    [{"userMessage": "scale", "hasToolResult": True}, {"content": "Done: todo-backend runs 3 replicas."}],
    [{"userMessage": "look", "hasToolResult": False},
     {"toolCalls": [{"name": "kubectl_get", "arguments": '{"kind":"pods"}'},
                    {"name": "kubectl_get", "arguments": '{"kind":"nodes"}'}]}],
    [{"userMessage": "look", "hasToolResult": True}, {"content": "Two lists."}],
    [{"userMessage": "hello"}, {"content": "Hi there! " * 50}],
    [{"userMessage": "refuse"}, {"error": {"message": "no such key", "type": "invalid_request_error"}, "status": 401}],
    [{"userMessage": "broken off"}, {"content": "Half of a long sentence " * 20}, {"truncateAfterChunks": 2}],
]


class Aimock:
    def __init__(self, home, path):
        path.write_text(json.dumps(FIXTURES))
        self.p = subprocess.Popen([shutil.which("node"), f"{HERE}/aimock.mjs", home, str(path)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.p.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:")

    def last_request(self):
        with urllib.request.urlopen(f"{self.url}/__aimock/journal") as f:
            return json.load(f)[-1]["body"]

    def close(self):
        self.p.stdin.close()
        self.p.wait(10)


@pytest.fixture(scope="module")
def aimock(tmp_path_factory):
    a = Aimock(installed("aimock"), tmp_path_factory.mktemp("aimock") / "fixtures.json")
    yield a
    a.close()


@pytest.fixture
def talk(aimock):
    d = Drive(aimock.url + "/v1", "--silence-ms", "5000")
    yield d
    d.close()


def test_aimock_words(talk):
    r = talk.ask("hello")
    assert r.text == "Hi there! " * 50 and r.move["kind"] == "answer"
    assert sum("text" in line for line in r.lines) > 1


def test_aimock_call_result_answer(talk, aimock):
    r = talk.ask("scale backend to 3 replicas")
    assert r.argvs == [["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]]
    r = talk.observe(ran("scaled", proof="3 of 3 pods Ready"))
    assert r.text == "Done: todo-backend runs 3 replicas."
    check_conversation(aimock.last_request()["messages"])


def test_aimock_is_told_of_a_refusal(talk):
    talk.ask("scale backend to 3 replicas")
    assert talk.observe({"outcome": "declined"}).text == "As you wish: nothing was changed."


def test_aimock_two_calls(talk, aimock):
    r = talk.ask("look around")
    assert r.argvs == [["kubectl", "get", "pods"], ["kubectl", "get", "nodes"]]
    assert talk.observe(ran("a"), ran("b")).text == "Two lists."
    check_conversation(aimock.last_request()["messages"])


def test_aimock_errors_and_the_next_request(talk, aimock):
    assert "401" in talk.ask("refuse").error["msg"]
    broken = talk.ask("broken off")
    assert broken.error and broken.error["code"] == "network"
    assert talk.ask("hello").error is None
    check_conversation(aimock.last_request()["messages"])
