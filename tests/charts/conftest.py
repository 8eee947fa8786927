"""The charts of the todo stack, by Helm on the sandbox's real Kubernetes, each scene in a namespace of its own. Where
the sandbox is not up (OPSH_SANDBOX is not "up") they are skipped by name, which CI counts as a failure."""
import json
import os
import pathlib
import subprocess
import uuid

import pytest

ROOT = pathlib.Path(__file__).parents[2]
CHARTS = ROOT / "charts"
NAMES = ("todo-database", "todo-backend", "todo-frontend")


def pytest_collection_modifyitems(items):
    if os.environ.get("OPSH_SANDBOX") == "up":
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason="the sandbox cluster is not up"))


def run(*argv, text=None, check=True, timeout=200):
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(argv)}\n{done.stdout}{done.stderr}")
    return done


def objects(text):
    """A stream of YAML documents as objects: kubectl reads YAML, Debian's Python does not."""
    listed = run("kubectl", "create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-", text=text).stdout
    found, at, decoder = [], 0, json.JSONDecoder()
    while at < len(listed.rstrip()):
        one, at = decoder.raw_decode(listed, at)
        found += one["items"] if one["kind"] == "List" else [one]
        at += len(listed[at:]) - len(listed[at:].lstrip())
    return found


def template(chart, *args, release=None, check=True):
    return run("helm", "template", release or chart, str(CHARTS / chart), "--namespace", "default", *args, check=check)


class Rendered:
    """What one chart renders to, by kind; its tests' pods are left out."""

    def __init__(self, chart, *args, release=None):
        self.text = template(chart, *args, release=release).stdout
        self.all = [o for o in objects(self.text) if "helm.sh/hook" not in o["metadata"].get("annotations", {})]

    def __getitem__(self, kind):
        [one] = [o for o in self.all if o["kind"] == kind]
        return one

    @property
    def container(self):
        [one] = self["Deployment"]["spec"]["template"]["spec"]["containers"]
        return one


@pytest.fixture(scope="session")
def rendered():
    known = {}

    def get(chart, *args, release=None):
        key = (chart, args, release)
        if key not in known:
            known[key] = Rendered(chart, *args, release=release)
        return known[key]

    return get


class Namespace:
    def __init__(self):
        self.name = f"charts-{uuid.uuid4().hex[:8]}"
        run("kubectl", "create", "namespace", self.name)

    def kubectl(self, *args, check=True):
        return run("kubectl", "-n", self.name, *args, check=check).stdout.strip()

    def get(self, kind, *names):
        return json.loads(self.kubectl("get", kind, *names, "-o", "json"))

    def helm(self, verb, release, *args, check=True):
        chart = [str(CHARTS / release)] if verb in ("install", "upgrade") else []
        return run("helm", "-n", self.name, verb, release, *chart, *args, check=check)

    def secret(self, name):
        return self.get("secret", name)["data"]

    def database(self, verb, *args):
        """Install or upgrade the database and wait until it is Ready."""
        self.helm(verb, "todo-database", *args)
        self.ready("todo-database")

    def ready(self, name):
        self.kubectl("rollout", "status", f"deployment/{name}", "--timeout=120s")

    def psql(self, query):
        return self.kubectl("exec", "deployment/todo-database", "--", "sh", "-c",
                            f'psql -qAt -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "{query}"')

    def pods(self, name):
        listed = self.get("pods", "-l", f"app.kubernetes.io/name={name}")["items"]
        return {p["metadata"]["name"]: p for p in listed if "deletionTimestamp" not in p["metadata"]}


@pytest.fixture
def ns():
    one = Namespace()
    yield one
    run("kubectl", "delete", "namespace", one.name, "--wait=false")


@pytest.fixture(scope="module")
def stack():
    """The three, as the deployment's step 10 installs them."""
    one = Namespace()
    one.database("install")
    for name in NAMES[1:]:
        one.helm("install", name, "--wait", "--timeout", "120s")
    yield one
    run("kubectl", "delete", "namespace", one.name, "--wait=false")
