"""Oddities of endpoints that are neither calls written as text nor broken: roles, names, ids, ends of streams."""
import json

import pytest

import hostile as h
from conftest import check_conversation, ran, still_works

ARGS = {"kind": "deployment", "name": "todo-backend", "replicas": 3}
SCALE = ["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]


@pytest.mark.parametrize("status, words", [
    ("400 Bad Request", "System role not supported"),
    ("500 Internal Server Error", "Error in chat template: System role not supported!"),
    ("400 Bad Request", "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    ("422 Unprocessable Entity", "This model does not accept system messages."),
])
def test_a_model_without_a_system_role_gets_its_words_with_the_persons(drive, server, status, words):
    server.play(h.reply(status, {"error": {"message": words}}), h.stream(h.calls(h.scale())), h.normal("Done."))
    r = drive.ask("scale it")
    assert r.argvs == [SCALE] and not any("no tools" in n for n in r.notices)
    assert drive.observe(ran("scaled")).text == "Done."
    system = server.requests[0].messages[0]["content"]
    for q in server.requests[1:]:
        assert q.messages[0] == {"role": "user", "content": system + "\n\nscale it"}
        assert "system" not in [m["role"] for m in q.messages] and q.body["tools"]
        check_conversation([{"role": "system", "content": "x"}, *q.messages])
    drive.ask("and now?")
    assert server.requests[-1].messages[0]["content"].endswith("scale it")
    assert server.requests[-1].messages[-1] == {"role": "user", "content": "and now?"}


def test_a_model_that_knows_two_roles_only(drive, server):
    refusal = h.reply("400 Bad Request", {"error": {"message": "Only user and assistant roles are supported!"}})
    server.play(refusal, refusal, h.stream(h.words('<tool_call>{"name": "kubectl_scale", "arguments": %s}</tool_call>' % json.dumps(ARGS))),
                h.normal("Done."))
    assert drive.ask("scale it").argvs == [SCALE]
    assert drive.observe(ran("scaled")).text == "Done."
    assert [m["role"] for m in server.requests[-1].messages] == ["user", "assistant", "user"]


@pytest.mark.parametrize("name", ["functions.kubectl_scale", "functions.kubectl_scale:0", "default_api:kubectl_scale", "tools/kubectl_scale"])
def test_a_name_with_something_around_it(drive, server, name):
    server.play(h.stream(h.calls(h.call(name, ARGS))))
    assert drive.ask().argvs == [SCALE]
    drive.observe(ran("ok"))
    messages = server.requests[-1].messages
    check_conversation(messages)
    assert messages[2]["tool_calls"][0]["function"]["name"] == "kubectl_scale"


@pytest.mark.parametrize("name", ["kubectl_scale.kubectl_get", "kubectl_scale; kubectl_delete", "kubectl_scaled", "xkubectl_scale"])
def test_a_name_that_is_none(drive, server, name):
    server.play(h.stream(h.calls(h.call(name, ARGS))), h.normal("Well."))
    assert drive.ask().text == "Well." and "no tool is called" in server.requests[1].messages[-1]["content"]


@pytest.mark.parametrize("id, kept", [("call_ab__thought__" + "Q2l/+=" * 300, True), ("x" * 4096, True), ("x" * 5000, False), ("a b", False),
                                      ("a\nb", False), ("\u00e9", False), ("", False)],
                         ids=["base64", "4096", "5000", "blank", "newline", "accent", "none"])
def test_ids_of_any_length_go_back_as_they_came(drive, server, id, kept):
    server.play(h.stream(h.calls(h.scale(id=id))))
    assert drive.ask().argvs == [SCALE]
    drive.observe(ran("ok"))
    messages = server.requests[-1].messages
    check_conversation(messages)
    assert (messages[2]["tool_calls"][0]["id"] == id) == kept == (messages[3]["tool_call_id"] == id)


@pytest.mark.parametrize("end", ["data:  [DONE] \n\n", "data: [done]\n\n", "data:[DONE]\n\n", "data: [DONE]"])
def test_the_end_spelled_otherwise(drive, server, end):
    server.play(h.stream(h.words("Fine, thanks.", done=False) + end.encode()))
    r = drive.ask()
    assert r.error is None and r.text == "Fine, thanks."
    still_works(drive, server)


@pytest.mark.parametrize("none", [None, False, ""])
def test_an_error_that_is_none(drive, server, none):
    server.play(h.stream(h.event({"error": none, "choices": []}) + h.words("Fine, thanks.")))
    r = drive.ask()
    assert r.error is None and r.text == "Fine, thanks."


@pytest.mark.parametrize("some", [True, {}, [], "no", 5, {"code": 1}])
def test_an_error_that_is_one(drive, server, some):
    server.play(h.stream(h.event({"error": some, "choices": []}) + h.words("Fine, thanks.")))
    assert "reports an error" in drive.ask().error["msg"]
    still_works(drive, server)


@pytest.mark.parametrize("wrapped", [h.reply("400 Bad Request", [{"error": {"message": "no such region", "code": 400}}]),
                                     h.stream(h.event([{"error": {"message": "no such region", "code": 400}}])),
                                     h.reply("200 OK", [{"error": {"message": "no such region", "code": 400}}])])
def test_an_error_in_a_list(drive, server, wrapped):
    """As Gemini's endpoint sends it."""
    server.play(wrapped)
    msg = drive.ask().error["msg"]
    assert "no such region" in msg and "{" not in msg
    still_works(drive, server)


def test_tools_are_dropped_for_an_error_in_a_list(drive, server):
    server.play(h.reply("400 Bad Request", [{"error": {"message": "Function calling is not enabled for this model"}}]), h.normal("Fine."))
    assert drive.ask().text == "Fine." and "tools" not in server.requests[-1].body
