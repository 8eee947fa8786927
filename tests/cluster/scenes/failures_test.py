"""Why are pods failing: really crash-looping and really killed for memory, without any key."""
import re
import time

from conftest import MANIFESTS, kubectl


def wait_for(ns, text, seconds=120):
    state = "{range .items[*].status.containerStatuses[*]}{.state.waiting.reason} {.lastState.terminated.reason} {end}"
    end = time.time() + seconds
    while time.time() < end:
        if text in kubectl("get", "pods", "-n", ns, "-o", f"jsonpath={state}"):
            return
        time.sleep(1)
    raise AssertionError(f"no pod of {ns} came to {text}")


def test_crash_and_out_of_memory(opsh, ns):
    for name in ("crashloop", "oom", "todo-backend"):
        kubectl("apply", "-n", ns, "-f", str(MANIFESTS / f"{name}.yaml"))
    wait_for(ns, "CrashLoopBackOff")
    wait_for(ns, "OOMKilled")
    run = opsh("-n", ns, "why are pods failing")
    assert run.returncode == 0, run.stdout + run.stderr
    crash = re.search(r"payments-\S+.*?(?=\n\n|\Z)", run.stdout, re.S).group()
    assert "CrashLoopBackOff" in crash and "exit code 3" in crash
    assert "FATAL: environment variable PAYMENTS_DB_URL is not set" in crash
    oom = re.search(r"cache-warmer-\S+.*?(?=\n\n|\Z)", run.stdout, re.S).group()
    assert "OOMKilled" in oom and "exit code 137" in oom and "last log line" in oom
    assert "todo-backend" not in run.stdout


def test_image_and_scheduling(opsh, ns):
    for name in ("imagepull", "pending"):
        kubectl("apply", "-n", ns, "-f", str(MANIFESTS / f"{name}.yaml"))
    wait_for(ns, "ImagePull")
    run = opsh("-n", ns, "check why pods are failing")
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search("reports-.*(ErrImagePull|ImagePullBackOff)", run.stdout)
    assert re.search("simulation-.*Unschedulable", run.stdout) and "Insufficient cpu" in run.stdout


def test_all_is_well(opsh, todo):
    run = opsh("-n", todo, "why are pods failing")
    assert run.returncode == 0
    assert "No pod is failing" in run.stdout


def test_the_reason_of_one_workload(opsh, ns):
    kubectl("apply", "-n", ns, "-f", str(MANIFESTS / "crashloop.yaml"), "-f", str(MANIFESTS / "oom.yaml"))
    wait_for(ns, "CrashLoopBackOff")
    run = opsh("-n", ns, "why is payments crashing")
    assert "PAYMENTS_DB_URL" in run.stdout
    assert "cache-warmer" not in run.stdout
