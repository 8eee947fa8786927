"""What people really said, where their collection is at hand (../shared/phrases): how much is understood without a
model, that nothing harmful is, and that no sentence of theirs was copied into the program. Elsewhere it says so."""
import json
import re
import subprocess
import sys
import warnings

import pytest

from conftest import OPSH, ROOT

PHRASES = ROOT.parent / "shared/phrases"


@pytest.fixture
def rows():
    path = PHRASES / "phrases.jsonl"
    if not path.exists():
        warnings.warn("not measured: ../shared/phrases is not here")
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_understood_and_harmless(rows):
    if not rows:
        return
    out = subprocess.run([sys.executable, str(PHRASES / "score.py"), "--opsh", OPSH], capture_output=True, text=True).stdout
    right, all_rows, harmful = (int(n) for n in re.search(r"right (\d+) of (\d+) .*HARMFUL (\d+)", out).groups())
    assert harmful == 0, out
    assert right >= 0.95 * all_rows, out


def plain(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_no_row_is_copied(rows):
    files = subprocess.run(["git", "ls-files", "src", "include", "tools", "prompts", "tests"], cwd=ROOT, capture_output=True,
                           text=True, check=True).stdout.split("\n")
    ours = "\n".join(plain((ROOT / f).read_text(errors="replace")) for f in files if f and (ROOT / f).is_file())
    # what anyone would say ("list all pods") is nobody's sentence: four words and more are compared
    copied = [row["prompt"] for row in rows if len(plain(row["prompt"]).split()) > 4 and plain(row["prompt"]) in ours]
    assert copied == []
