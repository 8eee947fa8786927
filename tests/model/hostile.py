"""A chat-completions endpoint that does whatever a test wants, byte by byte.

Each request is answered by the next scene of the queue: a function of (conn, request). When the queue is
empty, by `normal()`: a well-formed streamed answer. What was asked is kept in `requests`.
"""
import json
import socket
import threading
import time


class Request:
    def __init__(self, line, headers, body):
        self.line, self.headers, self.raw = line, headers, body
        self.body = json.loads(body) if body else None

    @property
    def messages(self):
        return self.body["messages"]


class Server:
    everything = []  # all requests of this session, of every server

    def __init__(self):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.scenes, self.requests, self.connections = [], [], 0
        self.closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def play(self, *scenes):
        self.scenes.extend(scenes)

    def close(self):
        self.closing.set()
        self.sock.close()

    def _accept(self):
        while not self.closing.is_set():
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = conn.makefile("rb")
        try:
            while True:
                request = read_request(reader)
                if request is None:
                    return
                self.requests.append(request)
                Server.everything.append(request)
                scene = self.scenes.pop(0) if self.scenes else normal()
                if scene(conn, request) == "close":
                    return
        except OSError:
            pass
        finally:
            reader.close()
            conn.close()


def read_request(reader):
    line = reader.readline().decode(errors="replace").strip()
    if not line.endswith("HTTP/1.1"):
        return None
    headers = {}
    while True:
        h = reader.readline().decode().strip()
        if not h:
            break
        name, _, value = h.partition(":")
        headers[name.lower()] = value.strip()
    return Request(line, headers, reader.read(int(headers.get("content-length", 0))))


# ---- what a server can say -------------------------------------------------------------------------

def head(status="200 OK", kind="text/event-stream", chunked=True, extra=""):
    length = "Transfer-Encoding: chunked\r\n" if chunked else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{length}{extra}\r\n".encode()


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


LAST = b"0\r\n\r\n"


def delta(finish=None, **fields):
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def event(obj, end="\n\n"):
    return ("data: " + (obj if isinstance(obj, str) else json.dumps(obj)) + end).encode()


def words(*texts, finish="stop", done=True):
    """The events of a text answer, as one byte string."""
    out = b"".join(event(delta(content=t)) for t in texts) + event(delta(finish=finish))
    return out + (event("[DONE]") if done else b"")


def call(name, args, id="call_1", index=0):
    return {"index": index, "id": id, "type": "function",
            "function": {"name": name, "arguments": args if isinstance(args, str) else json.dumps(args)}}


def calls(*tool_calls, text=None, finish="tool_calls", done=True):
    out = event(delta(content=text)) if text else b""
    out += b"".join(event(delta(tool_calls=[c])) for c in tool_calls) + event(delta(finish=finish))
    return out + (event("[DONE]") if done else b"")


def scale(replicas=3, **kw):
    return call("kubectl_scale", {"kind": "deployment", "name": "todo-backend", "replicas": replicas}, **kw)


def stream(data, size=None, pause=0.0):
    """A 200 whose body is `data`, cut into pieces of `size` bytes."""
    def scene(conn, _):
        conn.sendall(head())
        for i in range(0, len(data), size or max(len(data), 1)):
            conn.sendall(chunk(data[i:i + (size or len(data))]))
            if pause:
                time.sleep(pause)
        conn.sendall(LAST)
    return scene


def normal(text="All is well."):
    return stream(words(*[text[i:i + 4] for i in range(0, len(text), 4)]))


def reply(status, body, kind="application/json", extra=""):
    """A whole response that is not streamed."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    def scene(conn, _):
        conn.sendall(head(status, kind, chunked=False, extra=f"Content-Length: {len(data)}\r\n{extra}") + data)
    return scene


def raw(*pieces, pause=0.0, close=True, reset=False):
    """These bytes, headers included; then the connection is closed (or reset)."""
    def scene(conn, _):
        for p in pieces:
            conn.sendall(p)
            time.sleep(pause)
        if reset:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return "close" if close else None
    return scene


def stall(data=b"", seconds=30):
    """A 200 that says `data` and then nothing more."""
    def scene(conn, _):
        conn.sendall(head() + chunk(data))
        end = time.time() + seconds
        conn.settimeout(0.2)
        while time.time() < end:
            try:
                if conn.recv(1) == b"":
                    return "close"
            except socket.timeout:
                pass
        return "close"
    return scene
