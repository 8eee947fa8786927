"""What the shell's commands ask of the planner: models, another model, use, once more."""
import json

import hostile as h
from conftest import check_conversation, ran, still_works


def test_models_are_listed(drive, server):
    server.play(h.reply("200 OK", {"object": "list", "data": [{"id": "b"}, {"id": "a"}, {"x": 1}, 4]}))
    assert drive.command(models=True).done == ["a", "b"]
    assert server.requests[0].line == "GET /v1/models HTTP/1.1"
    h.Server.everything.remove(server.requests[0])
    still_works(drive, server)


def test_an_endpoint_that_lists_no_models(drive, server):
    for scene, said in ((h.reply("404 Not Found", "no", kind="text/plain"), "404"), (h.reply("200 OK", "<html>"), "does not list"),
                        (h.reply("401 Unauthorized", "{}"), "wants a key"), (h.reply("200 OK", {"data": 3}), "does not list")):
        server.play(scene)
        assert said in drive.command(models=True).error["msg"]
    still_works(drive, server)
    h.Server.everything[:] = [q for q in h.Server.everything if q.body]


def test_another_model_keeps_the_conversation(drive, server):
    drive.ask("the first words")
    assert drive.command(model="other").done is True
    drive.ask("more")
    assert server.requests[1].body["model"] == "other" and "the first words" in json.dumps(server.requests[1].messages)


def test_use_is_counted(drive, server):
    usage = h.event({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}})
    server.play(h.stream(h.words("a", done=False) + usage + h.event("[DONE]")))
    drive.ask()
    drive.ask()
    r = drive.command(usage=True)
    assert r.done == 100 and r.lines[-1]["requests"] == 2


def test_once_more(drive, server):
    assert drive.command(retry=True).done is None
    drive.ask("why?")
    words = drive.command(retry=True).done
    assert words == "why?"
    drive.ask(words)
    assert [m["role"] for m in server.requests[1].messages] == ["system", "user"]


def test_once_more_after_an_error(drive, server):
    server.play(h.reply("401 Unauthorized", "{}"))
    assert drive.ask("why?").error
    words = drive.command(retry=True).done
    assert drive.ask(words).error is None
    assert [m["role"] for m in server.requests[1].messages] == ["system", "user"]


def test_once_more_keeps_what_was_run(drive, server):
    server.play(h.stream(h.calls(h.scale())), h.normal("Done."))
    drive.ask("scale it")
    drive.observe(ran("scaled"))
    assert drive.command(retry=True).done == "scale it"
    drive.ask("scale it")
    messages = server.requests[-1].messages
    check_conversation(messages)
    assert "scaled" in json.dumps(messages)


def test_once_more_while_steps_are_open(drive, server):
    server.play(h.stream(h.calls(h.scale())))
    drive.ask("scale it")
    assert drive.command(retry=True).done == "scale it"
    still_works(drive, server)
