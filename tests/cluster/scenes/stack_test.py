"""The status of what belongs together, on one screen, from a real API server and a real Helm release; and the doctor on a
machine with a cluster."""
import json
import subprocess

from conftest import ROOT, kubectl


def test_status_and_url_of_the_todo_stack(opsh, ns):
    said = opsh("--offline", "-n", ns, "show status of all todo services")
    assert said.returncode == 0 and f"is in namespace {ns}" in said.stdout
    subprocess.run(["helm", "install", "todo-frontend", str(ROOT / "charts/todo-frontend"), "-n", ns, "--set", "replicaCount=1", "--set",
                    "ingress.enabled=true", "--set", "ingress.host=stack.local"], check=True, capture_output=True, timeout=60)
    kubectl("create", "deployment", "neighbour", "--image=nginx", "-n", ns)
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "todo-data"},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    kubectl("create", "-n", ns, "-f", "-", text=json.dumps(claim))
    said = opsh("--offline", "-n", ns, "show status of all todo services")
    assert said.returncode == 0, said.stderr
    blocks = [line for line in said.stdout.splitlines() if not line.startswith(" ")]
    assert blocks == ["Releases", "Workloads", "Pods", "Services", "Ingress", "Claims", "Reached at"]
    for part in ("deployed   revision 1   todo-frontend-1.0.0", "of 1 Ready", "ClusterIP   port 3000", "stack.local", "todo-data", "http://stack.local/"):
        assert part in said.stdout, part
    assert "neighbour" not in said.stdout and len(said.stdout.splitlines()) <= 24
    url = opsh("--offline", "-n", ns, "what is the url of the todo stack?")
    assert url.returncode == 0 and "http://stack.local/" in url.stdout and "Workloads" not in url.stdout


def test_the_doctor_sees_the_cluster(opsh):
    report = json.loads(opsh("doctor", "--offline", "--output", "json").stdout)
    found = {check["name"]: check for check in report["checks"]}
    assert found["cluster"]["state"] == "fine" and found["kubectl"]["state"] == found["helm"]["state"] == "fine"
    server = json.loads(kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
    assert server in found["cluster"]["seen"]
