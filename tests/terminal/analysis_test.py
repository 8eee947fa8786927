"""What opsh looks into by itself: where it has no judgement, what it looks at is run and shown; what was asked for
besides is carried on afterwards."""
import json

import pytest

RECORDER = """#!/bin/sh
echo "$(basename "$0") $*" >>"$(cat "$(dirname "$0")/recorder.log-path")"
case "$*" in
*--raw*/pods*) PODS ;;
*deployments,*json*) cat <<'END'
{"kind": "List", "items": [{"kind": "Namespace", "metadata": {"name": "shop"}},
 {"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 1}, "status": {"readyReplicas": 1}}]}
END
    ;;
*json*) echo '{"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "1", "generation": 1}, "spec": {"replicas": 1}, "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}}' ;;
*FAILS*) echo "Error from server (Forbidden): no" >&2; exit 1 ;;
get*) echo "THERE IS $2" ;;
rollout*) echo "deployment.apps/web restarted" ;;
*) echo "recorded" ;;
esac
"""
NONE = """echo '{"kind": "PodList", "items": []}'"""


@pytest.fixture
def look(home):
    def prepare(fails="nothing-fails", pods=NONE):
        home.recorder.write_text(RECORDER.replace("FAILS", fails).replace("PODS", pods))
        return home
    return prepare


def test_security_shows_what_it_looks_at(look):
    home = look()
    status, out, err = home.run("audit the security of namespace shop")
    assert status == 0, err
    assert out.splitlines() == ["Looking at security of shop: privileged pods, rbac, secrets and configmaps, network policies.",
                                "THERE IS pods,secrets,configmaps,networkpolicies", "THERE IS clusterrolebindings",
                                "This is what there is; opsh does not judge yet whether it is safe."]
    assert "[1/2] $ kubectl get pods,secrets,configmaps,networkpolicies -n shop" in err


def test_it_is_an_analysis_in_json_too(look):
    home = look()
    turn = json.loads(home.run("--output", "json", "audit the security of namespace shop")[1])
    assert turn["kind"] == "analysis" and len(turn["steps"]) == 2 and turn["answer"].startswith("Looking at security of shop")
    assert json.loads(home.run("--output", "json", "show pods")[1])["kind"] == "command"
    assert json.loads(home.run("--output", "json", "--yes", "why is web failing; restart it")[1])["kind"] == "command"


def test_network_shows_its_reads_and_the_pods_that_fail(look):
    status, out, err = look().run("why is the network between services broken in namespace shop")
    assert status == 0 and out.startswith("Looking at the network around shop:"), err
    assert "THERE IS services,endpoints,ingresses,networkpolicies" in out and "There are no pods in namespace shop." in out


def test_one_read_that_fails_keeps_nobody_from_seeing_the_rest(look):
    status, out, err = look("*secrets*").run("audit the security of namespace shop")
    assert status == 0 and "THERE IS clusterrolebindings" in out and "failed with exit status 1" in err
    status, out, err = look("get").run("audit the security of namespace shop")
    assert status == 1 and "does not judge" not in out


def test_what_opsh_judges_itself_is_not_listed(look):
    home = look()
    status, out, err = home.run("why is web failing in namespace shop")
    assert status == 0 and "There are no pods" in out and home.recorded() == []


def test_the_rest_of_the_request_is_carried_on(look):
    home = look()
    opsh = home.start("why is web failing; restart it", rows=40)
    opsh.wait("There are no pods of web").wait("Run this?")
    assert home.recorded() == []
    opsh.enter("y")
    assert opsh.end() == 0, opsh.text()
    assert [line for line in home.recorded() if "rollout" in line] == ["kubectl rollout restart deployment/web"]


def test_the_rest_still_needs_its_yes(look):
    home = look()
    status, out, err = home.run("find out why web is failing and then restart it")
    assert status == 5 and "There are no pods of web" in out and "$ kubectl rollout restart deployment/web" in err
    assert home.recorded() == []


def test_an_analysis_behind_a_change_follows_it(look):
    home = look()
    status, out, err = home.run("--yes", "restart web and tell me why it was failing")
    assert status == 0 and len(home.recorded()) == 1, err
    assert out.index("deployment.apps/web restarted") < out.index("There are no pods of web")


def test_parts_in_any_order(look):
    home = look()
    status, out, err = home.run("--yes", "why is web failing, then restart it, then scale it to 3, then tell me why web is failing")
    assert status == 0 and [line.split()[1] for line in home.recorded()] == ["rollout", "scale"], err
    assert out.count("There are no pods of web") == 2


def test_nothing_is_carried_on_when_nothing_was_seen(look):
    home = look(pods="echo 'The connection to the server 127.0.0.1:1 was refused' >&2; exit 1")
    status, out, err = home.run("--yes", "why is web failing; restart it")
    assert status == 4 and "does not answer" in out and home.recorded() == []


def test_a_plan_holds_both(look):
    status, out, err = look().run("--plan", "--output", "json", "why is web failing; restart it")
    steps = json.loads(out)["steps"]
    assert status == 0 and [s["risk"] for s in steps] == ["read", "change"]
    assert steps[1]["argv"][:3] == ["kubectl", "rollout", "restart"]
