"""A plan on the screen: every command of it with what it is, one question, and what can be said to it."""
import json
import subprocess

import pytest

ASKED = "generate a helm chart for ./api"


@pytest.fixture
def place(home):
    folder = home.path / "api"
    (folder / "shop").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "shop-api"\ndependencies = ["fastapi", "uvicorn"]\n')
    (folder / "shop/main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    return folder


def written(place):
    return sorted(str(f.relative_to(place)) for f in place.rglob("charts/**/*") if f.is_file())


def test_all_of_it_is_shown_before_one_question(home, place):
    opsh = home.start("--offline", ASKED, rows=200, columns=110).wait_last("[y/N]")
    text = opsh.text()
    n = text.count("] $ opsh write --in ./api ")
    assert n > 5 and f"[1/{n}] $ opsh write" in text and f"[{n}/{n}] $ opsh write" in text
    assert text.count("change \u00b7 writes a file") == n and f"Carry out these {n} changes? [y/N]" in opsh.last()
    assert "more lines: d shows all" in text and written(place) == []
    opsh.enter("y")
    assert opsh.end() == 0 and len(written(place)) == n
    after = opsh.text()[len(text):]
    assert "more lines" not in after and "apiVersion: v2" not in after  # what was seen is not shown once more
    journal = [json.loads(line) for line in (home.path / ".local/state/opsh/journal.jsonl").read_text().splitlines()]
    assert [r["by"] for r in journal if r["event"] == "approved"] == ["plan"] * n


def test_d_shows_all_lines_and_the_question_comes_again(home, place):
    opsh = home.start("--offline", ASKED, rows=40, columns=110).wait_last("[y/N]")
    assert "replicaCount: 2" not in opsh.text()
    opsh.enter("d")
    opsh.until(lambda s: "Enter: more" in s.last(), "a page")
    while "Enter: more" in opsh.last():
        before = len(opsh.raw)
        opsh.enter("")
        opsh.until(lambda s: len(s.raw) > before + 200 and s.last().endswith(("enough --", "[y/N]")), "the next page")
    text = opsh.wait_last("[y/N]").text()
    assert "replicaCount: 2" in text and "runAsNonRoot: true" in text and text.count("Carry out these") == 2
    opsh.enter("no, not yet")
    assert opsh.end() == 5 and written(place) == [] and "not run: you said no" in opsh.text()


def test_ctrl_c_at_the_question(home, place):
    opsh = home.start("--offline", ASKED, rows=200).wait_last("[y/N]").type("\x03")
    assert opsh.end() == 130 and written(place) == []


def test_json_tells_what_was_refused(home, place):
    status, out, _ = home.run("--offline", "--output", "json", ASKED)
    turn = json.loads(out)
    assert status == 5 and turn["kind"] == "plan" and len(turn["steps"]) > 5 and written(place) == []
    assert {s["outcome"] for s in turn["steps"]} == {"refused"}
    assert all("a yes" in s["reason"] for s in turn["steps"])


def test_suggested_it_is_a_script(home, place):
    status, out, err = home.run("--offline", "--suggest", ASKED)
    assert status == 0 and written(place) == [] and "Carry out" not in err
    assert out.count("opsh write --in ./api ") > 5 and out.count("<<'EOF'") == out.count("opsh write --in ./api ")
    assert subprocess.run(["sh", "-n"], input=out, text=True).returncode == 0


def test_in_a_read_only_opsh_it_says_why_once(home, place):
    status, out, err = home.run("--offline", "--read-only", ASKED)
    assert status == 5 and err.count("read-only mode") == 1 and written(place) == []
