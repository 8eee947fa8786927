"""Servers that exist, started for the tests: aimock (npm), litellm's proxy (PyPI) in front of it, and llama.cpp (PyPI)."""
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


class Aimock:
    def __init__(self, home, folder, fixtures):
        path = folder / "fixtures.json"
        path.write_text(json.dumps(fixtures))
        self.p = subprocess.Popen([shutil.which("node"), f"{HERE}/aimock.mjs", home, str(path)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base = self.p.stdout.readline().strip()
        assert self.base.startswith("http://127.0.0.1:")
        self.url, self.key, self.model = self.base + "/v1", None, "mock"

    def last_messages(self):
        with urllib.request.urlopen(f"{self.base}/__aimock/journal") as f:
            return json.load(f)[-1]["body"]["messages"]

    def close(self):
        self.p.stdin.close()
        self.p.wait(10)


class Litellm:
    """litellm's proxy: it takes opsh's requests apart and sends them on to aimock, as OpenAI's or as Anthropic's."""
    KEY = "sk-master-for-tests"

    def __init__(self, home, folder, aimock):
        with socket.create_server(("127.0.0.1", 0)) as s:
            port = s.getsockname()[1]
        config = {"model_list": [
            {"model_name": "as-openai", "litellm_params": {"model": "openai/mock", "api_key": "x", "api_base": aimock.url}},
            {"model_name": "as-anthropic", "litellm_params": {"model": "anthropic/claude-sonnet-4-5", "api_key": "x", "api_base": aimock.base}},
            {"model_name": "mock", "litellm_params": {"model": "openai/x", "api_key": "x", "mock_response": "Hi there from litellm."}},
        ], "litellm_settings": {"num_retries": 0}}
        (folder / "litellm.json").write_text(json.dumps(config))  # YAML is a superset
        self.log = open(folder / "litellm.log", "w")
        self.p = subprocess.Popen([f"{home}/venv/bin/litellm", "--config", str(folder / "litellm.json"), "--host", "127.0.0.1",
                                   "--port", str(port)], stdout=self.log, stderr=subprocess.STDOUT, cwd=folder,
                                  env={**os.environ, "LITELLM_MASTER_KEY": self.KEY, "LITELLM_TELEMETRY": "False"})
        self.url = f"http://127.0.0.1:{port}/v1"
        end = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2).close()
                return
            except OSError:
                assert self.p.poll() is None and time.monotonic() < end, (folder / "litellm.log").read_text()[-2000:]
                time.sleep(0.3)

    def close(self):
        self.p.terminate()
        try:
            self.p.wait(15)
        except subprocess.TimeoutExpired:
            self.p.kill()
        self.log.close()


class Llama:
    """llama.cpp's server; llama/serve.py says with which model."""
    KEY = "sk-local-for-tests"

    def __init__(self, home, folder, lines, rules, n_ctx=16384):
        (folder / "lines.json").write_text(json.dumps({"lines": lines, "rules": rules, "n_ctx": n_ctx, "keys": [self.KEY]}))
        self.log = open(folder / "llama.log", "w")
        self.p = subprocess.Popen([f"{home}/venv/bin/python", f"{HERE}/llama/serve.py", str(folder), str(folder / "lines.json")],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = self.p.stdout.readline().strip() + "/v1"
        assert self.url.startswith("http://127.0.0.1:"), (folder / "llama.log").read_text()[-2000:]

    def close(self):
        self.p.stdin.close()
        try:
            self.p.wait(15)
        except subprocess.TimeoutExpired:
            self.p.kill()
        self.log.close()
