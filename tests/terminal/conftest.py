"""Whole-terminal scenes: opsh under a pseudo-terminal, its screen as a person sees it.

The binary is $OPSH, else build/dev/opsh. Every scene has a home of its own, a kubeconfig with two contexts that
lead nowhere, and in place of kubectl a recorder that notes its arguments and answers a few reads."""
import os
import pathlib
import shutil
import subprocess
import time

import pexpect
import pyte
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPSH = os.environ.get("OPSH", str(ROOT / "build/dev/opsh"))
RECORDER = pathlib.Path(__file__).resolve().parent / "kubectl-recorder"

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: sandbox
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
contexts:
- {name: sandbox, context: {cluster: nowhere, user: nobody, namespace: shop}}
- {name: staging, context: {cluster: nowhere, user: nobody}}
"""


class Screen:
    """A running opsh and the screen it draws."""

    def __init__(self, argv, env, cwd, columns=80, rows=24):
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(argv[0], argv[1:], env=env, cwd=str(cwd), dimensions=(rows, columns), timeout=5)
        self.child.delaybeforesend = None

    def pump(self, seconds=0.02):
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def text(self):
        """All lines, those that have scrolled away too, without trailing blanks."""
        gone = ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in self.screen.history.top]
        return "\n".join(gone + [line.rstrip() for line in self.screen.display]).rstrip()

    def last(self):
        return self.text().split("\n")[-1]

    def until(self, condition, what, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            alive = self.pump()
            if condition(self):
                return self
            if not alive:
                break
        raise AssertionError(f"waited for {what}; the screen:\n{self.text()}")

    def wait(self, text, count=1, seconds=5):
        return self.until(lambda s: s.text().count(text) >= count, f"{text!r} ×{count}", seconds)

    def wait_last(self, ends, seconds=5):
        """The line the cursor stands on ends so, and nothing more comes."""
        self.until(lambda s: s.last().endswith(ends), f"a last line ending in {ends!r}", seconds)
        self.pump(0.05)
        return self.until(lambda s: s.last().endswith(ends), f"a last line ending in {ends!r}", seconds)

    def prompt(self):
        """An empty prompt is on the last line."""
        return self.until(lambda s: s.last().endswith((">", "\u276f")), "a prompt")

    def type(self, text):
        self.child.send(text.encode() if isinstance(text, str) else text)
        return self

    def enter(self, text):
        return self.type(text + "\r")

    def resize(self, columns, rows=24):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        return self

    def quiet(self, seconds=0.15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.pump()
        return self

    def end(self, seconds=5):
        """Its exit status (or -signal), once it has ended."""
        stop = time.monotonic() + seconds
        while time.monotonic() < stop and self.pump():
            pass
        self.child.close(force=False) if not self.child.isalive() else None
        if self.child.isalive():
            self.child.terminate(force=True)
            raise AssertionError(f"it did not end; the screen:\n{self.text()}")
        return self.child.exitstatus if self.child.signalstatus is None else -self.child.signalstatus


class Home:
    """Where one scene lives: its files, environment, and how it starts opsh."""

    def __init__(self, path):
        self.path = path
        self.opsh = OPSH
        self.bin = path / "bin"
        self.bin.mkdir()
        self.recorder = self.add_recorder("kubectl")
        self.kubeconfig = path / "kubeconfig"
        self.kubeconfig.write_text(KUBECONFIG)
        self.record = path / "recorded"
        self.running = []
        self.env = {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(path),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "KUBECONFIG": str(self.kubeconfig),
            "RECORDER_LOG": str(self.record),
            "INPUTRC": "/dev/null",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def add_recorder(self, program):
        target = self.bin / program
        shutil.copy(RECORDER, target)
        # the environment of children is filtered, so the place to record to is told beside the recorder
        (self.bin / "recorder.log-path").write_text(str(self.path / "recorded"))
        target.chmod(0o755)
        return target

    def config(self, text):
        file = self.path / ".config/opsh/config.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    @property
    def history(self):
        return self.path / ".local/state/opsh/history"

    def recorded(self):
        """What the recorder was called with, without opsh's own reads (it asks for JSON)."""
        if not self.record.exists():
            return []
        return [line for line in self.record.read_text().splitlines() if "json" not in line and " --raw " not in line]

    def start(self, *args, columns=80, rows=24, program=OPSH, **env):
        screen = Screen([program, *args], {**self.env, **env}, self.path, columns, rows)
        self.running.append(screen)
        return screen

    def run(self, *args, stdin="", env=None, timeout=10):
        """Without a terminal: (status, stdout, stderr)."""
        given = {k: v for k, v in {**self.env, **(env or {})}.items() if v is not None}
        done = subprocess.run([OPSH, *args], input=stdin.encode() if isinstance(stdin, str) else stdin,
                              capture_output=True, env=given, cwd=self.path, timeout=timeout)
        return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    for screen in home.running:
        screen.child.close(force=True)
