"""The whole road of the deployment sheet by one sentence at a terminal, with stand-ins for docker, minikube, kubectl and
helm (stand-ins/stand-in: they remember what they were asked to make, and make nothing): from bare folders to a verified
stack, stopped at every step in turn and resumed to the same end."""
import pathlib
import shutil
import time

import pytest

from conftest import ROOT, Home

STAND_IN = pathlib.Path(__file__).parent / "stand-ins/stand-in"
SENTENCE = "deploy the todo stack"
IGNORE = shutil.ignore_patterns("node_modules", ".next", "__pycache__", ".venv", "Dockerfile", ".dockerignore", "tests")

# What the sheet's steps 0 to 12 are, in its order; what else is asked (looks, proofs) may stand between.
SHEET = [
    ["docker", "--version"], ["minikube", "version"], ["kubectl", "version", "--client"], ["helm", "version"],
    ["docker", "build", "-t", "todo-frontend:1.0.0", "--build-arg", "NEXT_PUBLIC_API_URL=", "./frontend"],
    ["docker", "build", "-t", "todo-backend:1.0.0", "./backend"],
    ["docker", "images", "todo-*"],
    ["helm", "lint", "charts/todo-database"], ["helm", "lint", "charts/todo-backend"], ["helm", "lint", "charts/todo-frontend"],
    ["minikube", "start", "--driver=docker", "--memory=4096", "--cpus=2"],
    ["minikube", "addons", "enable", "ingress"],
    ["kubectl", "get", "nodes"],
    ["minikube", "image", "load", "todo-frontend:1.0.0"], ["minikube", "image", "load", "todo-backend:1.0.0"],
    ["minikube", "image", "list"],
    ["helm", "upgrade", "--install", "todo-database", "charts/todo-database", "--set", "replicaCount=1", "--set", "image.repository=postgres", "--set", "image.tag=15-alpine"],
    ["helm", "upgrade", "--install", "todo-backend", "charts/todo-backend", "--set", "replicaCount=2", "--set", "image.tag=1.0.0"],
    ["helm", "upgrade", "--install", "todo-frontend", "charts/todo-frontend", "--set", "replicaCount=2", "--set", "image.tag=1.0.0",
     "--set", "ingress.enabled=true", "--set", "ingress.host=todo.local"],
    ["kubectl", "get", "deployments,pods,services,ingress", "-l", "app.kubernetes.io/part-of=todo"],
    ["helm", "list", "--filter=^todo-"],
    ["helm", "test", "todo-database"], ["helm", "test", "todo-backend"], ["helm", "test", "todo-frontend"],
    ["minikube", "ip"],
]


class Machine(Home):
    def __init__(self, path):
        path.mkdir(exist_ok=True)
        super().__init__(path)
        self.kubeconfig.unlink()
        for name in ("docker", "minikube", "kubectl", "helm"):
            (self.bin / name).unlink(missing_ok=True)
            (self.bin / name).symlink_to(STAND_IN)
        for folder in ("frontend", "backend"):
            shutil.copytree(ROOT / "examples/todo" / folder, path / folder, ignore=IGNORE)
        (path / "charts").symlink_to(ROOT / "charts")

    def commands(self):
        return [line.split("\t") for line in (self.path / "recorded").read_text().splitlines()]

    def forget(self):
        (self.path / "recorded").unlink(missing_ok=True)

    def world(self):
        """Everything that counts at the end: what the tools made, and the files that opsh wrote."""
        made = {f.name: f.read_text() for f in (self.path / "world").iterdir()}
        written = {f"{d}/{f}": (self.path / d / f).read_text() for d in ("frontend", "backend") for f in ("Dockerfile", ".dockerignore")}
        written["frontend/next.config.ts"] = (self.path / "frontend/next.config.ts").read_text()
        return made | written

    def ask(self, *options, words=SENTENCE):
        return self.start("--offline", *options, "--", words, columns=160, rows=50)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "m")


def until_question(screen, words, seconds=30):
    return screen.until(lambda s: words in s.last() and s.last().endswith("[y/N]"), f"the question {words!r}", seconds)


def reply(screen, word):
    """What is typed before a preview has come above the question does not count: then it stands there again, empty."""
    answered = lambda: screen.text().count(f"[y/N] {word}")
    before = answered()
    for _ in range(20):
        screen.enter(word)
        end = time.monotonic() + 1.5
        while answered() == before and time.monotonic() < end and screen.pump():
            pass
        if answered() > before:
            return
    raise AssertionError(f"no answer is taken; the screen:\n{screen.text()}")


def run_through(machine, offer="y", hang=None):
    """One sentence, a yes to the plan, an answer to the offered change of a file that is there. With hang, Ctrl-C once
    that command runs. Exit status and screen."""
    if hang:
        (machine.path / "hang").write_text(hang + "\n")
    screen = machine.ask()
    stuck = lambda s: hang is not None and "stand-in: taking its time" in s.text()
    ended = lambda s: not s.child.isalive()
    asked = lambda words: (lambda s: s.last().endswith("[y/N]") and words in s.last())
    while True:
        screen.until(lambda s: stuck(s) or asked("Carry out")(s) or asked("Run this?")(s) or ended(s) or looking(s, hang), "a question or the end", 30)
        if stuck(screen) or looking(screen, hang):
            screen.type("\x03")
            break
        if ended(screen):
            break
        command = [line for line in screen.text().splitlines() if "] $ " in line][-1]
        reply(screen, "y" if "Carry out" in screen.last() or "--replace" not in command else offer)
    status = screen.end(30)
    (machine.path / "hang").unlink(missing_ok=True)
    return status, screen.text()


def looking(screen, hang):
    """A look that hangs shows nothing but the line that says so."""
    return hang is not None and f"looking: {hang}" in screen.text()


def in_order(wanted, commands):
    at = 0
    for command in commands:
        if at < len(wanted) and command == wanted[at]:
            at += 1
    return wanted[at:]


CHANGES = ("docker build", "minikube start", "minikube addons enable", "minikube image load", "helm upgrade", "helm test")


def changes(machine):
    lines = [" ".join(command) for command in machine.commands()]
    return [line for line in lines if line.startswith(CHANGES)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The road without a stop: the machine, and what was seen."""
    machine = Machine(tmp_path_factory.mktemp("whole") / "m")
    status, said = run_through(machine)
    assert status == 0, said
    return machine, said, machine.commands(), machine.world()


def test_bare_folders_become_a_verified_stack_by_one_sentence(whole):
    _, said, commands, world = whole
    assert in_order(SHEET, commands) == []
    assert said.count("Carry out") == 1 and said.count("Run this? [y/N] y") == 1, "the plan, and a file that was there"
    assert 'NEXT_PUBLIC_API_URL is ""' in said, "shown before the build"
    assert said.index('NEXT_PUBLIC_API_URL is ""') < said.index("stand-in: built")
    assert "deployment/todo-backend: 2 of 2 pods Ready" in said
    assert "/etc/hosts" in said and "192.168.49.2 todo.local" in said
    assert world["release-todo-database"].split() == ["1", "postgres:15-alpine"]
    assert world["release-todo-backend"].split() == ["2", "todo-backend:1.0.0"]
    assert world["release-todo-frontend"].split() == ["2", "todo-frontend:1.0.0"]
    assert "standalone" in world["frontend/next.config.ts"]


def test_asked_again_it_sees_that_all_is_done(whole):
    machine, _, _, world = whole
    machine.forget()
    again = machine.ask()
    assert again.end(30) == 0, again.text()
    assert "everything is done already, nothing was changed" in again.text()
    assert changes(machine) == [] and machine.world() == world


def test_a_declined_offer_is_no_failure(machine, whole):
    status, said = run_through(machine, offer="n")
    assert status == 0, said
    world = machine.world()
    assert "standalone" not in world["frontend/next.config.ts"]
    assert world["frontend/Dockerfile"] != whole[3]["frontend/Dockerfile"], "one that does without"
    assert said.count("Run this? [y/N] y") == 1, "the other Dockerfile is not the one that was agreed to: it is asked about"


def test_no_to_the_plan_changes_nothing(machine):
    screen = machine.ask()
    until_question(screen, "Carry out")
    screen.enter("n")
    assert screen.end(20) == 5
    assert "Nothing was changed." in screen.text()
    assert changes(machine) == [] and not (machine.path / "frontend/Dockerfile").exists()


def test_what_is_missing_is_told_all_at_once_before_anything(machine):
    for name in ("minikube", "helm"):
        (machine.bin / name).unlink()
    screen = machine.ask("--yes")
    assert screen.end(20) == 1
    said = " ".join(screen.text().split())
    assert "cannot begin, nothing was changed" in said and "minikube is not on PATH" in said and "helm is not on PATH" in said
    assert changes(machine) == []


STOPS = [" ".join(line) for line in SHEET[4:]] + ["minikube image load postgres:15-alpine", "docker --version", "minikube status"]


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_at_each_step_it_goes_on_there_to_the_same_end(machine, whole, stop):
    status, said = run_through(machine, hang=stop)
    assert status == 130, said
    flat = " ".join(said.split())
    assert 'Say "deploy the todo stack" again' in flat or "stopped before anything was changed" in flat, said
    before = changes(machine)
    machine.forget()
    status, said = run_through(machine)
    assert status == 0, said
    assert machine.world() == whole[3]
    finished = before[:-1] if before and before[-1].startswith(stop) else before
    assert not set(finished) & set(changes(machine)), "what had been done was done again"


def test_a_failure_stops_and_says_how_to_go_on(machine):
    (machine.path / "fail").write_text("helm upgrade --install todo-backend\n")
    status, said = run_through(machine)
    assert status == 1, said
    flat = " ".join(said.split())
    assert "this went wrong" in flat and "backend failed" in flat and 'Say "deploy the todo stack" again' in flat
    assert "release-todo-frontend" not in {f.name for f in (machine.path / "world").iterdir()}
    (machine.path / "fail").unlink()
    machine.forget()
    status, said = run_through(machine)
    assert status == 0, said
    assert [line.split()[3] for line in changes(machine) if line.startswith("helm upgrade")] == ["todo-backend", "todo-frontend"]


# ---- the way back ----

def test_tearing_down_asks_for_each_name_and_keeps_the_data(whole, tmp_path):
    machine = Machine(tmp_path / "m")
    shutil.copytree(whole[0].path / "world", machine.path / "world")
    shutil.copy(whole[0].kubeconfig, machine.kubeconfig)
    screen = machine.ask(words="tear down the todo stack")
    until_question(screen, "Carry out")
    screen.enter("y")
    for name in ("todo-frontend", "todo-backend", "todo-database"):
        screen.until(lambda s: name in s.last() and s.last().rstrip().endswith(":"), f"the question for {name}", 20)
        screen.enter(name)
    assert screen.end(20) == 0, screen.text()
    said = " ".join(screen.text().split())
    assert "The data is still there" in said and "minikube stop" in said
    uninstalled = [c[2] for c in machine.commands() if c[:2] == ["helm", "uninstall"]]
    assert uninstalled == ["todo-frontend", "todo-backend", "todo-database"]
    assert not [c for c in machine.commands() if c[:2] in (["kubectl", "delete"], ["minikube", "delete"])]


# ---- a workflow of one's own ----

OWN = """
workflow:
  name: two-images
  about: Builds the image of the backend under two names
  say: build both images
  calls: [both images]
  values:
    type: object
    properties:
      tag: {type: string, pattern: "^[a-z0-9.]+$", default: dev}
  steps:
    - name: first
      done: {read: [docker, images, "--format={{.Repository}}", "first:{tag}"], text: "first:{tag}"}
      run: [docker, build, -t, "first:{tag}", ./backend]
    - name: second
      run: [docker, build, -t, "second:{tag}", ./backend]
intents:
  - say: build both images
    workflow: two-images
    verbs: [build]
    kinds: [image]
    topics: [both_of_them]
words:
  topics:
    both_of_them: [both, "both of them"]
"""


def own(machine, text):
    folder = machine.path / ".config/opsh/tools/workflows"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(text)
    (machine.path / "backend/Dockerfile").write_text("FROM scratch\n")


@pytest.mark.parametrize("words", ["both images tag=7", "workflow two-images tag=7"])
def test_people_add_their_own(machine, words):
    own(machine, OWN)
    status, out, err = machine.run("--offline", "--yes", "--", words)
    assert status == 0, out + err
    assert [line for line in changes(machine)] == ["docker build -t first:7 ./backend", "docker build -t second:7 ./backend"]


def test_with_words_of_their_own(machine):
    own(machine, OWN)
    status, out, err = machine.run("--offline", "--yes", "--", "please build both images")
    assert status == 0, out + err
    assert changes(machine) == ["docker build -t first:dev ./backend", "docker build -t second:dev ./backend"]


def test_a_mistake_in_it_is_told_with_its_place(machine):
    own(machine, OWN.replace("run: [docker", "rnu: [docker", 1))
    status, out, err = machine.run("--offline", "--", "show pods")
    assert status == 3 and "own.yaml:14:7: " in err and 'unknown key "rnu"' in err


def test_the_shell_lists_them(machine):
    own(machine, OWN)
    screen = machine.start("--offline", columns=120).prompt()
    screen.enter("/workflows")
    screen.wait("workflow two-images VALUE=TEXT").wait("say: deploy the todo stack").wait("teardown-todo")


def test_a_plan_of_one_needs_no_key_where_a_model_plans_otherwise(machine):
    own(machine, OWN)
    machine.config("endpoint: https://127.0.0.1:1/v1\nmodel: none\n")
    status, out, err = machine.run("--plan", "--", "both images tag=7")
    assert status == 0 and "$ docker build -t second:7 ./backend" in out, out + err


def test_its_looks_may_only_read(machine):
    own(machine, OWN.replace('read: [docker, images, "--format={{.Repository}}", "first:{tag}"]', "read: [docker, build, ./backend]"))
    status, out, err = machine.run("--offline", "--yes", "--", "both images")
    assert "docker build ./backend" not in changes(machine)


def test_what_takes_long_and_says_nothing_shows_for_how_long(machine):
    (machine.path / "hang").write_text("minikube start\n")
    screen = machine.ask()
    until_question(screen, "Carry out")
    reply(screen, "y")
    until_question(screen, "Run this?")
    reply(screen, "y")
    screen.until(lambda s: "Minikube runs 2 s" in s.text(), "how long it runs", 20)
    screen.type("\x03")
    assert screen.end(20) == 130
    assert "Minikube runs 2 s" not in screen.text(), "gone when it is over"
