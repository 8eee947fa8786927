"""Whatever people create in words ends as it was asked for: each request runs with --yes, without a key, and what the
API server holds afterwards is compared with what was said, never with what opsh printed."""
import base64
import concurrent.futures
import json

import pytest

from conftest import kubectl


def read(kind, name, ns):
    args = ["get", kind, name, "-o", "json"] + (["-n", ns] if ns else [])
    return json.loads(kubectl(*args))


def at(obj, path):
    for part in path.split("."):
        obj = obj[int(part)] if isinstance(obj, list) else obj[part.replace("~", ".")]
    return obj


POD = "spec."
TEMPLATE = "spec.template.spec."

# request, then what must be there: kind/name, and paths with their values ("~" is a dot in a key)
FIRST = [
    ("create a configmap site in {ns} with colour=blue", {"cm/site": {"data.colour": "blue"}}),
    ("create a secret door in {ns} with password=opensesame", {"secret/door": {"data.password": base64.b64encode(b"opensesame").decode()}}),
    ("make a claim called uploads of 1Gi in {ns}, storageclass standard",
     {"pvc/uploads": {"spec.resources.requests.storage": "1Gi", "spec.storageClassName": "standard", "status.phase": "Bound"}}),
    ("create service account ci in {ns} and let it list pods",
     {"sa/ci": {}, "role/ci-list-pod": {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]},
      "rolebinding/ci-list-pod": {"roleRef.name": "ci-list-pod", "subjects.0.kind": "ServiceAccount", "subjects.0.name": "ci"}}),
    ("default memory limit 256Mi for containers in {ns}", {"limitrange/{ns}-limits": {"spec.limits.0.default.memory": "256Mi", "spec.limits.0.type": "Container"}}),
]
REST = [
    # pods: several containers, environment, mounts, probes, start order
    ("create a pod duo in {ns} with containers web (nginx:1.25) and log (busybox:1.36 'sleep 100000') sharing a volume at /data",
     {"pod/duo": {POD + "containers.0.name": "web", POD + "containers.1.name": "log", POD + "containers.1.command": ["sleep", "100000"],
                  POD + "containers.0.volumeMounts.0.mountPath": "/data", POD + "containers.1.volumeMounts.0.mountPath": "/data",
                  POD + "volumes.0.emptyDir": {}, "status.phase": "Running"}}),
    ("run a pod env in {ns} from busybox:1.36 that runs 'sleep 100000' with MODE=fast, PASSWORD from secret door key password and env vars from configmap site",
     {"pod/env": {POD + "containers.0.env.0": {"name": "MODE", "value": "fast"},
                  POD + "containers.0.env.1.valueFrom.secretKeyRef": {"name": "door", "key": "password"},
                  POD + "containers.0.envFrom.0.configMapRef.name": "site", "status.phase": "Running"}}),
    ("create a pod mounts in {ns} from nginx:1.25, mount configmap site at /etc/site, mount secret door at /etc/door, mount pvc uploads at /uploads and an emptydir at /tmp/scratch",
     {"pod/mounts": {POD + "volumes.0.configMap.name": "site", POD + "volumes.1.secret.secretName": "door",
                     POD + "volumes.2.persistentVolumeClaim.claimName": "uploads", POD + "containers.0.volumeMounts.0.mountPath": "/etc/site",
                     POD + "containers.0.volumeMounts.2.mountPath": "/uploads", POD + "containers.0.volumeMounts.3.mountPath": "/tmp/scratch",
                     "status.phase": "Running"}}),
    ("create a pod probed in {ns} with nginx:1.25 on port 80, an http readiness probe at / on port 80 every 2 seconds and a tcp liveness probe on port 80 after 3 seconds",
     {"pod/probed": {POD + "containers.0.readinessProbe.httpGet.path": "/", POD + "containers.0.readinessProbe.periodSeconds": 2,
                     POD + "containers.0.livenessProbe.tcpSocket.port": 80, POD + "containers.0.livenessProbe.initialDelaySeconds": 3,
                     POD + "containers.0.ports.0.containerPort": 80, "status.containerStatuses.0.ready": True}}),
    ("create a pod ordered in {ns} from nginx:1.25 with an init container prep that runs busybox:1.36 'echo ready'",
     {"pod/ordered": {POD + "initContainers.0.name": "prep", POD + "initContainers.0.command": ["echo", "ready"],
                      "status.initContainerStatuses.0.state.terminated.exitCode": 0, "status.containerStatuses.0.ready": True}}),
    # workloads
    ("deploy web in {ns} from nginx:1.25 with 2 replicas, requests 10m cpu and 16Mi memory, limits 200m cpu and 64Mi memory and readiness probe on / port 80",
     {"deploy/web": {"spec.replicas": 2, TEMPLATE + "containers.0.resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}},
                     "status.readyReplicas": 2}}),
    ("create a statefulset store in {ns} from busybox:1.36 that runs 'sleep 100000' with a 1Gi volume at /data",
     {"sts/store": {"spec.volumeClaimTemplates.0.spec.resources.requests.storage": "1Gi", TEMPLATE + "containers.0.volumeMounts.0.mountPath": "/data", "status.readyReplicas": 1},
      "pvc/data-store-0": {"status.phase": "Bound"}}),
    ("create a daemonset agent in {ns} that runs busybox:1.36 'sleep 100000' on every node", {"ds/agent": {TEMPLATE + "containers.0.command": ["sleep", "100000"], "status.numberReady": 1}}),
    ("run a job migrate in {ns} with busybox:1.36 and command 'echo done', retry at most 2 times",
     {"job/migrate": {"spec.backoffLimit": 2, TEMPLATE + "containers.0.command": ["echo", "done"], "status.succeeded": 1}}),
    ("create a cronjob backup in {ns} with busybox:1.36 every night at 2am that runs 'echo backup'",
     {"cronjob/backup": {"spec.schedule": "0 2 * * *", "spec.jobTemplate.spec.template.spec.containers.0.command": ["echo", "backup"]}}),
    ("run busybox:1.36 weekdays at 18:30 as a cron job named report in {ns} that does not overlap",
     {"cronjob/report": {"spec.schedule": "30 18 * * 1-5", "spec.concurrencyPolicy": "Forbid"}}),
    ("create a cronjob bill in {ns} from busybox:1.36 on the first of the month", {"cronjob/bill": {"spec.schedule": "0 0 1 * *"}}),
    # network
    ("create a service front in {ns} on port 80 to target port 8080 for pods with label app=front", {"svc/front": {"spec.ports.0.port": 80, "spec.ports.0.targetPort": 8080, "spec.selector.app": "front"}}),
    ("create a headless service store in {ns} for statefulset store on port 5432", {"svc/store": {"spec.clusterIP": "None", "spec.selector.app": "store"}}),
    ("create an ingress for shop.example.com in {ns}: /api to service api port 8080 and / to service front port 80 with tls from secret shop-tls",
     {"ingress/api": {"spec.rules.0.host": "shop.example.com", "spec.rules.0.http.paths.0.path": "/api", "spec.rules.0.http.paths.0.backend.service.name": "api",
                      "spec.rules.0.http.paths.1.backend.service.port.number": 80, "spec.tls.0.secretName": "shop-tls"}}),
    ("allow only front to talk to back on port 8080 in {ns}",
     {"netpol/allow-front-to-back": {"spec.podSelector.matchLabels.app": "back", "spec.ingress.0.from.0.podSelector.matchLabels.app": "front", "spec.ingress.0.ports.0.port": 8080, "spec.policyTypes": ["Ingress"]}}),
    ("deny all outgoing traffic in {ns} but allow dns", {"netpol/default-deny-egress": {"spec.podSelector": {}, "spec.policyTypes": ["Egress"], "spec.egress.0.ports.0.port": 53}}),
    # access
    ("allow bob to read secrets in {ns}", {"rolebinding/bob-read-secret": {"subjects.0.name": "bob", "subjects.0.kind": "User"}, "role/bob-read-secret": {"rules.0.resources": ["secrets"], "rules.0.verbs": ["get", "list", "watch"]}}),
    ("create a role reader in {ns} that can get and list pods", {"role/reader": {"rules.0.verbs": ["get", "list"], "rules.0.resources": ["pods"]}}),
    ("grant group dev view access to namespace {ns}", {"rolebinding/dev-view": {"roleRef.kind": "ClusterRole", "roleRef.name": "view", "subjects.0.kind": "Group"}}),
    # bounds
    ("limit namespace {ns} to 60 pods and 40 services", {"quota/{ns}-quota": {"spec.hard.pods": "60", "spec.hard.services": "40"}}),
    ("make sure at least 1 pod of web stays up during disruptions in {ns}", {"pdb/web": {"spec.minAvailable": 1, "spec.selector.matchLabels.app": "web"}}),
]


def ask(opsh, request, ns):
    run = opsh("--offline", "--yes", "--", request.format(ns=ns))
    return f"{request.format(ns=ns)}\n{run.stdout}{run.stderr}" if run.returncode != 0 else None


def compare(found, wanted, ns):
    wrong = []
    for target, paths in wanted.items():
        kind, name = target.format(ns=ns).split("/")
        obj = read(kind, name, found)
        for path, want in paths.items():
            try:
                got = at(obj, path)
            except (KeyError, IndexError, TypeError):
                got = "(absent)"
            if got != want:
                wrong.append(f"{target} {path}: want {want!r}, got {got!r}")
    return wrong


def test_what_is_asked_for_is_there(opsh, ns):
    failed = [f for f in (ask(opsh, request, ns) for request, _ in FIRST) if f]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        failed += [f for f in pool.map(lambda row: ask(opsh, row[0], ns), REST) if f]
    assert not failed, "\n\n".join(failed)
    wrong = [w for _, wanted in FIRST + REST for w in compare(ns, wanted, ns)]
    assert not wrong, "\n".join(wrong)


def test_a_namespace_that_is_not_there_is_a_step_of_its_own(opsh, ns):
    new = f"{ns}-new"
    run = opsh("--offline", "--yes", f"create a configmap flags with beta=true in namespace {new}")
    try:
        assert run.returncode == 0, run.stdout + run.stderr
        assert read("cm", "flags", new)["data"] == {"beta": "true"}
    finally:
        kubectl("delete", "namespace", new, "--wait=false", check=False)


def test_a_service_is_made_for_pods_as_they_are_labelled(opsh, todo):
    """todo-backend's pods carry app.kubernetes.io/name, not app."""
    run = opsh("--offline", "--yes", f"make sure at least 1 pod of backend stays up during disruptions in {todo}")
    assert run.returncode == 0, run.stdout + run.stderr
    budget = json.loads(kubectl("get", "pdb", "-n", todo, "-o", "json"))["items"][0]
    pods = json.loads(kubectl("get", "pods", "-n", todo, "-l", ",".join(f"{k}={v}" for k, v in budget["spec"]["selector"]["matchLabels"].items()), "-o", "json"))
    assert len(pods["items"]) == 2


def test_values_of_secrets_are_not_shown(opsh, ns):
    run = opsh("--offline", "--yes", f"create a secret vault with password=Hunter2-4711 in {ns}")
    assert run.returncode == 0
    assert "Hunter2-4711" not in run.stdout + run.stderr
    assert base64.b64decode(read("secret", "vault", ns)["data"]["password"]) == b"Hunter2-4711"


@pytest.mark.parametrize("request_, answer, want", [
    ("create a cron job called tick from busybox:1.36 in {ns}", "every 15 minutes", ("cronjob", "tick", "spec.schedule", "*/15 * * * *")),
    ("create a pvc called data in {ns}", "2Gi", ("pvc", "data", "spec.resources.requests.storage", "2Gi")),
])
def test_one_question_whose_answer_continues(opsh, ns, request_, answer, want):
    t = opsh.terminal("--offline", timeout=20)
    t.expect("❯|>")
    t.sendline(request_.format(ns=ns))
    t.expect(r"\?")
    t.sendline(answer)
    t.expect(r"\[y/N")
    t.sendline("y")
    t.expect("it is there|Bound|✓")
    t.sendline("/quit")
    t.wait()
    kind, name, path, value = want
    assert at(read(kind, name, ns), path) == value
