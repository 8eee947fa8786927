"""What opsh says of a change is what can be read back: in the namespaces that a manifest names, and as long as it takes."""
import json
import uuid

import pytest
from conftest import kubectl


@pytest.fixture
def other(ns):
    name = f"{ns}-b"
    kubectl("create", "namespace", name)
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


def deployment(ns, replicas, **spec):
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": ns},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, **spec,
                     "template": {"metadata": {"labels": {"app": "web"}},
                                  "spec": {"terminationGracePeriodSeconds": 0,
                                           "containers": [{"name": "web", "image": "busybox:1.36", "imagePullPolicy": "Never",
                                                           "command": ["sleep", "3600"]}]}}}}


def job(ns):
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": ns},
            "spec": {"template": {"spec": {"restartPolicy": "Never",
                                           "containers": [{"name": "once", "image": "busybox:1.36", "imagePullPolicy": "Never",
                                                           "command": ["true"]}]}}}}


def applied(opsh, tmp_path, *objects):
    path = tmp_path / f"{uuid.uuid4().hex}.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
    run = opsh("--yes", f"!kubectl apply -f {path}")
    return run.returncode, run.stdout + run.stderr


def test_one_name_in_two_namespaces(opsh, ns, other, tmp_path):
    code, said = applied(opsh, tmp_path, deployment(ns, 1), deployment(other, 2))
    assert code == 0, said
    assert "1 of 1 pod Ready; deployment/web: 2 of 2 pods Ready" in said
    for where, replicas in ((ns, "1"), (other, "2")):
        assert kubectl("get", "deployment", "web", "-n", where, "-o", "jsonpath={.status.readyReplicas}") == replicas


def test_ready_for_long_enough_and_a_job(opsh, ns, tmp_path):
    code, said = applied(opsh, tmp_path, deployment(ns, 1, minReadySeconds=4), job(ns))
    assert code == 0, said
    assert "deployment/web: 1 of 1 pod Ready" in said and "job/once:" in said and "1 completed" in said
    assert kubectl("get", "deployment", "web", "-n", ns, "-o", "jsonpath={.status.availableReplicas}") == "1"
