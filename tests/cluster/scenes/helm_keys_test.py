"""A misspelt Helm key on a real release: asked about in words, told in the preview of a command, and no value is shown."""
import io
import json
import subprocess

import pexpect
import pytest
from conftest import kubectl

SECRET = "hunter2-very-secret"


@pytest.fixture
def chart(tmp_path, ns):
    """A chart without a schema, installed as the release web."""
    (tmp_path / "web/templates").mkdir(parents=True)
    (tmp_path / "web/Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.4.2\n")
    (tmp_path / "web/values.yaml").write_text(f"replicaCount: 1\nimage: {{repository: nginx, tag: '1'}}\npodAnnotations: {{}}\nadminPassword: {SECRET}\n")
    (tmp_path / "web/templates/map.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-map}\ndata:\n  replicas: {{ .Values.replicaCount | quote }}\n  tag: {{ .Values.image.tag | quote }}\n")
    subprocess.run(["helm", "install", "web", str(tmp_path / "web"), "-n", ns], check=True, capture_output=True, timeout=60)
    return tmp_path / "web"


def data(ns):
    return json.loads(kubectl("get", "configmap", "web-map", "-n", ns, "-o", "json"))["data"]


def terminal(opsh, ns):
    t = opsh.terminal("--offline", "-n", ns, columns=200, timeout=20)
    seen = t.logfile_read = io.StringIO()
    t.expect(ns)
    return t, seen


def leave(t):
    t.sendline("/quit")
    t.expect(pexpect.EOF)  # all that it showed was read


def test_a_misspelt_key_is_asked_about(opsh, ns, chart):
    t, seen = terminal(opsh, ns)
    t.sendline(f"set replicaCuont=3 on release web with chart {chart}")
    t.expect("chart web has no value replicaCuont: did you mean replicaCount")
    t.expect("use it as said")
    assert data(ns)["replicas"] == "1"
    t.sendline("1")
    t.expect("--set replicaCount=3 --reuse-values")
    t.expect("1 object of release web differs")  # the preview is there
    t.sendline("y")
    t.expect("✓")
    leave(t)
    assert data(ns) == {"replicas": "3", "tag": "1"} and "the chart has no value" not in seen.getvalue() and SECRET not in seen.getvalue()


def test_said_all_the_same_it_is_told_again_before_it_runs(opsh, ns, chart):
    t, seen = terminal(opsh, ns)
    t.sendline(f"set image.tga=2 on release web with chart {chart}")
    t.expect("did you mean image.tag")
    t.sendline("2")
    t.expect(r"the chart has no value image\.tga \(nearest: image\.tag\)")
    t.expect(r"\[y/N")
    t.sendline("n")
    t.sendline(f"!helm upgrade web {chart} --set podAnnotations.team=a,image.tga=2")  # whoever planned it
    t.expect(r"the chart has no value image\.tga \(nearest: image\.tag\)")
    t.expect(r"\[y/N")
    t.sendline("n")
    leave(t)
    assert data(ns)["tag"] == "1" and SECRET not in seen.getvalue() and "no value podAnnotations" not in seen.getvalue()


def test_the_version_that_runs_is_kept(opsh, ns, chart):
    run = opsh("--offline", "--suggest", "-n", ns, "set replicaCount=2 on release web with chart acme/web")
    assert run.stdout.split() == f"helm upgrade web acme/web --set replicaCount=2 --reuse-values -n {ns} --version 1.4.2".split(), run.stderr
    run = opsh("--offline", "--suggest", "-n", ns, "set image.tga=2 on release web with chart acme/web")
    assert "chart web has no value image.tga: did you mean image.tag?" in run.stdout + run.stderr and SECRET not in run.stdout + run.stderr


def test_a_value_that_is_new_in_the_chart_is_known(opsh, ns, chart):
    with (chart / "values.yaml").open("a") as f:
        f.write("colour: red\n")
    t, seen = terminal(opsh, ns)
    t.sendline(f"set colour=blue on release web with chart {chart}")
    t.expect(r"--set colour=blue")
    t.expect("nothing differs in what the chart renders")  # the preview is there
    t.sendline("n")
    leave(t)
    assert "has no value" not in seen.getvalue()
