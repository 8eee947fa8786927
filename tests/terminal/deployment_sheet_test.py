"""The deployment sheet's command lines, asked for in words, with recorders standing in for minikube, docker and
helm (a recorder notes its arguments and succeeds): what is run is exactly what the sheet says."""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
OPSH = os.environ.get("OPSH", str(ROOT / "build/dev/opsh"))
# one write a line: opsh doctor runs several at the same time
RECORDER = "#!/bin/sh\nline=${0##*/}\nfor a; do line=$(printf '%s\\t%s' \"$line\" \"$a\"); done\nprintf '%s\\n' \"$line\" >>\"$HOME/recorded\"\n"


@pytest.fixture
def recorded(tmp_path):
    tools = tmp_path / "recorders"
    tools.mkdir()
    for name in ("minikube", "docker", "helm", "kubectl"):
        (tools / name).write_text(RECORDER)
        (tools / name).chmod(0o755)
    env = {"HOME": str(tmp_path), "PATH": f"{tools}:/usr/bin:/bin", "KUBECONFIG": "/nonexistent", "LANG": "C.UTF-8", "TERM": "dumb"}

    def ask(*words, options=("--yes",)):
        log = tmp_path / "recorded"
        log.unlink(missing_ok=True)
        run = subprocess.run([OPSH, "--offline", *options, "--", *words], env=env, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=30)
        lines = [line.split("\t") for line in log.read_text().splitlines()] if log.exists() else []
        return run, lines

    return ask


SHEET = [  # words; program; arguments that must be there, in this order for the leading ones
    ("start minikube with the docker driver, 4096 MB of memory and 2 cpus", ["minikube", "start"], ["--driver=docker", "--memory=4096", "--cpus=2"]),
    ("start minikube with docker driver, 4 GB memory and 2 CPUs", ["minikube", "start"], ["--driver=docker", "--cpus=2"]),
    ("enable the ingress addon", ["minikube", "addons", "enable", "ingress"], []),
    ("enable ingress on minikube", ["minikube", "addons", "enable", "ingress"], []),
    ("load the image todo-frontend:1.0.0 into minikube", ["minikube", "image", "load", "todo-frontend:1.0.0"], []),
    ("list the images in minikube", ["minikube", "image", "list"], []),
    ("what is the minikube ip", ["minikube", "ip"], []),
    ("minikube status", ["minikube", "status"], []),
    ("stop minikube", ["minikube", "stop"], []),
    ("build the image todo-backend:1.0.0 from ./backend", ["docker", "build"], ["-t", "todo-backend:1.0.0", "./backend"]),
    ("list docker images", ["docker", "images"], []),
    ("list helm releases", ["helm", "list"], []),
    ("lint the chart charts/todo-backend", ["helm", "lint", "charts/todo-backend"], []),
    ("show the history of release todo-backend", ["helm", "history", "todo-backend"], []),
    ("roll back release todo-backend to revision 2", ["helm", "rollback", "todo-backend", "2"], []),
]


@pytest.mark.parametrize("words,leading,anywhere", SHEET, ids=[row[0] for row in SHEET])
def test_words_become_the_sheets_command(recorded, words, leading, anywhere):
    run, lines = recorded(words)
    hits = [line for line in lines if line[: len(leading)] == leading]
    assert hits, f"{lines}\n{run.stdout}{run.stderr}"
    for argument in anywhere:
        assert argument in hits[0], hits[0]
    assert run.returncode == 0, run.stdout + run.stderr


def test_build_with_a_build_argument(recorded):
    run, lines = recorded('build image todo-frontend:1.0.0 from ./frontend with build arg NEXT_PUBLIC_API_URL=""')
    assert ["docker", "build", "-t", "todo-frontend:1.0.0", "--build-arg", "NEXT_PUBLIC_API_URL=", "./frontend"] in lines, lines


def test_minikube_delete_is_destructive(recorded):
    run, lines = recorded("delete minikube")
    assert run.returncode == 5 and ["minikube", "delete"] not in lines, lines


@pytest.mark.parametrize("words,chart,settings", [
    ("deploy todo database with 1 replica using postgres:15-alpine", "todo-database", ["replicaCount=1", "image.tag=15-alpine"]),
    ("deploy todo backend with 2 replicas", "todo-backend", ["replicaCount=2"]),
    ("deploy todo frontend with 2 replicas and ingress on todo.local", "todo-frontend", ["replicaCount=2", "todo.local"]),
])
def test_deploying_a_service_is_a_helm_release(recorded, words, chart, settings):
    run = recorded(words, options=("--plan", "--output", "json"))[0]
    commands = [step["command"] for step in json.loads(run.stdout)["steps"]]
    release = [c for c in commands if c.startswith("helm upgrade --install ") and chart in c]
    assert release, commands
    for setting in settings:
        assert setting in release[0], release[0]
    assert commands[0].startswith("helm lint ") and commands[-1].startswith("helm test ")  # a part of the workflow


def test_tools_are_checked(recorded):
    run, lines = recorded("check that my tools are installed")
    for command in (["docker", "--version"], ["minikube", "version"], ["kubectl", "version", "--client"], ["helm", "version"]):
        assert command in lines, lines
