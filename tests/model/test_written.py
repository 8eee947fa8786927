"""Calls that weak and local models write into their text, and text that only looks like one."""
import json

import pytest

import hostile as h
from conftest import Drive, check_conversation, ran, still_works

SCALE = ["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]
ARGS = {"kind": "deployment", "name": "todo-backend", "replicas": 3}
CALL = json.dumps({"name": "kubectl_scale", "arguments": ARGS})
PRETTY = json.dumps({"name": "kubectl_scale", "arguments": ARGS}, indent=2)

WRITTEN = {
    "a bare object": (CALL, ""),
    "a bare object, pretty": (PRETTY, ""),
    "with blank lines around": ("\n\n  " + CALL + "\n\n", ""),
    "parameters": (json.dumps({"name": "kubectl_scale", "parameters": ARGS}), ""),
    "tool": (json.dumps({"tool": "kubectl_scale", "args": ARGS}), ""),
    "function object": (json.dumps({"type": "function", "function": {"name": "kubectl_scale", "arguments": ARGS}}), ""),
    "function name": (json.dumps({"function": "kubectl_scale", "arguments": ARGS}), ""),
    "arguments as text": (json.dumps({"name": "kubectl_scale", "arguments": json.dumps(ARGS)}), ""),
    "arguments first": (json.dumps({"arguments": ARGS, "name": "kubectl_scale"}), ""),
    "a list": ("[" + CALL + "]", ""),
    "tool_calls": (json.dumps({"tool_calls": [json.loads(CALL)]}), ""),
    "json fence": ("```json\n" + PRETTY + "\n```", ""),
    "plain fence": ("```\n" + CALL + "\n```\n", ""),
    "words, then a fence": ("I will scale it.\n\n```json\n" + CALL + "\n```", "I will scale it."),
    "words, then an object": ("Scaling now.\n" + CALL, "Scaling now."),
    "an invented result behind it": ("```json\n" + CALL + "\n```\nThe output is: scaled. Done!", ""),
    "tool_call tag": ("<tool_call>\n" + CALL + "\n</tool_call>", ""),
    "tool_call tag, not closed": ("<tool_call>" + CALL, ""),
    "words and a tag in one line": ("Let me. <tool_call>" + CALL + "</tool_call>", "Let me."),
    "Mistral": ("[TOOL_CALLS] [" + CALL + "]", ""),
    "Llama 3.1": ("<|python_tag|>" + CALL, ""),
    "Mistral, the name before": ("[TOOL_CALLS]kubectl_scale[ARGS]" + json.dumps(ARGS), ""),
    "Mistral, with an id": ("[TOOL_CALLS]kubectl_scale[CALL_ID]a1b2c3d4e[ARGS] " + PRETTY[PRETTY.index("{", 1):-2], ""),
    "Qwen3-Coder": ("<tool_call>\n<function=kubectl_scale>\n<parameter=kind>\ndeployment\n</parameter>\n<parameter=name>\ntodo-backend\n"
                    "</parameter>\n<parameter=replicas>\n3\n</parameter>\n</function>\n</tool_call>", ""),
    "Qwen3-Coder without the tag": ("So: <function=kubectl_scale><parameter=kind>deployment</parameter><parameter=name>todo-backend</parameter>"
                                    "<parameter=replicas>3</parameter></function>", "So:"),
    "GLM": ("<tool_call>kubectl_scale\n<arg_key>kind</arg_key>\n<arg_value>deployment</arg_value>\n<arg_key>name</arg_key>\n"
            "<arg_value>todo-backend</arg_value>\n<arg_key>replicas</arg_key>\n<arg_value>3</arg_value>\n</tool_call>", ""),
    "invoke": ('<function_calls>\n<invoke name="kubectl_scale">\n<parameter name="kind">deployment</parameter>\n<parameter name="name">'
               'todo-backend</parameter>\n<parameter name="replicas">3</parameter>\n</invoke>\n</function_calls>', ""),
    "MiniMax": ('<minimax:tool_call>\n<invoke name="kubectl_scale">\n<parameter name="kind">deployment</parameter>\n<parameter name="name">'
                'todo-backend</parameter>\n<parameter name="replicas">3</parameter>\n</invoke>\n</minimax:tool_call>', ""),
    "Llama 3 function": ("<function=kubectl_scale>" + json.dumps(ARGS) + "</function>", ""),
}


@pytest.mark.parametrize("size", [1, 5, 100000])
@pytest.mark.parametrize("text, said", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_written_call_runs_and_is_not_shown(drive, server, text, said, size):
    server.play(h.stream(h.words(*[text[i:i + size] for i in range(0, len(text), size)])))
    r = drive.ask()
    assert r.error is None and r.argvs == [SCALE]
    assert r.text.strip() == said
    assert drive.observe(ran("scaled")).error is None
    messages = server.requests[-1].messages
    check_conversation(messages)
    assert json.loads(messages[2]["tool_calls"][0]["function"]["arguments"]) == ARGS
    still_works(drive, server)


def test_several_written_calls(drive, server):
    get = '{"name": "kubectl_get", "arguments": {"kind": "pods"}}'
    server.play(h.stream(h.words(f"<tool_call>\n{CALL}\n</tool_call>\n<tool_call>\n{get}\n</tool_call>")))
    assert drive.ask().argvs == [SCALE, ["kubectl", "get", "pods"]]
    drive.observe(ran("a"), ran("b"))
    check_conversation(server.requests[-1].messages)


def test_several_calls_between_tags(drive, server):
    scale = "<function=kubectl_scale><parameter=kind>deployment</parameter><parameter=name>todo-backend</parameter>" \
            "<parameter=replicas>3</parameter></function>"
    get = "<function=kubectl_get>\n<parameter=kind>\npods\n</parameter>\n</function>"
    server.play(h.stream(h.words(f"<tool_call>\n{scale}\n</tool_call>\n<tool_call>\n{get}\n</tool_call> and so on")))
    assert drive.ask().argvs == [SCALE, ["kubectl", "get", "pods"]]


def tagged(name, /, **args):
    return f"<tool_call>\n<function={name}>\n" + "".join(f"<parameter={k}>\n{v}\n</parameter>\n" for k, v in args.items()) + "</function>\n</tool_call>"


def test_what_stands_between_tags_gets_the_type_that_the_tool_wants(drive, server):
    manifest = "kind: ConfigMap\ndata:\n  a: \"<b> & {c}\""
    server.play(h.stream(h.words(tagged("kubectl_get", kind="pods", all_namespaces="True", names='["a", "b"]'))))
    assert drive.ask().argvs == [["kubectl", "get", "pods", "a", "b", "-A"]]
    server.play(h.stream(h.words(tagged("kubectl_apply", manifest=manifest))))
    r = drive.observe(ran("x"))
    assert r.move["steps"][0]["input"] == manifest
    server.play(h.stream(h.words(tagged("kubectl_scale", kind="deployment", name="5", replicas="3"))))
    assert drive.observe(ran("x")).argvs == [["kubectl", "scale", "deployment/5", "--replicas=3"]]


@pytest.mark.parametrize("call, said", [
    (tagged("kubectl_scale", kind="deployment", name="x", replicas="three"), "replicas"),
    (tagged("kubectl_scal", kind="deployment"), "Did you mean kubectl_scale?"),
    ("<function=kubectl_get><parameter=kind>pods</parameter><parameter=kind>nodes</parameter></function>", "kind"),
    ("<function=kubectl_get></function>", "kind"),
])
def test_a_wrong_call_between_tags_is_explained(drive, server, call, said):
    server.play(h.stream(h.words(call)), h.normal("Well."))
    assert drive.ask().text == "Well."
    assert said in server.requests[1].messages[-1]["content"]
    check_conversation(server.requests[1].messages)


PROSE = {
    "an object of something else": '{"apiVersion": "v1", "kind": "Pod"}',
    "an object with a name that is no tool": '{"name": "nginx", "arguments": {"x": 1}}',
    "a tool's name without arguments": '{"name": "kubectl_scale"}',
    "a fence of YAML": "Here:\n```yaml\nkind: Pod\n```\nThat is all.",
    "a fence of JSON": 'Look:\n```json\n{"name": "web", "replicas": 3}\n```\nAs you see.',
    "a fence of shell": "```sh\nkubectl get pods\n```",
    "a list in brackets": "[1] first\n[2] second",
    "a link": "[docs](https://example.com) say so",
    "comparison": "a < b and <b>bold</b> and <tool> and <- arrow",
    "an unfinished object": '{"name": "kubectl_scale", "arg',
    "an unfinished fence": "```",
    "a tag without anything": "<tool_call>",
    "a tag with words": "<tool_call> is how models call tools.",
    "a call inside a sentence": 'It would send {"name": "kubectl_scale", "arguments": {}} to it.',
    "a function tag that ends nowhere": "<function=kubectl_get>\n<parameter=kind>\npods",
    "a function tag with words": "<function=kubectl_get> is written so, and </function> ends it.",
    "invoke in words": 'An <invoke name="x"> tag, and <function_calls> too.',
    "a tag and a name": "<tool_call>kubectl_get is what it would call.",
    "a tag and a name in lines": "<tool_call>\nkubectl_get\nwould be next.",
    "Mistral's mark in words": "[TOOL_CALLS] is Mistral's mark, [ARGS] another.",
    "Mistral's mark and a name": "[TOOL_CALLS]kubectl_get is what it would call.",
    "ticks": "`kubectl get pods` shows\n``two``\n`",
    "trailing bracket": "the end {",
    "only a bracket": "{",
}


@pytest.mark.parametrize("size", [1, 3, 100000])
@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_what_is_no_call_is_shown_as_it_was_said(drive, server, text, size):
    server.play(h.stream(h.words(*[text[i:i + size] for i in range(0, len(text), size)])))
    r = drive.ask()
    assert r.error is None and r.move["kind"] == "answer"
    assert r.text == text == r.move["text"]
    still_works(drive, server)


def test_words_do_not_wait_for_a_bracket_that_is_prose(drive, server):
    server.play(h.stream(h.words("[1] ", "one\n", "{ oops ", "more\n", "``` ", "sh\n", "ls\n", "rest")))
    r = drive.ask()
    assert len([line for line in r.lines if "text" in line]) >= 6


def test_a_written_call_that_is_wrong_is_explained(drive, server):
    bad = '{"name": "kubectl_scale", "arguments": {"name": "a", "name": "b"}}'
    server.play(h.stream(h.words(bad)), h.stream(h.words(CALL)))
    assert drive.ask().argvs == [SCALE]
    assert "stands twice" in server.requests[1].messages[-1]["content"]


def test_a_tagged_call_of_no_known_tool_is_explained(drive, server):
    server.play(h.stream(h.words('<tool_call>{"name": "scale", "arguments": {}}</tool_call>')), h.stream(h.words(CALL)))
    assert drive.ask().argvs == [SCALE]
    assert "no tool is called" in server.requests[1].messages[-1]["content"]


def test_a_written_call_cut_off_is_not_run(drive, server):
    server.play(h.raw(h.head(), h.chunk(h.words("On it.\n" + CALL, done=False)[:-90])))
    r = drive.ask()
    assert r.error and not r.argvs
    messages = still_works(drive, server)
    assert "kubectl_scale" not in json.dumps(messages[1:])


def test_hostile_brackets_cost_little(drive, server):
    import time
    for text in ("{\n" * 200000, '{"name\n' * 60000, "[" * 400000, " " * 500000, "<" * 500000, "```\n" * 100000):
        server.play(h.stream(h.words(text)))
        t = time.monotonic()
        assert drive.ask(timeout=60).text == text
        assert time.monotonic() - t < 10
    still_works(drive, server)


NO_TOOLS = {
    "Ollama": h.reply("400 Bad Request", {"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}}),
    "vLLM": h.reply("400 Bad Request", {"object": "error", "message": '"auto" tool choice requires --enable-auto-tool-choice'}),
    "llama.cpp": h.reply("500 Internal Server Error", {"error": {"message": "tools param requires --jinja flag"}}),
    "OpenRouter": h.reply("404 Not Found", {"error": {"message": "No endpoints found that support tool use."}}),
    "a strict schema": h.reply("422 Unprocessable Entity", {"detail": [{"loc": ["body", "tools"], "msg": "extra fields: tools"}]}),
}


@pytest.mark.parametrize("refusal", NO_TOOLS.values(), ids=NO_TOOLS.keys())
def test_an_endpoint_without_tools(drive, server, refusal):
    server.play(refusal, h.stream(h.words("Scaling.\n<tool_call>\n" + CALL + "\n</tool_call>")), h.normal("Done."))
    r = drive.ask()
    assert r.argvs == [SCALE] and r.text.strip() == "Scaling."
    assert any("no tools" in n for n in r.notices)
    described = server.requests[1].body
    assert "tools" not in described
    assert "kubectl_scale(kind!, name, replicas!: integer" in described["messages"][0]["content"]
    assert drive.observe(ran("scaled", proof="3 of 3 pods Ready")).text == "Done."
    messages = server.requests[2].messages
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert json.dumps(ARGS) == json.dumps(json.loads(messages[2]["content"].split("\n")[2])["arguments"])
    assert "Result of kubectl_scale: Ran" in messages[3]["content"] and "3 of 3 pods Ready" in messages[3]["content"]
    assert all(set(m) == {"role", "content"} for m in messages)
    server.play(h.normal("Fine."))
    r = drive.ask("and now?")
    assert r.text == "Fine." and r.notices == []
    assert [m["role"] for m in server.requests[3].messages] == ["system", "user", "assistant", "user", "assistant", "user"]


def test_what_did_not_help_is_not_left_out_for_good(drive, server):
    server.play(*[h.reply("404 Not Found", {"error": {"message": "The model `tools-7b` does not exist"}})] * 3)
    r = drive.ask()
    assert "no such model" in r.error["msg"] and len(server.requests) == 2
    still_works(drive, server)
    assert "tools" in server.requests[-1].body
