"""Words are shown as they arrive, and a long conversation stays small."""
import re
import statistics
import time

import hostile as h
from conftest import Drive, ran


def test_a_word_is_shown_within_5_ms_of_its_arrival(drive, server):
    sent = []

    def scene(conn, _):
        conn.sendall(h.head())
        for i in range(60):
            time.sleep(0.01)
            sent.append(time.monotonic())
            conn.sendall(h.chunk(h.event(h.delta(content=f"w{i} "))))
        conn.sendall(h.chunk(h.event(h.delta(finish="stop")) + h.event("[DONE]")) + h.LAST)

    server.play(scene)
    drive.send(ask="talk")
    late = []
    while len(late) < 60:
        if "text" in drive.line():
            late.append(time.monotonic() - sent[len(late)])
    assert drive.result().move["kind"] == "answer"
    assert statistics.median(late) < 0.005, sorted(late)


def test_two_hundred_turns_stay_under_40_mb(server):
    d = Drive(server.url)
    log = "".join(f"{i} a line of some log, as they are\n" for i in range(3000))
    for i in range(200):
        server.play(h.stream(h.calls(h.call("kubectl_logs", {"target": f"web-{i}"}, id=f"c{i}"))), h.normal("An answer. " * 40))
        d.ask(f"request {i}")
        assert d.observe(ran(log)).error is None
    status = open(f"/proc/{d.p.pid}/status").read()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
    d.close()
    if b"__asan_init" not in open(d.p.args[0], "rb").read():  # which keeps shadows of its own
        assert peak < 40 * 1024, f"{peak} kB"
    assert max(len(q.raw) for q in server.requests) <= 32000 * 4 * 7 // 8
