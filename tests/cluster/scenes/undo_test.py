"""Whatever opsh changed, /undo brings back: specs, data, labels and annotations byte for byte."""
import json
import pathlib
import random
import re
import subprocess
import time

import pexpect
import pytest

from conftest import OPSH, kubectl

SERVER_METADATA = {"resourceVersion", "uid", "managedFields", "creationTimestamp", "generation", "ownerReferences"}
KINDS = "deployments,services,configmaps,secrets,horizontalpodautoscalers"

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web, team: shop}
  annotations: {note: "as it was, \\"quoted\\" and = signs"}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: nginx:1.25
        env: [{name: MODE, value: plain}]
        resources: {requests: {cpu: 10m, memory: 16Mi}}
      - name: side
        image: busybox:1.36
        command: [sleep, "100000"]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 80}], type: NodePort}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: "blue\\ttab\\n", size: "12345678901234567890", empty: ""}
---
apiVersion: v1
kind: Secret
metadata: {name: door}
stringData: {password: "opensesame-4711"}
"""


def clean(item):
    meta = {k: v for k, v in item["metadata"].items() if k not in SERVER_METADATA}
    notes = {k: v for k, v in meta.pop("annotations", {}).items() if k != "deployment.kubernetes.io/revision"}
    body = {k: v for k, v in item.items() if k not in ("metadata", "status")}
    return json.dumps({"metadata": meta, "annotations": notes, **body}, sort_keys=True)


def state(ns, kinds=KINDS):
    """What is in the namespace, as the server stores it, without what only the server writes."""
    items = json.loads(kubectl("get", kinds, "-n", ns, "-o", "json"))["items"]
    return {f'{i["kind"]}/{i["metadata"]["name"]}': clean(i) for i in items if i["metadata"]["name"] != "kube-root-ca.crt"
            and not i["metadata"]["name"].startswith("sh.helm.release.")}


def same(now, before):
    """Told object by object, so that a failure says what differs."""
    assert sorted(now) == sorted(before)
    for name, text in before.items():
        assert json.loads(now[name]) == json.loads(text), name


@pytest.fixture
def shop(ns):
    kubectl("apply", "-n", ns, "-f", "-", text=MANIFEST)
    kubectl("rollout", "status", "deployment/web", "-n", ns, "--timeout=120s")
    return ns


def journal(home):
    path = pathlib.Path(home["HOME"]) / ".local/state/opsh/journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def changes(opsh):
    return json.loads(opsh("log", "--output", "json").stdout)["changes"]


def settle(t):
    """A question is repeated when the preview has come: let it come."""
    seen, quiet = "", 0
    while quiet < 2:
        try:
            seen += t.read_nonblocking(65536, timeout=0.7)
            quiet = 0
        except pexpect.TIMEOUT:
            quiet += 1
    return seen


def at_terminal(opsh, ns, line):
    """One line in the shell; every question gets its yes or its name. Returns what was shown."""
    t = opsh.terminal("-n", ns, columns=200, rows=200, timeout=40)
    t.expect("[>❯] ")
    t.sendline(line)
    shown = ""
    while True:
        seen = t.expect([r'Type the name "([^"]+)" to confirm: ', r"\[y/N[^\]]*\] ", r"[>❯] $"])
        shown += t.before + t.after
        if seen == 2:
            break
        name = t.match.group(1) if seen == 0 else "y"
        shown += settle(t)
        t.sendline(name)
    t.sendline("/quit")
    t.wait()
    return shown


def changed(opsh, ns, command):
    run = opsh("--yes", "-n", ns, "--", "!" + command)
    if run.returncode == 5 and "destroys" in run.stdout + run.stderr:
        shown = at_terminal(opsh, ns, "!" + command)
        return shown
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


CHANGES = [
    "kubectl scale deployment/web --replicas=4",
    "kubectl scale --replicas=0 deployment web",
    "kubectl set image deployment/web side=todo-backend:1.0.1",
    "kubectl set resources deployment/web -c web --requests=cpu=20m --limits=memory=64Mi",
    "kubectl set env deployment/web MODE- EXTRA=1",
    "kubectl label deployment/web team=other tier=front app-",
    "kubectl label --overwrite deployment/web team=other tier=front",
    "kubectl label deployments,services --all tier=front",
    "kubectl annotate --overwrite deployment/web note=gone other='a=b c'",
    "kubectl annotate configmap settings note-",
    """kubectl patch deployment web -p '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":3}}}}'""",
    """kubectl patch service web --type=merge -p '{"spec":{"sessionAffinity":"ClientIP"}}'""",
    """kubectl patch configmap settings --type=json -p '[{"op":"remove","path":"/data/size"}]'""",
    """kubectl patch secret door -p '{"stringData":{"password":"changed-1234"}}'""",
    "kubectl set selector service web app=none",
    "kubectl rollout restart deployment/web",
    "kubectl rollout pause deployment/web",
    "kubectl autoscale deployment web --min=1 --max=2 --cpu-percent=50",
    "kubectl expose deployment web --name=again --port=80",
    "kubectl create configmap fresh --from-literal=a=b",
    "kubectl create secret generic fresh --from-literal=password=verysecret99",
    "kubectl create deployment fresh --image=busybox:1.36 --replicas=1 -- sleep 1000",
    "kubectl delete deployment web",
    "kubectl delete configmap settings",
    "kubectl delete service/web",
    "kubectl delete secret door",
    "kubectl delete deployment,service,configmap -l app=web",
]


@pytest.mark.parametrize("command", CHANGES)
def test_kubectl(opsh, shop, command, home):
    before = state(shop)
    if "label deployment/web team=other" in command:  # needs --overwrite: it fails and changes nothing
        run = opsh("--yes", "-n", shop, "--", "!" + command)
        assert run.returncode == 1 and state(shop) == before
        return
    if command.endswith("note-"):
        kubectl("annotate", "configmap", "settings", "note=n", "-n", shop)
        before = state(shop)
    changed(opsh, shop, command)
    assert state(shop) != before, "the command changed nothing"
    run = opsh("--yes", "undo")
    if run.returncode == 5:
        at_terminal(opsh, shop, "/undo")
    for _ in range(20):  # a HorizontalPodAutoscaler or a deletion may take a moment
        if state(shop) == before:
            break
        time.sleep(0.5)
    same(state(shop), before)
    assert changes(opsh)[0]["undone_by"] is not None
    text = (pathlib.Path(home["HOME"]) / ".local/state/opsh/journal.jsonl").read_text()
    for secret in ("opensesame", "verysecret99", "changed-1234", "b3BlbnNlc2FtZS00NzEx"):
        assert secret not in text


def test_apply_of_what_exists_and_what_is_new(opsh, shop, tmp_path):
    before = state(shop)
    path = tmp_path / "two.yaml"
    path.write_text(MANIFEST.replace("blue", "red").replace("replicas: 2", "replicas: 1") + """---
apiVersion: v1
kind: ConfigMap
metadata: {name: added}
data: {a: b}
""")
    changed(opsh, shop, f"kubectl apply -f {path}")
    assert "ConfigMap/added" in state(shop)
    at_terminal(opsh, shop, "/undo")
    assert state(shop) == before


def test_replace_and_redo(opsh, shop, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {only: this}\n")
    before = state(shop)
    changed(opsh, shop, f"kubectl replace -f {path}")
    after = state(shop)
    assert opsh("--yes", "undo").returncode == 0 and state(shop) == before
    undo = changes(opsh)[-1]
    assert undo["undoes"] == changes(opsh)[0]["id"]
    run = opsh("--yes", "undo", undo["id"])
    assert run.returncode == 0 and state(shop) == after, run.stderr
    assert changes(opsh)[0]["undone_by"] is None, "what was done again stands"
    assert opsh("--yes", "undo").returncode == 0 and state(shop) == before


def test_rollout_undo(opsh, shop):
    kubectl("set", "env", "deployment/web", "MODE=second", "-n", shop)
    kubectl("rollout", "status", "deployment/web", "-n", shop, "--timeout=60s")
    before = state(shop)
    changed(opsh, shop, "kubectl rollout undo deployment/web")
    assert state(shop) != before
    assert opsh("--yes", "undo").returncode == 0
    assert state(shop) == before


def test_cordon(opsh, ns):
    """On a Node object of its own (no kubelet behind it): other scenes need the real one."""
    kubectl("create", "-f", "-", text=f"{{apiVersion: v1, kind: Node, metadata: {{name: {ns}}}}}")
    try:
        changed(opsh, ns, f"kubectl cordon {ns}")
        assert kubectl("get", "node", ns, "-o", "jsonpath={.spec.unschedulable}") == "true"
        run = opsh("--yes", "undo")
        assert run.returncode == 0 and f"kubectl uncordon {ns}" in run.stderr
        assert kubectl("get", "node", ns, "-o", "jsonpath={.spec.unschedulable}") == ""
    finally:
        kubectl("delete", "node", ns)


def test_words_too(opsh, shop):
    before = state(shop)
    run = opsh("--yes", "--offline", "-n", shop, "scale web to 1 replica")
    assert run.returncode == 0, run.stdout + run.stderr
    run = opsh("--yes", "--output", "json", "undo that")
    told = json.loads(run.stdout)
    assert run.returncode == 0 and told["steps"][0]["argv"][:2] == ["kubectl", "scale"], run.stdout + run.stderr
    assert state(shop) == before


def test_images_go_back_by_name(opsh, shop):
    changed(opsh, shop, "kubectl set image deployment/web '*=todo-backend:1.0.1'")
    run = opsh("--yes", "undo")
    assert "kubectl set image deployment.apps/web web=nginx:1.25 side=busybox:1.36" in run.stderr


# ---- helm ----

@pytest.fixture
def chart(tmp_path):
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text("colour: blue\nreplicas: 1\n")
    (folder / "templates/all.yaml").write_text("""
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-settings"}
data: {colour: "{{ .Values.colour }}"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "100000"]}]
""")
    return folder


def test_helm_install(opsh, ns, chart):
    changed(opsh, ns, f"helm install one {chart}")
    assert "Deployment/one" in state(ns)
    at_terminal(opsh, ns, "/undo")
    assert state(ns) == {}


def test_helm_upgrade_and_rollback(opsh, ns, chart):
    changed(opsh, ns, f"helm upgrade --install one {chart}")
    first = state(ns)
    changed(opsh, ns, f"helm upgrade one {chart} --set colour=red,replicas=2")
    second = state(ns)
    assert first != second
    run = opsh("--yes", "undo")
    assert run.returncode == 0 and "helm rollback one 1" in run.stderr and state(ns) == first
    changed(opsh, ns, "helm rollback one 2")
    assert state(ns) == second
    run = opsh("--yes", "undo")
    assert run.returncode == 0 and "helm rollback one 3" in run.stderr and state(ns) == first, run.stderr


def test_helm_uninstall(opsh, ns, chart, home):
    changed(opsh, ns, f"helm install one {chart} --set colour=green")
    before = state(ns)
    changed(opsh, ns, "helm uninstall one")
    assert state(ns) == {}
    run = opsh("--yes", "undo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert state(ns) == before
    kept = pathlib.Path(home["HOME"]) / ".local/state/opsh/undo"
    assert [p.stat().st_mode & 0o777 for p in kept.iterdir()] and all(p.stat().st_mode & 0o777 == 0o600 for p in kept.iterdir())


# ---- what is not done blindly ----

def test_what_cannot_be_undone_is_said_before(opsh, shop):
    run = opsh("-n", shop, "--", "!kubectl delete namespace " + shop)
    assert run.returncode == 5 and "cannot be undone: everything inside it goes with it" in run.stderr
    run = opsh("-n", shop, "--", "!kubectl exec deploy/web -- true")
    assert "cannot be undone: what a program inside a container did" in run.stderr
    run = opsh("-n", shop, "--", "!kubectl scale deployment/web --replicas=3")
    assert "undo: " in run.stderr and "cannot" not in run.stderr


def test_a_change_by_others_is_not_overwritten(opsh, shop):
    changed(opsh, shop, "kubectl set env deployment/web MODE=mine")
    kubectl("label", "deployment/web", "by=others", "-n", shop)
    theirs = state(shop)
    run = opsh("--yes", "undo")
    assert run.returncode == 5 and "changed since" in run.stderr, run.stdout + run.stderr
    assert state(shop) == theirs
    t = opsh.terminal("--yes", "-n", shop, columns=200, rows=200, timeout=40)
    t.expect("[>❯] ")
    t.sendline("/undo")
    t.expect("changed since")
    t.expect(r"\[y/N[^\]]*\] ")
    settle(t)
    t.sendline("n")
    t.expect("not run")
    t.sendline("/quit")
    t.wait()
    assert state(shop) == theirs
    at_terminal(opsh, shop, "/undo")
    assert "by" not in json.loads(state(shop)["Deployment/web"])["metadata"]["labels"]


def test_undo_of_what_is_back_already(opsh, shop):
    changed(opsh, shop, "kubectl scale deployment/web --replicas=1")
    kubectl("scale", "deployment/web", "--replicas=2", "-n", shop)
    run = opsh("--yes", "undo")
    assert run.returncode == 0 and "nothing to undo" in run.stderr


def test_a_change_that_changed_nothing_is_passed_over(opsh, shop):
    before = state(shop)
    changed(opsh, shop, "kubectl scale deployment/web --replicas=1")
    changed(opsh, shop, "kubectl scale deployment/web --replicas=1")
    assert changes(opsh)[-1]["outcome"] == "changed nothing"
    assert opsh("--yes", "undo").returncode == 0 and state(shop) == before
    assert "nothing to undo" in opsh("--yes", "undo").stderr


def test_a_failed_change_can_be_taken_back(opsh, shop):
    before = state(shop)
    run = opsh("--yes", "-n", shop, "--", "!kubectl set image deployment/web web=todo-backend:9.9.9")
    assert run.returncode == 1 and "/undo takes back what it changed" in run.stderr, run.stdout + run.stderr
    assert opsh("--yes", "undo").returncode == 0 and state(shop) == before


def test_killed_while_the_command_runs(opsh, shop, home, tmp_path):
    """opsh dies between the change and its record: the change and the way back are in the journal all the same."""
    before = state(shop)
    run = opsh("-n", shop, "--yes", "--", "!kubectl set env deployment/web MODE=second")
    assert run.returncode == 0
    path = pathlib.Path(home["HOME"]) / ".local/state/opsh/journal.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    assert json.loads(lines[-1])["event"] == "result"
    path.write_text("".join(lines[:-1]) + lines[-1][: len(lines[-1]) // 2])  # half a line, as after kill -9
    assert changes(opsh)[0]["outcome"] == "unknown"
    run = opsh("--yes", "undo")
    assert run.returncode == 5 and "did not see" in run.stderr, "what was not seen is asked about"
    at_terminal(opsh, shop, "/undo")
    assert state(shop) == before


def test_history_and_log(opsh, shop):
    changed(opsh, shop, "kubectl scale deployment/web --replicas=1")
    one = changes(opsh)[0]
    assert one["command"] == f"kubectl scale deployment/web --replicas=1 --namespace={shop}" and one["outcome"] == "done"
    assert re.fullmatch(r"kubectl scale deployment.apps/web --replicas=2 --namespace=\S+ --context=sandbox", one["undo"][0])
    assert one["id"] in opsh("log").stdout
    assert one["id"] in at_terminal(opsh, shop, "/history")


def test_killed_at_any_moment(opsh, ns, home):
    """kill -9 at random moments of a change: whatever reached the cluster is in the journal with its way back."""
    kubectl("create", "configmap", "m", "-n", ns)
    random.seed(4711)
    reached = 0
    for n in range(40):
        child = subprocess.Popen([OPSH, "--yes", "-n", ns, "--", f"!kubectl label --overwrite configmap m round={n}"],
                                 env=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.02, 0.5))
        child.kill()
        child.wait()
        time.sleep(0.15)  # a kubectl that was on its way arrives
        if kubectl("get", "configmap", "m", "-n", ns, "-o", "jsonpath={.metadata.labels.round}") != str(n):
            continue
        reached += 1
        ours = [c for c in changes(opsh) if c["argv"][5] == f"round={n}"]
        assert len(ours) == 1 and ours[0]["undo"] != [], n
    assert 3 <= reached <= 40, "the moments were not spread over the change"


def test_taint(opsh, ns):
    """PreferNoSchedule: the scenes beside this one go on."""
    try:
        changed(opsh, ns, "kubectl taint nodes sandbox scene=x:PreferNoSchedule")
        assert opsh("--yes", "undo").returncode == 0
        assert kubectl("get", "node", "sandbox", "-o", "jsonpath={.spec.taints}") == ""
    finally:
        kubectl("taint", "nodes", "sandbox", "scene-", check=False)


def test_apply_with_a_namespace_of_its_own(opsh, ns, tmp_path):
    quick = tmp_path / "config.yaml"
    quick.write_text("proof_timeout: 3\n")  # its proof looks in one namespace only
    path = tmp_path / "two.yaml"
    path.write_text(f"""apiVersion: v1
kind: Namespace
metadata: {{name: {ns}-b}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: c, namespace: {ns}-b}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: c, namespace: {ns}}}
""")
    run = opsh("--yes", "--", f"!kubectl apply -f {path}", env={"OPSH_CONFIG": str(quick)})
    assert run.stdout.count("created") == 3, run.stdout + run.stderr
    run = opsh("--yes", "--yes-destroy", "undo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert kubectl("get", "ns", f"{ns}-b", "--ignore-not-found") == ""
    assert kubectl("get", "configmap", "c", "-n", ns, "--ignore-not-found") == ""
