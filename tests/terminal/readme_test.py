"""What the README says is so: its examples run, its tables are the program's own."""
import re
import subprocess

from conftest import OPSH, ROOT

README = (ROOT / "README.md").read_text()


def test_examples_run(home):
    (home.bin / "opsh").symlink_to(OPSH)
    examples = [line[2:] for block in re.findall(r"```console\n(.*?)```", README, re.S) for line in block.splitlines()]
    assert len(examples) >= 8
    for example in examples:
        if example == "opsh":
            home.start().prompt()
            continue
        done = subprocess.run(["sh", "-c", example.replace("opsh", "opsh --plan", 1) if "--plan" not in example else example],
                              env=home.env | {"KUBECONFIG": "/nonexistent"}, cwd=home.path, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=10)
        assert done.returncode == 0, f"{example}: {done.stdout}{done.stderr}"


def test_configuration_table_is_the_programs(home):
    told = set(re.findall(r"^  (\w+) +\S", home.run("--help", "config")[1], re.M))
    written = set(re.findall(r"^\| `(\w+)` \|", README, re.M))
    assert told == written


def test_exit_codes_are_the_programs(home):
    told = set(re.findall(r"^  (\d+) ", home.run("--help")[1], re.M))
    written = set(re.findall(r"^\| (\d+) \|", README, re.M))
    assert told == written


def test_set_up_commands_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make (\w+)", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target
