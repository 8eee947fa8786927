"""The prompt: editing, signals, sizes, pastes."""
import os
import signal
import time

PASTE = "\x1b[200~%s\x1b[201~"


def test_prompt_shows_context_and_namespace(home):
    opsh = home.start().prompt()
    assert opsh.last() == "sandbox/shop \u276f"
    assert "understanding by rules" in opsh.text()
    assert "/help" in opsh.text()


def test_prompt_is_ascii_without_utf8(home):
    opsh = home.start(LANG="C", LC_ALL="C").prompt()
    assert opsh.last() == "sandbox/shop >"
    assert opsh.raw.isascii()


def test_read_only_is_marked(home):
    opsh = home.start("--read-only").prompt()
    assert opsh.last() == "sandbox/shop [read-only] \u276f"


def test_ctrl_c_clears_the_line(home):
    opsh = home.start().prompt()
    opsh.type("!kubectl get everyth").wait("everyth").type("\x03").wait("^C").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod")
    assert home.recorded() == ["kubectl get pods"], "what was typed before Ctrl-C must be gone"


def test_ctrl_c_never_leaves(home):
    opsh = home.start().prompt()
    for n in range(1, 4):
        opsh.type("\x03").wait("^C", n).prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod")


def test_ctrl_c_ends_the_running_thing_only(home):
    opsh = home.start().prompt()
    opsh.enter("!kubectl get sleep").wait("$ kubectl get sleep").quiet()
    opsh.type("\x03").wait("stopped").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod").prompt()


def test_ctrl_c_at_the_question_is_no(home):
    opsh = home.start().prompt()
    opsh.enter("!kubectl label pod x a=b").wait("[y/N]").type("\x03").prompt()
    assert home.recorded() == []


def test_ctrl_d_leaves_on_an_empty_line_only(home):
    opsh = home.start().prompt()
    opsh.type("abc\x04").quiet()
    assert opsh.last().endswith("abc"), "Ctrl-D within a line must not leave"
    opsh.type("\x03").wait("^C").prompt().type("\x04")
    assert opsh.end() == 0
    assert opsh.raw.count(b"\n", opsh.raw.rindex(b"shop")) == 1, "what comes next begins on the next line, not further down"


def test_quit_and_what_newcomers_type(home):
    for word in ("/quit", "exit", "quit"):
        assert home.start().prompt().enter(word).end() == 0


def test_sigterm_leaves_and_gives_the_terminal_back(home):
    opsh = home.start().prompt()
    opsh.child.kill(signal.SIGTERM)
    assert opsh.end() == 130
    assert b"\x1b[?2004l" in opsh.raw[opsh.raw.rindex(b"\x1b[?2004h"):], "bracketed paste must be off again"


def test_a_terminal_that_goes_away_ends_it(home):
    opsh = home.start().prompt()
    opsh.child.ptyproc.fileobj.close()  # the window is closed
    end = time.monotonic() + 5
    while os.waitpid(opsh.child.pid, os.WNOHANG) == (0, 0):
        assert time.monotonic() < end, "it lives on without a terminal"
        time.sleep(0.02)
    opsh.child.ptyproc.terminated = opsh.child.terminated = opsh.child.ptyproc.closed = opsh.child.closed = True


def test_the_key_is_not_in_the_process_environment(home):
    opsh = home.start(OPENAI_API_KEY="sk-never-shown", OPENAI_BASE_URL="http://127.0.0.1:9/v1").prompt()
    assert "model gpt-4o-mini" in opsh.text()
    try:
        environ = open(f"/proc/{opsh.child.pid}/environ", "rb").read()
    except PermissionError:  # even better: nobody but root may look
        environ = b""
    assert b"sk-never-shown" not in environ and b"sk-never" not in opsh.raw


def test_a_huge_paste_is_refused_politely(home):
    opsh = home.start().prompt()
    opsh.type(PASTE % ("x" * (64 * 1024 + 1))).quiet(0.3).enter("").wait("longer than 64 KiB").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod")


def test_narrow_window(home):
    opsh = home.start(columns=40).prompt()
    assert len(opsh.last()) <= 20, "the prompt takes at most half of the line"
    opsh.type("!kubectl get pods --all-namespaces --watch=false").quiet()
    assert "--watch=false" in opsh.text()
    opsh.enter("").wait("recorder-pod").prompt()


def test_resize_keeps_the_line(home):
    opsh = home.start().prompt().type("!kubectl get pods").quiet()
    opsh.resize(40).quiet()
    opsh.type(" --show-labels").quiet()
    assert "--show-labels" in opsh.text().replace("\n", "")
    opsh.resize(100).quiet().enter("").wait("recorder-pod")
    assert home.recorded() == ["kubectl get pods --show-labels"]


def test_resize_is_known_to_the_editor(home):
    opsh = home.start().prompt().resize(40).quiet()
    opsh.type("one two three four five six seven eight nine ten").quiet().type("\x01zero ").quiet()
    assert "".join(opsh.text().split("\n")[-2:]).endswith("zero one two three four five six seven eight nine ten")


def test_resize_shortens_the_prompt(home):
    home.kubeconfig.write_text(home.kubeconfig.read_text().replace("sandbox", "a-cluster-with-a-long-name"))
    opsh = home.start().prompt()
    assert opsh.last().startswith("a-cluster-with-a-long-name/shop")
    opsh.resize(40).quiet()
    assert len(opsh.last()) <= 20 and opsh.last().endswith("long-name/shop \u276f")


def test_bracketed_paste_of_two_lines_runs_nothing_until_enter(home):
    opsh = home.start().prompt()
    opsh.type(PASTE % "!kubectl get pods\r!kubectl get services\r").quiet(0.3)
    assert "get services" in opsh.text()
    assert home.recorded() == []
    opsh.enter("").wait("(2 lines, taken as one request)").prompt()
    assert home.recorded() == [], "two command lines in one paste are not a command"


def test_paste_without_brackets_does_not_answer_the_question(home):
    opsh = home.start(TERM="dumb").prompt()
    opsh.type("!kubectl label pod x a=b\ny\ny\n").wait("[y/N]").quiet(0.3)
    assert home.recorded() == []
    assert opsh.text().rstrip().endswith("[y/N]"), "the question must still be open"
    opsh.type("y\n").wait("recorded")
    assert home.recorded() == ["kubectl label pod x a=b"]


def test_slow_paste_does_not_answer_either(home):
    opsh = home.start(TERM="dumb").prompt()
    for line in ("!kubectl label pod x a=b\n", "y\n", "y\n", "y\n"):
        opsh.type(line).quiet(0.02)
    opsh.wait("[y/N]").quiet(0.3)
    assert home.recorded() == []
    assert opsh.text().endswith("[y/N]"), "the question must still be open"


def test_dumb_terminal_gets_no_escape(home):
    opsh = home.start(TERM="dumb").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod").wait_last(">")
    assert b"\x1b" not in opsh.raw


def test_no_color(home):
    opsh = home.start(NO_COLOR="1").prompt()
    opsh.enter("!kubectl label pod x a=b").wait("[y/N]").enter("n").prompt()
    for colour in (b"\x1b[1m", b"\x1b[2m", b"\x1b[31m", b"\x1b[33m", b"\x1b[36m"):
        assert colour not in opsh.raw
    assert b"\x1b[36m" in home.start().prompt().raw, "without NO_COLOR there is colour, so the test can fail"


def test_ctrl_z_and_ctrl_backslash_do_nothing(home):
    shell = home.start("--norc", program="/bin/bash", PS1="outer$ ").wait("outer$")  # alone in its session nothing is stopped
    opsh = shell.enter(f"set -m; {home.opsh}").wait("understanding by rules").prompt()
    opsh.type("\x1a\x1c").quiet()
    opsh.enter("!kubectl get pods").wait("recorder-pod").prompt()
    assert "Stopped" not in opsh.text() and "Quit" not in opsh.text()


def test_utf8_is_edited_by_characters(home):
    opsh = home.start().prompt()
    opsh.type("!kubectl get p\u00f6\u00f6ds\x02\x02\x08\x08oo").quiet().enter("").wait("NAME")
    assert home.recorded() == ["kubectl get poods"], "backspace takes a whole character"
