"""A request carries what most need; the rest of the catalogue is found, or called unasked."""
import json

import pytest

import hostile as h
from conftest import Drive, check_conversation, ran, still_works

FIRST_MOST = 16 * 1024


def names(request):
    return [t["function"]["name"] for t in request.body["tools"]]


def find(words, id="f1"):
    return h.call("find_tools", {"words": words} if isinstance(words, str) else words, id=id)


def rendered(tools):
    return json.dumps(tools)


def test_the_first_request_is_small(drive, server):
    drive.ask()
    assert len(server.requests[0].raw) <= FIRST_MOST
    offered = names(server.requests[0])
    assert {"kubectl_get", "kubectl_logs", "kubectl_scale", "kubectl_apply", "kubectl", "helm", "docker", "minikube"} < set(offered)
    assert offered[-1] == "find_tools" and len(set(offered)) == len(offered)


def test_what_is_found_is_sent_from_then_on_behind_what_was_sent(drive, server):
    server.play(h.stream(h.calls(find("taint"))),
                h.stream(h.calls(h.call("kubectl_taint", {"node": "n1", "taints": ["a=b:NoSchedule"]}, id="c2"))))
    r = drive.ask("keep pods off n1")
    assert r.argvs == [["kubectl", "taint", "nodes", "n1", "a=b:NoSchedule"]]
    first, second = server.requests
    assert "kubectl_taint" not in names(first)
    result = second.messages[-1]
    assert result["role"] == "tool" and "kubectl_taint(node!, taints!" in result["content"]
    drive.observe(ran("tainted"))
    drive.ask("and now?")
    for q in server.requests[1:]:
        assert rendered(q.body["tools"])[:-1].startswith(rendered(first.body["tools"])[:-1])
        assert names(q)[len(names(first)):][0] == "kubectl_taint" and len(set(names(q))) == len(names(q))
        check_conversation(q.messages)
    assert server.requests[1].body["tools"] == server.requests[-1].body["tools"]
    drive.forget()
    drive.ask("anew")
    assert server.requests[-1].body["tools"] == first.body["tools"]


def test_a_tool_that_was_not_sent_is_accepted_and_sent_from_then_on(drive, server):
    server.play(h.stream(h.calls(h.call("kubectl_cordon", {"node": "n1"}))))
    assert drive.ask().argvs == [["kubectl", "cordon", "n1"]]
    drive.observe(ran("cordoned"))
    assert names(server.requests[1])[-1] == "kubectl_cordon"
    still_works(drive, server)


def test_a_tool_told_of_in_part_is_told_of_whole_when_asked_for(drive, server):
    server.play(h.stream(h.calls(h.call("kubectl_get", {"kind": "pods", "show_labels": True}))))
    assert drive.ask().argvs == [["kubectl", "get", "pods", "--show-labels"]]  # not told of, taken all the same
    server.play(h.stream(h.calls(find("kubectl_get", id="f2"))))
    drive.observe(ran("a"))
    first, last = server.requests[0].body["tools"], server.requests[-1].body["tools"]
    assert server.requests[1].body["tools"] == first
    assert names(server.requests[0]) == names(server.requests[-1])
    assert "show_labels" not in json.dumps(first) and "show_labels" in last[0]["function"]["parameters"]["properties"]


def test_looking_beside_a_call(drive, server):
    server.play(h.stream(h.calls(find("drain"), h.call("kubectl_get", {"kind": "nodes"}, id="c2"))))
    assert drive.ask().argvs == [["kubectl", "get", "nodes"]]
    drive.observe(ran("n1"))
    check_conversation(server.requests[-1].messages)
    assert "kubectl_drain" in names(server.requests[-1])


@pytest.mark.parametrize("args", [{}, {"words": ""}, {"words": 3}, {"name": "kubectl_drain"}, {"words": ["kubectl_drain"]}])
def test_looking_wrongly_is_told_what_is_missing(drive, server, args):
    server.play(h.stream(h.calls(find(args))))
    drive.ask()
    assert 'argument \\"words\\" is missing' in json.dumps(server.requests[1].messages)
    still_works(drive, server)


def test_broken_arguments_of_find_tools(drive, server):
    server.play(h.stream(h.calls(h.call("find_tools", '{"words": "a", "words": "b"}'))))
    drive.ask()
    assert "Not run" in server.requests[1].messages[-1]["content"]
    still_works(drive, server)


def test_nothing_found(drive, server):
    server.play(h.stream(h.calls(find("xyzzy \u0416\u0416\u0416 %n%s"))), h.normal("There is none."))
    assert drive.ask().text == "There is none."
    assert "No tool goes by these words" in server.requests[1].messages[-1]["content"]


def test_looking_for_ever_ends(server):
    d = Drive(server.url)
    server.play(*[h.stream(h.calls(find(f"drain {i}", id=f"f{i}"))) for i in range(60)])
    r = d.ask()
    assert "stopped after 20 tool calls" in r.error["msg"] and len(server.requests) <= 22
    still_works(d, server)
    server.play(*[h.stream(h.calls(find("drain", id=f"g{i}"))) for i in range(60)])
    assert "to no avail" in d.ask().error["msg"]
    still_works(d, server)
    d.close()


def test_everything_that_was_found_keeps_within_the_share(server):
    d = Drive(server.url, "--context-tokens", "8000")
    every = ["kubectl_create", "docker", "minikube", "helm", "kubectl_config", "rollout", "images", "addons", "create a service"]
    server.play(*[h.stream(h.calls(find(w, id=f"f{i}"))) for i, w in enumerate(every)])
    assert d.ask().error is None
    for q in server.requests:
        assert len(json.dumps(q.body["tools"], separators=(",", ":"), ensure_ascii=False)) <= 8000 * 4 / 2
        assert names(q)[0] == "kubectl_get"
    d.close()


@pytest.mark.parametrize("tokens", [2000, 4096, 8192])
def test_a_small_context_leaves_room_for_words(server, tokens):
    d = Drive(server.url, "--context-tokens", str(tokens))
    assert d.ask("why is it red?").error is None
    q = server.requests[0]
    assert len(q.raw) <= tokens * 4 * 7 / 8
    assert {"kubectl", "helm"} <= set(names(q)) and "find_tools" in names(q)
    d.close()


NO_TOOLS = h.reply("400 Bad Request", {"error": {"message": "this model does not support tools"}})


def test_an_endpoint_without_tools_looks_in_words(drive, server):
    written = '<tool_call>\n{"name": "find_tools", "arguments": {"words": "taint"}}\n</tool_call>'
    call = '<tool_call>\n{"name": "kubectl_taint", "arguments": {"node": "n1", "taints": ["a=b:NoSchedule"]}}\n</tool_call>'
    server.play(NO_TOOLS, h.stream(h.words(written)), h.stream(h.words(call)))
    r = drive.ask("keep pods off n1")
    assert r.argvs == [["kubectl", "taint", "nodes", "n1", "a=b:NoSchedule"]] and "<tool_call>" not in r.text
    first, second = server.requests[1:3]
    assert "tools" not in first.body and len(first.raw) <= FIRST_MOST
    system = first.messages[0]["content"]
    assert "kubectl_get(kind!, name, namespace" in system and "kubectl_taint(" not in system and "taint" in system
    assert second.messages[0] == first.messages[0]  # the beginning stays, so that it need not be read again
    assert "kubectl_taint(node!, taints!" in second.messages[-1]["content"]


@pytest.mark.parametrize("text", ['{"name": "find_tools", "arguments": {"words": "taint"}}',
                                  '```json\n{"name": "find_tools", "arguments": {"words": "taint"}}\n```'])
def test_looking_is_recognised_in_plain_text(drive, server, text):
    server.play(h.stream(h.words(text)))
    r = drive.ask()
    assert r.text == "Fine." or "find_tools" not in r.text
    assert "kubectl_taint(node!" in json.dumps(server.requests[1].messages)
