"""Charts that opsh drafts for a folder, by Helm on the sandbox's Kubernetes: taken without a word by both, refusing what is
misspelt, and installed with a stand-in for the image: it runs as 1001, answers, and keeps its secrets over upgrades."""
import base64
import os
import re
import subprocess

import pytest
from conftest import ROOT, objects, run

OPSH = os.environ.get("OPSH") or str(ROOT / "build/dev/opsh")
FOLDERS = {
    "api": {"requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.0\n",
            "main.py": 'import os\nfrom fastapi import FastAPI\napp = FastAPI()\nurl = os.environ["DATABASE_URL"]\n'
                       'level = os.getenv("LOG_LEVEL", "info")\nport = os.environ["PORT"]\n@app.get("/health")\ndef health():\n    return {}\n'},
    "web": {"package.json": '{"name": "web", "scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "16.0.0", "react": "19.0.0"}}',
            "package-lock.json": "{}", "app/page.tsx": "export default function Page() { return process.env.API_TOKEN }\n"},
    "gateway": {"go.mod": "module example.com/gateway\n\ngo 1.22\n",
                "main.go": 'package main\n\nimport ("net/http"; "os")\n\nfunc main() {\n\t_ = os.Getenv("UPSTREAM")\n\thttp.ListenAndServe(":9090", nil)\n}\n'},
    "worker": {"requirements.txt": "celery==5.4.0\n", "main.py": 'import os\nprint(os.environ["BROKER_URL"])\n'},
}
LISTENS = {"api": 8000, "web": 3000, "gateway": 9090, "worker": None}


class Drafted:
    def __init__(self, name, folder, *options):
        for path, text in FOLDERS[name].items():
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.chart = folder / "charts" / name
        done = subprocess.run([OPSH, "draft", "chart", *options, f"./{name}"], cwd=folder, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
        self.said, *parts = re.split(r"(?m)^# ---- (\S+) \(new\) ----\n", done.stdout)
        self.files = dict(zip(parts[::2], parts[1::2]))
        for path, text in self.files.items():
            file = self.chart / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def template(self, *args, check=True):
        return run("helm", "template", "x", str(self.chart), *args, check=check)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    if not os.access(OPSH, os.X_OK):
        pytest.skip(f"{OPSH} is not built")
    folder = tmp_path_factory.mktemp("drafts")
    return {name: Drafted(name, folder, *(["--host", "shop.local"] if name == "web" else [])) for name in FOLDERS}


@pytest.mark.parametrize("name", FOLDERS)
def test_helm_has_nothing_to_say(name, drafted):
    said = run("helm", "lint", "--strict", str(drafted[name].chart)).stdout
    assert "1 chart(s) linted, 0 chart(s) failed" in said and "[WARNING]" not in said and "[ERROR]" not in said


@pytest.mark.parametrize("name", FOLDERS)
def test_the_api_server_takes_it(name, drafted, ns):
    text = drafted[name].template("--namespace", ns.name).stdout
    said = run("kubectl", "apply", "--dry-run=server", "-n", ns.name, "-f", "-", text=text)
    kinds = [o["kind"] for o in objects(text)]
    assert said.stdout.count("(server dry run)") == len(kinds) and "Warning" not in said.stderr, said.stdout + said.stderr
    assert ("Service" in kinds) == (LISTENS[name] is not None) and ("Ingress" in kinds) == (name == "web")


@pytest.mark.parametrize("name", FOLDERS)
def test_pods_are_as_safe_as_those_of_the_todo_charts(name, drafted):
    [deployment] = [o for o in objects(drafted[name].template().stdout) if o["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == 1001
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True and container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert set(container["resources"]) == {"requests", "limits"}
    probes = {"startupProbe", "livenessProbe", "readinessProbe"} & set(container)
    assert len(probes) == (3 if LISTENS[name] else 0)
    assert [p["containerPort"] for p in container.get("ports", [])] == ([LISTENS[name]] if LISTENS[name] else [])


@pytest.mark.parametrize("wrong", ["replicaCount=two", "service.prot=80", "secrets.DATABASE_URL.x=1", "containerPort=70000",
                                   "podSecurityContext.runAsUser=0", "securityContext.privileged=true"])
def test_what_is_misspelt_or_unsafe_is_refused(wrong, drafted):
    assert drafted["api"].template("--set", wrong, check=False).returncode != 0, wrong


def test_secrets_are_no_part_of_the_chart_and_of_the_config_map(drafted):
    text = drafted["api"].template("--set", "secrets.DATABASE_URL=postgres://a:b@c/d,config.LOG_LEVEL=debug").stdout
    found = {o["kind"]: o for o in objects(text)}
    assert found["ConfigMap"]["data"] == {"LOG_LEVEL": "debug"}
    [container] = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "PORT", "value": "8000"}]
    assert base64.b64decode(found["Secret"]["data"]["DATABASE_URL"]).decode() == "postgres://a:b@c/d"
    assert not any(o.get("data") for o in objects(drafted["worker"].template().stdout) if o["kind"] == "Secret")


def test_it_installs_answers_and_keeps_its_secrets(drafted, ns):
    chart, stand_in = str(drafted["api"].chart), "image.repository=todo-backend,image.pullPolicy=Never"
    run("helm", "-n", ns.name, "install", "api", chart, "--set", f"{stand_in},secrets.DATABASE_URL=first", "--wait", "--timeout", "120s")
    assert [p["status"]["phase"] for p in ns.get("pods", "-l", "app.kubernetes.io/instance=api")["items"]] == ["Running"] * 2
    assert ns.kubectl("exec", "deployment/api", "--", "id", "-u") == "1001"
    assert re.search(r"Phase: +Succeeded", run("helm", "-n", ns.name, "test", "api").stdout)
    run("helm", "-n", ns.name, "upgrade", "api", chart, "--set", f"{stand_in},replicaCount=1", "--wait", "--timeout", "120s")
    assert base64.b64decode(ns.secret("api")["DATABASE_URL"]).decode() == "first"
    said = run("helm", "-n", ns.name, "get", "notes", "api").stdout
    assert "helm test" in said and "DATABASE_URL is empty" not in said
