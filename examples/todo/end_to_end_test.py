"""The page's own address, as people use it: Next.js before FastAPI before PostgreSQL. FRONTEND is the built frontend."""
import os
import pathlib
import signal
import subprocess
import sys
import urllib.request

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "backend/tests"))
sys.dont_write_bytecode = True
import conftest as backend_tests  # noqa: E402


class Page(backend_tests.Backend):
    """The frontend as a program: the same requests as to the backend, to the page's address."""

    def __init__(self, backend_url):
        self.port = backend_tests.free_port()
        self.log = open(os.devnull)
        self.process = subprocess.Popen(["node_modules/.bin/next", "start", "-p", str(self.port)], cwd=os.environ["FRONTEND"],
                                        env=os.environ | {"BACKEND_URL": backend_url}, stdout=subprocess.DEVNULL, start_new_session=True)
        self.wait(lambda: self("GET", "/").status == 200)

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=15)


@pytest.fixture(scope="module")
def stack():
    postgres = backend_tests.Postgres()
    running = []
    try:
        postgres.start()
        running.append(backend_tests.Backend(DATABASE_URL=postgres.url, BETTER_AUTH_SECRET=backend_tests.SECRET).up())
        running.append(Page(f"http://127.0.0.1:{running[0].port}"))
        yield running
    finally:
        for one in reversed(running):
            one.end()
        postgres.remove()


def test_the_page_is_there_with_its_script(stack):
    html = stack[1]("GET", "/").body.decode()
    assert "<h1>Todo</h1>" in html and "Sign up" in html
    script = html.split('src="/_next/', 1)[1].split('"', 1)[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{stack[1].port}/_next/{script}") as got:
        assert got.status == 200 and len(got.read()) > 1000


def test_a_todo_through_the_page_s_address(stack):
    page = stack[1]
    page.sign_up("end@example.org")
    token = page("POST", "/api/auth/sign-in", {"email": "end@example.org", "password": "correct horse"}).json["token"]
    todo = page("POST", "/api/todos", {"title": "Öl kaufen"}, token).json
    assert page("PATCH", f"/api/todos/{todo['id']}", {"done": True}, token).json["done"] is True
    assert [one["title"] for one in page("GET", "/api/todos", token=token).json] == ["Öl kaufen"]
    assert page("DELETE", f"/api/todos/{todo['id']}", token=token).status == 204
    assert page("GET", "/api/todos", token=token).json == []


def test_refusals_and_the_chat_come_through(stack):
    page = stack[1]
    assert page("GET", "/api/todos").status == 401
    token = page.sign_up("chat-end@example.org")
    reply = page("POST", "/api/chat", {"message": "what first?"}, token).json
    assert reply["available"] is False and "OPENAI_API_KEY" in reply["reply"]
    assert page("POST", "/api/todos", {"title": ""}, token).status == 422


def test_the_page_stays_when_the_backend_goes(stack):
    stack.pop(0).end()
    page = stack[0]
    assert page("GET", "/").status == 200
    answer = page("GET", "/api/todos")
    assert (answer.status, answer.json["detail"]) == (502, "the backend does not answer")
