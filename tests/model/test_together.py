"""Reads of one reply run at the same time, and look as if they had run one after the other."""
import signal
import time

import hostile as h
from conftest import check_conversation
from test_opsh import Home, home, pytestmark  # noqa: F401

RECORDER = """#!/bin/sh
echo "$(date +%s.%N) begins $*" >>"$HOME/kubectl.log"
case "$*" in
*json*) exit 1 ;;
*slow*) echo "$* slept"; sleep 1; echo "$* awake" ;;
*fail*) echo "$* fails" >&2; exit 3 ;;
*stays*) trap '' TERM; sleep 30 ;;
*) echo "$* at once" ;;
esac
echo "$(date +%s.%N) ends $*" >>"$HOME/kubectl.log"
"""


def get(i, name):
    return h.call("kubectl_get", {"kind": "pods", "name": name}, id=f"call_{i}", index=i)


def replies(server, *names, then="Seen."):
    server.play(h.stream(h.calls(*[get(i, n) for i, n in enumerate(names)])), h.normal(then))


def start(home):
    (home.path / "bin/kubectl").write_text(RECORDER)
    return home


def times(home):
    """When each command began and ended, in seconds."""
    seen = {}
    for line in home.kubectl():
        at, what, *argv = line.split()
        seen.setdefault(argv[2] if len(argv) > 2 else "", {})[what] = float(at)
    return seen


def told(server):
    return [m["content"] for m in server.requests[1].messages if m["role"] == "tool"]


def test_three_reads_of_a_second_take_a_second_and_stay_in_order(home, server):
    replies(server, "slow-1", "quick-2", "slow-3", "slow-4")
    code, out, err = start(home).run("what runs?")
    assert code == 0, err
    t = times(home)
    begun = [t[n]["begins"] for n in ("slow-1", "quick-2", "slow-3", "slow-4")]
    assert max(begun) < t["slow-1"]["ends"], t  # the last began before the first had ended
    said = [line for line in out.splitlines() if line.startswith("get pods")]
    assert said == ["get pods slow-1 slept", "get pods slow-1 awake", "get pods quick-2 at once", "get pods slow-3 slept",
                    "get pods slow-3 awake", "get pods slow-4 slept", "get pods slow-4 awake"]
    assert [line for line in err.splitlines() if line.startswith("[")] == [
        f"[{i}/4] $ kubectl get pods {n}" for i, n in enumerate(["slow-1", "quick-2", "slow-3", "slow-4"], 1)]
    check_conversation(server.requests[1].messages)
    assert ["slow-1 awake" in told(server)[0], "quick-2" in told(server)[1], "slow-4 awake" in told(server)[3]] == [True] * 3


def test_no_more_than_four_at_a_time(home, server):
    replies(server, *[f"slow-{i}" for i in range(5)])
    code, out, err = start(home).run("what runs?")
    t = times(home)
    assert code == 0 and t["slow-4"]["begins"] > min(t[f"slow-{i}"]["ends"] for i in range(4))
    assert len(told(server)) == 5


def test_one_that_fails_keeps_nobody_from_being_read(home, server):
    replies(server, "fail-1", "slow-2", "quick-3")
    code, out, err = start(home).run("what runs?")
    assert code == 0  # what a model reads may fail
    answers = told(server)
    assert "exit code 3 (failed)" in answers[0] and "fail-1 fails" in answers[0]
    assert "slow-2 awake" in answers[1] and "quick-3 at once" in answers[2]
    assert out.index("slow-2 awake") < out.index("quick-3 at once")
    check_conversation(server.requests[1].messages)


def test_what_changes_waits_for_the_reads_before_it(home, server):
    scale = {**h.scale(id="call_2"), "index": 2}
    again = get(3, "quick-4")
    server.play(h.stream(h.calls(get(0, "slow-1"), get(1, "slow-2"), scale, again)), h.normal("Done."))
    start(home).run("--yes", "scale deployment todo-backend to 3 once you have looked")
    t = times(home)
    log = [line.split(" ", 1)[1] for line in home.kubectl() if "json" not in line]
    changed = next(i for i, line in enumerate(log) if line.startswith("begins scale"))
    assert log.index("ends get pods slow-1") < changed and log.index("ends get pods slow-2") < changed
    assert changed < log.index("begins get pods quick-4")
    assert t["slow-2"]["begins"] < t["slow-1"]["ends"]


def test_ctrl_c_ends_all_of_them_at_once(home, server):
    replies(server, "stays-1", "slow-2", "stays-3")
    p = start(home).start("what runs?")
    while sum("begins" in line for line in home.kubectl()) < 3:
        time.sleep(0.01)
    time.sleep(0.1)
    at = time.monotonic()
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=10)
    assert p.returncode == 130 and time.monotonic() - at < 0.5  # 100 ms, and the end of the program
    assert err.count("stopped") == 3 and len(server.requests) == 1


def test_each_has_its_own_time_limit(home, server):
    (home.path / ".config/opsh").mkdir(parents=True)
    (home.path / ".config/opsh/config.yaml").write_text("timeout: 2\n")
    (home.path / ".config/opsh/config.yaml").chmod(0o600)
    replies(server, "slow-1", "stays-2")
    text = RECORDER.replace("trap '' TERM; ", "")
    (home.path / "bin/kubectl").write_text(text)
    code, out, err = home.run("what runs?")
    assert "slow-1 awake" in told(server)[0] and "time limit" in told(server)[1]
