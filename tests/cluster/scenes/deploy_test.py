"""The todo stack on the sandbox's real node, by opsh alone: deployed by a sentence, used through its Services, hurt and
healed, scaled, limited, rolled back, torn down; the data outlives all of it until it is asked to go.

The images are those of `make test-images` (opsh's own Dockerfiles, built) where the sandbox's registry has them: then the
application itself is used, from signing up to deleting a todo. Else they are the sandbox's stand-ins, which answer / and
/health and nothing more; the database is real either way."""
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from conftest import ROOT, kubectl

NAMES = ("todo-frontend", "todo-backend")


@pytest.fixture(scope="module")
def tag():
    """Of both images on the node: "app" where the application itself was built, else the stand-ins' 1.0.0."""
    for name in NAMES:
        there, here = f"{os.environ['OPSH_SANDBOX_REGISTRY']}/library/{name}:app", f"{name}:app"
        if any(subprocess.run(["docker", *args], capture_output=True, timeout=120).returncode for args in (("pull", there), ("tag", there, here))):
            return "1.0.0"
    for name in NAMES:
        subprocess.run([str(ROOT / "tests/cluster/sandbox"), "load", f"{name}:app"], check=True, capture_output=True, timeout=300)
    return "app"


class Stack:
    def __init__(self, opsh, ns, tag):
        self.opsh, self.ns, self.tag = opsh, ns, tag

    def ask(self, words, *options):
        run = self.opsh("--offline", "--yes", *options, "-n", self.ns, "--", words, timeout=240)
        assert run.returncode == 0, f"{words}\n{run.stdout}\n{run.stderr}"
        return run.stdout + run.stderr

    def get(self, *what):
        return json.loads(kubectl("get", "-n", self.ns, *what, "-o", "json"))

    def pods(self, name):
        pods = self.get("pods", "-l", f"app.kubernetes.io/name={name}")["items"]
        return {p["metadata"]["name"]: p for p in pods if "deletionTimestamp" not in p["metadata"]}

    def ready(self, name):
        conditions = [c for p in self.pods(name).values() for c in p["status"].get("conditions", []) if c["type"] == "Ready"]
        return sum(c["status"] == "True" for c in conditions)

    def until(self, holds, seconds, what):
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
            time.sleep(0.3)
        return time.monotonic() - began

    def call(self, service, path, body=None, method=None, token=None):
        """Over the Service: status and what was said. A Service answers a moment after its pods are Ready."""
        spec = self.get("service", service)["spec"]
        url = f"http://{spec['clusterIP']}:{spec['ports'][0]['port']}{path}"
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers, method=method)
        plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for attempt in range(20):
            try:
                with plain.open(request, timeout=10) as got:
                    return got.status, got.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()
            except OSError:
                if attempt == 19:
                    raise
                time.sleep(0.5)

    def psql(self, query):
        return kubectl("exec", "-n", self.ns, "deployment/todo-database", "--", "sh", "-c",
                       f'psql -qAt -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "{query}"')


class Person:
    """Somebody who uses the application through the page's Service; with the stand-ins, a row in the same database."""

    def __init__(self, stack):
        self.stack = stack
        self.real = stack.tag == "app"

    def api(self, method, path, body=None):
        status, said = self.stack.call("todo-frontend", path, body, method, getattr(self, "token", None))
        assert status < 300, f"{method} {path}: {status} {said}"
        return json.loads(said) if said else None

    def sign_up(self):
        if self.real:
            self.token = self.api("POST", "/api/auth/sign-up", {"email": "ann@example.org", "password": "correct horse"})["token"]
            self.token = self.api("POST", "/api/auth/sign-in", {"email": "ann@example.org", "password": "correct horse"})["token"]
        else:
            self.stack.psql("create table todos (title text, done boolean default false)")

    def create(self, title):
        if self.real:
            return self.api("POST", "/api/todos", {"title": title})["id"]
        self.stack.psql(f"insert into todos values ('{title}')")
        return title

    def titles(self):
        if self.real:
            return [todo["title"] for todo in self.api("GET", "/api/todos")]
        return self.stack.psql("select title from todos").split("\n")

    def finish(self, todo):
        if self.real:
            assert self.api("PATCH", f"/api/todos/{todo}", {"done": True})["done"] is True
        else:
            assert self.stack.psql(f"update todos set done = true where title = '{todo}' returning done") == "t"

    def delete(self, todo):
        if self.real:
            self.api("DELETE", f"/api/todos/{todo}")
        else:
            self.stack.psql(f"delete from todos where title = '{todo}'")


def test_the_stack_from_a_sentence_to_its_end(opsh, ns, tag):
    stack = Stack(opsh, ns, tag)
    print(f"images: {'the application itself' if tag == 'app' else 'stand-ins'}")

    # deployed: five pods Ready, three releases, each Service answers
    began = time.monotonic()
    said = stack.ask("deploy the todo stack" if tag == "1.0.0" else f"deploy todo tag={tag}")
    took = time.monotonic() - began
    assert took < 180, f"{took:.0f} s"
    assert {name: stack.ready(name) for name in ("todo-database", "todo-backend", "todo-frontend")} == \
        {"todo-database": 1, "todo-backend": 2, "todo-frontend": 2}
    assert "deploy-todo: done" in said and "todo.local" in said
    assert stack.call("todo-backend", "/health")[0] == 200
    assert stack.call("todo-frontend", "/")[0] == 200
    assert stack.get("ingress", "todo-frontend")["spec"]["rules"][0]["host"] == "todo.local"
    again = stack.ask("deploy the todo stack" if tag == "1.0.0" else f"deploy todo tag={tag}")
    assert "everything is done already, nothing was changed" in again
    part = stack.ask(f"deploy todo backend with 2 replicas using todo-backend:{tag}")  # a part of it, with values
    assert "everything is done already, nothing was changed" in part

    # used
    ann = Person(stack)
    ann.sign_up()
    milk, bread = ann.create("milk"), ann.create("bread")
    ann.finish(milk)
    ann.delete(bread)
    assert ann.titles() == ["milk"]

    # a backend pod is deleted, by words; it is back within 30 s
    victim = next(iter(stack.pods("todo-backend")))
    stack.ask(f"delete the pod {victim}", "--yes-destroy")
    took = stack.until(lambda: victim not in stack.pods("todo-backend") and stack.ready("todo-backend") == 2, 30, "two backend pods Ready")
    print(f"backend pod back in {took:.1f} s")

    # the database's pod is deleted; the todos are still there
    [victim] = stack.pods("todo-database")
    kubectl("delete", "pod", victim, "-n", ns, "--wait=false")
    stack.until(lambda: victim not in stack.pods("todo-database") and stack.ready("todo-database") == 1, 60, "the database Ready")
    stack.until(lambda: _holds(lambda: ann.titles() == ["milk"]), 20, "the todos are there")

    # scaled, limited, rolled back, by words and through Helm, whose the workloads are
    stack.ask("scale backend to 3 replicas")
    assert stack.ready("todo-backend") == 3
    stack.ask("set the memory limit of the backend to 1Gi")
    assert limits(stack) == {"1Gi"} and stack.ready("todo-backend") == 3
    values = json.loads(subprocess.run(["helm", "get", "values", "todo-backend", "-n", ns, "-o", "json"], capture_output=True, text=True, check=True).stdout)
    assert values["replicaCount"] == 3 and values["resources"]["limits"]["memory"] == "1Gi"
    stack.ask("roll back todo-backend")
    assert limits(stack) == {"512Mi"} and stack.ready("todo-backend") == 3

    # torn down: the data stays until it is asked to go
    refused = opsh("--offline", "--yes", "-n", ns, "--", "tear down the todo stack")
    assert refused.returncode == 5 and stack.ready("todo-backend") == 3, "--yes alone destroys nothing"
    said = stack.ask("tear down the todo stack", "--yes-destroy")
    assert "The data is still there" in said
    assert stack.get("deployments")["items"] == [] and stack.get("pvc", "todo-database")["status"]["phase"] == "Bound"
    stack.ask("teardown data=delete", "--yes-destroy")
    assert [c["metadata"]["name"] for c in stack.get("pvc")["items"] if "deletionTimestamp" not in c["metadata"]] == []


def limits(stack):
    return {p["spec"]["containers"][0]["resources"]["limits"]["memory"] for p in stack.pods("todo-backend").values()}


def _holds(check):
    try:
        return check()
    except (AssertionError, OSError):
        return False
