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
