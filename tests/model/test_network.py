"""The way to the endpoint: certificates of one's own, a proxy, and what neither of them gets to see. A real TLS server
and a real CONNECT proxy of a few lines each; the name is one that no resolver knows."""
import select
import shutil
import socket
import ssl
import subprocess
import threading

import pytest

import hostile as h
from test_opsh import KEY, Home, home, pytestmark  # noqa: F401

HOST = "model.invalid"


class TlsServer(h.Server):
    """The hostile server behind TLS."""

    def __init__(self, folder):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem"), "-days", "2", "-subj", f"/CN={HOST}",
                        "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
        super().__init__()

    def _serve(self, conn):
        try:
            super()._serve(self.context.wrap_socket(conn, server_side=True))
        except OSError:
            conn.close()


class Proxy:
    """CONNECT, whatever the name, leads to one port here."""

    def __init__(self, port):
        self.port_to, self.heads = port, []
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.sock.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(conn,), daemon=True).start()

    def _carry(self, conn):
        head = b""
        while b"\r\n\r\n" not in head:
            head += conn.recv(4096)
        self.heads.append(head.decode())
        there = socket.create_connection(("127.0.0.1", self.port_to))
        conn.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ends = {conn: there, there: conn}
        while True:
            for ready in select.select(list(ends), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    conn.close()
                    there.close()
                    return
                ends[ready].sendall(data)


@pytest.fixture
def tls(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path / "tls"
    folder.mkdir()
    server = TlsServer(folder)
    server.ca = folder / "ca.pem"
    yield server
    server.close()


def ask(home, url, *, ca=None, env=None):
    folder = home.path / ".config/opsh"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(f"ca_file: {ca}\n" if ca else "")
    (folder / "config.yaml").chmod(0o600)
    home.url = url
    home.env = env or {}
    return home.run("write me a poem about the sea", key=KEY)


@pytest.fixture
def environ(home, monkeypatch):
    """Home with more environment: Popen's env gets it too."""
    start = subprocess.Popen

    def popen(*args, env=None, **how):
        return start(*args, env={**env, **getattr(home, "env", {})} if env is not None else None, **how)
    monkeypatch.setattr(subprocess, "Popen", popen)
    return home


def test_a_certificate_of_ones_own(environ, tls):
    code, out, err = ask(environ, f"https://127.0.0.1:{tls.port}/v1", ca=tls.ca)
    assert code == 0 and "All is well." in out, err
    assert tls.requests[0].headers["authorization"] == f"Bearer {KEY}"
    code, out, err = ask(environ, f"https://127.0.0.1:{tls.port}/v1", env={"SSL_CERT_FILE": str(tls.ca)})
    assert code == 0 and len(tls.requests) == 2, err


def test_one_that_nobody_vouches_for_gets_no_request(environ, tls):
    code, out, err = ask(environ, f"https://127.0.0.1:{tls.port}/v1")
    assert code == 4 and "certificate" in err and "ca_file" in err and tls.requests == []


def test_one_for_another_name_gets_no_request(environ, tls):
    code, out, err = ask(environ, f"https://localhost:{tls.port}/v1", ca=tls.ca)
    assert code == 4 and tls.requests == [] and "certificate" in err


def test_through_a_proxy_that_never_sees_the_key(environ, tls):
    proxy = Proxy(tls.port)
    code, out, err = ask(environ, f"https://{HOST}/v1", ca=tls.ca, env={"https_proxy": proxy.url})
    assert code == 0 and "All is well." in out, err
    assert proxy.heads[0].startswith(f"CONNECT {HOST}:443 ") and KEY not in "".join(proxy.heads)
    assert tls.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_no_proxy_names_goes_straight(environ, tls):
    proxy = Proxy(tls.port)
    code, out, err = ask(environ, f"https://{HOST}/v1", ca=tls.ca, env={"https_proxy": proxy.url, "no_proxy": HOST})
    assert code == 4 and HOST in err and proxy.heads == [] and tls.requests == []  # nobody resolves that name


def test_this_machine_needs_no_proxy(environ, server):
    proxy = Proxy(server.port)
    code, out, err = ask(environ, server.url, env={"http_proxy": proxy.url, "all_proxy": proxy.url})
    assert code == 0 and proxy.heads == []
