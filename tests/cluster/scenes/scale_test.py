"""A first request, end to end: scale, confirmed, proved; by terminal and by pipe; declined."""
import re

from conftest import kubectl


def ready(ns):
    return kubectl("get", "deployment", "todo-backend", "-n", ns, "-o", "jsonpath={.spec.replicas} {.status.readyReplicas}")


def test_typed_confirmed_and_proved(opsh, todo):
    t = opsh.terminal("-n", todo)
    t.expect(re.escape(todo))
    t.sendline("scale backend to 3 replicas")
    t.expect("kubectl scale deployment/todo-backend --replicas=3")
    t.expect(r"\[y/N")
    t.sendline("y")
    t.expect("3 of 3 pods Ready")
    assert ready(todo) == "3 3"
    t.sendline("/quit")
    t.wait()
    assert t.exitstatus == 0


def test_declined_changes_nothing(opsh, todo):
    for answer in ("n", "", "\x03", "\x04", "yes please", "yy"):
        t = opsh.terminal("-n", todo)
        t.expect(re.escape(todo))
        t.sendline("scale backend to 3 replicas")
        t.expect(r"\[y/N")
        if answer in ("\x03", "\x04"):
            t.send(answer)
        else:
            t.sendline(answer)
        t.expect("(?i)not run|nothing|declined|interrupted|no answer")
        t.sendline("/quit")
        t.close()
        assert ready(todo) == "2 2", f"answer {answer!r} changed something"


def test_by_pipe_with_yes(opsh, todo):
    run = opsh("--yes", "-n", todo, stdin="scale backend to 3 replicas\n")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 of 3 pods Ready" in run.stdout + run.stderr
    assert ready(todo) == "3 3"


def test_by_pipe_without_yes_is_refused(opsh, todo):
    run = opsh("-n", todo, stdin="scale backend to 3 replicas\n")
    assert run.returncode == 5
    assert "--yes" in run.stdout + run.stderr
    assert ready(todo) == "2 2"


def test_read_only_refuses_even_with_yes(opsh, todo):
    run = opsh("--read-only", "--yes", "-n", todo, "scale", "backend", "to", "3", "replicas")
    assert run.returncode == 5
    assert ready(todo) == "2 2"


def test_the_name_is_found_in_its_own_namespace(opsh, todo):
    """No -n: the deployment is found where it lives, and the command says so."""
    run = opsh("--yes", stdin=f"scale todo-backend in namespace {todo} to 1 replica")
    assert run.returncode == 0, run.stdout + run.stderr
    assert ready(todo) == "1 1"


def test_two_candidates_are_a_question(opsh, todo):
    kubectl("create", "deployment", "backend-worker", "--image=busybox:1.36", "-n", todo, "--", "sleep", "3600")
    run = opsh("--yes", "-n", todo, "scale backend to 3 replicas")
    assert run.returncode == 6, run.stdout + run.stderr
    assert "backend-worker" in run.stdout + run.stderr and "todo-backend" in run.stdout + run.stderr
    assert ready(todo) == "2 2"


def test_a_misspelt_name_is_offered_not_used(opsh, todo):
    run = opsh("--yes", "-n", todo, "scale todo-bakend to 3 replicas")
    assert run.returncode == 6, run.stdout + run.stderr
    assert "todo-backend" in run.stdout + run.stderr
    assert ready(todo) == "2 2"


def test_what_is_in_the_way_is_said(opsh, todo):
    run = opsh("--yes", "-n", todo, "set image of backend to todo-backend:9.9.9")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "todo-backend:9.9.9" in run.stdout
    assert re.search("ErrImage|ImagePull", run.stdout + run.stderr)


def test_delete_asks_for_the_name(opsh, todo):
    t = opsh.terminal("-n", todo)
    t.expect(re.escape(todo))
    t.sendline("delete deployment todo-backend")
    t.expect("todo-backend.*:")
    t.sendline("y")
    t.expect("(?i)not run|nothing|declined")
    assert ready(todo) == "2 2"
    t.sendline("delete deployment todo-backend")
    t.expect("Type")
    t.sendline("todo-backend")
    t.expect("gone")
    assert kubectl("get", "deployment", "-n", todo, "-o", "name") == ""
    t.sendeof()
    t.wait()
