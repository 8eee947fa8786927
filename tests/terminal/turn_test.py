"""What a person sees of a turn, and what answers a question."""


def test_a_read_runs_at_once(home):
    opsh = home.start().prompt().enter("!kubectl get pods").wait("recorder-pod").prompt()
    assert "$ kubectl get pods" in opsh.text()
    assert "[y/N]" not in opsh.text()


def test_a_change_is_shown_with_its_target_and_waits(home):
    opsh = home.start().prompt().enter("!kubectl label pod x a=b").wait("[y/N]")
    assert "$ kubectl label pod x a=b" in opsh.text()
    assert "context sandbox" in opsh.text() and "namespace shop" in opsh.text()
    assert home.recorded() == []
    opsh.enter("y").wait("recorded").wait("\u2713").prompt()
    assert home.recorded() == ["kubectl label pod x a=b"]


def test_whatever_is_not_yes_is_no(home):
    opsh = home.start().prompt()
    for n, answer in enumerate(("", "n", "N", "no", "maybe", "n because it is Friday", "yy", "yes please"), 1):
        opsh.enter("!kubectl label pod x a=b").wait("[y/N]", n).enter(answer).wait("you said no", n).prompt()
    assert home.recorded() == []


def test_end_of_input_at_the_question_is_no(home):
    opsh = home.start().prompt().enter("!kubectl label pod x a=b").wait("[y/N]")
    opsh.type("\x04").wait("you said no").prompt()
    assert home.recorded() == []


def test_a_destruction_wants_the_name(home):
    opsh = home.start().prompt()
    for n, answer in enumerate(("y", "yes", "PROD", ""), 1):
        opsh.enter("!kubectl delete namespace prod").wait('Type the name "prod" to confirm:', n).enter(answer).prompt()
    assert home.recorded() == []
    opsh.enter("!kubectl delete namespace prod").wait("to confirm:", 5).enter("prod").wait("recorded")
    assert "kubectl delete namespace prod" in home.recorded()


def test_typed_ahead_does_not_answer(home):
    opsh = home.start().prompt()
    opsh.enter("!kubectl get nap").wait("$ kubectl get nap")
    opsh.type("!kubectl label pod x a=b\ry\ry\r").wait("[y/N]").quiet(0.3)
    assert home.recorded() == ["kubectl get nap"]
    assert opsh.text().endswith("[y/N]"), "the question must still be open"


def test_foreign_escapes_do_not_reach_the_terminal(home):
    opsh = home.start().prompt().enter("!kubectl get noise").wait("red text").prompt()
    assert b"\x1b]0;title" not in opsh.raw
    assert "red text  end" in opsh.text()


def test_hidden_characters_in_a_command_are_spelled_out(home):
    opsh = home.start().prompt().enter("!kubectl label pod x a=\u202eb").wait("[y/N]")
    assert "\u202e".encode() not in opsh.raw[opsh.raw.rindex(b"$ kubectl"):]


def test_a_failure_says_so_and_the_shell_goes_on(home):
    opsh = home.start().prompt().enter("!kubectl get fail").wait("fails as asked").wait("exit status 3").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod")


def test_no_shell_is_run(home):
    opsh = home.start().prompt()
    opsh.enter("!kubectl get pods | tee stolen").wait("no shell").prompt()
    opsh.enter("!kubectl get $(touch stolen)").wait("no shell", 2).prompt()
    assert home.recorded() == [] and not (home.path / "stolen").exists()


def test_read_only_refuses(home):
    opsh = home.start("--read-only").prompt().enter("!kubectl label pod x a=b").wait("refused").prompt()
    opsh.enter("/read-only off").wait("Changes are asked about").prompt()
    assert "[read-only]" not in opsh.last()
    opsh.enter("!kubectl label pod x a=b").wait("[y/N]")


def test_kubectl_missing(home):
    home.recorder.unlink()
    opsh = home.start(PATH=str(home.bin)).prompt().enter("!kubectl get pods").wait("kubectl").prompt()
    assert "not" in opsh.text() and "PATH" in opsh.text()


TWO = """{"apiVersion": "v1", "kind": "List", "items": [
 {"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 1}},
 {"kind": "Deployment", "metadata": {"name": "shop-api", "namespace": "shop"}, "spec": {"replicas": 1}},
 {"kind": "Deployment", "metadata": {"name": "shop-ui", "namespace": "shop"}, "spec": {"replicas": 1}}]}"""


def with_two(home):
    """The recorder knows two workloads that "shop" could mean."""
    home.recorder.write_text(home.recorder.read_text().replace('case "$*" in', f"case \"$*\" in\n*deployments,*json*) cat <<'TWO'\n{TWO}\nTWO\n;;", 1))


def test_two_candidates_are_a_question_answered_by_number(home):
    with_two(home)
    opsh = home.start().prompt().enter("restart shop").wait("1. deployment/shop-api").wait("2. deployment/shop-ui").prompt()
    opsh.enter("2").wait("[y/N]")
    assert "$ kubectl rollout restart deployment/shop-ui" in opsh.text()
    assert home.recorded() == []


def test_a_question_can_be_dismissed(home):
    with_two(home)
    opsh = home.start().prompt().enter("restart shop").wait("2. deployment/shop-ui").prompt()
    opsh.enter("no").wait("Nothing was done.").prompt()
    assert home.recorded() == []


def test_one_request_asks_at_a_terminal_and_goes_on(home):
    with_two(home)
    opsh = home.start("restart shop").wait("2. deployment/shop-ui").wait_last("\u276f")
    opsh.enter("1").wait("[y/N]").enter("n")
    assert opsh.end() == 5 and home.recorded() == []


def test_one_request_does_not_wait_for_a_terminal_that_is_not_there(home):
    with_two(home)
    status, out, _ = home.run("restart shop")
    assert status == 6 and "2. deployment/shop-ui" in out and home.recorded() == []
