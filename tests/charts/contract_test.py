"""What the charts promise, value by value: names, ports, probes, limits, storage, security, and what is refused."""
import json
import re

import pytest
from conftest import CHARTS, NAMES, run, template

IMAGE = {"todo-frontend": "todo-frontend:1.0.0", "todo-backend": "todo-backend:1.0.0", "todo-database": "postgres:15-alpine"}
REPLICAS = {"todo-frontend": 2, "todo-backend": 2, "todo-database": 1}
PORT = {"todo-frontend": 3000, "todo-backend": 8000, "todo-database": 5432}
KINDS = {"todo-frontend": {"Deployment", "Service", "Ingress"},
         "todo-backend": {"Deployment", "Service", "ConfigMap", "Secret"},
         "todo-database": {"Deployment", "Service", "PersistentVolumeClaim", "Secret"}}
FILES = ["Chart.yaml", "values.yaml", "values.schema.json", ".helmignore", "templates/_helpers.tpl", "templates/deployment.yaml",
         "templates/service.yaml", "templates/NOTES.txt"]
MORE = {"todo-frontend": ["ingress.yaml"], "todo-backend": ["configmap.yaml", "secret.yaml"], "todo-database": ["pvc.yaml", "secret.yaml"]}


def test_lint_is_clean():
    said = run("helm", "lint", "--strict", *(str(CHARTS / c) for c in NAMES)).stdout
    assert "3 chart(s) linted, 0 chart(s) failed" in said
    assert "[WARNING]" not in said and "[ERROR]" not in said


@pytest.mark.parametrize("chart", NAMES)
def test_files(chart):
    for name in FILES + [f"templates/{n}" for n in MORE[chart]]:
        assert (CHARTS / chart / name).is_file(), name


@pytest.mark.parametrize("chart", NAMES)
def test_the_api_server_accepts_what_is_rendered(chart, ns):
    text = template(chart, "--namespace", ns.name).stdout
    said = run("kubectl", "apply", "--dry-run=server", "-n", ns.name, "-f", "-", text=text)
    assert said.stdout.count("(server dry run)") == len(KINDS[chart]) + 1, said.stdout  # and the test's pod
    assert "Warning" not in said.stderr, said.stderr


@pytest.mark.parametrize("chart", NAMES)
def test_kinds_names_and_labels(chart, rendered):
    got = rendered(chart)
    assert {o["kind"] for o in got.all} == KINDS[chart]
    for o in got.all:
        assert o["metadata"]["name"] == chart
        labels = o["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == labels["app.kubernetes.io/instance"] == chart
        assert labels["app.kubernetes.io/managed-by"] == "Helm" and labels["app.kubernetes.io/part-of"] == "todo"
        assert labels["helm.sh/chart"] == f"{chart}-1.0.0" and labels["app.kubernetes.io/component"] == chart[5:]
    spec = got["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"] == got["Service"]["spec"]["selector"]
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert IMAGE[chart] in got["Deployment"]["metadata"]["annotations"]["kubernetes.io/change-cause"]


def test_another_release_name_is_put_before_the_chart_s(rendered):
    assert rendered("todo-backend", release="shop")["Deployment"]["metadata"]["name"] == "shop-todo-backend"
    assert rendered("todo-backend", release="my-todo-backend")["Deployment"]["metadata"]["name"] == "my-todo-backend"
    assert rendered("todo-backend", "--set", "fullnameOverride=api")["Service"]["metadata"]["name"] == "api"


@pytest.mark.parametrize("chart", NAMES)
def test_image_replicas_service(chart, rendered):
    got = rendered(chart)
    assert got.container["image"] == IMAGE[chart] and got.container["imagePullPolicy"] == "Never"
    assert got["Deployment"]["spec"]["replicas"] == REPLICAS[chart]
    service = got["Service"]["spec"]
    assert service["type"] == "ClusterIP" and [p["port"] for p in service["ports"]] == [PORT[chart]]
    [port] = got.container["ports"]
    assert port["containerPort"] == PORT[chart] and port["name"] == service["ports"][0]["targetPort"]


@pytest.mark.parametrize("chart, path", [("todo-frontend", "/"), ("todo-backend", "/health")])
def test_web_probes(chart, path, rendered):
    for probe in ("livenessProbe", "readinessProbe"):
        assert rendered(chart).container[probe]["httpGet"] == {"path": path, "port": "http"}


def test_database_probes(rendered):
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert rendered("todo-database").container[probe]["exec"]["command"][2].startswith("pg_isready ")


def test_configuration(rendered):
    back, data = rendered("todo-backend"), rendered("todo-database")
    assert set(back["ConfigMap"]["data"]) == {"ALLOWED_ORIGINS"}
    assert set(back["Secret"]["data"]) == {"DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"}
    assert set(data["Secret"]["data"]) == {"POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
    assert back.container["envFrom"] == [{"configMapRef": {"name": "todo-backend"}}, {"secretRef": {"name": "todo-backend"}}]
    assert data.container["envFrom"] == [{"secretRef": {"name": "todo-database"}}]
    front = {e["name"]: e["value"] for e in rendered("todo-frontend").container["env"]}
    assert front["BACKEND_URL"] == "http://todo-backend:8000" and front["HOSTNAME"] == "0.0.0.0"
    assert "NEXT_PUBLIC_API_URL" not in front


def test_storage(rendered):
    got = rendered("todo-database")
    claim = got["PersistentVolumeClaim"]
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "storageClassName": "standard", "resources": {"requests": {"storage": "1Gi"}}}
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert got["Secret"]["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    pod = got["Deployment"]["spec"]["template"]["spec"]
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "todo-database"}} in pod["volumes"]
    assert {"name": "data", "mountPath": "/var/lib/postgresql/data"} in got.container["volumeMounts"]
    env = {e["name"]: e["value"] for e in got.container["env"]}
    assert env["PGDATA"].startswith("/var/lib/postgresql/data/")
    assert got["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}


def test_ingress(rendered):
    spec = rendered("todo-frontend")["Ingress"]["spec"]
    assert spec["ingressClassName"] == "nginx"
    [rule] = spec["rules"]
    assert rule["host"] == "todo.local"
    [path] = rule["http"]["paths"]
    assert path == {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "todo-frontend", "port": {"number": 3000}}}}
    assert "Ingress" not in {o["kind"] for o in rendered("todo-frontend", "--set", "ingress.enabled=false").all}


@pytest.mark.parametrize("chart", NAMES)
def test_security_and_limits(chart, rendered):
    pod = rendered(chart)["Deployment"]["spec"]["template"]["spec"]
    container = rendered(chart).container
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == (70 if chart == "todo-database" else 1001)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    for kind in ("requests", "limits"):
        assert set(container["resources"][kind]) == {"cpu", "memory"}


def test_the_pod_security_standard_restricted_holds(rendered, ns):
    """By the API server itself: a namespace that enforces it answers with a warning where a Deployment breaks it."""
    ns.kubectl("label", "namespace", ns.name, "pod-security.kubernetes.io/warn=restricted")
    for chart in NAMES:
        text = template(chart, "--namespace", ns.name).stdout
        said = run("kubectl", "apply", "--dry-run=server", "-n", ns.name, "-f", "-", text=text).stderr
        assert "would violate" not in said, said


def test_values_reach_their_places(rendered):
    got = rendered("todo-backend", "--set", "image.repository=r.example/b,image.tag=2.0,image.pullPolicy=IfNotPresent,replicaCount=3,"
                   "resources.limits.memory=1Gi,service.type=NodePort,service.port=80,service.nodePort=30080,env.OPENAI_MODEL=small",
                   "--set-string", "config.ALLOWED_ORIGINS=http://a\\,http://b")
    assert got.container["image"] == "r.example/b:2.0" and got.container["imagePullPolicy"] == "IfNotPresent"
    assert got["Deployment"]["spec"]["replicas"] == 3
    assert got.container["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}
    assert got["Service"]["spec"]["type"] == "NodePort"
    assert got["Service"]["spec"]["ports"][0] | {"port": 80, "nodePort": 30080, "targetPort": "http"} == got["Service"]["spec"]["ports"][0]
    assert got.container["env"] == [{"name": "OPENAI_MODEL", "value": "small"}]
    assert got["ConfigMap"]["data"]["ALLOWED_ORIGINS"] == "http://a,http://b"


@pytest.mark.parametrize("chart, wrong", [
    ("todo-backend", "replicaCount=two"), ("todo-backend", "replicaCount=-1"), ("todo-backend", "replicas=3"),
    ("todo-backend", "image.pullPolicy=Sometimes"), ("todo-backend", "image.name=x"), ("todo-backend", "service.port=70000"),
    ("todo-backend", "service.type=Cluster"), ("todo-backend", "resources.limits.memory=1Gigabyte"), ("todo-backend", "resources.limit.memory=1Gi"),
    ("todo-backend", "podSecurityContext.runAsUser=0"), ("todo-backend", "securityContext.allowPrivilegeEscalation=true"),
    ("todo-backend", "secrets.BETTER_AUTH_SECRET=short"), ("todo-backend", "secrets.DATABASE_URL=mysql://x"),
    ("todo-backend", "env.BAD-NAME=1"), ("todo-frontend", "ingress.host=Todo Local"), ("todo-frontend", "ingress.path=x"),
    ("todo-frontend", "ingress.enabled=maybe"), ("todo-database", "replicaCount=2"), ("todo-database", "persistence.size=big"),
    ("todo-database", "persistence.subfolder=a/b")])
def test_the_schema_refuses(chart, wrong):
    done = template(chart, "--set", wrong, check=False)
    assert done.returncode != 0
    assert "values don't meet the specifications of the schema" in done.stderr, done.stderr
    assert any(part in done.stderr for part in wrong.split("=")[0].split("."))


@pytest.mark.parametrize("chart", NAMES)
def test_every_value_is_documented_and_in_the_schema(chart):
    """A comment stands on the line before each value, and no value is unknown to the schema."""
    lines = (CHARTS / chart / "values.yaml").read_text().splitlines()
    schema = json.loads((CHARTS / chart / "values.schema.json").read_text())
    for at, line in enumerate(lines):
        value = re.match(r" *([A-Za-z_]+): *(\S.*)$", line)
        if value:
            before = lines[at - 1].strip()
            assert before.startswith("#"), f"{chart}: line {at + 1}, {value[1]}, has no comment"
        top = re.match(r"([A-Za-z]+):", line)
        if top:
            assert top[1] in schema["properties"], top[1]


@pytest.mark.parametrize("chart", NAMES)
def test_no_secret_is_committed(chart, rendered):
    text = (CHARTS / chart / "values.yaml").read_text()
    for name in re.findall(r"^  ([A-Z_]+): (.*)$", text.split("\nsecrets:")[1].split("\nexistingSecret:")[0], re.M) if "\nsecrets:" in text else []:
        assert name[1] == '""', name
    if chart != "todo-frontend":  # made anew at each rendering without a cluster: so nothing is built in
        key = {"todo-backend": "BETTER_AUTH_SECRET", "todo-database": "POSTGRES_PASSWORD"}[chart]
        assert rendered(chart)["Secret"]["data"][key] != rendered(chart, "--set", "replicaCount=0")["Secret"]["data"][key]


def test_a_secret_of_one_s_own(rendered):
    for chart in ("todo-backend", "todo-database"):
        got = rendered(chart, "--set", "existingSecret=mine")
        assert "Secret" not in {o["kind"] for o in got.all}
        assert {"secretRef": {"name": "mine"}} in got.container["envFrom"]
