"""opsh lint: a subcommand that needs no cluster, no key and no terminal; what it means and what is a request; exit statuses."""
import json
import subprocess
import sys

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests/model"))
import hostile as h  # noqa: E402

GOOD = "FROM node:22-slim\nWORKDIR /app\nCOPY --chown=1001:1001 server.js ./\nUSER 1001\nHEALTHCHECK NONE\nCMD [\"node\", \"server.js\"]\n"
BAD = "FROM node:latest\nCOPY . /app\nCMD npm start\n"


def lint(home, *args, text=None):
    done = subprocess.run([home.opsh, "lint", *args], env=home.env, cwd=home.path, input=text, capture_output=True, text=True, timeout=10,
                          stdin=None if text is not None else subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def test_a_clean_file_is_0_and_findings_are_1(home):
    (home.path / "Dockerfile").write_text(GOOD)
    assert lint(home) == (0, "Dockerfile: nothing to complain about\n", "")
    (home.path / "Dockerfile").write_text(BAD)
    status, out, err = lint(home, "./Dockerfile")
    assert status == 1 and err == ""
    assert "./Dockerfile:1: warning DL3007 " in out and "./Dockerfile:3: warning DL3025, JSONArgsRecommended " in out
    assert '    CMD ["npm", "start"]\n' in out
    assert lint(home, "--no-fail", "Dockerfile")[0] == 0


def test_hints_alone_do_not_fail_unless_strict(home):
    (home.path / "Dockerfile").write_text(GOOD.replace("HEALTHCHECK NONE\n", ""))
    status, out, _ = lint(home)
    assert status == 0 and "info DL3057" in out
    assert lint(home, "--strict")[0] == 1


def test_a_folder_means_its_dockerfile_and_dockerignore_is_read_beside_it(home):
    folder = home.path / "backend"
    folder.mkdir()
    (folder / "Dockerfile").write_text(GOOD.replace("COPY --chown=1001:1001 server.js ./", "COPY --chown=1001:1001 . ."))
    status, out, _ = lint(home, "backend")
    assert status == 1 and "backend/Dockerfile:3: warning OPSH003" in out
    (folder / ".dockerignore").write_text(".git\nnode_modules\n.env*\n")
    assert lint(home, "backend/")[0] == 0
    (folder / "Dockerfile.dockerignore").write_text("*\n")
    status, out, _ = lint(home, "backend")
    assert status == 1 and "CopyIgnoredFile" in out


def test_standard_input(home):
    status, out, _ = lint(home, "-", text=BAD)
    assert status == 1 and "Dockerfile:1: warning DL3007" in out and "OPSH003" not in out


def test_json_and_sarif(home):
    (home.path / "Dockerfile").write_text(BAD)
    status, out, _ = lint(home, "--format", "json", "Dockerfile")
    found = json.loads(out)
    assert status == 1 and {"rule": "DL3007", "level": "warning", "line": 1}.items() <= found["findings"][0].items() | found["findings"][1].items()
    status, out, _ = lint(home, "--format=sarif")
    run = json.loads(out)["runs"][0]
    assert status == 1 and run["tool"]["driver"]["name"] == "opsh"
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules)) and all(r["ruleId"] in rules for r in run["results"])


def test_rules_are_listed(home):
    status, out, _ = lint(home, "--rules")
    rows = [line.split(None, 2) for line in out.splitlines()]
    names = [r[0] for r in rows]
    assert status == 0 and len(names) == len(set(names)) > 70 and {"DL3006", "UndefinedVar", "OPSH001"} <= set(names)
    assert all(r[1] in ("info", "warning", "error") and len(r[2]) > 10 for r in rows)


def test_what_is_not_there_or_no_dockerfile(home):
    status, out, err = lint(home, "./nowhere/Dockerfile")
    assert status == 7 and out == "" and "nowhere" in err
    status, out, err = lint(home, "--format", "xml")
    assert status == 2 and "text, json or sarif" in err
    (home.path / "notes.txt").write_text("dear diary\nroot:secret\n")
    status, out, _ = lint(home, "./notes.txt")
    assert status == 1 and out.count("DL1000") == 1 and "secret" not in out


def test_a_request_that_begins_with_lint_stays_one(home):
    status, out, err = home.run("--offline", "--plan", "lint", "the", "chart", "charts/web")
    assert "helm lint charts/web" in out
    (home.path / "charts/web").mkdir(parents=True)
    (home.path / "charts/web/Chart.yaml").write_text("name: web\n")
    assert "helm lint charts/web" in home.run("--offline", "--plan", "lint", "charts/web")[1]
    for chart in ("charts/web", "./charts/web", "charts/nowhere"):
        status, out, err = lint(home, chart)
        assert "Dockerfile" not in out + err and "helm" in out + err, chart
    status, out, err = lint(home, "my", "deployment", "please")
    assert "one word too many" not in err and "DL" not in out


def test_what_a_model_writes_is_judged_before_the_question_and_told_to_the_model(home):
    server = h.Server()
    try:
        text = 'FROM node:latest\nWORKDIR /app\nUSER 1001\nCMD ["node", "server.js"]\n'
        server.play(h.stream(h.calls(h.call("write_file", {"folder": ".", "path": "Dockerfile", "content": text}))), h.normal("Written."))
        t = home.start("--endpoint", server.url, "--model", "mock").prompt()
        t.type("write a Dockerfile for node here\r")
        t.wait("DL3007")  # above the question
        assert not (home.path / "Dockerfile").exists()
        t.type("y\r")
        t.wait("Written.")
        assert (home.path / "Dockerfile").read_text() == text
        assert "line 1: DL3007" in json.dumps(server.requests[-1].messages)
    finally:
        server.close()


def test_why_an_image_is_big_is_told_without_docker_too(home):
    (home.path / "Dockerfile").write_text("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install && npm run build\nCMD [\"node\", \"x.js\"]\n")
    _, out, _ = home.run("--offline", "why", "is", "my", "image", "so", "big")
    for rule in ("OPSH002", "OPSH003", "OPSH006", "OPSH007"):
        assert rule in out, out
