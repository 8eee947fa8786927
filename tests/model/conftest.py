"""Drives the planner (model-drive) and, where it is built, opsh itself."""
import json
import os
import select
import signal
import subprocess
import sys
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import hostile  # noqa: E402

OUTCOMES = {"ran", "declined", "blocked", "stopped", "timed-out", "not-started", "not-reached"}


class Result:
    def __init__(self, lines):
        self.lines = lines
        last = lines[-1]
        self.error = last.get("error")
        self.move = last.get("move")
        self.done = last.get("done")
        self.thought = "".join(line["thought"] for line in lines if "thought" in line)
        self.text = "".join(line["text"] for line in lines if "text" in line)
        self.notices = [line["notice"] for line in lines if "notice" in line]
        self.waiting = [line["waiting"] for line in lines if "waiting" in line]

    @property
    def argvs(self):
        return [s["argv"] for s in self.move["steps"]] if self.move else []


class Drive:
    def __init__(self, endpoint, *args, env=None):
        program = os.environ.get("MODEL_DRIVE")
        assert program, "MODEL_DRIVE must name the model-drive program"
        environ = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        environ.update(env or {})
        self.p = subprocess.Popen([program, endpoint, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environ)
        self.buffer = b""

    def line(self, timeout=20.0):
        end = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            ready = select.select([self.p.stdout], [], [], max(left, 0))[0]
            assert ready, "model-drive said nothing in time"
            data = os.read(self.p.stdout.fileno(), 65536)
            assert data, "model-drive died: " + self.p.stderr.read().decode(errors="replace")[-3000:]
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def send(self, **order):
        self.p.stdin.write(json.dumps(order).encode() + b"\n")
        self.p.stdin.flush()

    def result(self, timeout=20.0):
        lines = []
        while not lines or not {"move", "error", "forgot", "done"} & lines[-1].keys():
            lines.append(self.line(timeout))
        return Result(lines)

    def ask(self, text="scale backend to 3", timeout=20.0):
        self.send(ask=text)
        return self.result(timeout)

    def observe(self, *observations, timeout=20.0):
        self.send(observe=list(observations))
        return self.result(timeout)

    def forget(self):
        self.send(forget=True)
        return self.result()

    def command(self, **order):
        self.send(**order)
        return self.result()

    def interrupt(self):
        self.p.send_signal(signal.SIGINT)

    def close(self):
        self.p.stdin.close()
        try:
            code = self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
            raise
        stderr = self.p.stderr.read().decode(errors="replace")
        assert code == 0 and stderr == "", f"exit {code}: {stderr[-3000:]}"


def ran(output="", exit_code=0, **more):
    return {"outcome": "ran", "output": output, "exit_code": exit_code, **more}


@pytest.fixture
def server():
    s = hostile.Server()
    yield s
    s.close()


@pytest.fixture
def drive(server):
    """The planner against the hostile server; checks at the end that it is alive and left cleanly."""
    d = Drive(server.url, "--silence-ms", "1500")
    yield d
    d.close()


def check_conversation(messages):
    """What the strictest endpoints demand: roles alternate, each call is answered once, ids match."""
    assert messages[0]["role"] == "system" and messages[0]["content"]
    previous, open_calls, seen = "system", [], set()
    for m in messages[1:]:
        role = m["role"]
        if role == "tool":
            assert m["tool_call_id"] in open_calls, "an answer without its call"
            open_calls.remove(m["tool_call_id"])
            assert isinstance(m["content"], str) and m["content"]
        else:
            assert not open_calls, f"{role} speaks before calls {open_calls} are answered"
            assert role != previous, f"two {role} messages in a row"
            assert role in ("user", "assistant")
            assert not (role == "user" and previous == "tool"), "a person speaks right after a tool"
        for c in m.get("tool_calls", []):
            assert c["type"] == "function" and c["id"] and c["id"] not in seen
            assert isinstance(json.loads(c["function"]["arguments"]), dict)
            assert c["function"]["name"].replace("_", "").replace("-", "").isalnum()
            seen.add(c["id"])
            open_calls.append(c["id"])
        assert m.get("content") or m.get("tool_calls"), "an empty message"
        previous = role
    assert not open_calls


def still_works(drive, server):
    """After whatever happened: a normal request is answered, and its conversation is valid."""
    server.scenes.clear()
    server.play(hostile.normal("Fine."))
    before = len(server.requests)
    r = drive.ask("is all well?")
    assert r.error is None and r.move["kind"] == "answer" and r.text == "Fine."
    assert len(server.requests) == before + 1
    messages = server.requests[-1].messages
    check_conversation(messages)
    assert messages[-1] == {"role": "user", "content": "is all well?"}
    return messages


def installed(what):
    """The folder of a server that `servers` installs; where that cannot be, the test is skipped (in CI: fails)."""
    servers = os.path.join(os.path.dirname(__file__), "servers")
    p = subprocess.run([servers, what], capture_output=True, text=True)
    if p.returncode == 0:
        return p.stdout.strip()
    reason = f"{what} cannot be installed: {p.stderr.strip()[-300:]}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
