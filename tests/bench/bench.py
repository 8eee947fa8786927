"""Figures with goals, as ratios measured in one run: start-up and overhead against kubectl, idle memory,
what a model costs in time, memory and bytes, and how many people's requests are understood when their
collection is at hand (../shared/phrases)."""
import json
import os
import pathlib
import queue
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import pexpect

ROOT = pathlib.Path(__file__).parents[2]
OPSH = os.environ.get("OPSH", str(ROOT / "build/release/opsh"))
HOME = tempfile.mkdtemp(prefix="opsh-bench-")
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "OPSH_", "XDG_"))}
# kubectl keeps its discovery cache under HOME: both sides use the same one
ENV |= {"HOME": HOME, "TERM": "xterm", "LANG": "C.UTF-8"}
missed = []
BUDGET = 32000 * 4 * 7 // 8  # bytes that a request may hold by default; the rest is for the answer


def once(argv):
    start = time.perf_counter()
    run = subprocess.run(argv, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - start
    if run.returncode != 0:
        sys.exit(f"{argv}: exit {run.returncode}: {run.stderr.decode()}")
    return took * 1000


def side_by_side(what, ours, theirs, goal, runs=60):
    for argv in (ours, theirs):
        once(argv), once(argv)
    times = [(once(ours), once(theirs)) for _ in range(runs)]  # interleaved: noise hits both
    a, b = ([t[i] for t in times] for i in (0, 1))
    ratio = min(a) / min(b)
    middle = statistics.median(a) / statistics.median(b)
    verdict(what, ratio <= goal, f"{min(a):6.1f} ms against {min(b):6.1f} ms: {ratio:.2f} of it (medians {middle:.2f}); goal {goal}")


def verdict(what, ok, text):
    if not ok:
        missed.append(what)
    print(f"{'ok    ' if ok else 'MISSED'} {what:34} {text}", flush=True)


def rss_kib(pid, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise RuntimeError(field)


def idle_memory():
    t = pexpect.spawn(OPSH, env=ENV, dimensions=(24, 80), timeout=10, encoding="utf-8")
    t.expect("default")
    time.sleep(0.5)
    fresh = rss_kib(t.pid)
    t.sendline("get pods")
    time.sleep(2)
    used = rss_kib(t.pid)
    t.sendeof()
    verdict("idle memory", fresh < 15 * 1024, f"{fresh / 1024:.1f} MB at the prompt, {used / 1024:.1f} MB after a request; goal 15 MB")


def together(*argvs):
    start = time.perf_counter()
    running = [subprocess.Popen(argv, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for argv in argvs]
    for one in running:
        one.wait()
    return (time.perf_counter() - start) * 1000


def seen(t, text):
    start = time.perf_counter()
    t.expect_exact(text)
    return (time.perf_counter() - start) * 1000


def asking(runs=25):
    """From Enter to the question; from the question to the diff above it; from an early answer to its effect."""
    name = f"bench-{os.getpid()}"
    kubectl = ["kubectl", "-n", "default"]
    subprocess.run([*kubectl, "create", "deployment", name, "--image=busybox:1.36", "--replicas=0"], env=ENV, check=True,
                   stdout=subprocess.DEVNULL)
    t = pexpect.spawn(OPSH, ["-n", "default"], env=ENV, dimensions=(24, 120), timeout=10, encoding="utf-8")
    t.delaybeforesend = None
    t.expect_exact("default")
    times = {"plain": [], "diff": [], "found": [], "no": []}
    scale = f"!kubectl scale deployment/{name} --replicas=1"
    for _ in range(runs):
        t.sendline("!docker stop nothing")
        t.expect_exact("\r\n")
        times["plain"].append(seen(t, "[y/N]"))
        t.sendline("n")
        t.expect_exact("you said no")
        t.sendline(scale)
        t.expect_exact("\r\n")
        times["diff"].append(seen(t, "[y/N]"))
        t.sendline("n")
        times["no"].append(seen(t, "you said no"))
        t.sendline(scale)
        t.expect_exact("[y/N]")
        times["found"].append(seen(t, "\u2192 1"))
        t.expect_exact("[y/N]")
        t.sendline("n")
        t.expect_exact("you said no")
    get = [*kubectl, "get", "--ignore-not-found", "-o", "json"]
    alone = min(together([*kubectl, "scale", f"deployment/{name}", "--replicas=1", "--dry-run=server", "-o", "json"],
                         [*get, f"deployment/{name}"], [*get, "horizontalpodautoscalers,poddisruptionbudgets"]) for _ in range(runs))
    t.close()
    subprocess.run([*kubectl, "delete", "deployment", name], env=ENV, stdout=subprocess.DEVNULL)
    middle = {k: statistics.median(v) for k, v in times.items()}
    verdict("asking, no diff", middle["plain"] < 5, f"{middle['plain']:6.1f} ms from Enter to the question; goal 5 ms")
    verdict("asking, diff to come", middle["diff"] < 5, f"{middle['diff']:6.1f} ms from Enter to the question; goal 5 ms")
    verdict("a diff: one round trip", min(times["found"]) < 1.3 * alone,
            f"{min(times['found']):6.1f} ms after the question; the same three kubectl at once {alone:.1f} ms; goal 1.3 of it")
    verdict("an early answer", middle["no"] < 50, f"{middle['no']:6.1f} ms until it counts; goal 50 ms")


def stream_event(text=None, finish=None):
    choice = {"index": 0, "delta": {"content": text} if text is not None else {}, "finish_reason": finish}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


class Endpoint:
    """A model that says one word when it is told to, and notes when; or answers at once."""

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    def __init__(self):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.sock.getsockname()[1]}/v1"
        self.sizes, self.connected, self.paced = [], threading.Event(), False
        self.words = queue.Queue()
        threading.Thread(target=self.serve, daemon=True).start()

    def chunk(self, conn, data):
        conn.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def serve(self):
        while True:
            conn, _ = self.sock.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.talk, args=(conn,), daemon=True).start()

    def talk(self, conn):
        reader = conn.makefile("rb")
        try:
            while (line := reader.readline()):
                length = 0
                while (line := reader.readline().strip()):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                reader.read(length)
                self.sizes.append(length)
                conn.sendall(self.HEAD)
                self.connected.set()
                while self.paced and (word := self.words.get()) is not None:
                    self.chunk(conn, stream_event(word))
                self.chunk(conn, stream_event("All is well.") + stream_event(finish="stop") + b"data: [DONE]\n\n")
                conn.sendall(b"0\r\n\r\n")
        except OSError:
            pass


def model(words=200, interrupts=10, turns=200):
    """With an endpoint on this machine: byte to screen, Ctrl-C on a stalled stream, memory, the size of what is sent."""
    endpoint = Endpoint()
    t = pexpect.spawn(OPSH, ["-n", "default", "--endpoint", endpoint.url, "--model", "mock"], env=ENV, dimensions=(24, 120),
                      timeout=20, encoding="utf-8")
    t.delaybeforesend = None
    t.expect_exact("\u276f")

    endpoint.paced = True
    t.sendline("say something")
    endpoint.connected.wait(20)
    shown = []
    for n in range(words):
        time.sleep(0.01)
        word = f"w{n:03}x"
        start = time.perf_counter()
        endpoint.words.put(word + (" " if n % 12 else "\n"))
        t.expect_exact(word)
        shown.append((time.perf_counter() - start) * 1000)
    endpoint.words.put(None)
    t.expect_exact("All is well.")
    shown.sort()
    p99 = shown[int(len(shown) * 0.99) - 1]
    verdict("from byte to screen", statistics.median(shown) < 5, f"{statistics.median(shown):6.2f} ms, 99 of 100 below {p99:.2f} ms, by way of a pseudo-terminal; goal 5 ms")

    stopped = []
    for _ in range(interrupts):
        endpoint.connected.clear()
        t.expect_exact("\u276f")
        t.sendline("and then stall")
        endpoint.connected.wait(20)
        time.sleep(0.35)
        start = time.perf_counter()
        t.send("\x03")
        t.expect_exact("interrupted")
        stopped.append((time.perf_counter() - start) * 1000)
    verdict("Ctrl-C on a stalled stream", max(stopped) < 100, f"{statistics.median(stopped):6.1f} ms, at most {max(stopped):.1f} ms; goal 100 ms")
    t.expect_exact("\u276f")
    t.sendline("/quit")
    t.close()

    endpoint = Endpoint()
    t = pexpect.spawn(OPSH, ["-n", "default", "--endpoint", endpoint.url, "--model", "mock"], env=ENV, dimensions=(24, 120),
                      timeout=20, encoding="utf-8")
    t.delaybeforesend = None
    for n in range(turns):
        t.expect_exact("\u276f")
        t.sendline(f"question {n}: " + "what would you say about the backend of the shop? " * 8)
        t.expect_exact("All is well.")
    used = rss_kib(t.pid)
    t.sendline("/quit")
    t.close()
    verdict(f"memory after {turns} turns", used < 40 * 1024, f"{used / 1024:6.1f} MB; goal 40 MB")
    first, most = endpoint.sizes[0], max(endpoint.sizes)
    verdict("the first request", first <= 16 * 1024, f"{first} bytes (about {first // 4} tokens); goal 16 KiB")
    verdict(f"the largest of {turns} turns", most <= BUDGET, f"{most} bytes; goal {BUDGET}: seven eighths of four for each of 32,000 tokens")


def phrases():
    score = ROOT.parent / "shared/phrases/score.py"
    if not score.exists():
        print("-      understanding                      not measured: the phrases are not here (../shared/phrases)")
        return
    run = subprocess.run([sys.executable, str(score), "--opsh", OPSH], capture_output=True, text=True, env=ENV)
    print(run.stdout.rstrip())


def plans():
    """Plans without a model, in the process itself: what a request costs before anything is shown."""
    run = subprocess.run([str(pathlib.Path(OPSH).parent / "plan_bench")], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"plan_bench: exit {run.returncode}: {run.stderr}")
    goals = {"no cluster": 5, "10,000 pods": 50}
    for line in run.stdout.splitlines():
        r = json.loads(line)
        goal = goals[r["what"]]
        verdict(f"a plan, {r['what']}", r["p99_ms"] < goal,
                f"{r['median_ms']:6.2f} ms, 99 of 100 below {r['p99_ms']:.2f} ms of CPU ({r['plans']} plans); goal {goal} ms")


side_by_side("opsh --version / kubectl version", [OPSH, "--version"], ["kubectl", "version", "--client"], 0.2)
side_by_side("opsh --yes get pods / kubectl …", [OPSH, "--yes", "get", "pods"], ["kubectl", "get", "pods"], 1.1)
idle_memory()
asking()
model()
plans()
phrases()
print(f"\n{len(missed)} goals missed" + (": " + ", ".join(missed) if missed else ""))
sys.exit(1 if missed else 0)
