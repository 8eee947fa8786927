"""What goes out stays within the budget, whatever comes in."""
import json

import pytest

import hostile as h
from conftest import Drive, check_conversation, ran, still_works

LOGS = h.call("kubectl_logs", {"target": "web"})
BIG = "FIRST\n" + "".join(f"line {i} é\n" for i in range(200000)) + "ERROR the last straw\nLAST"


def most(tokens):
    """What a request may hold: a token is four bytes until the endpoint has counted, an eighth is left for the answer."""
    return tokens * 4 * 7 // 8


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
    assert max(sizes) <= most(tokens), max(sizes)
    for q in server.requests:
        check_conversation(q.messages)
    last = json.dumps(server.requests[-1].messages)
    for i in range(40):
        assert f"the words of request {i}" in last and f"proof {i}" in last and f"web-{i}" in last
    assert last.count("the last straw") >= 1
    still_works(d, server)
    d.close()


@pytest.mark.parametrize("tokens", [4000, 32000])
def test_long_words_of_a_long_conversation_stay_within_the_budget(server, tokens):
    """What the person said is kept as long as there is room for it at all, shorter and shorter; then the oldest goes."""
    d = Drive(server.url, "--context-tokens", str(tokens))
    for i in range(200):
        assert d.ask(f"question {i:03}: " + 'what would you "say" about the backend?\n' * 20).error is None
    assert max(len(q.raw) for q in server.requests) <= most(tokens)
    system = server.requests[-1].messages[0]["content"]
    assert "question 199" in server.requests[-1].messages[-1]["content"]
    if tokens == 32000:
        assert all(f"question {i:03}" in json.dumps(server.requests[-1].messages) for i in range(200))
    else:
        assert "no longer fits here" in system and "question 198" in json.dumps(server.requests[-1].messages)
        assert system.index("question 19") and "question 000" not in system
    d.close()


def test_requests_begin_alike_for_many_turns(server):
    """Shortening is done seldom and then thoroughly, so that endpoints need not read all of it again with each request."""
    d = Drive(server.url, "--context-tokens", "8000")
    for i in range(60):
        assert d.ask(f"question {i}: " + "and so on " * 40).error is None
    changed = sum(a.messages != b.messages[:len(a.messages)] for a, b in zip(server.requests, server.requests[1:]))
    assert 1 <= changed <= 12, changed
    d.close()


@pytest.mark.parametrize("name, args", [("kubectl_apply", {"manifest": "kind: ConfigMap\n" + "x: \"y\"\n" * 11000}),
                                        ("kubectl_apply", {"manifest": "\\" * 60000}), ("find_tools", {"words": "drain " * 20000})])
def test_what_calls_are_made_of_stays_within_the_budget(drive, server, name, args):
    server.play(*[h.stream(h.calls(h.call(name, args, id=f"c{i}"))) for i in range(2)], h.normal("Done."))
    r = drive.ask("do it")
    while r.move and r.move["kind"] == "steps":
        r = drive.observe(ran("done"))
    assert r.error is None and max(len(q.raw) for q in server.requests) <= most(32000)
    for q in server.requests:
        check_conversation(q.messages)


def test_words_that_do_not_fit_are_refused_and_the_next_request_works(drive, server):
    r = drive.ask("why? " * 40000)
    assert r.error["code"] == "limit" and "context_tokens" in r.error["msg"] and "50000 tokens" in r.error["msg"]
    assert server.requests == []
    still_works(drive, server)
    assert len(server.requests[-1].raw) <= most(32000)


def test_a_context_too_small_for_anything(server):
    d = Drive(server.url, "--context-tokens", "500")
    r = d.ask("why?")
    assert r.error["code"] == "limit" and "raise context_tokens" in r.error["msg"] and server.requests == []
    d.close()


@pytest.mark.parametrize("bytes_each, share", [(2.9, 2.9 / 4), (1, 0.5), (40, 1), (0, 1)])
def test_the_budget_is_in_the_tokens_that_the_endpoint_counts(server, bytes_each, share):
    """2.9 bytes for a token: a request may hold fewer bytes from then on. What is beyond belief changes little or nothing."""
    def counted(conn, request):
        tokens = int(len(request.raw) / bytes_each) if bytes_each else -5
        usage = h.event({"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": 1, "total_tokens": tokens}})
        h.stream(h.words("All is well.", done=False) + usage + h.event("[DONE]"))(conn, request)

    d = Drive(server.url, "--context-tokens", "16000")
    server.play(*[counted] * 120)
    for i in range(120):
        assert d.ask(f"question {i}: " + "and so on " * 40).error is None
    biggest = max(len(q.raw) for q in server.requests[1:])
    assert most(16000) * share * 0.9 < biggest <= most(16000) * share
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
    assert d.command(model="another").done is True  # which may take more
    server.play(h.stream(h.calls(*[logs(i) for i in range(6)])), h.normal())
    d.ask("and now?")
    assert d.observe(*[ran(BIG)] * 6).error is None
    assert len(server.requests[-1].raw) > 60000
    d.close()


@pytest.mark.parametrize("words, share", [
    ("request (43467 tokens) exceeds the available context size (8192 tokens), try increasing it", 8192 / 43467),
    ("This model's maximum context length is 8192 tokens. However, you requested 16384 tokens (12288 in the messages, 4096 in the "
     "completion).", 0.5),
    ("prompt is too long: 210000 tokens > 100000 maximum", 100 / 210),
    ("Input is too long for requested model.", 1),
    ("The input token count (20000) exceeds the maximum number of tokens allowed (0).", 1),
])
def test_how_much_too_long_it_is_is_read_from_the_words(server, words, share):
    d = Drive(server.url)
    server.play(h.stream(h.calls(*[logs(i) for i in range(6)])))
    d.ask("the words")
    server.play(h.reply("400 Bad Request", {"error": {"message": words}}), h.normal("Now it fits."))
    assert d.observe(*[ran(BIG)] * 6).text == "Now it fits."
    sent, again = (len(q.raw) for q in server.requests[1:3])
    assert sent > 90000 and again <= sent * min(share, 0.75)
    if 0.3 < share < 1:
        assert again > sent * share * 0.6  # and no shorter than need be
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
