"""History: kept, private, whole, and never in the way."""
import stat

PASTE = "\x1b[200~%s\x1b[201~"
UP = "\x1b[A"


def leave(opsh):
    assert opsh.prompt().type("\x04").end() == 0


def test_history_outlives_the_shell_and_keeps_lines_together(home):
    opsh = home.start().prompt()
    opsh.enter("!kubectl get first").wait("NAME").prompt()
    opsh.type(PASTE % "show all\r#123 pods").quiet().enter("").wait("2 lines").prompt()
    leave(opsh)
    assert stat.S_IMODE(home.history.stat().st_mode) == 0o600
    opsh = home.start().prompt().type(UP).wait("#123 pods")
    assert "show all" in opsh.text()
    opsh.type(UP).wait("!kubectl get first")


def test_an_old_history_file_is_made_private(home):
    home.history.parent.mkdir(parents=True)
    home.history.write_text("#1700000000\n!kubectl get old\n")
    home.history.chmod(0o644)
    opsh = home.start().prompt().type(UP).wait("get old").type("\x03").prompt()
    leave(opsh)
    assert stat.S_IMODE(home.history.stat().st_mode) == 0o600


def test_two_shells_append_to_one_history(home):
    one, two = home.start().prompt(), home.start().prompt()
    one.enter("!kubectl get from-one").wait("NAME").prompt()
    two.enter("!kubectl get from-two").wait("NAME").prompt()
    one.enter("!kubectl get again-one").wait("NAME", 2).prompt()
    leave(one)
    leave(two)
    lines = [line for line in home.history.read_text().splitlines() if not line.startswith("#")]
    assert lines == ["!kubectl get from-one", "!kubectl get from-two", "!kubectl get again-one"]


def test_secrets_and_lines_with_a_space_are_not_kept(home):
    opsh = home.start().prompt()
    for n, line in enumerate((" !kubectl get hidden", "!kubectl get pods -l password=hunter2", "!kubectl get shown"), 1):
        opsh.enter(line).wait("NAME", n).prompt()
    leave(opsh)
    text = home.history.read_text()
    assert "shown" in text and "hidden" not in text and "hunter2" not in text


def test_history_on_a_full_disk_is_told_once_and_nothing_else_is_lost(home):
    home.history.parent.mkdir(parents=True)
    home.history.symlink_to("/dev/full")
    opsh = home.start().prompt()
    for n in range(1, 4):
        opsh.enter(f"!kubectl get pods{n}").wait("NAME", n).prompt()
    assert opsh.text().count("history is not kept") == 1
    assert "No space left" in opsh.text()
    opsh.type(UP).wait_last("!kubectl get pods3").type("\x03").prompt()
    leave(opsh)


def test_unwritable_state_folder(home):
    (home.path / ".local").write_text("in the way")
    opsh = home.start().prompt().wait("history is not kept")
    opsh.enter("!kubectl get pods").wait("recorder-pod").prompt()
    leave(opsh)


def test_history_command(home):
    opsh = home.start().prompt().enter("!kubectl get pods").wait("NAME").prompt()
    opsh.enter("/lines").wait("1  !kubectl get pods").prompt()
