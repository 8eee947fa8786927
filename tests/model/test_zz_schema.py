"""Runs last: every message that opsh sent in this session parses with the openai package's types."""
import json
import subprocess

import hostile as h
from conftest import Drive, HERE, installed, ran


def validate(bodies):
    home = installed("python")
    lines = "\n".join(json.dumps(b) for b in bodies)
    return subprocess.run([f"{home}/venv/bin/python", f"{HERE}/schema.py"], input=lines, capture_output=True, text=True)


def test_all_that_was_sent_fits_the_published_schema(server):
    d = Drive(server.url)  # so that there is something when this file runs alone
    server.play(h.stream(h.calls(h.scale(), text="So.")), h.stream(h.calls(h.call("x", "{"))), h.normal())
    d.ask()
    d.observe(ran("scaled", proof="3 of 3"))
    d.close()
    tools, bodies = set(), []
    for q in h.Server.everything:
        body = dict(q.body)
        key = json.dumps(body.get("tools"))
        if key in tools:  # the same list again
            body.pop("tools", None)
        tools.add(key)
        bodies.append(body)
    p = validate(bodies)
    assert p.returncode == 0, p.stderr[-3000:]
    assert int(p.stdout) >= sum(len(b["messages"]) for b in bodies) > 10


def test_the_validator_sees_what_is_wrong(server):
    good = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    wrong = [{"role": "tool", "content": "x"}, {"role": "user", "content": "x", "odd": 1},
             {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "n"}}]}]
    assert validate([good]).returncode == 0
    for m in wrong:
        assert validate([{**good, "messages": [m]}]).returncode != 0, m
    assert validate([{**good, "odd": 1}]).returncode != 0
