"""What a change would do, from the real server: diffs, what is touched, and who would undo it."""
import re
import time

from conftest import kubectl


def ask(opsh, ns, command, *args, **kw):
    t = opsh.terminal("-n", ns, *args, **kw)
    t.expect(re.escape(ns))
    t.sendline(command)
    t.expect(r"(\[y/N\]|to confirm:)")
    return t


def replicas(ns):
    return kubectl("get", "deployment", "todo-backend", "-n", ns, "-o", "jsonpath={.spec.replicas}")


SCALE = "!kubectl scale deployment/todo-backend --replicas=3"


def test_replicas_from_the_server(opsh, todo):
    t = ask(opsh, todo, SCALE)
    t.expect("-   replicas: 2")
    t.expect(r"\+   replicas: 3")
    t.expect("replicas 2 \u2192 3")
    t.expect(r"\[y/N\]")
    t.sendline("n")
    t.expect("you said no")
    assert replicas(todo) == "2"


def test_an_image_replaces_pods_and_a_budget_is_named(opsh, todo):
    kubectl("create", "pdb", "todo", "-n", todo, "--selector=app=todo-backend", "--min-available=1")
    t = ask(opsh, todo, "!kubectl set image deployment/todo-backend todo-backend=todo-backend:1.0.1")
    t.expect("image: todo-backend:1.0.0")
    t.expect("image: todo-backend:1.0.1")
    t.expect("2 pods are replaced")
    t.expect("PodDisruptionBudget todo")
    t.expect(r"\[y/N\]")
    t.sendline("y")
    t.expect("2 of 2 pods Ready")


def test_an_autoscaler_warns(opsh, todo):
    kubectl("autoscale", "deployment", "todo-backend", "-n", todo, "--min=1", "--max=4")
    t = ask(opsh, todo, SCALE)
    t.expect(r"! HorizontalPodAutoscaler todo-backend \(1 to 4\)")
    t.expect("undo this within")
    t.expect(r"\[y/N\]")


CHART = {"Chart.yaml": "apiVersion: v2\nname: tiny\nversion: 0.1.0\n", "values.yaml": "who: world\nsecret: hunter2\nreplicas: 1\n",
         "templates/all.yaml": """apiVersion: v1
kind: ConfigMap
metadata: {name: tiny}
data:
  hello: {{ .Values.who }}
---
apiVersion: v1
kind: Secret
metadata:
  name: tiny
stringData:
  password: {{ .Values.secret }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: tiny
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: tiny}}
  template:
    metadata: {labels: {app: tiny}}
    spec:
      containers: [{name: c, image: "busybox:1.36", command: [sleep, "3600"]}]
"""}


def chart(path):
    for name, text in CHART.items():
        file = path / "tiny" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path / "tiny"


def test_helm_shows_what_the_chart_would_render_and_no_secret(opsh, ns, tmp_path):
    where = chart(tmp_path)
    run = opsh("--yes", "-n", ns, f"!helm install tiny {where}")
    assert run.returncode == 0, run.stdout + run.stderr
    t = ask(opsh, ns, f"!helm upgrade tiny {where} --set who=mars")
    t.expect("configmap/tiny")
    t.expect("-   hello: world")
    t.expect(r"\+   hello: mars")
    t.expect("1 object of release tiny differs")
    t.expect(r"\[y/N\]")
    t.sendline("n")
    t.expect("you said no")
    t.sendline(f"!helm upgrade tiny {where} --set replicas=2")
    t.expect("replicas: 2")
    t.expect(r"\[y/N\]")
    t.sendline("d")
    t.expect("replicas: 2")
    t.expect(r"\[y/N\]")
    assert "hunter2" not in t.before
    t.sendline("")
    t.expect("you said no")
    t.sendline(f"!helm install tiny {where}")
    t.expect("release tiny is there already")
    t.expect(r"\[y/N\]")
    t.sendline("n")
    t.expect("you said no")
    t.sendline("!helm uninstall tiny")
    t.expect("deployment/tiny .goes away.")
    t.expect("to confirm:")


def test_a_release_that_owns_the_object_drifts(opsh, ns, tmp_path):
    opsh("--yes", "-n", ns, f"!helm install tiny {chart(tmp_path)}")
    t = ask(opsh, ns, "!kubectl scale deployment/tiny --replicas=2")
    t.expect("values of release tiny will drift")
    t.expect("helm upgrade tiny")
    t.expect(r"\[y/N\]")


def test_git_is_the_source(opsh, todo):
    kubectl("annotate", "deployment", "todo-backend", "-n", todo, "argocd.argoproj.io/tracking-id=shop:apps/Deployment:x/todo-backend")
    t = ask(opsh, todo, SCALE)
    t.expect("Git is the source")
    t.expect("will be reverted")


def test_what_goes_with_a_deleted_deployment(opsh, todo):
    t = ask(opsh, todo, "!kubectl delete deployment todo-backend")
    t.expect("2 pods and 1 ReplicaSet go with it")
    t.expect("to confirm:")
    t.sendline("y")
    t.expect("not typed")
    assert replicas(todo) == "2"


def test_a_manifest_is_compared_object_by_object(opsh, todo, tmp_path):
    kubectl("create", "configmap", "old", "-n", todo, "--from-literal=a=1")
    manifest = tmp_path / "m.yaml"
    manifest.write_text("".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: {todo}}}\ndata: {{a: '2'}}\n---\n"
                                for name in ("old", "fresh")))
    t = ask(opsh, todo, f"!kubectl apply -f {manifest}")
    t.expect("configmap/old")
    t.expect('-   a: "1"')
    t.expect(r'\+   a: "2"')
    t.expect(r"configmap/fresh \(new\)")
    t.expect(r"\[y/N\]")
    t.sendline("n")
    t.expect("you said no")
    t.sendline(f"!kubectl delete -f {manifest}")
    t.expect("configmap/old .goes away.")
    t.expect("to confirm:")


def test_the_server_says_no_before_it_is_asked(opsh, todo):
    t = ask(opsh, todo, "!kubectl create configmap kube-root-ca.crt --from-literal=a=b")
    t.expect("the server's dry run says:.*already exists")
    t.expect(r"\[y/N\]")


def test_an_early_answer_does_not_wait(opsh, todo):
    for _ in range(5):
        t = opsh.terminal("-n", todo)
        t.expect(re.escape(todo))
        t.sendline(SCALE)
        t.expect(r"\[y/N\]")
        began = time.monotonic()
        t.sendline("n")
        t.expect("you said no")
        assert time.monotonic() - began < 0.5
        t.close()
    assert replicas(todo) == "2"


def test_an_edited_command_that_deletes_wants_the_name(opsh, todo):
    t = ask(opsh, todo, SCALE)
    t.expect("\u2192 3")
    t.expect(r"\[y/N\]")
    t.sendline("e")
    t.expect("edit: ")
    time.sleep(0.2)
    t.send("\x15kubectl delete deployment/todo-backend -n " + todo + "\r")
    t.expect('Type the name "todo-backend" to confirm:')
    t.sendline("y")
    t.expect("not typed")
    assert replicas(todo) == "2"


def test_always_until_it_is_taken_back(opsh, todo):
    t = ask(opsh, todo, SCALE)
    t.expect("\u2192 3")
    t.expect(r"\[y/N\]")
    t.sendline("a")
    t.expect("3 of 3 pods Ready")
    t.sendline("!kubectl scale deployment/todo-backend --replicas=2")
    t.expect("2 of 2 pods Ready")
    assert "Run this?" not in t.before
    t.sendline("/allow")
    t.expect("1. scale deployment in namespace " + todo)
    t.sendline("/allow revoke 1")
    t.expect("Taken back")
    t.sendline(SCALE)
    t.expect("Run this")


def test_a_protected_context(opsh, todo, home, tmp_path):
    context = kubectl("config", "current-context")
    config = tmp_path / ".config/opsh/config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(f'protected: ["{context[:3]}*"]\n')
    run = opsh("--yes", "--yes-destroy", "-n", todo, SCALE)
    assert run.returncode == 5 and "protected" in run.stderr
    t = ask(opsh, todo, SCALE, "--yes")
    t.expect(f'Type the context "{context}" to confirm:')
    t.sendline("y")
    t.expect("not run")
    assert replicas(todo) == "2"
    t.sendline(SCALE)
    t.expect("\u2192 3")
    t.expect("to confirm:")
    t.sendline(context)
    t.expect("3 of 3 pods Ready")


def test_suggest_prints_what_can_be_run(opsh, todo):
    run = opsh("--suggest", "-n", todo, SCALE)
    assert run.returncode == 0
    assert run.stdout == f"kubectl scale deployment/todo-backend --replicas=3 --namespace={todo}\n"
    assert replicas(todo) == "2"
