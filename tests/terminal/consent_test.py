"""What stands around a question: what would differ, the answers besides yes and no, and what never answers."""
import os
import time

import pytest

# A recorder that knows deployment web with 2 replicas, an autoscaler of it, and dry runs.
RECORDER = r"""#!/bin/sh
here=$(dirname "$0")
echo "$(basename "$0") $*" >>"$(cat "$here/recorder.log-path")"
object() { # replicas image
    echo '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "1"},'
    echo ' "spec": {"replicas": '$1', "template": {"spec": {"containers": [{"image": "'$2'", "name": "web"}]}}}}'
}
case "$*" in
*dry-run*)
    if [ -e "$here/slow" ]; then echo $$ >"$here/slow"; exec sleep 30; fi
    case "$*" in
    *image*) object 2 web:2 ;;
    *) object 2 web:1 ;; # as kubectl does: scale's dry run shows the object as it was
    esac ;;
*horizontalpodautoscalers*)
    echo '{"kind": "List", "items": [{"kind": "HorizontalPodAutoscaler", "metadata": {"name": "by-cpu", "namespace": "shop"},'
    echo ' "spec": {"minReplicas": 2, "maxReplicas": 9, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}}]}' ;;
*deployments,*json*) echo '{"kind": "List", "items": []}' ;;
*json*) object 2 web:1 ;;
get*) echo "NAME recorder-pod" ;;
*) echo "recorded" ;;
esac
"""


@pytest.fixture
def web(home):
    home.recorder.write_text(RECORDER)
    return home


def ask(home, command, *args, **kw):
    return home.start(*args, **kw).prompt().enter(command)


SCALE = "!kubectl scale deployment/web --replicas=3"


def test_what_would_differ_comes_above_the_question(web):
    opsh = ask(web, SCALE, columns=110).wait("replicas 2 \u2192 3").wait_last("[y/N]")
    text = opsh.text()
    assert "-   replicas: 2" in text and "+   replicas: 3" in text
    assert "! HorizontalPodAutoscaler by-cpu (2 to 9) sets the replicas: an HPA will undo this within 15 s" in text
    assert text.count("Run this?") == 1 and web.recorded() == []


def test_pods_replaced(web):
    opsh = ask(web, "!kubectl set image deployment/web web=web:2").wait("image: web:2").wait_last("[y/N]")
    assert "- image: web:1" in opsh.text() and "2 pods are replaced" in opsh.text()


@pytest.mark.parametrize("answer,seen", [("n", "you said no"), ("y", "\u2713"), ("", "you said no")])
def test_the_question_does_not_wait_and_an_early_answer_ends_the_looking(web, answer, seen):
    slow = web.bin / "slow"
    slow.touch()
    opsh = ask(web, SCALE).wait_last("[y/N]")
    opsh.until(lambda s: slow.read_text().strip() != "", "the dry run's process")
    pid = int(slow.read_text())
    os.kill(pid, 0)
    slow.unlink()
    began = time.monotonic()
    opsh.enter(answer).wait(seen).prompt()
    assert time.monotonic() - began < 2
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert web.recorded() == (["kubectl scale deployment/web --replicas=3"] if answer == "y" else [])


def test_ctrl_c_while_looking_is_no(web):
    (web.bin / "slow").touch()
    opsh = ask(web, SCALE).wait_last("[y/N]").quiet(0.3).type("\x03").wait("nothing was run").prompt()
    assert web.recorded() == []


def test_pasted_input_never_answers(web):
    opsh = ask(web, SCALE).wait("3").wait_last("[y/N]")
    opsh.type("\x1b[200~y\r\x1b[201~").wait("that was pasted").wait_last("[y/N]")
    opsh.type("y\ry\ry\r").wait("that was pasted", 2).wait_last("[y/N]")
    assert web.recorded() == []
    opsh.enter("y").wait("recorded").prompt()


def test_the_whole_diff_and_the_explanation(web):
    opsh = ask(web, SCALE).wait("\u2192").wait_last("[y/N]").enter("d").wait("name: web", 1).wait_last("[y/N]")
    opsh.enter("x").wait("kubectl scale:").wait("--replicas 3: how many pods").wait("change: ").wait_last("[y/N]")
    assert web.recorded() == []
    opsh.enter("n the quota is full").wait("you said no").prompt()


def test_edited_commands_are_judged_anew(web):
    opsh = ask(web, SCALE).wait("\u2192").wait_last("[y/N]").enter("e").wait("edit: kubectl scale deployment/web --replicas=3")
    opsh.type("\x15").enter("kubectl delete deployment/web").wait('Type the name "web" to confirm:').wait("goes away")
    opsh.wait_last("to confirm:").enter("y").wait("the name was not typed").prompt()
    assert web.recorded() == []


def test_an_edited_command_is_asked_about_even_when_it_reads(web):
    opsh = ask(web, SCALE).wait("\u2192").wait_last("[y/N]").enter("e").wait("edit: ").type("\x15").enter("kubectl get pods")
    opsh.wait("$ kubectl get pods").wait_last("[y/N]")
    assert web.recorded() == []
    opsh.enter("y").wait("recorder-pod").prompt()


def test_editing_can_be_left_and_runs_no_shell(web):
    opsh = ask(web, SCALE).wait("\u2192").wait_last("[y/N]").enter("e").wait("edit: ").type("\x03").wait_last("[y/N]")
    opsh.enter("e").wait("edit: ", 2).type("\x15").enter("kubectl get pods | tee stolen").wait("no shell").wait_last("[y/N]")
    opsh.enter("y").wait("recorded").prompt()
    assert web.recorded() == ["kubectl scale deployment/web --replicas=3"]


def test_always_is_for_this_verb_kind_namespace_and_context(web):
    opsh = ask(web, SCALE).wait("\u2192").wait_last("[y/N]").enter("a").wait("/allow lists").wait("recorded").prompt()
    opsh.enter("!kubectl scale deployment/web --replicas=4").wait("recorded", 2).prompt()
    assert opsh.text().count("Run this?") == 1
    opsh.enter("/allow").wait("1. scale deployment in namespace shop of context sandbox").prompt()
    for n, other in enumerate(("!kubectl scale deployment/web --replicas=4 -n other", "!kubectl scale statefulset/web --replicas=4",
                               "!kubectl scale deployment/web statefulset/db --replicas=4", "!kubectl label deployment/web a=b",
                               "!kubectl --context staging scale deployment/web --replicas=4",
                               "!kubectl scale deployment -l app=web --replicas=4"), 2):
        opsh.enter(other).wait("Run this?", n).quiet(0.4).wait_last("[y/N]").enter("n").wait("you said no", n - 1).prompt()
    opsh.enter("!kubectl delete deployment/web").wait("Type the name").quiet(0.3)
    assert "always" not in opsh.last()
    opsh.enter("").prompt().enter("/allow revoke 1").wait("Taken back").prompt()
    opsh.enter("!kubectl scale deployment/web --replicas=4").wait("Run this?", 8)
    assert len(web.recorded()) == 2


def test_suggest_prints_and_runs_nothing(web):
    status, out, err = web.run("--suggest", "--yes", "!kubectl scale deployment/web --replicas=3")
    assert (status, out) == (0, "kubectl scale deployment/web --replicas=3\n")
    status, out, err = web.run("--suggest", "!kubectl get pods")
    assert status == 0 and "recorder-pod" in out
    assert web.recorded() == ["kubectl get pods"]


def test_modes_are_switched_and_shown(web):
    opsh = web.start().prompt().enter("/suggest on").wait("[suggest]").prompt()
    opsh.enter(SCALE).wait("suggested, not run").prompt().enter("/suggest off").wait("asked about, and run").prompt()
    opsh.enter("/confirm all").wait("[confirm all]").prompt().enter("!kubectl get pods").wait("Run this? [y/N]").enter("n")
    opsh.wait("you said no").prompt().enter("/confirm changes").wait("reads run").prompt()
    assert "[" not in opsh.last() and web.recorded() == []
    opsh.enter("/confirm never").wait("/confirm is all or changes").prompt()


def test_confirm_all_from_the_command_line(web):
    status, out, err = web.run("--confirm", "all", "!kubectl get pods")
    assert status == 5 and "--confirm all" in err and web.recorded() == []
    status, out, err = web.run("--confirm", "some", "!kubectl get pods")
    assert status == 2 and "all|changes" in err


def test_a_protected_context_wants_its_name(web):
    web.config('protected: ["sand*"]\n')
    opsh = ask(web, SCALE, "--yes", "--yes-destroy").wait("\u2192").wait('Type the context "sandbox" to confirm:')
    opsh.wait_last("to confirm:")
    assert "[protected]" in opsh.text() and "always" not in opsh.last()
    opsh.enter("y").wait("not run").prompt()
    opsh.enter("!kubectl delete deployment/web").wait('Type the name "sandbox/web" to confirm:').wait("nothing to scale").wait_last("to confirm:")
    opsh.enter("web").wait("not run", 2).prompt()
    assert web.recorded() == []
    opsh.enter(SCALE).wait("\u2192", 2).wait_last("to confirm:").enter("sandbox").wait("recorded").prompt()
    opsh.enter("!kubectl --context staging label deployment/web a=b").wait("recorded", 2).prompt()  # --yes holds elsewhere
    status, out, err = web.run("--yes", "--yes-destroy", SCALE)
    assert status == 5 and "protected" in err


def test_yes_destroy_needs_yes(web):
    status, out, err = web.run("--yes-destroy", "!kubectl delete deployment/web")
    assert status == 5 and "does nothing without --yes" in err
    status, out, err = web.run("--yes", "!kubectl delete deployment/web")
    assert status == 5 and "--yes-destroy" in err
    assert web.recorded() == []
    web.run("--yes", "--yes-destroy", "!kubectl delete deployment/web")
    assert web.recorded()[0] == "kubectl delete deployment/web"


def test_nothing_is_looked_at_before_a_person_saw_an_unknown_command(web):
    opsh = ask(web, "!kubectl frobnicate deployment/web").wait_last("[y/N]").quiet(0.3)
    assert not web.record.exists() or "frobnicate" not in web.record.read_text()
    opsh.enter("n").prompt().enter("!kubectl apply -f https://example.invalid/x.yaml").wait("[y/N]", 2).quiet(0.3)
    assert not web.record.exists() or "example.invalid" not in web.record.read_text()


def test_what_cannot_be_read_is_not_taken_for_new_or_gone(web):
    """The recorder refuses to get: the dry run alone must not look like a creation, nor a deletion like nothing."""
    web.recorder.write_text(RECORDER.replace('*json*) object 2 web:1 ;;', '*json*) echo "Error: forbidden here" >&2; exit 1 ;;'))
    opsh = ask(web, "!kubectl set image deployment/web web=web:2").wait("could not be read: Error: forbidden here").wait_last("[y/N]")
    assert "(new)" not in opsh.text()
    opsh.enter("n").prompt().enter("!kubectl delete deployment/web").wait("could not be read", 2).wait_last("to confirm:")
    assert "it is not there" not in opsh.text()
