"""The same conversations with servers that exist: aimock, litellm's proxy translating to OpenAI's and to Anthropic's API,
and llama.cpp. Each test says in its name what it talked to."""
import json

import pytest

from conftest import Drive, check_conversation, installed, ran
from servers import Aimock, Litellm, Llama

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


# The same for llama.cpp, which reads calls out of the text and lets through none that its grammar, made of the tools'
# schemas, does not (required arguments first). No piece may be the beginning of two lines.
LINES = {
    "hello": ["Hi there! " * n for n in (1, 2, 3, 4, 5, 6, 7, 8, 14)],
    "scale": ["<tool_", 'call>\n{"name": "kubectl_', 'scale", "arguments": {"kind"', ': "deployment", ', '"replicas": 3, ', '"name": "todo-',
              'backend"}}', "\n</tool_call>"],
    "scaled": ["Done: todo-backend ", "runs 3 replicas."],
    "kept": ["As you wish: ", "nothing was changed."],
    "look": ["<tool", "_call>\n{", '"name": "kubectl_get", "arguments": {"kind": "pods"}', "}\n</tool_call>\n",
             '<tool_call>\n{"name": "kubectl_get", "arguments": {"kind": "nodes"}}\n</tool_call>'],
    "looked": ["Two ", "lists."],
    "find": ["<tool_c", 'all>\n{"name": "find_tools"', ', "arguments": {"words": "taint"}}\n</tool_call>'],
    "taint": ["<too", 'l_call>\n{"name": "kubectl_taint", ', '"arguments": {"node": "n1", "taints": ', '["a=b:NoSchedule"]}}\n</tool_call>'],
    "tainted": ["n1 takes ", "no more pods."],
}
RULES = [["kept", "last.role == 'tool' and 'declined' in last.content"], ["scaled", "last.role == 'tool' and 'scale' in said"],
         ["taint", "last.role == 'tool' and 'kubectl_taint(' in last.content"], ["tainted", "last.role == 'tool' and 'keep pods' in said"],
         ["looked", "last.role == 'tool'"], ["scale", "'scale' in said"], ["look", "'look' in said"], ["find", "'keep pods' in said"],
         ["hello", "true"]]


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


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    server = Llama(installed("llama"), tmp_path_factory.mktemp("llama"), LINES, RULES)
    yield server
    server.close()


@pytest.fixture(params=["aimock", "litellm-to-openai", "litellm-to-anthropic", "llama.cpp"])
def talk(request):
    name = "litellm" if request.param.startswith("litellm") else "llama" if request.param == "llama.cpp" else "aimock"
    server = request.getfixturevalue(name)
    url, args = server.url, ["--key", server.KEY] if name != "aimock" else []
    if name == "litellm":
        args += ["--model", request.param.replace("litellm-to", "as")]
    d = Drive(url, "--silence-ms", "20000", *args)
    d.server = request.param
    yield d
    d.close()


def check_last(talk, request):
    if talk.server in ("aimock", "litellm-to-openai"):  # with Anthropic the shape is another; llama.cpp keeps no journal
        check_conversation(request.getfixturevalue("aimock").last_messages())


def test_words(talk):
    r = talk.ask("hello")
    assert r.text == "Hi there! " * 50 and r.move["kind"] == "answer"
    assert sum("text" in line for line in r.lines) > 1


def test_call_result_answer(talk, request):
    r = talk.ask("scale backend to 3 replicas")
    assert r.argvs == [["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]]
    r = talk.observe(ran("scaled", proof="3 of 3 pods Ready"))
    assert r.text == "Done: todo-backend runs 3 replicas."
    check_last(talk, request)
    assert talk.ask("hello").error is None  # and the conversation goes on
    check_last(talk, request)


def test_told_of_a_refusal(talk):
    talk.ask("scale backend to 3 replicas")
    assert talk.observe({"outcome": "declined"}).text == "As you wish: nothing was changed."


def test_two_calls(talk, request):
    r = talk.ask("look around")
    assert r.argvs == [["kubectl", "get", "pods"], ["kubectl", "get", "nodes"]]
    assert talk.observe(ran("a"), ran("b")).text == "Two lists."
    check_last(talk, request)


def test_a_turn_left_open(talk, request):
    talk.ask("look around")
    assert talk.ask("hello").error is None
    check_last(talk, request)


def test_errors_and_the_next_request(talk, request):
    if talk.server == "llama.cpp":  # has no scripted errors; its own are below
        assert talk.ask("hello").error is None
        return
    assert "401" in talk.ask("refuse").error["msg"]
    broken = talk.ask("broken off")
    assert broken.error and broken.error["code"] == "network"
    assert talk.ask("hello").error is None
    check_last(talk, request)


def test_llama_refuses_a_wrong_key(llama):
    d = Drive(llama.url, "--key", "sk-wrong-key-0000")
    r = d.ask("hello")
    assert "401" in r.error["msg"] and "refuses the key" in r.error["msg"] and "sk-wrong" not in json.dumps(r.lines)
    d.close()


def test_llama_is_given_a_tool_that_was_found(llama):
    """Its grammar lets no call through but of tools that the request carries."""
    d = Drive(llama.url, "--key", llama.KEY, "--silence-ms", "20000")
    assert d.ask("keep pods off n1").argvs == [["kubectl", "taint", "nodes", "n1", "a=b:NoSchedule"]]
    assert d.observe(ran("tainted")).text == "n1 takes no more pods."
    d.close()


def test_llama_says_that_it_is_too_long_and_gets_less(tmp_path):
    """Tokens of this model are single bytes: a log fills its context."""
    server = Llama(installed("llama"), tmp_path, LINES, RULES, n_ctx=8192)
    d = Drive(server.url, "--key", server.KEY, "--silence-ms", "20000")
    assert d.ask("look around").argvs
    r = d.observe(ran("x y z\n" * 2000), ran("a b c\n" * 2000))
    assert r.error is None and r.text == "Two lists."
    assert d.ask("hello").error is None
    d.close()
    server.close()


def test_llama_lists_its_model_and_counts_tokens(llama):
    d = Drive(llama.url, "--key", llama.KEY)
    assert len(d.command(models=True).done) == 1
    d.ask("hello")
    assert d.command(usage=True).lines[-1]["done"] > 0
    d.close()


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
