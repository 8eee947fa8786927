"""The endpoint fails: what the rules understand is answered by them, and said so; what they do not is its error."""
import json

import pytest

import hostile as h
from test_opsh import KEY, PODS, RECORDER, Home, home, pytestmark  # noqa: F401

SAYS = "understood without it:"
LATER = {"error": {"message": "overloaded, come back later"}}
FAILING = {
    "401": ([h.reply("401 Unauthorized", {"error": {"message": f"Incorrect API key: {KEY}"}})], "refuses the key"),
    "404": ([h.reply("404 Not Found", {"error": {"message": "model m not found"}})], "no such model"),
    "429": ([h.reply("429 Too Many Requests", {"error": {"message": "You exceeded your current quota"}})], "quota"),
    "500 four times": ([h.reply("500 Internal Server Error", LATER)] * 4, "the endpoint is failing"),
    "page": ([h.reply("200 OK", "<html>hi</html>", kind="text/html")], "web page"),
    "truncated": ([h.stream(h.words("I look", done=False)[:-60])], "ended in the middle"),
    "silence": ([h.stall(h.event(h.delta(content="I look")), seconds=4)], "no word for 1 s"),
    "nonsense": ([h.reply("200 OK", "[1, 2]")], "127.0.0.1"),
}


def nameless(home):
    """The cluster does not say what exists: names are taken as they are said."""
    text = RECORDER.replace("""echo '{"apiVersion":"v1","kind":"List","items":[]}'""", "exit 1")
    (home.path / "bin/kubectl").write_text(text)
    return home


@pytest.mark.parametrize("name", FAILING)
def test_what_the_rules_understand_is_answered(home, server, name):
    scenes, said = FAILING[name]
    (home.path / ".config/opsh").mkdir(parents=True)
    (home.path / ".config/opsh/config.yaml").write_text("silence_timeout: 1\n")
    (home.path / ".config/opsh/config.yaml").chmod(0o600)
    server.play(*scenes)
    code, out, err = home.run("show pods", key=KEY)
    assert code == 0 and "recorder-pod" in out, err
    note = next(line for line in err.splitlines() if SAYS in line)
    assert note.startswith("note: the model did not answer (") and said in note
    assert KEY not in out + err
    assert err.index(SAYS) < err.index("$ kubectl get pods")


@pytest.mark.parametrize("url, said", [("http://127.0.0.1:9/v1", "nothing listens there"),
                                       ("https://nowhere.invalid/v1", "nowhere.invalid")], ids=["refused", "dns"])
def test_nobody_there(home, url, said):
    home.url = url
    code, out, err = home.run("show pods", key=KEY)
    assert code == 0 and "recorder-pod" in out and SAYS in err and said in err


@pytest.mark.parametrize("request_", ["scale it", "write me a poem about the sea"])
def test_what_they_do_not_keeps_the_endpoints_error_and_nothing_else(home, request_):
    home.url = "http://127.0.0.1:9/v1"
    code, out, err = home.run(request_)
    assert (code, out, len(err.splitlines())) == (4, "", 1) and "nothing listens there" in err


def test_a_change_still_needs_its_yes(home):
    home.url = "http://127.0.0.1:9/v1"
    code, out, err = nameless(home).run("scale deployment web to 3 replicas")
    assert code == 5 and SAYS in err and not any("scale" in line for line in home.kubectl())
    code, out, err = home.run("--yes", "scale deployment web to 3 replicas")
    assert any(line.startswith("scale deployment/web --replicas=3") for line in home.kubectl())


def test_what_was_changed_already_is_not_begun_again(home, server):
    server.play(h.stream(h.calls(h.scale())), h.reply("401 Unauthorized", {"error": {"message": "no"}}))
    code, out, err = nameless(home).run("--yes", "scale deployment todo-backend to 3 replicas")
    assert code == 4 and SAYS not in err and "wants a key" in err
    assert sum(line.startswith("scale ") for line in home.kubectl()) == 1


def test_what_was_refused_is_not_proposed_again(home, server):
    server.play(h.stream(h.calls(h.scale())), h.reply("401 Unauthorized", {"error": {"message": "no"}}))
    code, out, err = nameless(home).run("scale deployment todo-backend to 3 replicas")
    assert SAYS not in err and err.count("$ kubectl scale") == 1


def test_after_reads_it_goes_on(home, server):
    server.play(h.stream(h.calls(PODS)), h.reply("503 Service Unavailable", {"error": {"message": "quota of credit"}},
                                                 extra="Retry-After: 999\r\n"))
    code, out, err = home.run("show deployments")
    assert code == 0 and SAYS in err and "$ kubectl get deployments" in err


def test_json_says_it_too(home):
    home.url = "http://127.0.0.1:9/v1"
    code, out, err = home.run("--output", "json", "show pods")
    turn = json.loads(out)
    assert code == 0 and turn["error"] is None and turn["kind"] == "command"
    assert len(turn["notes"]) == 1 and SAYS in turn["notes"][0]


def test_a_plan_too(home):
    home.url = "http://127.0.0.1:9/v1"
    code, out, err = home.run("--plan", "--output", "json", "show pods")
    assert code == 0 and SAYS in err and json.loads(out)["steps"][0]["argv"] == ["kubectl", "get", "pods"]
    code, out, err = home.run("--plan", "write me a poem about the sea")
    assert code == 4 and SAYS not in err


def test_an_interrupt_is_no_failure(home, server):
    import signal
    import time
    server.play(h.stall(b""))
    p = home.start("show pods")
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.2)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=10)
    assert p.returncode == 130 and SAYS not in err and not any("get pods" in line for line in home.kubectl())
