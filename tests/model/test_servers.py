"""The same conversations with servers that exist: aimock, and litellm's proxy translating to OpenAI's and to
Anthropic's API. Each test says in its name what it talked to."""
import json

import pytest

from conftest import Drive, check_conversation, installed, ran
from servers import Aimock, Litellm

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


@pytest.fixture(scope="module")
def aimock(tmp_path_factory):
    a = Aimock(installed("aimock"), tmp_path_factory.mktemp("aimock"), FIXTURES)
    yield a
    a.close()


@pytest.fixture(scope="module")
def litellm(tmp_path_factory, aimock):
    lite = Litellm(installed("python"), tmp_path_factory.mktemp("litellm"), aimock)
    yield lite
    lite.close()


@pytest.fixture(params=["aimock", "litellm-to-openai", "litellm-to-anthropic"])
def talk(request, aimock):
    args = []
    url = aimock.url
    if request.param != "aimock":
        lite = request.getfixturevalue("litellm")
        url = lite.url
        args = ["--key", lite.KEY, "--model", request.param.replace("litellm-to", "as")]
    d = Drive(url, "--silence-ms", "20000", *args)
    d.server = request.param
    yield d
    d.close()


def check_last(talk, aimock):
    if talk.server != "litellm-to-anthropic":  # there the shape is Anthropic's
        check_conversation(aimock.last_messages())


def test_words(talk):
    r = talk.ask("hello")
    assert r.text == "Hi there! " * 50 and r.move["kind"] == "answer"
    assert sum("text" in line for line in r.lines) > 1


def test_call_result_answer(talk, aimock):
    r = talk.ask("scale backend to 3 replicas")
    assert r.argvs == [["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]]
    r = talk.observe(ran("scaled", proof="3 of 3 pods Ready"))
    assert r.text == "Done: todo-backend runs 3 replicas."
    check_last(talk, aimock)
    assert talk.ask("hello").error is None  # and the conversation goes on
    check_last(talk, aimock)


def test_told_of_a_refusal(talk):
    talk.ask("scale backend to 3 replicas")
    assert talk.observe({"outcome": "declined"}).text == "As you wish: nothing was changed."


def test_two_calls(talk, aimock):
    r = talk.ask("look around")
    assert r.argvs == [["kubectl", "get", "pods"], ["kubectl", "get", "nodes"]]
    assert talk.observe(ran("a"), ran("b")).text == "Two lists."
    check_last(talk, aimock)


def test_a_turn_left_open(talk, aimock):
    talk.ask("look around")
    assert talk.ask("hello").error is None
    check_last(talk, aimock)


def test_errors_and_the_next_request(talk, aimock):
    assert "401" in talk.ask("refuse").error["msg"]
    broken = talk.ask("broken off")
    assert broken.error and broken.error["code"] == "network"
    assert talk.ask("hello").error is None
    check_last(talk, aimock)


def test_litellm_mock_reply(litellm):
    d = Drive(litellm.url, "--key", litellm.KEY, "--model", "mock")
    assert d.ask("hello").text == "Hi there from litellm."
    d.close()
    d = Drive(litellm.url, "--key", litellm.KEY, "--model", "no-such-model")
    r = d.ask("hello")
    assert r.error and "no-such-model" in r.error["msg"] and litellm.KEY not in json.dumps(r.lines)
    d.close()
    d = Drive(litellm.url, "--key", "sk-wrong-key-0000")
    r = d.ask("hello")
    assert r.error and ("401" in r.error["msg"] or "refuse" in r.error["msg"]) and "sk-wrong" not in json.dumps(r.lines)
    d.close()
