"""Images built for real from what opsh drafts, on the sandbox's Docker engine and on stand-ins for the base images (bases).
Each project is copied, planted with secrets, drafted, linted, built, run and looked into. Where the engine is not up
(OPSH_SANDBOX is not "up") the tests are skipped by name, which CI counts as a failure."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.request
import uuid

import pytest

ROOT = pathlib.Path(__file__).parents[2]
DRAFT = os.environ.get("IMAGE_DRAFT", str(ROOT / "build/dev/tests/image-draft"))
OPSH = os.environ.get("OPSH", str(ROOT / "build/dev/opsh"))
DOCKER = os.environ.get("OPSH_BUILDKIT_DOCKER", "docker")
MARK = f"planted-{uuid.uuid4().hex}"

# Where people leave secrets, and opsh must not copy them.
SECRETS = [".env", ".env.local", ".env.production", "config/.env.test", "certs/server.key", "tls.pem", ".ssh/id_ed25519", ".aws/credentials", "deploy/kubeconfig.yaml"]


def pytest_collection_modifyitems(items):
    if os.environ.get("OPSH_SANDBOX") == "up":
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason="the sandbox's Docker engine is not up"))


def docker(*args, check=True, timeout=900):
    run = subprocess.run([DOCKER, *args], capture_output=True, text=True, timeout=timeout, env=os.environ | {"DOCKER_BUILDKIT": "1"})
    if check and run.returncode != 0:
        raise AssertionError(f"docker {' '.join(args)}:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
    return run.stdout.strip()


def inspect(name):
    return json.loads(docker("inspect", name))[0]


class Image:
    """What was built of one folder."""

    def __init__(self, name, folder, text, notes):
        self.name, self.folder, self.text, self.notes = name, folder, text, notes
        self.base = re.findall(r"^FROM (\S+)", text, re.M)[-1]
        stages = dict(re.findall(r"^FROM (\S+) AS (\S+)", text, re.M)[i][::-1] for i in range(len(re.findall(r"^FROM (\S+) AS (\S+)", text, re.M))))
        while self.base in stages:
            self.base = stages[self.base]

    @property
    def config(self):
        return inspect(self.name)["Config"]

    def beyond_base(self):
        return inspect(self.name)["Size"] - inspect(self.base)["Size"]


class Container:
    """One that runs the way the charts run it: no root, no capabilities, nothing to write to but /tmp."""

    def __init__(self, image, port=None, env=()):
        options = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        if port is not None:
            options += ["-p", f"127.0.0.1:0:{port}"]
        for one in env:
            options += ["-e", one]
        self.id = docker("run", "-d", *options, image.name)
        self.port, self.image = port, image

    def get(self, path, patience=30):
        """Status and body, as soon as it answers."""
        address = docker("port", self.id, str(self.port)).splitlines()[0]
        until = time.monotonic() + patience
        while True:
            try:
                with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()
            except OSError as error:
                if time.monotonic() > until:
                    raise AssertionError(f"{self.image.name}: {error}\n{self.logs()}") from None
                time.sleep(0.2)

    def healthy(self):
        """Its own health check, as the engine would run it."""
        kind, *words = self.image.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return subprocess.run([DOCKER, "exec", self.id, *words], capture_output=True, timeout=60).returncode == 0

    def user(self):
        status = pathlib.Path(f"/proc/{inspect(self.id)['State']['Pid']}/status").read_text()
        return re.search(r"^Uid:\t(\d+)\t(\d+)\t(\d+)\t(\d+)$", status, re.M).groups()

    def logs(self):
        run = subprocess.run([DOCKER, "logs", self.id], capture_output=True, text=True)
        return run.stdout + run.stderr

    def stop(self):
        """Exit code, and seconds that it took."""
        from_then = time.monotonic()
        docker("stop", "-t", "20", self.id)
        return inspect(self.id)["State"]["ExitCode"], time.monotonic() - from_then


@pytest.fixture
def run():
    started = []

    def start(*args, **named):
        started.append(Container(*args, **named))
        return started[-1]

    yield start
    for container in started:
        docker("rm", "-f", container.id, check=False)


def keep_for_deploy_test(image):
    """The application's two images go into the sandbox's registry, where tests/cluster/scenes/deploy_test.py finds them."""
    name = {"opsh-images/frontend-standalone:test": "todo-frontend", "opsh-images/backend:test": "todo-backend"}.get(image.name)
    if name and os.environ.get("OPSH_SANDBOX_REGISTRY"):
        there = f"{os.environ['OPSH_SANDBOX_REGISTRY']}/library/{name}:app"
        docker("tag", image.name, there)
        docker("push", there, check=False)
        docker("rmi", there, check=False)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """build(folder, "standalone", args=["NAME=value"]) → Image; each is built once."""
    made = {}

    def make(source, *wish, args=()):
        if (source, wish) in made:
            return made[source, wish]
        folder = tmp_path_factory.mktemp(source.name) / source.name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules", ".next", "__pycache__", "*.tsbuildinfo", "next-env.d.ts", ".venv"))
        for path in SECRETS:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(f"SECRET={MARK}\n")
        # as a person would; the offer of a standalone build is made at a terminal only
        command = [DRAFT, str(folder), str(folder), *wish] if wish else [OPSH, "--offline", "--yes", "generate a Dockerfile for ."]
        draft = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, stdin=subprocess.DEVNULL,
                               env=os.environ | {"HOME": str(tmp_path_factory.getbasetemp()), "KUBECONFIG": "/nowhere"})
        assert draft.returncode == 0, draft.stderr
        text = (folder / "Dockerfile").read_text()
        lint = subprocess.run([OPSH, "lint", str(folder / "Dockerfile")], capture_output=True, text=True, timeout=60)
        assert lint.returncode == 0 and "nothing to complain about" in lint.stdout + lint.stderr, lint.stdout + lint.stderr
        bases = sorted(set(re.findall(r"^FROM (\S+:\S+)", text, re.M)))
        subprocess.run([str(ROOT / "tests/images/bases"), *bases], check=True, timeout=900)
        name = f"opsh-images/{source.name}{'-'.join(('',) + wish)}:test"
        options = [word for one in args for word in ("--build-arg", one)]
        for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
            options += ["--build-arg", proxy] if proxy in os.environ else []
        docker("build", "--progress=plain", "-t", name, *options, str(folder))
        made[source, wish] = Image(name, folder, text, draft.stdout)
        return made[source, wish]

    yield make
    for image in made.values():
        keep_for_deploy_test(image)
        docker("rmi", "-f", image.name, check=False)
