"""The real program under uvicorn, before a real PostgreSQL of its own, made from the programs in
/usr/lib/postgresql/*/bin (Debian's package postgresql-15)."""
import glob
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).parents[1]
SECRET = "for-tests-only-" + "x" * 32


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """One server in a folder of its own; as root it runs as the user postgres, since it refuses root."""

    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
        if not programs[-1]:
            pytest.skip("PostgreSQL is not installed (Debian: postgresql-15)")
        self.bin = pathlib.Path(programs[-1]).parent
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="todo-pg-"))
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, pwd.getpwnam("postgres").pw_uid)
        self.port = free_port()
        self.url = f"postgresql://todo@127.0.0.1:{self.port}/postgres"
        self.process = None
        self.run("initdb", "-D", str(self.folder / "data"), "--username=todo", "--auth=trust", "--no-sync", "--encoding=UTF8")

    def run(self, program, *args):
        subprocess.run([self.bin / program, *args], check=True, capture_output=True, user=self.user, cwd=self.folder)

    def start(self):
        self.process = subprocess.Popen([self.bin / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-c", "fsync=off",
                                         "-k", self.folder, "-h", "127.0.0.1"], user=self.user, cwd=self.folder,
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            if subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError("PostgreSQL does not start")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=20)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    server.start()
    yield server
    server.remove()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Backend:
    """The program as its image runs it."""

    def __init__(self, **env):
        self.port = free_port()
        self.log = tempfile.NamedTemporaryFile("w+", prefix="todo-backend-")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "DATABASE_", "BETTER_", "ALLOWED_"))}
        self.process = subprocess.Popen([sys.executable, "-m", "uvicorn", "src.main:app", "--port", str(self.port)], cwd=ROOT,
                                        env=clean | {"no_proxy": "*"} | env, stdout=self.log, stderr=self.log)
        self.wait(lambda: self("GET", "/health").status == 200)

    def __call__(self, method, path, body=None, token=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | (headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as got:
                return Answer(got.status, got.headers, got.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def wait(self, holds, seconds=20):
        last = None
        for _ in range(seconds * 10):
            try:
                if holds():
                    return
            except OSError as error:
                last = error
            time.sleep(0.1)
        self.log.seek(0)
        raise AssertionError(f"waited {seconds} s in vain; {last}\n{self.log.read()}")

    def up(self):
        self.wait(lambda: self("GET", "/health").json["database"] == "up")
        return self

    def sign_up(self, email, password="correct horse", **more):
        answer = self("POST", "/api/auth/sign-up", {"email": email, "password": password} | more)
        assert answer.status == 201, answer.json
        return answer.json["token"]

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=15)
        self.log.seek(0)
        return self.log.read()


@pytest.fixture
def start():
    """start(**env) runs one more backend; all end with the test."""
    running = []

    def one(**env):
        running.append(Backend(**env))
        return running[-1]

    yield one
    for backend in running:
        backend.end()


@pytest.fixture(scope="session")
def backend(postgres):
    one = Backend(DATABASE_URL=postgres.url, BETTER_AUTH_SECRET=SECRET, ALLOWED_ORIGINS="http://todo.local, http://localhost:3000")
    yield one.up()
    one.end()
