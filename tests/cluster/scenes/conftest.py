"""Scenes on the sandbox's real Kubernetes: each in a namespace of its own. Where the sandbox is not up
(OPSH_SANDBOX is not "up") they are skipped by name, which CI counts as a failure."""
import os
import pathlib
import subprocess
import sys
import uuid

import pexpect
import pytest

ROOT = pathlib.Path(__file__).parents[3]
OPSH = os.environ.get("OPSH", str(ROOT / "build/dev/opsh"))
MANIFESTS = ROOT / "tests/cluster/manifests"


def pytest_collection_modifyitems(items):
    if os.environ.get("OPSH_SANDBOX") == "up":
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason="the sandbox cluster is not up"))


def kubectl(*args, text=None, check=True):
    run = subprocess.run(["kubectl", *args], input=text, capture_output=True, text=True, timeout=180)
    if check and run.returncode != 0:
        raise AssertionError(f"kubectl {' '.join(args)}: {run.stderr}")
    return run.stdout.strip()


@pytest.fixture
def home(tmp_path):
    """A person's home with nothing in it, and the environment that opsh gets."""
    env = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY") and not k.startswith(("OPENAI_", "OPSH_", "XDG_"))}
    return env | {"HOME": str(tmp_path), "TERM": "xterm", "LANG": "C.UTF-8", "ASAN_OPTIONS": "detect_leaks=1"}


@pytest.fixture
def ns():
    name = f"scene-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def todo(ns):
    """The todo backend, two pods Ready."""
    kubectl("apply", "-n", ns, "-f", str(MANIFESTS / "todo-backend.yaml"))
    kubectl("rollout", "status", "deployment/todo-backend", "-n", ns, "--timeout=120s")
    return ns


class Opsh:
    """opsh as a program: one request, its exit code and both streams."""

    def __init__(self, env):
        self.env = env

    def __call__(self, *args, stdin=None, timeout=150, env=None):
        return subprocess.run([OPSH, *args], input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, env=self.env | (env or {}))

    def terminal(self, *args, columns=100, rows=40, timeout=90, env=None):
        return pexpect.spawn(OPSH, list(args), env=self.env | (env or {}), dimensions=(rows, columns), timeout=timeout,
                             encoding="utf-8", logfile=sys.stdout)


@pytest.fixture
def opsh(home):
    return Opsh(home)
