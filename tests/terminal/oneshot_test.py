"""One request: from the command line, from standard input, as JSON; exit statuses."""
import json
import re
import subprocess


def test_version_and_help(home):
    assert home.run("--version")[1].startswith("opsh ")
    status, out, err = home.run("--help")
    assert status == 0 and err == "" and "Examples:" in out
    for code in ("0", "1", "2", "3", "4", "5", "6", "7", "8", "130"):
        assert re.search(rf"^  {code} ", out, re.M), f"exit status {code} is not documented"


def test_examples_of_help_run(home):
    out = home.run("--help")[1]
    examples = re.search(r"Examples:\n(.*?)\n\n", out, re.S)[1].splitlines()
    assert len(examples) >= 5
    (home.bin / "opsh").symlink_to(home.opsh)
    for example in examples:
        if example.strip() == "opsh":
            home.start().prompt()
            continue
        done = subprocess.run(["sh", "-c", example], env=home.env, cwd=home.path, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=10)
        assert done.returncode == 0, f"{example}: {done}"


def test_unknown_option_names_the_nearest(home):
    status, out, err = home.run("--kubconfig", "x")
    assert (status, out) == (2, "")
    assert 'unknown option "--kubconfig"; did you mean --kubeconfig?' in err


def test_option_mistakes(home):
    for args in (["--output", "xml"], ["--context"], ["--yes=1", "x"], ["-z"], ["--color=blue"], ["--context="]):
        status, out, err = home.run(*args)
        assert status == 2 and out == "" and err.startswith("opsh: "), args


def test_a_command_line_keeps_its_words(home):
    home.run("!kubectl", "get", "pods", "-l", "a in (b, c)", "-o", "wide")
    home.run("--", "!kubectl get pods -n x")
    assert home.recorded() == ["kubectl get pods -l a in (b, c) -o wide", "kubectl get pods -n x"]


def test_a_change_without_terminal_and_without_yes_is_refused(home):
    status, _, err = home.run("!kubectl label pod x a=b")
    assert status == 5 and home.recorded() == []
    assert "--yes" in err
    status, out, _ = home.run("--yes", "!kubectl label pod x a=b")
    assert status == 0 and home.recorded() == ["kubectl label pod x a=b"]


def test_output_alone_is_on_standard_output(home):
    status, out, err = home.run("!kubectl get pods")
    assert (status, out) == (0, "NAME recorder-pod\n")
    assert "$ kubectl get pods" in err


def test_the_command_status_is_told(home):
    status, _, err = home.run("!kubectl get fail")
    assert status == 1 and "exit status 3" in err


def test_standard_input_is_one_request(home):
    status, out, _ = home.run(stdin="\n!kubectl get pods\n\n")
    assert (status, out) == (0, "NAME recorder-pod\n")


def test_standard_input_that_is_no_request(home):
    assert home.run(stdin="")[0] == 2
    assert home.run(stdin=" \n\t\n")[0] == 2
    assert home.run(stdin=b"\xff\xfe")[0] == 2
    assert home.run(stdin=b"a\0b")[0] == 2
    status, _, err = home.run(stdin="x" * (64 * 1024 + 1))
    assert status == 8 and "64 KiB" in err
    assert home.run("--plan", stdin="show pods" + " " * 60000)[0] == 0


def test_plan_runs_nothing(home):
    status, out, _ = home.run("--plan", "--yes", "--", "!kubectl delete namespace prod")
    assert status == 0 and "$ kubectl delete namespace prod" in out and "destroy" in out
    assert home.recorded() == []


def test_plan_as_json(home):
    status, out, _ = home.run("--plan", "--output", "json", "--", "!kubectl get pods")
    plan = json.loads(out)
    assert status == 0 and plan["kind"] == "command"
    assert plan["steps"][0]["argv"] == ["kubectl", "get", "pods"] and plan["steps"][0]["risk"] == "read"
    assert plan["steps"][0]["stdin"] is None


def test_run_as_json(home):
    status, out, _ = home.run("--output", "json", "!kubectl get pods")
    turn = json.loads(out)
    step = turn["steps"][0]
    assert status == 0 and turn["kind"] == "command" and turn["error"] is None
    assert (step["outcome"], step["exit_code"], step["risk"]) == ("ran", 0, "read")
    assert "recorder-pod" in step["output"]


def test_refusal_as_json(home):
    status, out, _ = home.run("--output", "json", "!kubectl label pod x a=b")
    turn = json.loads(out)
    assert status == 5 and turn["steps"][0]["outcome"] == "refused" and turn["error"]


def test_errors_as_json_are_one_object_too(home):
    status, out, err = home.run("--output", "json", "--context", "nope", "show pods")
    assert status == 2 and json.loads(out)["kind"] == "error" and "nope" in json.loads(out)["error"]
    assert err.startswith("opsh: ")


def test_wrong_context_lists_those_there_are(home):
    status, _, err = home.run("--context", "nope", "show pods")
    assert status == 2 and "nope" in err and "sandbox" in err and "staging" in err


def test_broken_configuration_says_where(home):
    file = home.config("model: x\nread_only: perhaps\n")
    status, _, err = home.run("!kubectl get pods")
    assert status == 3 and f"{file}:2:" in err and "read_only must be true or false" in err
    home.config("model: x\nmodle: y\n")
    status, _, err = home.run("!kubectl get pods")
    assert status == 3 and re.search(r":2:\d+: unknown key \"modle\"; did you mean \"model\"\?", err)
    home.config("a: [\n")
    status, _, err = home.run("!kubectl get pods")
    assert status == 3 and re.search(r"config\.yaml:\d+:\d+: ", err)


def test_configuration_files_that_are_missing(home):
    assert home.run("!kubectl get pods", env={"OPSH_CONFIG": "/nonexistent"})[0] == 0
    status, _, err = home.run("--config", "/nonexistent/config.yaml", "!kubectl get pods")
    assert status == 3 and "/nonexistent/config.yaml" in err


def test_a_flag_wins_over_the_file(home):
    home.config("namespace: from-file\n")
    home.run("!kubectl get pods")
    home.run("-n", "from-flag", "!kubectl get pods")
    assert "from-file" in home.recorded()[0] and "from-flag" in home.recorded()[1]


def test_no_cluster_and_no_key_still_opens(home):
    opsh = home.start(KUBECONFIG="/nonexistent").prompt()
    assert "no cluster" in opsh.last() and "There is no Kubernetes context" in opsh.text()
    opsh.enter("/help").wait("/quit").prompt()


def test_the_key_does_not_reach_children(home):
    shows = home.bin / "helm"
    shows.write_text("#!/bin/sh\nenv\n")
    shows.chmod(0o755)
    _, out, _ = home.run("--yes", "!helm list", env={"OPENAI_API_KEY": "sk-never-shown", "OPSH_X": "1"})
    assert "PATH=" in out and "sk-never-shown" not in out and "OPSH_X" not in out


def test_a_key_file_that_others_can_read_is_refused(home):
    key = home.path / "key"
    key.write_text("sk-something\n")
    key.chmod(0o644)
    home.config(f"key_file: {key}\nendpoint: http://127.0.0.1:9/v1\n")
    status, _, err = home.run("show pods")
    assert status == 3 and str(key) in err and "sk-something" not in err


def test_a_key_command_that_fails(home):
    home.config("key_command: [sh, -c, 'exit 4']\n")
    status, _, err = home.run("show pods")
    assert status == 3 and "status 4" in err


def test_an_endpoint_that_is_down(home):
    status, _, err = home.run("--endpoint", "http://127.0.0.1:9/v1", "write me a poem")
    assert status == 4 and "127.0.0.1" in err
    status, out, err = home.run("--endpoint", "http://127.0.0.1:9/v1", "show pods")  # the rules know that one
    assert status == 0 and "recorder-pod" in out and "127.0.0.1" in err


def test_a_cluster_that_does_not_answer(home):
    home.recorder.write_text("#!/bin/sh\necho 'The connection to the server 127.0.0.1:1 was refused - did you specify "
                             "the right host or port?' >&2\nexit 1\n")
    status, _, err = home.run("!kubectl get pods")
    assert status == 4 and "does not answer (context sandbox)" in err
    home.recorder.write_text("#!/bin/sh\necho 'error: timed out waiting for the condition' >&2\nexit 1\n")
    assert home.run("!kubectl get pods")[0] == 1


def test_closed_descriptors(home):
    def run(line):
        done = subprocess.run(["sh", "-c", line], env={**home.env, "OPSH": home.opsh}, capture_output=True, timeout=10)
        return done.returncode, done.stderr.decode()
    status, err = run('"$OPSH" <&-')
    assert status == 2 and "nothing was asked" in err
    status, _ = run('"$OPSH" --yes "!kubectl label pod x a=b" >&- 2>&-')
    assert status == 0
    journal = (home.path / ".local/state/opsh/journal.jsonl").read_text()
    assert all(line.startswith("{") for line in journal.splitlines()), "an output went into a file of opsh's own"


def test_a_manifest_that_is_asked_for_is_printed_and_nothing_is_made(home):
    status, out, err = home.run("--yes", "generate a YAML manifest for a redis statefulset with 3 replicas in namespace cache")
    assert status == 0, err
    assert out.startswith("apiVersion: apps/v1\nkind: StatefulSet\n") and "  replicas: 3\n" in out and "  namespace: cache\n" in out
    status, out, err = home.run("--yes", "create a deployment web from nginx but do not apply it")
    assert status == 0, err
    made = [call for call in home.recorded() if "create" in call or "apply" in call]
    assert made and all("--dry-run=client" in call for call in made), made
