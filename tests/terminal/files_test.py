"""Files as steps: drafted, shown as a diff, asked about, written, proved and taken back; never outside the folder that was
named, and never over a file that a person did not give up."""
import json
import os
import subprocess
import sys

import pytest

from conftest import ROOT

MAIN = 'from fastapi import FastAPI\n\napi = FastAPI()\n\n\n@api.get("/health")\ndef health():\n    return {"ok": True}\n'


def python_project(folder):
    (folder / "shop").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "shop-api"\nversion = "1"\ndependencies = ["fastapi", "uvicorn"]\n')
    (folder / "shop/main.py").write_text(MAIN)
    return folder


def next_project(folder):
    (folder / "app").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "shop-web", "scripts": {"build": "next build", "start": "next start"},
                                                     "dependencies": {"next": "16.0.1", "react": "19.2.0"}}))
    (folder / "package-lock.json").write_text('{"name": "shop-web", "lockfileVersion": 3, "packages": {}}')
    (folder / "next.config.ts").write_text("const nextConfig = {\n  poweredByHeader: false,\n};\n\nexport default nextConfig;\n")
    return folder


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def tree(folder):
    return {name: (folder / name).read_bytes() for name in files(folder)}


@pytest.mark.parametrize("folder,said", [
    (".", "."), ("api", "./api"), ("my api", "./my api"), ("it's", '"./it\'s"'), ("-dash", "./-dash"), ("api", "{home}/api"), ("api", "./api/")])
def test_one_shot_writes_both_files_and_they_pass_the_linter(home, folder, said):
    work = home.path / "work"
    place = python_project(work / folder)
    before = files(work)
    said = said.replace("{home}", str(work))
    done = subprocess.run([home.opsh, "--offline", "--yes", f"generate a Dockerfile for {said}"], env=home.env, cwd=work, capture_output=True,
                          text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    assert sorted(set(files(work)) - set(before)) == sorted(os.path.normpath(os.path.join(folder, n)) for n in (".dockerignore", "Dockerfile"))
    text = (place / "Dockerfile").read_text()
    assert "shop.main:api" in text and "/health" in text
    assert "FastAPI" in done.stdout and "pyproject.toml" in done.stdout  # what was found, and where
    lint = subprocess.run([home.opsh, "lint", "--strict", "./Dockerfile"], env=home.env, cwd=place, capture_output=True, text=True, timeout=10)
    assert lint.returncode == 0, lint.stdout


def test_a_folder_elsewhere_is_fine_when_it_was_named_and_nothing_outside_it_is(home):
    place = python_project(home.path / "elsewhere")
    here = home.path / "here"
    here.mkdir()
    done = subprocess.run([home.opsh, "--offline", "--yes", "containerize ../elsewhere"], env=home.env, cwd=here, capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 0 and (place / "Dockerfile").exists() and files(here) == []


def test_what_was_said_of_base_user_and_port_stands_in_the_file(home):
    place = python_project(home.path / "api")
    status, _, err = home.run("--offline", "--yes", "generate a production Dockerfile for ./api with python:3.13-slim, multi-stage build, "
                              "non-root user shopper, uvicorn on port 9000")
    text = (place / "Dockerfile").read_text()
    assert status == 0, err
    assert "FROM python:3.13-slim" in text and "USER shopper" in text and "EXPOSE 9000" in text and '"9000"' in text


def test_without_a_yes_nothing_is_written(home):
    place = python_project(home.path / "api")
    before = tree(place)
    assert home.run("--offline", "generate a Dockerfile for ./api")[0] == 5
    assert home.run("--offline", "--plan", "generate a Dockerfile for ./api")[0] == 0
    assert home.run("--offline", "--read-only", "--yes", "generate a Dockerfile for ./api")[0] == 5
    assert tree(place) == before


def test_the_plan_says_what_would_be_written_byte_for_byte(home):
    place = python_project(home.path / "api")
    status, out, _ = home.run("--offline", "--plan", "--output", "json", "generate a Dockerfile for ./api")
    plan = json.loads(out)
    assert status == 0 and plan["kind"] == "plan" and [s["risk"] for s in plan["steps"]] == ["change", "change"]
    assert plan["steps"][0]["argv"] == ["opsh", "write", "--in", "./api", "Dockerfile"]
    home.run("--offline", "--yes", "generate a Dockerfile for ./api")
    assert (place / "Dockerfile").read_text() == plan["steps"][0]["stdin"]
    assert (place / ".dockerignore").read_text() == plan["steps"][1]["stdin"]


def test_what_is_there_and_the_same_is_left_alone(home):
    place = python_project(home.path / "api")
    home.run("--offline", "--yes", "generate a Dockerfile for ./api")
    before = {n: os.stat(place / n).st_mtime_ns for n in files(place)}
    status, out, err = home.run("--offline", "--yes", "generate a Dockerfile for ./api")
    assert status == 0 and "there already" in out and "$ opsh" not in err
    assert {n: os.stat(place / n).st_mtime_ns for n in files(place)} == before


def test_a_dockerfile_of_ones_own_survives_where_nobody_can_be_asked(home):
    place = python_project(home.path / "api")
    (place / "Dockerfile").write_text("FROM scratch\n# mine\n")
    status, out, _ = home.run("--offline", "--yes", "--yes-destroy", "generate a Dockerfile for ./api")
    assert status == 0 and (place / "Dockerfile").read_text() == "FROM scratch\n# mine\n"
    assert "Dockerfile.new" in out and "shop.main:api" in (place / "Dockerfile.new").read_text()


def test_a_terminal_shows_the_difference_and_asks_even_under_yes(home):
    place = python_project(home.path / "api")
    (place / "Dockerfile").write_text("FROM scratch\n# mine\n")
    opsh = home.start("--offline", "--yes", "generate a Dockerfile for ./api", rows=60, columns=100).wait("# mine").wait_last("[y/N]")
    assert "opsh write --replace --in ./api Dockerfile" in opsh.text() and "- FROM scratch" in opsh.text()
    opsh.enter("n")
    assert opsh.end() == 5 and (place / "Dockerfile").read_text() == "FROM scratch\n# mine\n"


def test_a_yes_at_the_terminal_replaces_it_and_undo_gives_it_back_byte_for_byte(home):
    place = python_project(home.path / "api")
    mine = "FROM scratch\n# m\u00fcne\ttab\n\nno newline at the end"
    (place / "Dockerfile").write_text(mine)
    os.chmod(place / "Dockerfile", 0o640)
    before = tree(place)
    opsh = home.start("--offline", rows=60, columns=100).prompt().enter("generate a Dockerfile for ./api")
    opsh.wait("no newline at the end").wait_last("[y/N]").enter("y").wait("Dockerfile holds exactly that").wait_last("[y/N]").enter("y")
    opsh.wait(".dockerignore holds exactly that").prompt()
    assert "shop.main:api" in (place / "Dockerfile").read_text() and os.stat(place / "Dockerfile").st_mode & 0o777 == 0o640
    opsh.enter("/undo").wait_last("[y/N]").enter("y").wait("is gone").prompt()
    opsh.enter("/undo").wait("undoing", count=2).wait_last("[y/N]").enter("y").wait("Dockerfile holds exactly that", count=2).prompt()
    assert tree(place) == before and os.stat(place / "Dockerfile").st_mode & 0o777 == 0o640
    opsh.enter("/quit").end()


def test_undo_does_not_take_away_what_was_changed_since(home):
    place = python_project(home.path / "api")
    home.run("--offline", "--yes", "generate a Dockerfile for ./api")
    (place / ".dockerignore").write_text("mine now\n")
    status, _, err = home.run("--offline", "--yes", "undo that")
    assert status != 0 and (place / ".dockerignore").read_text() == "mine now\n", err


def test_next_is_offered_its_standalone_output_first_and_the_dockerfile_fits_the_answer(home):
    place = next_project(home.path / "web")
    opsh = home.start("--offline", "generate a Dockerfile for ./web", rows=70, columns=100)
    opsh.wait("next.config.ts").wait_last("[y/N]")
    assert '+   output: "standalone",' in opsh.text() and "Dockerfile" not in files(place)
    opsh.enter("y").wait("next.config.ts holds exactly that").wait_last("[y/N]").enter("y").wait("Dockerfile holds").wait_last("[y/N]").enter("y")
    assert opsh.end() == 0
    assert 'output: "standalone"' in (place / "next.config.ts").read_text() and ".next/standalone" in (place / "Dockerfile").read_text()


def test_next_without_the_offer_gets_the_dockerfile_for_its_files_as_they_are(home):
    place = next_project(home.path / "web")
    before = (place / "next.config.ts").read_bytes()
    opsh = home.start("--offline", "generate a Dockerfile for ./web", rows=70, columns=100)
    opsh.wait("next.config.ts").wait_last("[y/N]").enter("n")
    opsh.wait("opsh write --in ./web Dockerfile").wait_last("[y/N]").enter("y").wait("Dockerfile holds").wait_last("[y/N]").enter("y")
    assert opsh.end() == 0  # an offer that is declined is no failure
    assert (place / "next.config.ts").read_bytes() == before
    assert ".next/standalone" not in (place / "Dockerfile").read_text()


def test_next_where_nobody_can_be_asked(home):
    place = next_project(home.path / "web")
    before = (place / "next.config.ts").read_bytes()
    status, out, err = home.run("--offline", "--yes", "generate a Dockerfile for ./web")
    assert status == 0, err
    assert (place / "next.config.ts").read_bytes() == before and ".next/standalone" not in (place / "Dockerfile").read_text()
    assert "standalone" in out and "1 GB" in out  # it is offered in words


def test_ctrl_c_at_the_question_writes_nothing_and_the_rest_does_not_follow(home):
    place = python_project(home.path / "api")
    before = tree(place)
    opsh = home.start("--offline", rows=60).prompt().enter("generate a Dockerfile for ./api").wait_last("[y/N]").type("\x03").prompt()
    assert tree(place) == before
    opsh.enter("/quit").end()


def test_which_folder_is_asked_and_answered(home):
    place = python_project(home.path / "api")
    opsh = home.start("--offline", rows=70, columns=100).prompt().enter("containerize this folder").wait("Which folder").wait("1. ./api").prompt()
    opsh.enter("1").wait("opsh write --in ./api Dockerfile").wait_last("[y/N]").enter("y").wait_last("[y/N]").enter("y")
    opsh.wait(".dockerignore holds exactly that").prompt()
    assert (place / "Dockerfile").exists()


@pytest.mark.parametrize("argv", [
    ["write", "--in", ".", "../out"], ["write", "--in", ".", "/etc/opsh-test"], ["write", "--in", ".", "link/out"], ["write", "--in", ".", "a/../../out"],
    ["remove", "--in", ".", "../kept"], ["remove", "--in", ".", "link/kept"], ["read", "--in", ".", "link/kept"], ["read", "--in", ".", "../kept"]])
def test_nothing_outside_the_folder_is_reached(home, argv):
    inside = home.path / "in"
    inside.mkdir()
    (home.path / "kept").write_text("kept")
    os.symlink("..", inside / "link")
    done = subprocess.run([home.opsh, *argv], env=home.env, cwd=inside, input="x", capture_output=True, text=True, timeout=10)
    assert done.returncode in (2, 5) and "kept" not in done.stdout
    assert (home.path / "kept").read_text() == "kept" and not (home.path / "out").exists()


def test_the_words_of_a_request_are_no_subcommand(home):
    for words in (["remove", "the", "pod", "web"], ["write", "a", "haiku"], ["read", "the", "logs"]):
        status, out, err = home.run("--offline", "--plan", "--output", "json", *words)
        assert "Usage: opsh" not in err and json.loads(out)["kind"] in ("command", "clarify", "unsupported", "analysis")


def test_opsh_inside_a_step_of_its_own_plans_nothing(home):
    env = {"OPSH_STEP": "1"}
    status, _, err = home.run("--offline", "--yes", "show pods", env=env)
    assert status == 5 and "inside a step" in err and home.recorded() == []
    status, _, err = home.run("--offline", "--yes", "!opsh --offline --yes 'scale web to 3'")
    assert status == 5 and home.recorded() == []


def test_the_program_that_runs_writes_not_one_of_that_name_on_path(home):
    (home.bin / "opsh").write_text("#!/bin/sh\ntouch $HOME/wrong\n")
    (home.bin / "opsh").chmod(0o755)
    place = python_project(home.path / "api")
    assert home.run("--offline", "--yes", "generate a Dockerfile for ./api")[0] == 0
    assert (place / "Dockerfile").exists() and not (home.path / "wrong").exists()


def test_the_key_goes_to_no_step(home):
    python_project(home.path / "api")
    (home.path / "api/requirements.txt").write_text("fastapi\n")
    status, out, err = home.run("--offline", "--yes", "generate a Dockerfile for ./api", env={"OPENAI_API_KEY": "sk-never-seen"})
    journal = (home.path / ".local/state/opsh/journal.jsonl").read_text()
    assert status == 0 and "sk-never-seen" not in out + err + journal


def test_a_chart_is_shown_whole_and_agreed_to_at_once(home):
    place = python_project(home.path / "api")
    opsh = home.start("--offline", "generate a helm chart for ./api with 3 replicas", rows=120, columns=110)
    opsh.wait("12 files").wait_last("[y/N]")
    assert files(place) == ["pyproject.toml", "shop/main.py"]
    opsh.enter("y")
    opsh.end(seconds=10)
    chart = place / "charts/shop-api"
    assert {"Chart.yaml", "values.yaml", "values.schema.json", ".helmignore", "templates/_helpers.tpl", "templates/deployment.yaml",
            "templates/service.yaml", "templates/NOTES.txt"} <= set(files(chart))
    assert "replicaCount: 3" in (chart / "values.yaml").read_text()
    assert opsh.text().count("[y/N]") == 1


def test_a_chart_that_is_declined_is_not_written(home):
    place = python_project(home.path / "api")
    opsh = home.start("--offline", "generate a helm chart for ./api", rows=120, columns=110).wait_last("[y/N]").enter("n")
    assert opsh.end() == 5 and files(place) == ["pyproject.toml", "shop/main.py"]


def test_a_chart_goes_where_it_was_wanted_and_nowhere_without_a_yes(home):
    place = python_project(home.path / "api")
    (home.path / "charts").mkdir()
    assert home.run("--offline", "generate a helm chart for ./api in ./charts")[0] == 5 and files(home.path / "charts") == []
    assert home.run("--offline", "--yes", "generate a helm chart for ./api in ./charts")[0] == 0
    assert "shop-api/Chart.yaml" in files(home.path / "charts") and files(place) == ["pyproject.toml", "shop/main.py"]
    status, out, _ = home.run("--offline", "--yes", "generate a helm chart for ./api in ./charts")
    assert status == 0 and "there already" in out


# ---- what a model may do with files ----

@pytest.fixture
def model(home):
    sys.path.insert(0, str(ROOT / "tests/model"))
    import hostile
    server = hostile.Server()
    yield hostile, server, ("--endpoint", server.url, "--model", "mock")
    server.close()


def write_call(h, **args):
    return h.stream(h.calls(h.call("write_file", args)))


def test_a_model_writes_a_new_file_here_and_hears_of_it(home, model):
    h, server, options = model
    server.play(write_call(h, folder=".", path="notes/a.txt", content="one\n"), h.normal("Written."))
    status, out, err = home.run(*options, "--yes", "write a note")
    assert status == 0 and (home.path / "notes/a.txt").read_text() == "one\n", err
    assert "notes/a.txt holds exactly that" in json.dumps(server.requests[-1].messages)


@pytest.mark.parametrize("args", [
    {"folder": ".", "path": "mine.txt", "content": "x", "replace": True}, {"folder": ".", "path": "mine.txt", "content": "x"},
    {"folder": ".", "path": "../out.txt", "content": "x"}, {"folder": "{other}", "path": "new.txt", "content": "x"},
    {"folder": "..", "path": "new.txt", "content": "x"}, {"folder": ".", "path": ".bashrc", "content": "x"},
    {"folder": ".", "path": ".git/hooks/pre-commit", "content": "x"}])
def test_a_model_under_yes_neither_overwrites_nor_leaves_the_folder_nor_touches_hidden_files(home, model, args, tmp_path_factory):
    h, server, options = model
    other = tmp_path_factory.mktemp("other")
    (home.path / "mine.txt").write_text("mine")
    before = set(files(home.path))
    args = {k: v.replace("{other}", str(other)) if isinstance(v, str) else v for k, v in args.items()}
    server.play(write_call(h, **args), h.normal("I could not."))
    status, _, err = home.run(*options, "--yes", "--yes-destroy", "make it so")
    assert status != 0, err
    assert (home.path / "mine.txt").read_text() == "mine" and files(other) == []
    assert {f for f in set(files(home.path)) - before if not f.startswith((".local", ".config", ".cache", "recorded"))} == set()


def test_a_model_is_asked_before_it_reads_a_file(home, model):
    h, server, options = model
    (home.path / "diary.txt").write_text("dear diary")
    server.play(h.stream(h.calls(h.call("read_file", {"folder": ".", "path": "diary.txt"}))), h.normal("I could not."))
    home.run(*options, "--yes", "what do I write?")
    told = json.dumps(server.requests[-1].messages)
    assert "dear diary" not in told and "read_file" in told


def test_keeping_ones_own_dockerignore_is_no_failure(home):
    place = python_project(home.path / "api")
    (place / ".dockerignore").write_text("mine\n")
    opsh = home.start("--offline", "generate a Dockerfile for ./api", rows=70, columns=100)
    opsh.wait_last("[y/N]").enter("y").wait("- mine").wait_last("[y/N]").enter("n")
    assert opsh.end() == 0 and (place / ".dockerignore").read_text() == "mine\n" and (place / "Dockerfile").exists()


@pytest.mark.parametrize("words,here,written", [
    ("write a Dockerfile for my backend", False, ["backend"]), ("containerize this app", True, ["."]),
    ("generate Dockerfiles for backend and worker", False, ["backend", "worker"]), ("dockerize the worker", True, ["worker"])])
def test_which_folder_is_meant_by_a_word(home, words, here, written):
    work = home.path / "work"
    for name in ("backend", "worker"):
        python_project(work / name)
    (work / "app").mkdir()
    if here:
        (work / "pyproject.toml").write_text('[project]\nname = "top"\nversion = "1"\ndependencies = ["fastapi", "uvicorn"]\n')
        (work / "main.py").write_text(MAIN)
    done = subprocess.run([home.opsh, "--offline", "--yes", words], env=home.env, cwd=work, capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    assert [str(p.parent.relative_to(work)) for p in sorted(work.rglob("Dockerfile"))] == written


def test_standalone_output_is_one_line_more_and_a_persons_to_agree_to(home):
    place = next_project(home.path / "web")
    before = (place / "next.config.ts").read_text()
    status, _, err = home.run("--offline", "--yes", "use standalone output in ./web")
    assert status == 5 and "--yes does not cover that" in err and (place / "next.config.ts").read_text() == before
    opsh = home.start("--offline", "use standalone output in ./web", columns=100).wait('+   output: "standalone",').wait_last("[y/N]").enter("y")
    assert opsh.end() == 0
    assert (place / "next.config.ts").read_text() == before.replace("{\n", '{\n  output: "standalone",\n', 1)
    status, out, _ = home.run("--offline", "--yes", "use standalone output in ./web")
    assert status == 0 and "already" in out


def test_standalone_output_is_no_setting_of_other_kinds(home):
    place = python_project(home.path / "api")
    before = tree(place)
    status, out, _ = home.run("--offline", "--yes", "use standalone output in ./api")
    assert "Next.js" in out and tree(place) == before


def test_what_cannot_be_written_is_said_and_the_rest_does_not_follow(home):
    place = python_project(home.path / "api")
    (place / "Dockerfile").symlink_to("/nonexistent/elsewhere")
    status, out, err = home.run("--offline", "--yes", "generate a Dockerfile for ./api")
    assert status == 1 and "is a link" in out + err and not (place / ".dockerignore").exists()
    assert os.readlink(place / "Dockerfile") == "/nonexistent/elsewhere"


def test_standalone_that_was_asked_for_where_nobody_can_be_asked_is_said(home):
    place = next_project(home.path / "web")
    status, out, _ = home.run("--offline", "--yes", "generate a Dockerfile for ./web with node:22-alpine and standalone output")
    text = (place / "Dockerfile").read_text()
    assert status == 0 and "a person at a terminal must agree" in out
    assert "FROM node:22-alpine" in text and ".next/standalone" not in text
