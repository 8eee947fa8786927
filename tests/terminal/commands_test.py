"""The shell's own commands, and Tab."""


def test_help_lists_every_command(home):
    opsh = home.start(rows=50).prompt().enter("/help").wait("Ctrl-R").prompt()
    for name in ("/help", "/tools", "/context", "/namespace", "/read-only", "/clear", "/model", "/history", "/undo", "/lines",
                 "/quit",
                 "!COMMAND"):
        assert f"  {name}" in opsh.text(), name


def test_unknown_command_offers_the_nearest(home):
    opsh = home.start().prompt().enter("/contxt").wait("did you mean /context?").prompt()
    opsh.enter("/frobnicate").wait("/help lists the commands")


def test_context_and_namespace(home):
    opsh = home.start().prompt().enter("/context").wait("* sandbox").wait("  staging").prompt()
    opsh.enter("/context staging").wait("staging/default").prompt()
    opsh.enter("/namespace web").wait("staging/web").prompt()
    opsh.enter("!kubectl get pods").wait("recorder-pod")
    line = home.recorded()[0]
    assert "staging" in line and "web" in line, "the user's choice must reach the command"


def test_another_context_brings_its_own_namespace(home):
    opsh = home.start("-n", "web").prompt()
    assert opsh.last().startswith("sandbox/web")
    opsh.enter("/context staging").wait("staging/default").prompt()


def test_a_namespace_that_is_not_there_is_told(home):
    opsh = home.start().prompt().enter("restart web").wait("[y/N]").enter("n").prompt()  # reads the names
    opsh.enter("/namespace shpo").wait("did you mean shop?").wait("sandbox/shpo").prompt()
    opsh.enter("/namespace shop").wait("sandbox/shop \u276f", 2).quiet()
    assert opsh.text().count("no namespace") == 1


def test_wrong_context_names_those_there_are(home):
    opsh = home.start().prompt().enter("/context nope").wait("nope").wait("staging").prompt()
    assert opsh.last().startswith("sandbox/shop")


def test_tools_come_from_the_catalogue(home):
    home.start(rows=60).prompt().enter("/tools kubectl").wait("kubectl_get").prompt()


def test_model_without_a_key_says_what_to_do(home):
    home.start().prompt().enter("/model").wait("OPENAI_API_KEY").prompt()


def test_tab_completes_commands_contexts_and_programs(home):
    opsh = home.start().prompt()
    opsh.type("/cont\t").wait_last("/context").type("st\t").wait_last("/context staging").type("\x03").prompt()
    opsh.type("/read-only o\t\t").wait("off").type("\x03").prompt()
    opsh.type("!kub\t").wait_last("!kubectl").type("\x03").prompt()


def test_tab_offers_no_files(home):
    (home.path / "precious-file").write_text("")
    opsh = home.start().prompt().type("show prec\t\t").quiet(0.2)
    assert "precious-file" not in opsh.text()


def test_config_help_in_the_program(home):
    status, out, _ = home.run("--help", "config")
    assert status == 0
    for key in ("endpoint", "model", "key_file", "key_command", "context", "namespace", "read_only", "color", "timeout",
                "proof_timeout", "silence_timeout", "history_size", "ca_file", "prompt_file", "instructions_file", "tools_folder"):
        assert f"\n  {key} " in out, key
