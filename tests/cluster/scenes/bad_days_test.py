"""What goes wrong around opsh gets one clear error, and loses nothing."""
import json
import os
import pathlib

from conftest import kubectl


def test_wrong_context_lists_what_exists(opsh):
    run = opsh("--context", "nope", "get pods")
    assert run.returncode == 2 and "nope" in run.stderr and "sandbox" in run.stderr


def test_unreachable_cluster(opsh, tmp_path):
    text = kubectl("config", "view", "--raw").replace("https://127.0.0.1:", "https://127.0.0.1:1")
    dead = tmp_path / "dead.conf"
    import re
    dead.write_text(re.sub(r"server: https://\S+", "server: https://127.0.0.1:9", text))
    dead.chmod(0o600)
    run = opsh("--kubeconfig", str(dead), "why are pods failing")
    assert run.returncode == 4, run.stdout + run.stderr
    assert "does not answer" in run.stdout + run.stderr and "sandbox" in run.stdout + run.stderr
    run = opsh("--kubeconfig", str(dead), "--yes", "scale backend to 3 replicas")
    assert run.returncode in (1, 4)
    assert "names are taken as you say" in run.stderr + run.stdout


def test_kubectl_missing(opsh, tmp_path):
    run = opsh("get pods", env={"PATH": str(tmp_path)})
    assert run.returncode == 1 and "kubectl" in run.stderr + run.stdout and "PATH" in run.stderr + run.stdout


def test_tool_killed(opsh, tmp_path):
    """A recorder in place of kubectl, which dies as if killed."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "kubectl").write_text("#!/bin/sh\nkill -9 $$\n")
    (fake / "kubectl").chmod(0o755)
    run = opsh("get pods", env={"PATH": f"{fake}:{os.environ['PATH']}"})
    assert run.returncode == 1 and "signal 9" in run.stdout + run.stderr


def test_journal_tells_what_was_done(opsh, todo, home):
    run = opsh("--yes", "-n", todo, "scale backend to 1 replica")
    assert run.returncode == 0, run.stdout + run.stderr
    path = pathlib.Path(home["HOME"]) / ".local/state/opsh/journal.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [e["event"] for e in events] == ["approved", "run", "result"]
    assert events[-1]["exit_code"] == 0 and "1 of 1 pod Ready" in events[-1]["proof"]


def test_journal_on_a_full_disk_is_said_and_the_work_goes_on(opsh, todo, home):
    state = pathlib.Path(home["HOME"]) / ".local/state/opsh"
    state.mkdir(parents=True, mode=0o700)
    (state / "journal.jsonl").symlink_to("/dev/full")
    run = opsh("--yes", "-n", todo, "scale backend to 1 replica")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "journal" in run.stderr + run.stdout
