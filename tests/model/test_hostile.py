"""An endpoint that misbehaves. After every scene: opsh lives, nothing ran that was not whole, the next
normal request works and its conversation is valid (still_works)."""
import json
import time

import pytest

import hostile as h
from conftest import Drive, check_conversation, ran, still_works

SCALE = ["kubectl", "scale", "deployment/todo-backend", "--replicas=3"]
POD = {"kind": "pods"}


def args_in_pieces(text, size, name="kubectl_scale", id="call_1"):
    first = h.event(h.delta(tool_calls=[h.call(name, "", id=id)]))
    rest = b"".join(h.event(h.delta(tool_calls=[{"index": 0, "function": {"arguments": text[i:i + size]}}]))
                    for i in range(0, len(text), size))
    return first + rest + h.event(h.delta(finish="tool_calls")) + h.event("[DONE]")


ARGS = json.dumps({"kind": "deployment", "name": "todo-backend", "replicas": 3})
GOOD_CALL = h.calls(h.scale())

# ---- odd, but whole: the call or the words must come through ------------------------------------------

ODD_CALLS = {
    "one byte per chunk": h.stream(GOOD_CALL, size=1),
    "three bytes per chunk": h.stream(GOOD_CALL, size=3),
    "all in one chunk": h.stream(GOOD_CALL),
    "CRLF": h.stream(GOOD_CALL.replace(b"\n", b"\r\n"), size=5),
    "CR": h.stream(GOOD_CALL.replace(b"\n", b"\r"), size=5),
    "byte-order mark": h.stream(b"\xef\xbb\xbf" + GOOD_CALL, size=2),
    "comments between": h.stream(GOOD_CALL.replace(b"\n\n", b"\n\n: keep-alive\n\n")),
    "event and id fields": h.stream(GOOD_CALL.replace(b"data: ", b"event: message\nid: 1\ndata: ")),
    "no space after the colon": h.stream(GOOD_CALL.replace(b"data: ", b"data:")),
    "no [DONE]": h.stream(h.calls(h.scale(), done=False)),
    "no [DONE], no last blank line": h.stream(h.calls(h.scale(), done=False)[:-2]),
    "[DONE] but no finish_reason": h.stream(h.event(h.delta(tool_calls=[h.scale()])) + h.event("[DONE]")),
    "finish_reason stop with calls": h.stream(h.calls(h.scale(), finish="stop")),
    "arguments in one-byte pieces": h.stream(args_in_pieces(ARGS, 1)),
    "arguments in pieces of seven": h.stream(args_in_pieces(ARGS, 7)),
    "arguments as an object": h.stream(h.calls({"index": 0, "id": "call_1", "function": {
        "name": "kubectl_scale", "arguments": json.loads(ARGS)}})),
    "no id": h.stream(h.calls({"index": 0, "function": {"name": "kubectl_scale", "arguments": ARGS}})),
    "empty id": h.stream(h.calls(h.scale(id=""))),
    "an id of 300 letters": h.stream(h.calls(h.scale(id="x" * 200))),
    "an id with odd letters": h.stream(h.calls(h.scale(id="a b\"c\n"))),
    "no index": h.stream(h.calls({"id": "call_1", "function": {"name": "kubectl_scale", "arguments": ARGS}})),
    "index as null": h.stream(h.calls(h.call("kubectl_scale", ARGS, index=None))),
    "index 7": h.stream(h.calls(h.scale(index=7))),
    "name repeated in each piece": h.stream(
        b"".join(h.event(h.delta(tool_calls=[h.call("kubectl_scale", p)])) for p in (ARGS[:9], ARGS[9:])) +
        h.event(h.delta(finish="tool_calls")) + h.event("[DONE]")),
    "arguments with spaces around": h.stream(h.calls(h.call("kubectl_scale", "  " + ARGS + " \n"))),
    "a usage event with no choices": h.stream(
        h.calls(h.scale(), done=False) + h.event({"choices": [], "usage": {"prompt_tokens": 5}}) + h.event("[DONE]")),
    "a first event with nothing": h.stream(h.event({"choices": []}) + GOOD_CALL),
    "null content beside the call": h.stream(h.event(h.delta(role="assistant", content=None)) + GOOD_CALL),
    "a second choice with another call": h.stream(
        h.event({"choices": [{"index": 1, "delta": {"tool_calls": [h.call("kubectl_delete", {})]}}]}) + GOOD_CALL),
    "events after [DONE]": h.stream(GOOD_CALL + h.calls(h.call("kubectl_get", POD, id="late", index=1))),
    "reasoning before": h.stream(h.event(h.delta(reasoning_content="I think.")) + GOOD_CALL),
    "content type text/plain": h.raw(h.head(kind="text/plain"), h.chunk(GOOD_CALL), h.LAST),
    "content type application/json on a stream": h.raw(h.head(kind="application/json"), h.chunk(GOOD_CALL), h.LAST),
    "no content type": h.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + GOOD_CALL),
    "HTTP/1.0, ended by closing": h.raw(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD_CALL),
    "closed without the last chunk": h.raw(h.head(), h.chunk(GOOD_CALL)),
    "reset after [DONE]": h.raw(h.head(), h.chunk(GOOD_CALL), pause=0.1, reset=True),
    "left open after [DONE]": h.stall(GOOD_CALL, seconds=5),
    "silent after finish_reason": h.stall(h.calls(h.scale(), done=False), seconds=5),
    "100 Continue first": h.raw(b"HTTP/1.1 100 Continue\r\n\r\n" + h.head(), h.chunk(GOOD_CALL), h.LAST),
}


@pytest.mark.parametrize("scene", ODD_CALLS.values(), ids=ODD_CALLS.keys())
def test_odd_but_whole(drive, server, scene):
    server.play(scene)
    r = drive.ask()
    assert r.error is None, r.error
    assert r.argvs == [SCALE]
    server.play(h.normal("Done."))
    r = drive.observe(ran("scaled"))
    assert r.text == "Done."
    check_conversation(server.requests[-1].messages)
    assert "I think" not in server.requests[-1].raw.decode()
    still_works(drive, server)


TWO = [["kubectl", "get", "pods"], ["kubectl", "get", "nodes"]]
TWO_CALLS = {
    "by index": [h.call("kubectl_get", {"kind": "pods"}, id="a"), h.call("kubectl_get", {"kind": "nodes"}, id="b", index=1)],
    "both numbered 0, other ids": [h.call("kubectl_get", {"kind": "pods"}, id="a"), h.call("kubectl_get", {"kind": "nodes"}, id="b")],
    "both numbered 0, no ids": [h.call("kubectl_get", {"kind": "pods"}, id=""), h.call("kubectl_get", {"kind": "nodes"}, id="")],
    "no index, other ids": [{"id": "a", "function": {"name": "kubectl_get", "arguments": '{"kind":"pods"}'}},
                            {"id": "b", "function": {"name": "kubectl_get", "arguments": '{"kind":"nodes"}'}}],
    "the same id twice": [h.call("kubectl_get", {"kind": "pods"}, id="a"), h.call("kubectl_get", {"kind": "nodes"}, id="a", index=1)],
}


@pytest.mark.parametrize("two", TWO_CALLS.values(), ids=TWO_CALLS.keys())
def test_two_calls_however_numbered(drive, server, two):
    server.play(h.stream(h.calls(*two)))
    assert drive.ask().argvs == TWO
    drive.observe(ran("a"), ran("b"))
    check_conversation(server.requests[-1].messages)
    still_works(drive, server)


def test_thirty_calls_in_one_reply(drive, server):
    server.play(h.stream(h.calls(*[h.call("kubectl_get", {"kind": "pods", "name": f"p{i}"}, id=f"c{i}", index=i)
                                   for i in range(30)])))
    r = drive.ask()
    assert len(r.argvs) == 20  # the limit of one request
    drive.observe(*[ran("x")] * 20)
    tools = [m["content"] for m in server.requests[-1].messages if m["role"] == "tool"]
    assert len(tools) == 30 and all("limit of 20" in t or "Not run" in t for t in tools[20:])
    still_works(drive, server)


def test_a_flood_of_small_deltas(drive, server):
    server.play(h.stream(h.words(*["ab"] * 50000)))
    t = time.monotonic()
    r = drive.ask(timeout=30)
    assert r.text == "ab" * 50000
    assert time.monotonic() - t < 15
    still_works(drive, server)


# ---- broken: an error in one line, and nothing is run --------------------------------------------------

def page(text="<!doctype html><html><body>Welcome</body></html>"):
    return h.reply("200 OK", text, kind="text/html; charset=utf-8")


MiB = 1 << 20
BROKEN = {
    "cut inside the arguments": (h.stream(GOOD_CALL[:-150]), "ended in the middle"),
    "cut before finish_reason": (h.stream(h.event(h.delta(tool_calls=[h.scale()]))), "ended in the middle"),
    "connection closed inside a call": (h.raw(h.head(), h.chunk(h.event(h.delta(tool_calls=[h.scale()])))), "connection broke"),
    "connection reset inside a call": (h.raw(h.head(), h.chunk(GOOD_CALL[:60]), pause=0.1, reset=True), "connection broke"),
    "cut inside an event": (h.stream(h.words("ab", done=False)[:-40]), "ended in the middle"),
    "silence before the first byte of the body": (h.stall(b""), "no word for 2 s"),
    "silence in the middle": (h.stall(h.event(h.delta(content="He"))), "no word for 2 s"),
    "not JSON in an event": (h.stream(h.event("{nope")), "broken"),
    "JSON that is a list": (h.stream(h.event("[]")), "ended in the middle"),
    "NUL in an event": (h.stream(b"data: {\"a\":\"\0\"}\n\n"), "broken"),
    "bad UTF-8 in an event": (h.stream(b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\xfe\"}}]}\n\n"), "not UTF-8"),
    "nested too deeply": (h.stream(h.event("[" * 5000 + "]" * 5000)), "nested deeper"),
    "an error event": (h.stream(h.event({"error": {"message": "overloaded"}})), "overloaded"),
    "an error event cut off behind its end": (h.stream(h.event({"error": {"message": "overloaded"}})[:-2]), "overloaded"),
    "an error event as text": (h.stream(h.event({"error": "boom \x1b[31m"})), "boom"),
    "an error with status 200": (h.reply("200 OK", {"error": {"message": "nope"}}), "nope"),
    "an event without end": (h.raw(h.head(chunked=False), b"data: ", *[b"x" * MiB] * 5), "larger than"),
    "a text without end": (h.stream(h.words(*["y" * 65536] * 17)), "1 MiB of text"),
    "arguments without end": (h.stream(args_in_pieces('{"a":"' + "z" * 140000 + '"}', 8192)), "128 KiB"),
    "33 calls": (h.stream(h.calls(*[h.call("kubectl_get", POD, id=f"c{i}", index=i) for i in range(33)])), "32 tool calls"),
    "comments without end": (h.raw(h.head(chunked=False), *[b": x\n" * 262144] * 17), "larger than"),
    "a web page": (page(), "web page"),
    "a web page called JSON": (h.reply("200 OK", "<html></html>"), "web page"),
    "plain words": (h.reply("200 OK", "It works!", kind="text/plain"), "no chat reply"),
    "an empty body": (h.reply("200 OK", "", kind="text/event-stream"), "empty answer"),
    "an empty object": (h.reply("200 OK", {}), "answered nothing"),
    "no choices": (h.reply("200 OK", {"choices": []}), "answered nothing"),
    "no words": (h.stream(h.words("", "  ")), "answered nothing"),
    "only [DONE]": (h.stream(h.event("[DONE]")), "answered nothing"),
    "content filter": (h.stream(h.words(finish="content_filter")), "filter withheld"),
    "choices of wrong types": (h.stream(h.event({"choices": "x"}) + h.event({"choices": [3]}) + h.event("[DONE]")), "answered nothing"),
    "calls of wrong types": (h.stream(h.event(h.delta(tool_calls="x", content=4)) + h.event(h.delta(tool_calls=[1, None])) + h.event("[DONE]")), "answered nothing"),
    "not HTTP": (h.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP"),
    "a redirect": (h.reply("302 Found", "", extra="Location: https://elsewhere.example/v1?key=1\r\n"), "does not follow"),
    "401": (h.reply("401 Unauthorized", {"error": {"message": "no"}}), "wants a key"),
    "403": (h.reply("403 Forbidden", {"error": {"message": "region"}}), "region"),
    "404 model": (h.reply("404 Not Found", {"error": {"message": "The model `test-model` does not exist"}}), "no such model"),
    "404 path": (h.reply("404 Not Found", "404 page not found", kind="text/plain"), "ends in /v1"),
    "405": (h.reply("405 Method Not Allowed", ""), "no chat endpoint"),
    "413": (h.reply("413 Content Too Large", ""), "too large"),
    "400 context": (h.reply("400 Bad Request", {"error": {"message": "maximum context length is 8192"}}), "/clear"),
    "400 other": (h.reply("400 Bad Request", {"error": {"message": "bad \x1b]0;x\x07 thing"}}), "bad thing"),
    "429 quota": (h.reply("429 Too Many Requests", {"error": {"message": "You exceeded your current quota"}}), "quota"),
    "429 wait an hour": (h.reply("429 Too Many Requests", "{}", extra="Retry-After: 3600\r\n"), "asks to wait 3600 s"),
    "418": (h.reply("418 I'm a teapot", "<html>tea</html>", kind="text/html"), "(418)"),
    "204": (h.raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "empty answer"),
    "a huge header": (h.raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 400000 + b"\r\n\r\n"), "headers are too large"),
    "500 as a page of 1 MiB": (h.reply("501 Not Implemented", "<html>" + "x" * MiB, kind="text/html"), "(501)"),
}


@pytest.mark.parametrize("scene, said", BROKEN.values(), ids=BROKEN.keys())
def test_broken_is_one_clear_line(drive, server, scene, said):
    server.play(*[scene] * 20)
    r = drive.ask()
    assert r.error, r.lines[-1]
    msg = r.error["msg"]
    assert said in msg, msg
    assert "\n" not in msg and msg.isprintable(), msg
    assert "127.0.0.1" in msg
    assert not any("move" in line for line in r.lines)
    assert "key=1" not in msg
    still_works(drive, server)


def test_nothing_listens(drive, server):
    dead = Drive("http://127.0.0.1:9")
    r = dead.ask()
    assert "nothing listens there" in r.error["msg"] and "127.0.0.1:9" in r.error["msg"] and r.notices == []
    dead.close()


def test_unknown_host():
    d = Drive("https://no-such-host.invalid/v1", "--connect-ms", "8000")
    r = d.ask(timeout=30)
    assert "no-such-host.invalid" in r.error["msg"] and r.error["code"] == "network"
    d.close()


def test_https_to_a_plain_port(server):
    d = Drive(server.url.replace("http:", "https:"))
    r = d.ask()
    assert "TLS" in r.error["msg"], r.error
    d.close()


# ---- retries -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("scene", [h.reply("503 Service Unavailable", "{}"), h.reply("500 Internal Server Error", "x"),
                                   h.reply("429 Too Many Requests", "{}"), h.raw(b"")], ids=["503", "500", "429", "closed"])
def test_tried_again_before_the_first_byte(drive, server, scene):
    server.play(scene, scene, h.normal("At last."))
    r = drive.ask()
    assert r.text == "At last." and len(r.notices) == 2 and len(server.requests) == 3
    assert all("trying again in" in n for n in r.notices)
    still_works(drive, server)


def test_three_retries_then_the_person_is_told(drive, server):
    server.play(*[h.reply("503 Service Unavailable", {"error": {"message": "warming up"}})] * 9)
    r = drive.ask()
    assert len(server.requests) == 4 and "503" in r.error["msg"] and "warming up" in r.error["msg"]
    still_works(drive, server)


def test_retry_after_is_kept(drive, server):
    server.play(h.reply("429 Too Many Requests", "{}", extra="Retry-After: 1\r\n"))
    t = time.monotonic()
    assert drive.ask().error is None
    assert 1.0 <= time.monotonic() - t < 2.0


def test_never_again_once_words_were_shown(drive, server):
    server.play(h.raw(h.head(), h.chunk(h.event(h.delta(content="Half an")))))
    r = drive.ask()
    assert r.text == "Half an" and r.error and len(server.requests) == 1
    messages = still_works(drive, server)
    assert messages[2] == {"role": "assistant", "content": "Half an"}  # what was said stays


# ---- calls that are wrong ------------------------------------------------------------------------------

BAD_CALLS = {
    "not JSON": (h.call("kubectl_scale", "{nope"), "not one JSON object"),
    "half of it": (h.call("kubectl_scale", ARGS[:-5]), "not one JSON object"),
    "a list": (h.call("kubectl_scale", "[1]"), "not an object"),
    "a text": (h.call("kubectl_scale", '"x"'), "not an object"),
    "two objects": (h.call("kubectl_scale", ARGS + ARGS), "not one JSON object"),
    "a key twice": (h.call("kubectl_scale", ARGS[:-1] + ', "name": "other"}'), "stands twice"),
    "a NUL": (h.call("kubectl_scale", ARGS.replace("todo", "a\\u0000b")), "u0000"),
    "missing": (h.call("kubectl_scale", {"kind": "deployment", "name": "x"}), "replicas"),
    "wrong type": (h.call("kubectl_scale", {"kind": "deployment", "name": "x", "replicas": "three"}), "replicas"),
    "a fraction": (h.call("kubectl_scale", {"kind": "deployment", "name": "x", "replicas": 1.5}), "replicas"),
    "a huge number": (h.call("kubectl_scale", ARGS.replace("3", "1e400")), "replicas"),
    "a number past 2^53": (h.call("kubectl_scale", ARGS.replace("3", "12345678901234567890")), "replicas"),
    "an unknown parameter": (h.call("kubectl_scale", {**json.loads(ARGS), "force": True}), "force"),
    "a flag as a name": (h.call("kubectl_get", {"kind": "pods", "name": "--kubeconfig=/etc/x"}), "-"),
    "an unknown tool": (h.call("kubectl_scal", ARGS), "Did you mean kubectl_scale?"),
    "a tool of odd letters": (h.call("rm -rf /; \u202e", {}), "no tool is called"),
    "no name": (h.call("", {}), "no tool is called"),
}


@pytest.mark.parametrize("bad, said", BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_a_wrong_call_is_explained_to_the_model(drive, server, bad, said):
    server.play(h.stream(h.calls(bad)), h.stream(GOOD_CALL))
    r = drive.ask()
    assert r.argvs == [SCALE]  # the second, right one; the first never left the planner
    messages = server.requests[1].messages
    check_conversation(messages)
    assert said in messages[-1]["content"], messages[-1]["content"]
    drive.observe(ran("ok"))
    still_works(drive, server)


def test_wrong_three_times_goes_to_the_person(drive, server):
    server.play(*[h.stream(h.calls(h.call("nothing", {})))] * 5)
    r = drive.ask()
    assert len(server.requests) == 3 and "3 times in a row" in r.error["msg"] and r.error["code"] == "network"
    still_works(drive, server)


def test_what_follows_a_wrong_call_waits(drive, server):
    server.play(h.stream(h.calls(h.call("kubectl_get", POD, id="a"), h.call("kubectl_scale", "{", id="b", index=1),
                                 h.scale(id="c", index=2))))
    r = drive.ask()
    assert r.argvs == [["kubectl", "get", "pods"]]
    drive.observe(ran("x"))
    tools = [m["content"] for m in server.requests[-1].messages if m["role"] == "tool"]
    assert "earlier call" in tools[2]
    still_works(drive, server)


def test_calls_cut_at_the_length_limit_are_not_run(drive, server):
    server.play(h.stream(h.calls(h.scale(), finish="length")), h.normal("Too long."))
    r = drive.ask()
    assert r.text == "Too long." and "length limit" in server.requests[1].messages[-1]["content"]
    still_works(drive, server)


def test_words_cut_at_the_length_limit_say_so(drive, server):
    server.play(h.stream(h.words("Once upon", finish="length")))
    r = drive.ask()
    assert r.move["kind"] == "answer" and any("length limit" in n for n in r.notices)


# ---- interruption --------------------------------------------------------------------------------------

def stuck(conn, _):
    conn.settimeout(10)
    conn.recv(1)
    return "close"


INTERRUPTIBLE = {
    "before any answer": stuck,
    "in the middle of words": h.stall(h.event(h.delta(content="Hel"))),
    "in the middle of a call": h.stall(GOOD_CALL[:80]),
    "while it waits to try again": h.reply("503 Service Unavailable", "{}", extra="Retry-After: 20\r\n"),
}


@pytest.mark.parametrize("scene", INTERRUPTIBLE.values(), ids=INTERRUPTIBLE.keys())
def test_ctrl_c_ends_it_at_once(server, scene):
    d = Drive(server.url)
    server.play(scene)
    d.send(ask="scale it")
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.3)
    t = time.monotonic()
    d.interrupt()
    r = d.result()
    assert r.error["code"] == "interrupted"
    assert time.monotonic() - t < 0.1
    messages = still_works(d, server)
    if "Hel" in r.text:
        assert messages[2]["content"] == "Hel"
    d.close()


def test_ctrl_c_again_and_again(server):
    d = Drive(server.url)
    for _ in range(3):
        server.play(stuck)
        n = len(server.requests)
        d.send(ask="x")
        while len(server.requests) == n:
            time.sleep(0.01)
        d.interrupt()
        assert d.result().error["code"] == "interrupted"
    still_works(d, server)
    d.close()
