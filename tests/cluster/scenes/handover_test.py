"""The terminal is handed over for commands that want it, and taken back whatever happens."""
import os
import re
import signal
import stat
import subprocess
import time

from conftest import kubectl


def shell(opsh, ns, **env):
    t = opsh.terminal("-n", ns, env=env)
    t.expect(re.escape(ns))
    return t


def still_works(t):
    t.sendline("!kubectl get deployment todo-backend -o name")
    t.expect("deployment.apps/todo-backend\r\n")
    t.sendline("/quit")
    t.wait()
    assert t.exitstatus == 0


def test_following_logs_ends_with_ctrl_c(opsh, todo):
    t = shell(opsh, todo)
    t.sendline("!kubectl logs -f deployment/todo-backend")
    time.sleep(2)
    t.send("\x03")
    still_works(t)


def test_a_shell_in_a_pod(opsh, todo):
    kubectl("run", "box", "--image=busybox:1.36", "-n", todo, "--", "sleep", "3600")
    kubectl("wait", "--for=condition=Ready", "pod/box", "-n", todo, "--timeout=60s")
    t = shell(opsh, todo)
    t.sendline("!kubectl exec -it box -- sh")
    t.expect(r"\[y/N")
    t.sendline("y")
    t.expect("[#$] ")
    t.sendline("echo in-$((40+2))")
    t.expect("in-42")
    t.send("\x03")
    t.sendline("exit 0")
    t.expect("done \\(")  # until then what is typed belongs to the shell in the pod
    still_works(t)


def test_an_editor(opsh, todo, tmp_path):
    editor = tmp_path / "edit"
    editor.write_text("#!/bin/sh\nsed -i 's/replicas: 2/replicas: 1/' \"$1\"\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    t = shell(opsh, todo, KUBE_EDITOR=str(editor))
    t.sendline("!kubectl edit deployment todo-backend")
    t.expect(r"\[y/N")
    t.sendline("y")
    t.expect("edited")
    assert kubectl("get", "deployment", "todo-backend", "-n", todo, "-o", "jsonpath={.spec.replicas}") == "1"
    still_works(t)


def test_a_child_that_leaves_the_terminal_raw_and_is_killed(opsh, todo):
    t = shell(opsh, todo)
    t.sendline("!kubectl port-forward service/todo-backend 18000:8000")
    index = t.expect([r"\[y/N", "Forwarding"])
    if index == 0:
        t.sendline("y")
        t.expect("Forwarding")
    children = subprocess.run(["pgrep", "-P", str(t.pid)], capture_output=True, text=True).stdout.split()
    assert children
    os.kill(int(children[-1]), signal.SIGKILL)
    still_works(t)
