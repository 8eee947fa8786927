"""Why is the backend failing, and fix it: a whole turn of an agent at a terminal, on a cluster. The model is a script
that streams what it says in small pieces; what it is told, what happens in the cluster and what the person sees are real."""
import io
import json
import re
import sys
import time

import pyte
import pytest

from conftest import MANIFESTS, ROOT, kubectl

sys.path.insert(0, str(ROOT / "tests/model"))
import hostile as h  # noqa: E402

GOOD, WRONG = "todo-backend:1.0.0", "todo-backend:1.0.0-oops"
REASON = "there is no room for five"


@pytest.fixture
def broken(ns):
    """The todo backend with an image that nobody has."""
    manifest = (MANIFESTS / "todo-backend.yaml").read_text()
    assert GOOD in manifest
    kubectl("apply", "-n", ns, "-f", "-", text=manifest.replace(GOOD, WRONG))
    end = time.monotonic() + 120
    while "Image" not in kubectl("get", "pods", "-n", ns, "-o", "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}"):
        assert time.monotonic() < end, "the image was not missed"
        time.sleep(0.5)
    return ns


@pytest.fixture
def server():
    server = h.Server()
    yield server
    server.close()


def pieces(data, size=23):
    return h.stream(data, size=size, pause=0.002)


def script(ns):
    where = {"namespace": ns}
    return [
        h.calls(h.call("kubectl_get", {"kind": "pods", **where}, id="call_pods", index=0),
                h.call("kubectl_describe", {"kind": "pods", "selector": "app=todo-backend", **where}, id="call_why", index=1),
                text="I will look at the **backend** first."),
        h.calls(h.call("kubectl_set_image", {"kind": "deployment", "name": "todo-backend", "images": {"todo-backend": GOOD}, **where},
                       id="call_fix"), text=f"The image `{WRONG}` does not exist."),
        h.calls(h.call("kubectl_scale", {"kind": "deployment", "name": "todo-backend", "replicas": 5, **where}, id="call_more")),
        h.words("## Fixed\n", "The image's tag was **wrong**; the backend ", "runs `todo-backend:1.0.0` with two pods, ",
                "as you did not want five."),
    ]


def valid(messages):
    """Every call is answered, once, before anything else is said."""
    open_calls = []
    for m in messages:
        if m["role"] == "tool":
            open_calls.remove(m["tool_call_id"])
        else:
            assert open_calls == [], m
            open_calls = [c["id"] for c in m.get("tool_calls", [])]
    assert open_calls == []


def told(request, call_id):
    return next(m["content"] for m in request.messages if m["role"] == "tool" and m["tool_call_id"] == call_id)


def screen_of(text, columns=100, rows=200):
    screen = pyte.Screen(columns, rows)
    pyte.ByteStream(screen).feed(text.encode())
    return "\n".join(line.rstrip() for line in screen.display).rstrip()


def in_order(text, *parts):
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is missing, or not in its place:\n{text}"
        at = found + len(part)


def test_why_is_the_backend_failing_and_fix_it(opsh, broken, server):
    server.play(*[pieces(data) for data in script(broken)])
    t = opsh.terminal("--endpoint", server.url, "--model", "mock", "-n", broken, rows=200)
    seen = t.logfile_read = io.StringIO()
    t.logfile = None
    t.expect(re.escape(broken))
    t.sendline("why is the backend failing, and fix it")

    t.expect(r"\[y/N")  # the fix: both reads ran without a question
    assert kubectl("get", "deployment", "todo-backend", "-n", broken, "-o", "jsonpath={..image}") == WRONG, "nothing before the yes"
    t.sendline("y")
    t.expect("2 of 2 pods Ready")
    t.expect(r"--replicas=5")
    t.expect(r"\[y/N")
    t.sendline(f"n {REASON}")
    t.expect(r"five\.")
    t.expect(re.escape(broken))
    t.sendline("/tokens")
    t.expect("4 requests")
    t.sendline("/quit")
    t.wait()

    state = kubectl("get", "deployment", "todo-backend", "-n", broken, "-o", "jsonpath={..image} {.spec.replicas} {.status.readyReplicas}")
    assert state == f"{GOOD} 2 2"
    assert len(server.requests) == 4
    for request in server.requests:
        valid(request.messages)
    after_reads, after_fix, last = server.requests[1:]
    assert re.search("ImagePullBackOff|ErrImagePull|ErrImageNeverPull", told(after_reads, "call_pods") + told(after_reads, "call_why"))
    assert WRONG in told(after_reads, "call_why")
    assert "2 of 2 pods Ready" in told(after_fix, "call_fix")
    assert "declined" in told(last, "call_more") and REASON in told(last, "call_more")
    assert json.dumps(last.messages).count("why is the backend failing, and fix it") == 1

    in_order(screen_of(seen.getvalue()), "why is the backend failing, and fix it", "I will look at the backend first.",
             f"$ kubectl get pods -n {broken}", "$ kubectl describe pods", f"The image {WRONG} does not exist.",
             f"$ kubectl set image deployment/todo-backend todo-backend={GOOD}", "change", "[y/N", "2 of 2 pods Ready",
             "$ kubectl scale deployment/todo-backend --replicas=5", "[y/N", REASON, "not run: you said no",
             "Fixed\n", "The image's tag was wrong; the backend runs todo-backend:1.0.0 with two pods, as you did not want")
