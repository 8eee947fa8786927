import http.server
import json
import threading

import psycopg
import pytest

from conftest import SECRET, Postgres
from src.db import TABLES_LOCK


@pytest.fixture
def token(backend, request):
    return backend.sign_up(f"{request.node.name.replace('[', '-').replace(']', '')}@example.org")


def test_a_todo_from_its_creation_to_its_end(backend, token):
    assert backend("GET", "/api/todos", token=token).json == []
    made = backend("POST", "/api/todos", {"title": "  buy milk "}, token)
    assert made.status == 201
    todo = made.json
    assert (todo["title"], todo["done"]) == ("buy milk", False)
    path = f"/api/todos/{todo['id']}"
    assert backend("PATCH", path, {"done": True}, token).json["done"] is True
    changed = backend("PATCH", path, {"title": "buy oat milk"}, token).json
    assert (changed["title"], changed["done"]) == ("buy oat milk", True)
    assert backend("GET", "/api/todos", token=token).json == [changed]
    assert backend("DELETE", path, token=token).status == 204
    assert backend("DELETE", path, token=token).status == 404
    assert backend("GET", "/api/todos", token=token).json == []


def test_signing_in_needs_the_right_password(backend):
    backend.sign_up("Ada@Example.org ", name="Ada")
    right = backend("POST", "/api/auth/sign-in", {"email": "ada@example.org", "password": "correct horse"})
    assert right.status == 200
    assert right.json["user"]["name"] == "Ada" and "password" not in right.json["user"]
    assert backend("GET", "/api/auth/me", token=right.json["token"]).json["email"] == "ada@example.org"
    for email, password in (("ada@example.org", "wrong horse"), ("nobody@example.org", "correct horse")):
        assert backend("POST", "/api/auth/sign-in", {"email": email, "password": password}).status == 401
    assert backend("POST", "/api/auth/sign-up", {"email": "ADA@example.org", "password": "another horse"}).status == 409


@pytest.mark.parametrize("method, path", [("GET", "/api/todos"), ("POST", "/api/todos"), ("PATCH", "/api/todos/1"),
                                          ("DELETE", "/api/todos/1"), ("POST", "/api/chat"), ("GET", "/api/auth/me")])
def test_nothing_without_a_token(backend, method, path):
    for token in (None, "x", "x.y", "e30.AAAA"):
        assert backend(method, path, {"title": "t", "message": "m"} if method != "GET" else None, token).status == 401


def test_nobody_reaches_the_todos_of_another(backend, token):
    todo = backend("POST", "/api/todos", {"title": "mine"}, token).json
    other = backend.sign_up("other@example.org")
    assert backend("GET", "/api/todos", token=other).json == []
    assert backend("PATCH", f"/api/todos/{todo['id']}", {"title": "yours"}, other).status == 404
    assert backend("DELETE", f"/api/todos/{todo['id']}", token=other).status == 404
    assert backend("GET", "/api/todos", token=token).json == [todo]


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "   "}, {"title": "x" * 501}, {"title": "a\0b"}, {"title": 7}, {"title": "\ud800"}])
def test_a_bad_title_is_refused_in_one_line(backend, token, body):
    answer = backend("POST", "/api/todos", body, token)
    assert answer.status == 422
    assert answer.json["detail"].startswith("title: ") and "\n" not in answer.json["detail"]


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "x"])
def test_a_number_that_cannot_be_is_no_server_error(backend, token, number):
    assert backend("DELETE", f"/api/todos/{number}", token=token).status == 422


def test_a_refused_password_is_not_repeated(backend):
    answer = backend("POST", "/api/auth/sign-up", {"email": "x@example.org", "password": "tooshrt"})
    assert answer.status == 422
    assert "tooshrt" not in json.dumps(answer.json)


def test_a_title_is_data(backend, token):
    title = "'); DROP TABLE todos; -- <script>%s"
    assert backend("POST", "/api/todos", {"title": title}, token).json["title"] == title
    assert backend("GET", "/api/todos", token=token).json[0]["title"] == title


def test_only_allowed_origins_may_ask(backend):
    def allowed(origin):
        return backend("OPTIONS", "/api/todos", headers={"Origin": origin, "Access-Control-Request-Method": "PATCH",
                       "Access-Control-Request-Headers": "authorization"}).headers.get("access-control-allow-origin")

    assert allowed("http://todo.local") == "http://todo.local"
    assert allowed("http://evil.example") is None


def test_tables_are_made_by_one_at_a_time(postgres, start):
    with psycopg.connect(postgres.url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (TABLES_LOCK,))
        pod = start(DATABASE_URL=postgres.url, BETTER_AUTH_SECRET=SECRET)
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        pod.wait(lambda: other.execute(waiting).fetchone() == (1,))
        assert pod("GET", "/health").json["database"] == "down", "it waits for the other"
    pod.up()


def test_two_pods_share_their_users(postgres, start):
    settings = {"DATABASE_URL": postgres.url, "BETTER_AUTH_SECRET": SECRET}
    pods = [start(**settings) for _ in range(2)]
    token = pods[0].up().sign_up("two-pods@example.org")
    assert pods[1].up()("GET", "/api/todos", token=token).json == [], "the token of one is good for the other"


def test_it_serves_before_and_after_the_database(start):
    postgres = Postgres()
    try:
        pod = start(DATABASE_URL=postgres.url, BETTER_AUTH_SECRET=SECRET)
        assert pod("GET", "/health").json["database"] == "down"
        assert pod("POST", "/api/auth/sign-up", {"email": "a@b.example", "password": "correct horse"}).status == 503
        postgres.start()
        token = pod.up().sign_up("a@b.example")
        todo = pod("POST", "/api/todos", {"title": "still here"}, token).json
        postgres.stop()
        pod.wait(lambda: pod("GET", "/health").json["database"] == "down")
        gone = pod("GET", "/api/todos", token=token)
        assert gone.status == 503 and "database" in gone.json["detail"]
        postgres.start()
        assert pod.up()("GET", "/api/todos", token=token).json == [todo]
    finally:
        postgres.remove()


def test_it_serves_with_no_settings_at_all(start):
    pod = start()
    health = pod("GET", "/health")
    assert (health.status, health.json["database"]) == (200, "not configured")
    refused = pod("POST", "/api/auth/sign-in", {"email": "a@b.example", "password": "correct horse"})
    assert (refused.status, refused.json["detail"]) == (503, "BETTER_AUTH_SECRET is not set")


class Model(http.server.BaseHTTPRequestHandler):
    """An endpoint that speaks chat completions: it remembers what it was asked."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        status, answer = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.asked, server.answer = [], (200, {"choices": [{"message": {"content": "Milk first."}}]})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_chat_says_so_when_there_is_no_key(backend, token):
    answer = backend("POST", "/api/chat", {"message": "what is next?"}, token)
    assert answer.status == 200
    assert answer.json["available"] is False and "OPENAI_API_KEY" in answer.json["reply"]


def test_the_chat_sends_the_question_with_the_todos_of_the_asker_alone(postgres, start, model):
    pod = start(DATABASE_URL=postgres.url, BETTER_AUTH_SECRET=SECRET, OPENAI_API_KEY="key-1", OPENAI_MODEL="small",
                OPENAI_BASE_URL=f"http://127.0.0.1:{model.server_port}/v1").up()
    token, other = pod.sign_up("chat@example.org"), pod.sign_up("chat-other@example.org")
    pod("POST", "/api/todos", {"title": "buy milk"}, token)
    pod("POST", "/api/todos", {"title": "not yours"}, other)
    assert pod("POST", "/api/chat", {"message": "what is next?"}, token).json == {"available": True, "reply": "Milk first."}
    [(path, authorization, body)] = model.asked
    assert (path, authorization, body["model"]) == ("/v1/chat/completions", "Bearer key-1", "small")
    assert "[ ] buy milk" in body["messages"][0]["content"] and "not yours" not in json.dumps(body)
    assert body["messages"][-1] == {"role": "user", "content": "what is next?"}
    for answer, told in (((401, {"error": "bad key key-1"}), "401"), ((200, {"choices": []}), "no answer"), ((200, "x"), "no answer")):
        model.answer = answer
        failed = pod("POST", "/api/chat", {"message": "and now?"}, token)
        assert failed.status == 502
        assert told in failed.json["detail"] and "key-1" not in failed.json["detail"]
    assert "key-1" not in pod.end()
