"""A real Alertmanager, Debian's 0.25 or one out of Debian's next suite, and a sink for what it sends."""

import http.server
import json
import shutil
import subprocess
import threading

import requests

from prometheus import free_port
from service import ROOT, environment

FOLDERS = {False: ROOT / ".build" / "alertmanager", True: ROOT / ".build" / "alertmanager-forky"}


def tool(name, newer=False):
    folder = FOLDERS[newer] / "usr" / "bin"
    path = shutil.which(name, path=folder) or (None if newer else shutil.which(name))
    assert path, f"{name} is not in {folder}; start the tests with Tests/run"
    return path


def amtool(*arguments, newer=False):
    return subprocess.run(
        [tool("amtool", newer), *map(str, arguments)], capture_output=True, text=True, env=environment()
    )


class Sink:
    """Takes every POST and says ok, as Slack does."""

    def __init__(self):
        self.messages = []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                sink.messages.append((self.path, json.loads(body), dict(self.headers)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def paths(self):
        return {path for path, _, _ in self.messages}

    def at(self, path):
        return [body for where, body, _ in self.messages if where == path]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Alertmanager:
    """Runs until `stop` with the configuration at `path`."""

    def __init__(self, directory, path, newer=False):
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.log_path = directory / "alertmanager.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [
                    tool("prometheus-alertmanager", newer),
                    f"--config.file={path}",
                    f"--storage.path={directory}/alertmanager",
                    f"--web.listen-address={self.address}",
                    "--cluster.listen-address=",
                ],
                cwd=directory,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def is_ready(self):
        try:
            return requests.get(f"{self.url}/-/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def post(self, alerts):
        """Sends alerts in the shape in which Prometheus does."""
        requests.post(f"{self.url}/api/v2/alerts", json=alerts, timeout=10).raise_for_status()

    def alerts(self):
        answer = requests.get(f"{self.url}/api/v2/alerts", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
