"""What a person sees of a model: words as they come, the waiting, and the commands about it. The endpoint is a
server in this process that says what a scene tells it to, byte by byte; one on this machine needs no key."""
import json
import re
import sys
import threading
import time

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests/model"))
import hostile as h  # noqa: E402

ESC = b"\x1b"


@pytest.fixture
def server():
    server = h.Server()
    yield server
    server.close()


@pytest.fixture
def shell(home, server):
    """opsh with this endpoint, at its prompt."""
    def start(*args, **how):
        return home.start("--endpoint", server.url, "--model", "mock", *args, **how).prompt()
    return start


def paced(*parts):
    """A streamed answer: texts, seconds of silence, and functions to wait for."""
    def scene(conn, _):
        conn.sendall(h.head())
        for part in parts:
            if isinstance(part, (int, float)):
                time.sleep(part)
            elif callable(part):
                part()
            else:
                data = part if isinstance(part, bytes) else h.event(h.delta(content=part))
                conn.sendall(h.chunk(data))
        conn.sendall(h.chunk(h.event(h.delta(finish="stop")) + h.event("[DONE]")) + h.LAST)
    return scene


def silent(seconds=3):
    def scene(conn, _):
        time.sleep(seconds)
        conn.sendall(h.head())
        return "close"
    return scene


def asked(server, n=-1):
    return json.dumps(server.requests[n].messages)


def lines(opsh):
    return [line.rstrip() for line in opsh.text().split("\n")]


def styled(opsh, text, **style):
    """Does this text stand on the screen in that style?"""
    for y, line in enumerate(opsh.screen.display):
        x = line.find(text)
        if x >= 0:
            return all(getattr(opsh.screen.buffer[y][x + i], k) == v for i in range(len(text)) for k, v in style.items())
    return False


# ---- words as they come, and the waiting -------------------------------------------------------------

def test_words_are_shown_before_the_end_of_their_line(shell, server):
    go_on = threading.Event()
    server.play(paced("The back", lambda: go_on.wait(4), "end is fine."))
    opsh = shell().enter("how is it?")
    opsh.until(lambda s: s.last().startswith("The back"), "the first half of a word")
    assert not go_on.is_set()
    go_on.set()
    opsh.wait("The backend is fine.").prompt()


def test_the_waiting_is_shown_with_its_seconds_and_leaves_nothing(shell, server):
    server.play(paced(1.3, "All is well."))
    opsh = shell().enter("how is it?").wait("waiting for the model 1 s").wait("All is well.").prompt()
    assert "waiting" not in opsh.text()


def test_the_waiting_moves(shell, server):
    server.play(paced(0.6, "Well."))
    opsh = shell().enter("how is it?").wait("Well.").prompt()
    frames = set(re.findall("[\u280b\u2839\u283c\u2827]", opsh.raw.decode()))
    assert len(frames) >= 2


def test_a_silence_in_between_is_shown_behind_the_words_and_taken_away(shell, server):
    server.play(paced("I will ", 1.6, "look."))
    opsh = shell().enter("how is it?")
    opsh.until(lambda s: re.match("I will .*[\u280b\u2839\u283c\u2827]", s.last()), "a sign behind the words")
    opsh.wait("I will look.").prompt()
    assert not re.search("[\u280b\u2839\u283c\u2827]", opsh.text())


def test_a_dumb_terminal_gets_words_only(shell, server):
    server.play(paced(0.4, "All **is** well."))
    opsh = shell(TERM="dumb")
    before = len(opsh.raw)
    opsh.enter("how is it?").wait("All is well.")
    assert b"waiting" not in opsh.raw[before:] and ESC not in opsh.raw[before:]


def test_a_pipe_gets_the_words_as_written(home, server):
    server.play(paced(0.3, "# All\n**is** `well`."))
    status, out, err = home.run("--endpoint", server.url, "--model", "mock", "how is it?")
    assert (status, out.strip(), err) == (0, "# All\n**is** `well`.", "")


def test_ctrl_c_while_it_is_silent_and_the_next_request_works(shell, server):
    server.play(silent())
    opsh = shell().enter("how is it?").wait("waiting for the model")
    start = time.monotonic()
    opsh.type("\x03").wait("interrupted").prompt()
    assert time.monotonic() - start < 0.5
    assert "waiting" not in opsh.text()
    opsh.enter("again").wait("All is well.").prompt()


def test_ctrl_c_in_the_middle_keeps_what_was_said(shell, server):
    server.play(paced("The backend ", 3, "never"))
    opsh = shell().enter("how is it?").wait("The backend")
    opsh.type("\x03").wait("interrupted").prompt()
    assert "The backend" in opsh.text() and "never" not in opsh.text()
    opsh.enter("again").wait("All is well.").prompt()
    assert "The backend" in asked(server)


# ---- Markdown ----------------------------------------------------------------------------------------

ANSWER = """## Cause
The **tag** does not exist, see `kubectl describe pod web-1` and [the docs](https://k8s.io/images):

- the image is *wrong*
- nothing else

```sh
kubectl set image deployment/web web=nginx:1.27
```
*.yaml stays.
"""


@pytest.mark.parametrize("size", [1, 5, 4000])
def test_markdown_is_rendered(shell, server, size):
    server.play(h.stream(h.words(*[ANSWER[i:i + size] for i in range(0, len(ANSWER), size)])))
    opsh = shell().enter("why?").wait("stays.").prompt()
    assert styled(opsh, "Cause", bold=True) and styled(opsh, "tag", bold=True) and styled(opsh, "wrong", italics=True)
    assert styled(opsh, "kubectl describe pod web-1", fg="cyan") and styled(opsh, "does not exist", bold=False)
    shown = lines(opsh)
    assert "\u2022 the image is wrong" in shown and "    kubectl set image deployment/web web=nginx:1.27" in shown
    assert "*.yaml stays." in shown and "the docs\n(https://k8s.io/images):" in opsh.text()
    assert "```" not in opsh.text() and "**" not in opsh.text()


def document(text):
    """A reply in one piece, as of an endpoint that does not stream."""
    return h.reply("200 OK", {"object": "chat.completion", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]})


@pytest.mark.parametrize("refuses", [False, True], ids=["ignores stream", "refuses stream"])
def test_markdown_is_rendered_where_nothing_is_streamed(shell, server, refuses):
    refusal = h.reply("400 Bad Request", {"error": {"message": "unsupported parameter: stream"}})
    server.play(*[refusal] * refuses, document(ANSWER))
    opsh = shell().enter("why?").wait("stays.").prompt()
    assert server.requests[-1].body["stream"] is not refuses
    assert styled(opsh, "Cause", bold=True) and styled(opsh, "tag", bold=True) and styled(opsh, "wrong", italics=True)
    assert styled(opsh, "kubectl describe pod web-1", fg="cyan") and "\u2022 the image is wrong" in lines(opsh)
    assert "```" not in opsh.text() and "**" not in opsh.text() and opsh.text().count("the image is wrong") == 1


def test_without_colour_the_marks_go_and_code_keeps_its_own(shell, server):
    server.play(h.normal("The **tag** of `web` is *wrong*."))
    opsh = shell(NO_COLOR="1").enter("why?").wait("The tag of `web` is wrong.").prompt()
    assert b"\x1b[1m" not in opsh.raw[opsh.raw.index(b"The tag"):]


def test_a_narrow_window_breaks_between_words(shell, server):
    text = "The **backend** cannot pull its image because the tag does not exist.\n- item one is longer than the window is\n"
    server.play(h.stream(h.words(*text)))
    opsh = shell(columns=30).enter("why?").wait("window is").prompt()
    assert "The backend cannot pull its\nimage because the tag does\nnot exist." in opsh.text()
    assert "\u2022 item one is longer than the\n  window is" in opsh.text()


def test_escapes_of_a_model_do_not_reach_the_terminal(shell, server):
    server.play(h.normal("a\x1b]0;title\x07b \x1b[31mred\x1b[0m \u202eend **x\x1b[5m**"))
    opsh = shell().enter("why?").wait("red").prompt()
    for bad in (b"\x1b]0;title", b"\x1b[31m", b"\x1b[5m", "\u202e".encode()):
        assert bad not in opsh.raw
    assert "ab red" in opsh.text()


def test_commands_and_outputs_are_never_rendered(shell, server):
    call = h.call("kubectl_get", {"kind": "pods", "selector": "app=**x**"})
    server.play(h.stream(h.calls(call, text="I will **look**.")), h.normal("Nothing."))
    opsh = shell().enter("why?").wait("Nothing.").prompt()
    assert "**x**" in opsh.text() and "I will look." in opsh.text()


def test_rules_answers_are_as_they_were(home):
    opsh = home.start("--offline").prompt().enter("/help").wait("/model [NAME]").prompt()
    assert "  /lines [N]" in opsh.text()


# ---- commands ----------------------------------------------------------------------------------------

def test_models(shell, server):
    server.play(h.reply("200 OK", {"data": [{"id": "mock"}, {"id": "big"}]}))
    opsh = shell().enter("/models").wait("* mock").prompt()
    assert "  big" in lines(opsh)
    assert server.requests[0].line.startswith("GET /v1/models")


def test_models_that_cannot_be_listed(shell, server):
    server.play(h.reply("404 Not Found", "nothing here", kind="text/plain"))
    opsh = shell().enter("/models").wait("opsh: ").prompt()
    assert "404" in opsh.text()
    opsh.enter("how is it?").wait("All is well.").prompt()


def test_models_without_a_model(home):
    home.start("--offline").prompt().enter("/models").wait("No model is asked").prompt() \
        .enter("/tokens").wait("No model is asked", 2).prompt()


def test_another_model_goes_on_with_the_conversation(shell, server):
    opsh = shell().enter("the first words").wait("All is well.").prompt()
    opsh.enter("/model big").wait("big at").wait("the conversation goes on").prompt()
    opsh.enter("more").wait("All is well.", 2).prompt()
    assert server.requests[1].body["model"] == "big" and "the first words" in asked(server)


def test_retry_asks_the_same_again_without_the_last_turn(shell, server):
    server.play(h.normal("First."), h.normal("Second."))
    opsh = shell().enter("/retry").wait("no request to be made again").prompt()
    opsh.enter("why so?").wait("First.").prompt().enter("/retry").wait("Again: why so?").wait("Second.").prompt()
    assert asked(server).count("why so?") == 1 and "First." not in asked(server)


def test_retry_after_an_error(shell, server):
    server.play(h.reply("401 Unauthorized", {"error": {"message": "no"}}))
    opsh = shell().enter("why so?").wait("401").prompt()
    opsh.enter("/retry").wait("All is well.").prompt()
    assert asked(server).count("why so?") == 1


def test_retry_without_a_model(home):
    opsh = home.start("--offline").prompt().enter("!kubectl get pods").wait("recorder-pod").prompt()
    opsh.enter("/retry").wait("recorder-pod", 2).prompt()


def test_clear_really_clears(shell, server):
    server.play(h.stream(h.calls(h.call("kubectl_get", {"kind": "pods"}, id="call_before"))), h.normal("Sunflowers."))
    opsh = shell().enter("tell me of peacocks").wait("Sunflowers.").prompt()
    assert "peacocks" in asked(server) and "call_before" in asked(server)
    opsh.enter("/clear").wait("forgotten").prompt().enter("something else").wait("All is well.").prompt()
    body = server.requests[-1].raw.decode()
    for gone in ("peacocks", "Sunflowers", "call_before", "recorder-pod"):
        assert gone not in body
    assert [m["role"] for m in server.requests[-1].messages] == ["system", "user"]


USAGE = h.event({"choices": [], "usage": {"prompt_tokens": 2000000, "completion_tokens": 500000, "total_tokens": 2500000}})


def with_usage(text):
    return h.stream(h.words(text, done=False) + USAGE + h.event("[DONE]"))


def test_tokens_as_the_endpoint_counts_them_and_their_cost(home, shell, server):
    home.config("price_input: 0.15\nprice_output: 2\n")
    server.play(with_usage("Yes."))
    opsh = shell().enter("/tokens").wait("No tokens so far").prompt().enter("is it?").wait("Yes.").prompt()
    opsh.enter("/tokens").wait("1 request: 2000000 tokens in, 500000 out").wait("Cost: 1.3000 at 0.15 in and 2 out").prompt()
    opsh.enter("/model big").wait("goes on").prompt().enter("/tokens").wait("Cost: 1.3000", 2).prompt()


def test_the_price_of_the_configured_model_is_not_that_of_another(home, shell, server):
    home.config("price_input: 0.15\nprice_output: 2\n")
    server.play(with_usage("Yes."))
    opsh = shell().enter("/model big").wait("goes on").prompt().enter("is it?").wait("Yes.").prompt()
    opsh.enter("/tokens").wait("Cost: not known, prices has no line for big").prompt()


def test_each_model_has_its_price(home, shell, server):
    home.config("prices:\n  small: {in: 0.15, out: 0.60}\n  'local*': {in: 0, out: 0}\n  '*': {out: 8}\n")
    server.play(*[with_usage(said) for said in ("One.", "Two.", "Three.", "Four.")])
    opsh = shell("--model", "small").enter("is it?").wait("One.").prompt()
    for model, said in (("local-qwen", "Two."), ("big", "Three."), ("small", "Four.")):
        opsh.enter(f"/model {model}").wait(f"{model} at").prompt().enter("is it?").wait(said).prompt()
    opsh.enter("/tokens").wait("4 requests: 8000000 tokens in, 2000000 out").wait("Cost in all: 5.2000").prompt()
    text = " ".join(opsh.text().split())
    assert "Cost of small: 1.2000 at 0.15 in and 0.6 out per million tokens" in text
    assert "Cost of local-qwen: 0.0000 at 0 in and 0 out" in text and "Cost of big: 4.0000 at 0 in and 8 out" in text


def test_a_model_without_a_price_is_said_to_have_none(home, shell, server):
    home.config("prices: {small: {in: 1, out: 1}}\n")
    server.play(with_usage("One."), with_usage("Two."))
    opsh = shell("--model", "small").enter("is it?").wait("One.").prompt().enter("/model big").wait("goes on").prompt()
    opsh.enter("is it?").wait("Two.").prompt().enter("/tokens").wait("Cost of big: not known").wait("in all: 2.5000 and what is not known").prompt()


def test_tokens_are_estimated_where_the_endpoint_does_not_say(shell, server):
    opsh = shell().enter("is it?").wait("All is well.").prompt()
    opsh.enter("/tokens").wait("estimated: the endpoint does not say").prompt()
    told = int(re.search(r"1 request: (\d+) tokens in", opsh.text())[1])
    assert 0.2 < told / len(server.requests[0].raw) < 0.3
    assert "Cost" not in opsh.text()


@pytest.mark.parametrize("bad", ["price_input: " + a for a in ("free", "-1", "1.", "1e3", "''", "[1]")] +
                         ["prices: " + a for a in ("3", "[a]", "{a: 3}", "{a: {}}", "{a: {in: free}}", "{a: {in: 1, on: 2}}")])
def test_a_price_that_is_none(home, bad):
    home.config(f"{bad}\n")
    status, _, err = home.run("--plan", "show pods")
    assert status == 3 and "config.yaml:1:" in err


def thinking(text):
    data = h.event(h.delta(reasoning_content="Let me **see** the pods.\n")) + h.words(text)
    return h.stream(data)


def test_thoughts_are_shown_on_request_only(shell, server):
    server.play(thinking("First."), thinking("Second."), thinking("Third."))
    opsh = shell().enter("why?").wait("First.").prompt()
    assert "Let me see" not in opsh.text()
    opsh.enter("/reasoning on").wait("is shown").prompt().enter("why?").wait("Second.").prompt()
    shown = lines(opsh)
    assert shown[shown.index("Let me see the pods.") + 1] == "Second."
    assert b"\x1b[2mLet me see the pods." in opsh.raw
    opsh.enter("/reasoning off").wait("is not shown").prompt().enter("why?").wait("Third.").prompt()
    assert opsh.text().count("Let me see") == 1
    opsh.enter("/reasoning loud").wait("on or off").prompt()


# ---- the endpoint fails ------------------------------------------------------------------------------

DOWN = h.reply("401 Unauthorized", {"error": {"message": "no"}})


def test_while_the_model_fails_the_rules_answer_and_then_it_is_asked_again(shell, server):
    server.play(DOWN, h.normal("I am back."))
    opsh = shell().enter("show pods").wait("understood without it:").wait("recorder-pod").prompt()
    opsh.enter("and now?").wait("I am back.").prompt()
    roles = [m["role"] for m in server.requests[1].messages]
    assert roles == ["system", "user", "assistant", "user"]  # the request that failed stays, and is closed
    assert "show pods" in asked(server) and "failed before it was answered" in asked(server)


def test_retry_asks_the_model_what_the_rules_have_answered(shell, server):
    server.play(DOWN, h.normal("There is one pod."))
    opsh = shell().enter("show pods").wait("recorder-pod").prompt()
    opsh.enter("/retry").wait("There is one pod.").prompt()
    assert [m["role"] for m in server.requests[1].messages] == ["system", "user"]


def test_a_question_of_the_rules_is_answered_to_the_rules(shell, server):
    server.play(DOWN)
    opsh = shell().enter("scale to 3").wait("understood without it:").wait("Scale which workload?").wait("2.").prompt()
    opsh.enter("2").wait("replicas=3").wait("Run this?")
    assert len(server.requests) == 1
    opsh.enter("n").prompt()


def test_what_was_declined_is_not_proposed_by_the_rules(shell, server):
    server.play(h.stream(h.calls(h.scale())), DOWN)
    opsh = shell().enter("scale todo-backend to 3").wait("Run this?").enter("n").wait("wants a key").prompt()
    assert opsh.text().count("$ kubectl scale") == 1 and "understood without it" not in opsh.text()


# ---- what the model is told of the cluster -----------------------------------------------------------

def test_the_cluster_is_looked_at_once_and_again_after_a_change(shell, home, server):
    def reads():
        lines = home.record.read_text().splitlines()
        return sum("version -o json" in line for line in lines), sum("deployments," in line for line in lines)
    server.play(h.normal("One."), h.normal("Two."), h.stream(h.calls(h.scale())), h.normal("Done."), h.normal("Four."))
    opsh = shell().enter("one").wait("One.").prompt()
    assert "deployments todo-backend, web" in asked(server)
    before = reads()[1]
    opsh.enter("two").wait("Two.").prompt()
    assert reads()[1] == before and asked(server).count("deployments todo-backend, web") == 1
    opsh.enter("scale todo-backend to 3").wait("Run this?").enter("y").wait("Done.").prompt()
    assert reads()[1] == before
    opsh.enter("four").wait("Four.").prompt()
    assert reads()[1] == before + 1


def test_another_namespace_is_told_as_such(shell, server):
    opsh = shell().enter("one").wait("All is well.").prompt().enter("/namespace billing").prompt()
    opsh.enter("two").wait("All is well.", 2).prompt()
    assert "In namespace shop" in asked(server, 0) and "In namespace shop" not in asked(server, 1)
