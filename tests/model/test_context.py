"""What goes out stays within the budget, whatever comes in."""
import json

import pytest

import hostile as h
from conftest import Drive, check_conversation, ran, still_works

LOGS = h.call("kubectl_logs", {"target": "web"})
BIG = "FIRST\n" + "".join(f"line {i} é\n" for i in range(200000)) + "ERROR the last straw\nLAST"


def logs(i):
    return h.call("kubectl_logs", {"target": f"web-{i}"}, id=f"c{i}")


@pytest.mark.parametrize("tokens", [16000, 32000])
def test_forty_turns_of_long_logs_stay_within_the_budget(server, tokens):
    d = Drive(server.url, "--context-tokens", str(tokens))
    for i in range(40):
        server.play(h.stream(h.calls(logs(i))), h.normal(f"Answer {i}. " * 100))
        assert d.ask(f"the words of request {i}").argvs
        assert d.observe(ran(BIG, proof=f"proof {i}")).error is None
    sizes = [len(q.raw) for q in server.requests]
    assert max(sizes) < tokens * 4 * 1.1, max(sizes)
    for q in server.requests:
        check_conversation(q.messages)
    last = json.dumps(server.requests[-1].messages)
    for i in range(40):
        assert f"the words of request {i}" in last and f"proof {i}" in last and f"web-{i}" in last
    assert last.count("the last straw") >= 1
    still_works(d, server)
    d.close()


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Content Too Large"])
def test_too_long_for_the_endpoint_is_shortened_and_sent_again(server, status):
    d = Drive(server.url)
    server.play(h.stream(h.calls(LOGS)))
    d.ask("the words")
    too_long = h.reply(status, {"error": {"message": "This model's maximum context length is 8192 tokens."}})
    server.play(too_long, too_long, h.normal("Now it fits."))
    r = d.observe(ran(BIG))
    assert r.text == "Now it fits."
    sizes = [len(q.raw) for q in server.requests[1:4]]
    assert sizes[0] > sizes[1] > sizes[2]
    check_conversation(server.requests[3].messages)
    assert "the words" in json.dumps(server.requests[3].messages)
    still_works(d, server)
    assert len(server.requests[-1].raw) < sizes[0]  # remembered
    d.close()


def test_an_endpoint_for_which_all_is_too_long(drive, server):
    server.play(*[h.reply("413 Content Too Large", "")] * 50)
    r = drive.ask()
    assert "too large" in r.error["msg"] and len(server.requests) < 12
    still_works(drive, server)
    assert server.requests[-1].body["tools"] == server.requests[0].body["tools"]  # what did not help was not kept
    assert len(server.requests[-1].body["tools"]) > len(server.requests[-2].body["tools"])


def test_tools_never_exceed_what_endpoints_take(drive, server):
    drive.ask()
    assert len(server.requests[0].body["tools"]) <= 128


def test_the_same_call_again_and_again_is_stopped(drive, server):
    server.play(*[h.stream(h.calls(h.call("kubectl_get", {"kind": "pods"}, id=f"c{i}"))) for i in range(20)])
    r, run = drive.ask("loop"), 0
    while r.move and r.move["kind"] == "steps":
        run += len(r.argvs)
        r = drive.observe(*[ran("NAME a")] * len(r.argvs))
    assert run == 3 and "to no avail" in r.error["msg"]
    assert "same call was made 3 times" in json.dumps(server.requests[-1].messages)
    still_works(drive, server)
