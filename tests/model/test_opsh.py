"""The opsh program itself against the hostile endpoint, with a recorder standing in for kubectl."""
import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

import hostile as h
from conftest import check_conversation

OPSH = os.environ.get("OPSH")
KEY = "sk-test-0123456789abcdefghij"
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: sandbox
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: sandbox, context: {cluster: nowhere, user: nobody, namespace: shop}}]
"""
RECORDER = """#!/bin/sh
echo "$*" >>"$HOME/kubectl.log"
env >>"$HOME/kubectl.env"
case "$*" in
*sleep*) sleep 30 ;;
*"-o json"*) echo '{"apiVersion":"v1","kind":"List","items":[]}' ;;
*pods*) echo "NAME recorder-pod" ;;
*) echo "recorded" ;;
esac
"""
PODS = h.call("kubectl_get", {"kind": "pods"})

pytestmark = pytest.mark.skipif(not OPSH, reason="OPSH does not name the program")


class Home:
    def __init__(self, path, url):
        self.path, self.url = path, url
        (path / "bin").mkdir()
        (path / "bin/kubectl").write_text(RECORDER)
        (path / "bin/kubectl").chmod(0o755)
        (path / "kubeconfig").write_text(KUBECONFIG)

    def start(self, *args, key=None):
        env = {"HOME": str(self.path), "PATH": f"{self.path}/bin:/usr/bin:/bin", "KUBECONFIG": str(self.path / "kubeconfig"),
               "OPENAI_BASE_URL": self.url, "OPENAI_MODEL": "m", "LANG": "C.UTF-8"}
        env.update({"OPENAI_API_KEY": key} if key else {})
        return subprocess.Popen([OPSH, *args], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *args, key=None):
        p = self.start(*args, key=key)
        out, err = p.communicate(timeout=30)
        return p.returncode, out, err

    def kubectl(self):
        log = self.path / "kubectl.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def home(server, tmp_path):
    return Home(tmp_path, server.url)


def test_a_read_runs_and_the_answer_is_printed(home, server):
    server.play(h.stream(h.calls(PODS)), h.normal("One pod, and it is called recorder-pod."))
    code, out, err = home.run("which", "pods", "are", "there?")
    assert code == 0, err
    assert any(line.startswith("get pods") for line in home.kubectl())
    assert "recorder-pod" in server.requests[1].messages[-1]["content"]
    assert "One pod, and it is called recorder-pod." in " ".join(out.split())
    check_conversation(server.requests[1].messages)


def test_a_change_without_a_terminal_is_refused_and_the_model_told(home, server):
    server.play(h.stream(h.calls(h.scale())), h.normal("Then not."))
    code, out, err = home.run("scale it")
    assert code == 5, (out, err)
    assert not any("scale" in line for line in home.kubectl())
    if len(server.requests) > 1:
        assert "Not run" in server.requests[1].messages[-1]["content"]


def test_a_change_with_yes_runs(home, server):
    server.play(h.stream(h.calls(h.scale())), h.normal("Done."))
    home.run("--yes", "scale it")
    assert any(line.startswith("scale deployment/todo-backend --replicas=3") for line in home.kubectl())
    assert "exit code 0" in server.requests[1].messages[-1]["content"]


@pytest.mark.parametrize("scene, said", [
    (h.reply("200 OK", "<html>hi</html>", kind="text/html"), "web page"),
    (h.reply("401 Unauthorized", {"error": {"message": f"Incorrect API key: {KEY}"}}), "refuses the key"),
    (h.stream(h.calls(h.scale())[:-150]), "ended in the middle"),
    (h.reply("404 Not Found", {"error": {"message": "model m not found"}}), "no such model"),
], ids=["page", "401", "truncated", "404"])
def test_trouble_with_the_endpoint_is_one_line_and_status_4(home, server, scene, said):
    server.play(scene)
    code, out, err = home.run("--yes", "scale it", key=KEY)
    assert code == 4 and said in " ".join((out + err).split())
    assert home.kubectl() == [] or not any("scale" in line for line in home.kubectl())
    assert KEY not in out + err


def test_endpoint_down(home, server):
    home.url = "http://127.0.0.1:9/v1"
    code, out, err = home.run("scale it")
    assert code == 4 and "nothing listens there" in " ".join((out + err).split())


def test_the_key_is_in_the_request_and_nowhere_else(home, server):
    server.play(h.stream(h.calls(PODS)), h.normal())
    code, out, err = home.run("pods?", key=KEY)
    assert code == 0 and server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in out + err + "".join(q.raw.decode() for q in server.requests)
    for path in home.path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
    assert "OPENAI_API_KEY" not in (home.path / "kubectl.env").read_text()


def test_words_of_one_reply_do_not_run_into_what_comes_next(home, server):
    server.play(h.stream(h.calls(h.call("find_tools", {"words": "taint"}), text="I look for a tool.")),
                h.stream(h.calls(h.call("kubectl_scal", {}), text="Then I err.")),
                h.stream(h.calls(PODS, text="Now I read.")), h.normal("Done."))
    code, out, err = home.run("look")
    assert code == 0, err
    assert [line for line in out.splitlines() if line] == ["I look for a tool.", "Then I err.", "Now I read.", "NAME recorder-pod", "Done."]


@pytest.mark.parametrize("key", [KEY, "local-key-1"])
def test_the_key_stays_where_it_is_though_the_person_and_a_tool_name_it(home, server, key):
    kubectl = home.path / "bin/kubectl"
    kubectl.write_text(RECORDER.replace('echo "recorded"', f'echo "key: {key}"'))
    server.play(h.stream(h.calls(h.call("kubectl_version", {}))), h.normal())
    code, out, err = home.run(f"is {key} my key?", key=key)
    assert code == 0 and f"key: {key}" in out and len(server.requests) == 2
    assert key not in err + "".join(q.raw.decode() for q in server.requests)
    kubectl.unlink()
    for path in home.path.rglob("*"):  # journal, history, whatever else was written
        assert not path.is_file() or key.encode() not in path.read_bytes(), path


def test_it_dies_without_a_core(home, server):
    server.play(h.stall(b""))
    p = home.start("hello", key=KEY)
    end = time.monotonic() + 10
    while not server.requests and time.monotonic() < end:
        time.sleep(0.05)
    limits = pathlib.Path(f"/proc/{p.pid}/limits").read_text()
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]
    for file in ("environ", "cmdline"):
        assert KEY.encode() not in pathlib.Path(f"/proc/{p.pid}/{file}").read_bytes()
    p.send_signal(signal.SIGSEGV)
    assert p.wait(10) != 0 and not list(home.path.rglob("core*"))


@pytest.mark.parametrize("scene", [h.stall(h.event(h.delta(content="Hel"))), h.stall(b"")], ids=["words", "silence"])
def test_ctrl_c_ends_with_130_at_once(home, server, scene):
    server.play(scene)
    p = home.start("tell me")
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.3)
    t = time.monotonic()
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=10)
    assert p.returncode == 130 and time.monotonic() - t < 0.5  # the whole program has left by then


def test_escape_sequences_in_words_do_not_reach_the_terminal(home, server):
    server.play(h.stream(h.words("a\x1b]0;pwned\x07b\x1b[2Jc", "\u202edesrever")))
    code, out, err = home.run("hello")
    assert code == 0 and "\x1b" not in out and "\u202e" not in out and "abc" in out


def test_placeholders_longer_than_what_they_stand_for_stay_within_the_budget(home, server):
    (home.path / ".config/opsh").mkdir(parents=True)
    (home.path / ".config/opsh/config.yaml").write_text("context_tokens: 6000\nredact: ['k[0-9]+']\n")
    said = [" ".join(f"k{i}{n}" for n in range(10, 99)) for i in range(8)]
    server.play(*[h.stream(h.calls(h.call("find_tools", {"words": w}, id=f"f{i}"))) for i, w in enumerate(said)], h.normal("So."))
    code, out, err = home.run("look")
    assert code == 0 and "So." in out, err
    assert len(server.requests) == 9 and max(len(q.raw) for q in server.requests) <= 6000 * 4 * 7 // 8
    assert "opsh-secret-" in server.requests[-1].raw.decode() and "k010" not in server.requests[-1].raw.decode()
