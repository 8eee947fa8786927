"""Each change that a person can say, said without a model, run with --yes, read back and compared with what was asked.
One namespace for the file; what a request changes is looked at by that request alone."""
import json
import os
import re
import subprocess
import uuid

import pytest

from conftest import OPSH, Opsh, kubectl

OBJECTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web, labels: {app: web}}
spec:
  replicas: 1
  revisionHistoryLimit: 20
  selector: {matchLabels: {app: web, version: blue}}
  template:
    metadata: {labels: {app: web, version: blue}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: todo-backend:1.0.0
        imagePullPolicy: IfNotPresent
        env: [{name: MODE, value: plain}, {name: OLD, value: gone}]
        resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 200m, memory: 32Mi}}
      - name: side
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        command: [sleep, "100000"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-green}
spec:
  replicas: 1
  selector: {matchLabels: {app: web, version: green}}
  template:
    metadata: {labels: {app: web, version: green}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: "busybox:1.36", imagePullPolicy: IfNotPresent, command: [sleep, "100000"]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: steady}
spec:
  replicas: 2
  selector: {matchLabels: {app: steady}}
  template:
    metadata: {labels: {app: steady}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "todo-backend:1.0.0", imagePullPolicy: IfNotPresent, env: [{name: KEEP, value: me}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec:
  replicas: 0
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers: [{name: main, image: "busybox:1.36", volumeMounts: [{name: data, mountPath: /data}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: uploads}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: uploads}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Mi}}}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {selector: {app: web, version: blue}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {COLOUR: blue}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: "busybox:1.36", imagePullPolicy: IfNotPresent, command: ["true"]}]
"""


@pytest.fixture(scope="module")
def place():
    name = f"scene-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    kubectl("apply", "-n", name, "-f", "-", text=OBJECTS)
    for one in ("shop-web", "shop-green", "steady"):
        kubectl("rollout", "status", f"deployment/{one}", "-n", name, "--timeout=120s")
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def say(opsh, place):
    return lambda *words, ns=place: opsh("--yes", "--offline", "-n", ns, *words)


def read(place, what, path):
    """The value at a path of an object as the server has it; None where there is none."""
    value = json.loads(kubectl("get", *what.split(), "-n", place, "-o", "json"))
    for key in path:
        if isinstance(value, list) and isinstance(key, str):
            value = next((v for v in value if v["name"] == key), None)
        else:
            value = value.get(key) if isinstance(value, dict) else value[key]
        if value is None:
            return None
    return value


POD = ("spec", "template", "spec", "containers")
WEB, SIDE = POD + ("web",), POD + ("side",)

CHANGES = [
    ("scale shop-web to 2", "deployment shop-web", ("spec", "replicas"), 2),
    ("double the replicas of shop-web", "deployment shop-web", ("spec", "replicas"), 4),
    ("scale shop-web down by 1", "deployment shop-web", ("spec", "replicas"), 3),
    ("bring shop-web down to 1 replica", "deployment shop-web", ("spec", "replicas"), 1),
    ("change the tag of the web container of shop-web to 1.0.1", "deployment shop-web", WEB + ("image",),
     "todo-backend:1.0.1"),
    ("give the web container of deployment shop-web a memory limit of 48Mi", "deployment shop-web",
     WEB + ("resources", "limits", "memory"), "48Mi"),
    ("double the memory limit of shop-web", "deployment shop-web", WEB + ("resources", "limits", "memory"), "96Mi"),
    ("set COLOUR=red on the shop-web deployment", "deployment shop-web", WEB + ("env", "COLOUR", "value"), "red"),
    ("remove the env var OLD from deployment shop-web", "deployment shop-web", WEB + ("env", "OLD"), None),
    ("label deployment shop-web with team=shop", "deployment shop-web", ("metadata", "labels", "team"), "shop"),
    ("change the label team of deployment shop-web to front", "deployment shop-web", ("metadata", "labels", "team"), "front"),
    ("drop the team label from deployment shop-web", "deployment shop-web", ("metadata", "labels", "team"), None),
    ("annotate service front with owner=alice", "service front", ("metadata", "annotations", "owner"), "alice"),
    ("remove annotation owner from service front", "service front", ("metadata", "annotations", "owner"), None),
    ("put the rollout of shop-web on hold", "deployment shop-web", ("spec", "paused"), True),
    ("continue the rollout of shop-web", "deployment shop-web", ("spec", "paused"), None),
    ("suspend the backup cronjob", "cronjob backup", ("spec", "suspend"), True),
    ("unsuspend cronjob backup", "cronjob backup", ("spec", "suspend"), False),
    ("change the schedule of cronjob backup to every 10 minutes", "cronjob backup", ("spec", "schedule"), "*/10 * * * *"),
    ("switch the service front to green", "service front", ("spec", "selector"), {"app": "web", "version": "green"}),
    ("point service front at version=blue", "service front", ("spec", "selector"), {"app": "web", "version": "blue"}),
    ("take the shop-green deployment offline", "deployment shop-green", ("spec", "replicas"), 0),
]


@pytest.mark.parametrize("words,what,path,wanted", CHANGES, ids=[c[0].replace(" ", "-") for c in CHANGES])
def test_said_and_true(say, place, words, what, path, wanted):
    run = say(words)
    assert run.returncode == 0, run.stdout + run.stderr
    assert read(place, what, path) == wanted, run.stdout + run.stderr


def test_nothing_else_of_the_pod_changed(place):
    """After all of the above: the other container is as it was, and what was not spoken of too."""
    assert read(place, "deployment shop-web", SIDE + ("image",)) == "busybox:1.36"
    assert read(place, "deployment shop-web", SIDE + ("command",)) == ["sleep", "100000"]
    assert read(place, "deployment shop-web", WEB + ("env", "MODE", "value")) == "plain"
    assert read(place, "deployment shop-web", WEB + ("resources", "requests")) == {"cpu": "10m", "memory": "16Mi"}


def test_back_to_a_revision(say, place):
    image = read(place, "deployment steady", POD + ("main", "image"))
    first = read(place, "deployment steady", ("metadata", "annotations", "deployment.kubernetes.io/revision"))
    assert say("update steady to version 1.0.1").returncode == 0
    assert read(place, "deployment steady", POD + ("main", "image")) == "todo-backend:1.0.1" != image
    run = say(f"roll steady back to revision {first}")
    assert run.returncode == 0 and read(place, "deployment steady", POD + ("main", "image")) == image, run.stderr


def test_restart_leaves_a_pod_at_any_time(say, place):
    before = read(place, "deployment steady", ("spec", "template", "metadata")).get("annotations", {})
    run = say("restart steady without downtime")
    assert run.returncode == 0, run.stderr
    after = read(place, "deployment steady", ("spec", "template", "metadata"))["annotations"]
    assert after.get("kubectl.kubernetes.io/restartedAt") and after != before
    assert read(place, "deployment steady", ("status", "availableReplicas")) == 2


def test_environment_from_a_config_map(say, place):
    run = say("use configmap settings as environment for deployment shop-green")
    assert run.returncode == 0, run.stdout + run.stderr
    colour = read(place, "deployment shop-green", WEB + ("env", "COLOUR", "valueFrom", "configMapKeyRef"))
    assert colour == {"name": "settings", "key": "COLOUR"}


def test_cron_job_once(say, place):
    run = say("trigger the backup cronjob now")
    assert run.returncode == 0, run.stdout + run.stderr
    owner = read(place, "job backup-manual", ("metadata", "ownerReferences"))[0]
    assert (owner["kind"], owner["name"]) == ("CronJob", "backup")


def test_canary_beside_the_stable_one(say, place):
    """A share of 25 % of what 2 stable pods leave: 1 of 4, so the stable one grows to 3 and keeps all else."""
    kubectl("expose", "deployment", "steady", "--port=80", "-n", place)
    run = say("run a canary of steady with image todo-backend:1.0.1 at 25% of the traffic")
    assert run.returncode == 0, run.stdout + run.stderr
    canary = json.loads(kubectl("get", "deployment", "steady-canary", "-n", place, "-o", "json"))
    pod = canary["spec"]["template"]
    assert pod["metadata"]["labels"] == {"app": "steady", "track": "canary"}
    assert [c["image"] for c in pod["spec"]["containers"]] == ["todo-backend:1.0.1"]
    assert pod["spec"]["containers"][0]["env"] == [{"name": "KEEP", "value": "me"}]
    share = canary["spec"]["replicas"] / (canary["spec"]["replicas"] + read(place, "deployment steady", ("spec", "replicas")))
    assert share == 0.25
    addresses = read(place, "endpoints steady", ("subsets",))[0]
    assert len(addresses["addresses"]) == 4, "the service sends to both"


def test_claim_of_a_workload_that_cannot_grow(say, place):
    """The class of the sandbox does not expand: the API server's own refusal is what the person reads."""
    run = say("expand the volume of store to 20Mi")
    assert "kubectl patch pvc uploads" in run.stdout + run.stderr
    assert run.returncode != 0 and "resize" in run.stdout + run.stderr
    assert read(place, "pvc uploads", ("spec", "resources", "requests", "storage")) == "10Mi"


def test_a_plan_stops_where_a_step_fails(say, place):
    run = say("scale shop-green to 1, set the image of service-that-is-not to todo-backend:1.0.1 and scale steady to 5")
    assert run.returncode != 0
    assert read(place, "deployment steady", ("spec", "replicas")) != 5
    run = say("label service front with a=1, then label service front with 'a=2', then annotate service front with b=2")
    told = run.stdout + run.stderr
    assert run.returncode != 0 and "Step 2 of 3" in told, told
    assert read(place, "service front", ("metadata", "labels", "a")) == "1"
    assert read(place, "service front", ("metadata", "annotations", "b")) is None


@pytest.fixture
def node():
    """A Node object of its own (no kubelet behind it): other scenes need the real one."""
    name = f"spare-{uuid.uuid4().hex[:6]}"
    kubectl("create", "-f", "-", text=f"{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}}}")
    yield name
    kubectl("delete", "node", name)


def taints_of(node):
    spec = json.loads(kubectl("get", "node", node, "-o", "json"))["spec"]
    return {f'{t["key"]}={t.get("value", "")}:{t["effect"]}' for t in spec.get("taints", [])
            if not t["key"].startswith("node.kubernetes.io/")}


def test_a_node_and_its_marks(say, node):
    cordoned = lambda: json.loads(kubectl("get", "node", node, "-o", "json"))["spec"].get("unschedulable", False)
    assert say(f"take node {node} out of rotation").returncode == 0 and cordoned()
    assert say(f"make node {node} schedulable again").returncode == 0 and not cordoned()
    assert say(f"taint node {node} with gpu=true:NoSchedule").returncode == 0
    assert taints_of(node) == {"gpu=true:NoSchedule"}
    assert say(f"remove the taint gpu from node {node}").returncode == 0 and taints_of(node) == set()
    run = say("--yes-destroy", f"put node {node} into maintenance")
    assert run.returncode == 0 and cordoned(), run.stdout + run.stderr
    assert say(f"take {node} out of maintenance").returncode == 0 and not cordoned()


def test_contexts_and_namespaces(home, place, tmp_path):
    """On a copy of the kubeconfig: what is switched stays switched for others too."""
    config = tmp_path / "kubeconfig"
    config.write_bytes(open(os.environ["KUBECONFIG"], "rb").read())
    config.chmod(0o600)
    opsh = Opsh(home | {"KUBECONFIG": str(config)})
    look = lambda *args: subprocess.run(["kubectl", "config", *args], env=opsh.env, capture_output=True, text=True).stdout.strip()
    was = look("current-context")
    run = opsh("--yes", "--offline", f"work in namespace {place} from now on")
    assert run.returncode == 0 and look("view", "--minify", "-o", "jsonpath={..namespace}") == place, run.stdout + run.stderr
    run = opsh("--yes", "--offline", f"rename context {was} to home")
    assert run.returncode == 0 and look("get-contexts", "-o", "name") == "home", run.stdout + run.stderr
    run = opsh("--yes", "--offline", "what's my current namespace")
    assert run.returncode == 0 and place in run.stdout


def test_values_of_a_release(say, ns, tmp_path):
    """One value changes, the others stay as they were given; the chart's version is the one that was named."""
    chart = tmp_path / "tiny"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: tiny\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text("who: world\nmood: calm\n")
    (chart / "templates/map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tiny}\n"
                                              "data: {who: {{ .Values.who }}, mood: {{ .Values.mood }}}\n")
    assert say(f"!helm install tiny {chart} --set who=mars", ns=ns).returncode == 0
    run = say(f"set mood=happy on the helm release tiny with chart {chart}", ns=ns)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(kubectl("get", "configmap", "tiny", "-n", ns, "-o", "json"))["data"] == {"who": "mars", "mood": "happy"}
    assert say("roll back the helm release tiny", ns=ns).returncode == 0
    assert json.loads(kubectl("get", "configmap", "tiny", "-n", ns, "-o", "json"))["data"] == {"who": "mars", "mood": "calm"}


def test_questions_change_nothing(say, place):
    before = kubectl("get", "deployments,services,cronjobs", "-n", place, "-o",
                     "jsonpath={range .items[*]}{.metadata.name}={.metadata.generation} {end}")
    for words in ("should I scale steady to 9", "why was shop-web restarted", "is steady scaled to 9", "don't restart steady",
                  "how do I take shop-web offline", "what happens if I delete the service front", "never mind"):
        say(words)
    assert kubectl("get", "deployments,services,cronjobs", "-n", place, "-o",
                   "jsonpath={range .items[*]}{.metadata.name}={.metadata.generation} {end}") == before


def test_a_namespace_that_is_not_there_is_told(opsh, place):
    run = opsh("--offline", "-n", "default", f"show the pods in {place}x")
    assert re.search(rf"no namespace called {place}x", run.stdout + run.stderr), run.stdout + run.stderr
    assert place in (run.stdout + run.stderr).replace(f"{place}x", "")


def test_compare_tells_what_differs(say):
    run = say("compare deployments steady and shop-green")
    assert run.returncode == 0, run.stderr
    told = (run.stdout + run.stderr).partition("What differs")[2]
    assert re.search(r"spec\.template\.spec\.containers\.\S+\.image: .*todo-backend|containers\.main\.image: todo-backend", told), told
    assert "shop-green" in told and "uid" not in told and "resourceVersion" not in told
