"""The images themselves: they answer, run without root, are small, hold no secret, stop when they are told to."""
import os
import subprocess
import time

import pytest

from conftest import DOCKER, MARK, ROOT

TODO, PROJECTS = ROOT / "examples/todo", ROOT / "tests/fixtures/projects"
ROOT_USER = "0"

# folder, wish, port, path that answers 200 → what is in the body
SERVERS = [
    (TODO / "frontend", ("standalone",), 3000, "/", "<html"),
    (TODO / "frontend", (), 3000, "/", "<html"),
    (TODO / "backend", (), 8000, "/health", '"status":"ok"'),
    (PROJECTS / "node-express", (), 4000, "/", "hello"),
    (PROJECTS / "node-vite", (), 8080, "/", "Clock"),
    (PROJECTS / "python-flask", (), 5000, "/", "hello"),
    (PROJECTS / "python-psycopg", (), 8000, "/healthz", '"database":false'),
    (PROJECTS / "go-http", (), 9090, "/", "hello"),
    (PROJECTS / "static-site", (), 8080, "/", "Nine to five"),
    (PROJECTS / "cmake-http", (), 9000, "/", "zlib"),
]
ARGS = {"frontend": ["NEXT_PUBLIC_API_URL="]}


def grouped(rows):
    """Each folder's tests in one process, which builds its image once."""
    return [pytest.param(*row, marks=pytest.mark.xdist_group(row[0].name), id="-".join((row[0].name,) + row[1])) for row in rows]


def image_of(build, folder, wish):
    return build(folder, *wish, args=ARGS.get(folder.name, ()))


@pytest.mark.parametrize("folder,wish,port,path,body", grouped(SERVERS))
def test_it_answers_without_root_and_stops(build, run, folder, wish, port, path, body):
    image = image_of(build, folder, wish)
    container = run(image, port)
    status, answer = container.get(path)
    assert status == 200 and body in answer
    assert set(container.user()) == {"1001"}
    assert f"{port}/tcp" in image.config["ExposedPorts"]
    assert container.healthy()
    code, seconds = container.stop()
    if folder.name != "cmake-http":  # its program has no handler, and process 1 without one gets no signal
        assert code != 137 and seconds < 10, (code, seconds, container.logs())


@pytest.mark.parametrize("folder,wish", grouped([row[:2] for row in SERVERS]))
def test_it_is_small_and_holds_no_secret(build, folder, wish):
    image = image_of(build, folder, wish)
    assert image.beyond_base() < 500 << 20
    assert (image.folder / ".env").read_text().strip().endswith(MARK)  # it was there to be copied
    with subprocess.Popen([DOCKER, "save", image.name], stdout=subprocess.PIPE) as saved:
        found = subprocess.run(["grep", "-c", "--text", MARK], stdin=saved.stdout, capture_output=True, text=True)
        saved.stdout.close()
    assert found.stdout.strip() == "0"


@pytest.mark.xdist_group("python-flask")
def test_the_secret_would_be_found(build, run):
    """The search above sees what it looks for: without .dockerignore the secret is in the image."""
    image = image_of(build, PROJECTS / "python-flask", ())
    (image.folder / ".dockerignore").rename(image.folder / "kept.dockerignore")
    try:
        subprocess.run([DOCKER, "build", "-q", "-t", "opsh-images/leaky:test", str(image.folder)], check=True, capture_output=True,
                       timeout=600, env=os.environ | {"DOCKER_BUILDKIT": "1"})
        with subprocess.Popen([DOCKER, "save", "opsh-images/leaky:test"], stdout=subprocess.PIPE) as saved:
            assert subprocess.run(["grep", "-q", "--text", MARK], stdin=saved.stdout).returncode == 0
    finally:
        (image.folder / "kept.dockerignore").rename(image.folder / ".dockerignore")
        subprocess.run([DOCKER, "rmi", "-f", "opsh-images/leaky:test"], capture_output=True)


@pytest.mark.parametrize("folder,wish", grouped([(TODO / "backend", ()), (PROJECTS / "node-express", ()), (PROJECTS / "static-site", ()),
                                                 (PROJECTS / "cmake-http", ()), (TODO / "frontend", ("standalone",))]))
def test_the_health_check_says_no_when_nothing_listens(build, folder, wish):
    image = image_of(build, folder, wish)
    _, *words = image.config["Healthcheck"]["Test"]
    idle = subprocess.run([DOCKER, "run", "--rm", "--entrypoint", words[0], image.name, *words[1:]], capture_output=True, timeout=60)
    assert idle.returncode not in (0, 125, 126, 127), idle  # the check ran, and said no


@pytest.mark.xdist_group("go-worker")
def test_a_worker_listens_nowhere_and_works(build, run):
    image = image_of(build, PROJECTS / "go-worker", ())
    container = run(image)
    for _ in range(50):
        if "working" in container.logs():
            break
        time.sleep(0.1)
    assert "working" in container.logs()
    assert set(container.user()) == {"1001"}
    assert image.config["Healthcheck"]["Test"] == ["NONE"]
    assert image.config["User"] not in ("", "root", ROOT_USER)


@pytest.mark.xdist_group("static-site")
def test_the_site_shows_no_more_than_it_should(build, run):
    container = run(image_of(build, PROJECTS / "static-site", ()), 8080)
    assert container.get("/css/site.css")[0] == 200
    for path in ("/README.md", "/nginx.conf", "/Dockerfile", "/.env", "/.dockerignore", "/nothing"):
        assert container.get(path)[0] in (403, 404), path


@pytest.mark.xdist_group("node-vite")
def test_a_single_page_answers_every_path(build, run):
    container = run(image_of(build, PROJECTS / "node-vite", ()), 8080)
    assert container.get("/some/page/of/its/own") == container.get("/")


@pytest.mark.xdist_group("frontend")
def test_the_api_address_is_fixed_when_it_is_built(build):
    image = image_of(build, TODO / "frontend", ("standalone",))
    assert "ARG NEXT_PUBLIC_API_URL" in image.text
    assert "NEXT_PUBLIC_API_URL" in image.notes and "fixed when the image is built" in image.notes
    assert not any(one.startswith("NEXT_PUBLIC") for one in image.config["Env"])  # of the stage that built it, not of what runs
