"""Reasoning models: what they say to themselves is kept apart, and goes back only where an endpoint asks for it."""
import pytest

import hostile as h
from conftest import check_conversation, ran, still_works

SCALE = ["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]


def thinking(field, *pieces):
    return b"".join(h.event(h.delta(**{field: p})) for p in pieces)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thoughts_are_no_part_of_the_answer(drive, server, field):
    server.play(h.stream(thinking(field, "I wonder ", "about pods.") + h.words("Three.")))
    r = drive.ask()
    assert r.thought == "I wonder about pods." and r.text == "Three." == r.move["text"]
    still_works(drive, server)
    assert "I wonder" not in server.requests[-1].raw.decode()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_think_tags_in_the_text(drive, server, size):
    text = "\n<think>\nA < b, </thin and so on.\n</think>\n\nThree pods."
    server.play(h.stream(h.words(*[text[i:i + size] for i in range(0, len(text), size)])))
    r = drive.ask()
    assert r.thought.strip() == "A < b, </thin and so on." and r.text == "Three pods."
    still_works(drive, server)
    assert "think" not in str(server.requests[-1].messages[1:])


@pytest.mark.parametrize("text", ["<thinking> is a tag", "<thi", "<", "  ", "\n\nHello", "About <think>: a tag.",
                                  "<b>bold</b>"])
def test_what_is_no_thought(drive, server, text):
    server.play(h.stream(h.words(*text)))
    r = drive.ask()
    assert r.thought == ""
    assert r.text == text if text.strip() else "answered nothing" in r.error["msg"]
    still_works(drive, server)


def test_a_thought_without_end_is_no_answer(drive, server):
    server.play(h.stream(h.words("<think>", "on and on")))
    r = drive.ask()
    assert r.thought == "on and on" and "answered nothing" in r.error["msg"]
    still_works(drive, server)


def test_a_call_after_a_think_tag(drive, server):
    call = '{"name": "kubectl_scale", "arguments": {"kind": "deployment", "name": "todo-backend", "replicas": 3}}'
    server.play(h.stream(h.words("<think>hm</think>", "\n\n", call)))
    r = drive.ask()
    assert r.argvs == [SCALE] and r.text.strip() == ""


def test_an_endpoint_that_wants_the_thoughts_back(drive, server):
    server.play(h.stream(thinking("reasoning_content", "Scale it.") + h.calls(h.scale())),
                h.reply("400 Bad Request", {"error": {"message": "Missing `reasoning_content` field in the assistant message"}}),
                h.normal("Done."))
    drive.ask()
    r = drive.observe(ran("ok"))
    assert r.text == "Done."
    assert "reasoning_content" not in str(server.requests[1].messages)
    assert server.requests[2].messages[2]["reasoning_content"] == "Scale it."
    server.play(h.normal())
    drive.ask("next")
    assert "reasoning_content" not in str(server.requests[3].messages)  # only those of the same turn
    h.Server.everything.remove(server.requests[2])  # this member is DeepSeek's own, not of the published schema


def test_what_came_beside_a_call_goes_back_as_it_came(drive, server):
    extra = {"google": {"thought_signature": "abc=="}}
    server.play(h.stream(h.calls({**h.scale(), "extra_content": extra})))
    drive.ask()
    drive.observe(ran("ok"))
    q = server.requests[-1]
    assert q.messages[2]["tool_calls"][0]["extra_content"] == extra
    check_conversation(q.messages)
    h.Server.everything.remove(q)  # Gemini's own
