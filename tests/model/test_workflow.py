"""A model asks for a workflow: its steps go through the gate, its end is the call's answer, other calls wait."""
import json

import pytest

import hostile as h
from conftest import check_conversation
from test_opsh import OPSH, Home

# The recorder keeps the label that it is told to set, so that a look sees what was done.
RECORDER = """#!/bin/sh
echo "$*" >>"$HOME/kubectl.log"
case "$*" in
label*) echo "$*" >"$HOME/label"; echo labelled ;;
"get pod"*) cat "$HOME/label" 2>/dev/null ;;
*"-o json"*) echo '{"apiVersion":"v1","kind":"List","items":[]}' ;;
esac
"""
WORKFLOW = """\
workflow:
  name: mark-pod
  about: Labels one pod
  say: mark the pod
  values:
    type: object
    properties:
      pod: {type: string, pattern: "^[a-z]+$", default: web}
  steps:
    - name: the label
      done: {read: [kubectl, get, pod, "{pod}"], text: "*tier=front*"}
      run: [kubectl, label, pod, "{pod}", tier=front]
    - {name: it is seen, check: {read: [kubectl, get, pod, "{pod}"], text: "*tier=front*"}, within: 0}
  answer: [{say: "The pod {pod} is marked."}]
"""

pytestmark = pytest.mark.skipif(not OPSH, reason="OPSH does not name the program")


@pytest.fixture
def home(server, tmp_path):
    home = Home(tmp_path, server.url)
    (tmp_path / "bin/kubectl").write_text(RECORDER)
    folder = tmp_path / ".config/opsh/tools/workflows"
    folder.mkdir(parents=True)
    (folder / "mark-pod.yaml").write_text(WORKFLOW)
    return home


def run_workflow(values=None, workflow="mark-pod", id="w1"):
    return h.call("run_workflow", {"workflow": workflow, **({"values": values} if values is not None else {})}, id=id)


def answers(server):
    return [m["content"] for m in server.requests[-1].messages if m["role"] == "tool"]


def labelled(home):
    return [line for line in home.kubectl() if line.startswith("label")]


def test_it_is_offered_with_its_values(home, server):
    home.run("hello")
    [tool] = [t["function"] for t in server.requests[0].body["tools"] if t["function"]["name"] == "run_workflow"]
    assert {"deploy-todo", "teardown-todo", "mark-pod"} <= set(tool["parameters"]["properties"]["workflow"]["enum"])
    assert "mark-pod (Labels one pod; values: pod)" in tool["description"]


def test_it_runs_and_how_it_ended_is_the_answer(home, server):
    server.play(h.stream(h.calls(run_workflow())), h.normal("It is marked."))
    code, out, err = home.run("--yes", "mark my pod please")
    assert code == 0, (out, err)
    assert labelled(home) == ["label pod web tier=front"]
    assert "The pod web is marked." in answers(server)[0]
    assert "It is marked." in out
    check_conversation(server.requests[-1].messages)


def test_values_that_the_person_said_are_taken(home, server):
    server.play(h.stream(h.calls(run_workflow({"pod": "shop"}))), h.normal("Marked."))
    code, out, err = home.run("--yes", "mark the pod shop")
    assert code == 0 and labelled(home) == ["label pod shop tier=front"], (out, err)


def test_without_consent_nothing_runs_and_the_model_is_told(home, server):
    server.play(h.stream(h.calls(run_workflow())), h.normal("Then not."))
    code, out, err = home.run("mark my pod")
    assert code == 5 and labelled(home) == [], (out, err)
    assert all("is marked" not in a for a in answers(server))
    check_conversation(server.requests[-1].messages)


def test_what_is_done_already_is_not_done_again(home, server):
    (home.path / "label").write_text("web tier=front\n")
    server.play(h.stream(h.calls(run_workflow())), h.normal("It was."))
    code, out, err = home.run("--yes", "mark my pod")
    assert code == 0 and labelled(home) == [], (out, err)
    assert "everything is done already" in answers(server)[0]


@pytest.mark.parametrize("call, said", [
    ([run_workflow(workflow="nothing")], "Not run"),
    ([run_workflow({"pod": "Not A Pod"})], "Values:"),
    ([run_workflow({"colour": "red"})], "Values:"),
    ([h.call("run_workflow", {})], "\"workflow\" is missing"),
    ([h.call("run_workflow", {"workflow": "mark-pod", "values": "pod=web"})], "should be an object"),
    ([h.call("run_workflow", {"workflow": 7})], "Not run"),
    ([run_workflow(), h.call("kubectl_get", {"kind": "pods"}, id="c2", index=1)], "by itself"),
], ids=["unknown", "pattern", "value", "missing", "type", "number", "beside"])
def test_a_wrong_call_is_answered_and_runs_nothing(home, server, call, said):
    server.play(h.stream(h.calls(*call)), h.normal("So."))
    code, out, err = home.run("--yes", "mark my pod")
    assert labelled(home) == [] and said in answers(server)[0], (out, err, answers(server))
    check_conversation(server.requests[-1].messages)


def test_after_it_the_model_goes_on_with_other_calls(home, server):
    server.play(h.stream(h.calls(run_workflow())), h.stream(h.calls(h.call("kubectl_get", {"kind": "services"}, id="c2"))),
                h.normal("Both."))
    code, out, err = home.run("--yes", "mark my pod, then the services")
    assert code == 0 and any(line.startswith("get services") for line in home.kubectl()), (out, err)
    assert len(answers(server)) == 2
    assert json.dumps(server.requests[-1].messages).count("w1") >= 2


def test_a_workflow_that_fails_tells_the_model_where(home, server):
    (home.path / "bin/kubectl").write_text(RECORDER.replace("echo labelled", "exit 3"))
    server.play(h.stream(h.calls(run_workflow())), h.normal("It failed."))
    home.run("--yes", "mark my pod")
    assert "the label" in answers(server)[0] and "is marked" not in answers(server)[0]
