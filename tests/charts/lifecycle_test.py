"""The charts at work on the real cluster: installed in order, upgraded, uninstalled, installed again."""
import base64
import time

from conftest import NAMES, run


def over_the_service(ns, url, query, seconds=20):
    """A Service answers a moment after its pods are Ready: kube-proxy has to hear of them first."""
    end = time.monotonic() + seconds
    while True:
        got = run("kubectl", "-n", ns.name, "exec", "deployment/todo-database", "--", "psql", url, "-qAtc", query, check=False)
        if got.returncode == 0 or time.monotonic() > end:
            assert got.returncode == 0, got.stderr.replace(url, "URL")
            return got.stdout.strip()
        time.sleep(0.5)


def test_all_five_pods_are_ready_and_nothing_was_restarted_by_a_probe(stack):
    counts = {name: len(stack.pods(name)) for name in NAMES}
    assert counts == {"todo-database": 1, "todo-backend": 2, "todo-frontend": 2}
    for name in NAMES:
        for pod in stack.pods(name).values():
            [status] = pod["status"]["containerStatuses"]
            assert status["ready"], pod["metadata"]["name"]
            assert name == "todo-database" or status["restartCount"] == 0


def test_no_container_runs_as_root(stack):
    for name in NAMES:
        assert int(stack.kubectl("exec", f"deployment/{name}", "--", "id", "-u")) > 0
        refused = run("kubectl", "-n", stack.name, "exec", f"deployment/{name}", "--", "sh", "-c", "echo x > /written", check=False)
        assert refused.returncode != 0 and "Read-only file system" in refused.stderr


def test_the_charts_own_tests_pass(stack):
    for name in NAMES:
        assert "Phase:          Succeeded" in stack.helm("test", name, "--timeout", "90s").stdout


def test_the_backend_s_url_opens_the_database(stack):
    """What the Secret holds is used as it is: by psql, over the Service, with the password in it."""
    url = base64.b64decode(stack.secret("todo-backend")["DATABASE_URL"]).decode()
    assert url.startswith("postgresql://todo:") and url.endswith("@todo-database:5432/todo")
    assert over_the_service(stack, url, "select 6 * 7") == "42"
    wrong = url.replace("@todo-database", "x@todo-database")
    assert run("kubectl", "-n", stack.name, "exec", "deployment/todo-database", "--", "psql", wrong, "-c", "select 1", check=False).returncode != 0


def test_an_upgrade_keeps_the_secrets_and_the_pods(stack):
    secrets = {name: stack.secret(name) for name in NAMES[:2]}
    pods = {name: set(stack.pods(name)) for name in NAMES}
    stack.helm("upgrade", "todo-backend", "--set", "replicaCount=3", "--wait", "--timeout", "90s")
    stack.helm("upgrade", "todo-database", "--wait", "--timeout", "90s")
    assert {name: stack.secret(name) for name in NAMES[:2]} == secrets
    now = set(stack.pods("todo-backend"))
    assert len(now) == 3 and pods["todo-backend"] < now, "scaling replaces no pod"
    assert set(stack.pods("todo-database")) == pods["todo-database"]
    stack.helm("upgrade", "todo-backend", "--reuse-values", "--set", "resources.limits.memory=1Gi", "--wait", "--timeout", "90s")
    for pod in stack.pods("todo-backend").values():
        assert pod["spec"]["containers"][0]["resources"]["limits"]["memory"] == "1Gi"
    assert stack.secret("todo-backend") == secrets["todo-backend"]
    stack.helm("rollback", "todo-backend", "1", "--wait", "--timeout", "90s")
    assert stack.secret("todo-backend") == secrets["todo-backend"]
    assert len(stack.pods("todo-backend")) == 2


def test_a_given_value_stays_when_later_upgrades_do_not_give_it(stack):
    before = stack.secret("todo-backend")
    stack.helm("upgrade", "todo-backend", "--set", "secrets.OPENAI_API_KEY=key-1,secrets.DATABASE_URL=postgresql://a:b@elsewhere:5432/c")
    stack.helm("upgrade", "todo-backend", "--set", "replicaCount=2")
    after = {name: base64.b64decode(value).decode() for name, value in stack.secret("todo-backend").items()}
    assert after["OPENAI_API_KEY"] == "key-1" and after["DATABASE_URL"] == "postgresql://a:b@elsewhere:5432/c"
    assert stack.secret("todo-backend")["BETTER_AUTH_SECRET"] == before["BETTER_AUTH_SECRET"]
    stack.helm("rollback", "todo-backend", "1", "--wait", "--timeout", "90s")


def test_a_deleted_database_pod_comes_back_with_its_data_and_was_never_two(stack):
    stack.psql("create table kept (word text); insert into kept values ('first')")
    lock = ("exec", "deployment/todo-database", "--", "sh", "-c", 'flock -n "$LOCK" true && echo free || echo held')
    assert stack.kubectl(*lock) == "held", "a second server would wait"
    started = time.monotonic()
    [old] = stack.pods("todo-database")
    stack.kubectl("delete", "pod", old)
    stack.ready("todo-database")
    assert time.monotonic() - started < 30
    assert stack.psql("select word from kept") == "first"
    assert stack.kubectl(*lock) == "held"
    said = stack.kubectl("logs", "deployment/todo-database")
    assert "database system was shut down at" in said, "the old server had finished before the new one began"
    assert "not properly shut down" not in said


def test_uninstalling_keeps_the_data_and_installing_again_finds_it(ns):
    ns.database("install")
    ns.psql("create table kept (word text); insert into kept values ('still here')")
    secret, volume = ns.secret("todo-database"), ns.get("pvc", "todo-database")["spec"]["volumeName"]
    said = ns.helm("uninstall", "todo-database", "--wait", "--timeout", "90s").stdout
    assert "PersistentVolumeClaim" in said and "Secret" in said
    assert ns.pods("todo-database") == {}
    ns.database("install")
    assert ns.get("pvc", "todo-database")["spec"]["volumeName"] == volume
    assert ns.secret("todo-database") == secret
    assert ns.psql("select word from kept") == "still here"
    password = base64.b64decode(secret["POSTGRES_PASSWORD"]).decode()
    url = f"postgresql://todo:{password}@todo-database:5432/todo"
    assert over_the_service(ns, url, "select word from kept") == "still here"


def test_what_would_lock_people_out_of_their_data_is_refused(ns):
    ns.helm("install", "todo-database", "--set", "replicaCount=0")
    changed = ns.helm("upgrade", "todo-database", "--set", "secrets.POSTGRES_PASSWORD=another", check=False)
    assert changed.returncode != 0 and "differs from the one that this database was made with" in changed.stderr
    ns.kubectl("delete", "secret", "todo-database")
    lost = ns.helm("upgrade", "todo-database", "--set", "replicaCount=0", check=False)
    assert lost.returncode != 0 and "its Secret" in lost.stderr and "is gone" in lost.stderr
    ns.helm("upgrade", "todo-database", "--set", "replicaCount=0,secrets.POSTGRES_PASSWORD=another")
    assert base64.b64decode(ns.secret("todo-database")["POSTGRES_PASSWORD"]).decode() == "another"


def test_a_backend_without_its_database_is_told_what_to_do(ns):
    done = ns.helm("install", "todo-backend", check=False)
    assert done.returncode != 0 and "Install charts/todo-database first" in done.stderr
    ns.helm("install", "todo-database", "--set", "replicaCount=0", "--set-string", "secrets.POSTGRES_PASSWORD=a b/c:d@e%f+g")
    ns.helm("install", "todo-backend", "--set", "replicaCount=0")
    url = base64.b64decode(ns.secret("todo-backend")["DATABASE_URL"]).decode()
    assert url == "postgresql://todo:a%20b%2Fc%3Ad%40e%25f%2Bg@todo-database:5432/todo"


def test_notes_tell_the_address_the_hosts_line_and_how_to_verify(stack):
    said = stack.helm("get", "notes", "todo-frontend").stdout
    for part in ("http://todo.local/", "<ip> todo.local", "minikube ip", r"C:\Windows\System32\drivers\etc\hosts", "kubectl rollout status", "helm test"):
        assert part in said, part
    secrets = [base64.b64decode(v).decode() for n in NAMES[:2] for k, v in stack.secret(n).items() if k in ("POSTGRES_PASSWORD", "BETTER_AUTH_SECRET")]
    for name in NAMES:
        said = stack.helm("get", "notes", name).stdout
        assert "To verify:" in said
        assert not any(s in said for s in secrets)
