"""A real Prometheus: the installed one, which is Debian's 2.42, or a newer one out of Debian's next suite."""

import shutil
import socket
import subprocess

import requests

from service import ROOT, environment

FORKY = ROOT / ".build" / "prometheus-forky" / "usr" / "bin"


def tool(name, newer=False):
    path = shutil.which(name, path=FORKY if newer else None)
    where = FORKY if newer else "the PATH"
    assert path, f"{name} is not in {where}; start the tests with Tests/run"
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """Runs until `stop`; scrapes `target` every `interval` seconds, if there is one.

    `target` may be several. A `user` scrapes with credentials: to a target, servers of one host are different
    scrapers only by these. `rules` are files of rules, evaluated as often as it scrapes; what they find true
    goes to `alertmanager` (host and port).
    """

    def __init__(
        self,
        directory,
        target=None,
        newer=False,
        flags=(),
        interval=1,
        user=None,
        rules=(),
        alertmanager=None,
    ):
        port = free_port()
        self.interval = interval
        self.url = f"http://127.0.0.1:{port}"
        self.log_path = directory / "prometheus.log"
        names = ("scrape_interval", "scrape_timeout", "evaluation_interval")
        config = "global: {" + ", ".join(f"{name}: {interval}s" for name in names) + "}\n"
        if rules:
            config += f"rule_files: {[str(rule) for rule in rules]}\n"
        if alertmanager is not None:
            servers = f"[{{targets: ['{alertmanager}']}}]"
            config += f"alerting: {{alertmanagers: [{{static_configs: {servers}}}]}}\n"
        if target is not None:
            targets = [target] if isinstance(target, str) else list(target)
            job = f"job_name: spanmeter, static_configs: [{{targets: {targets}}}]"
            if user is not None:
                job += f", basic_auth: {{username: {user}, password: {user}}}"
            config += f"scrape_configs: [{{{job}}}]\n"
        (directory / "prometheus.yml").write_text(config)
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [
                    tool("prometheus", newer),
                    f"--config.file={directory}/prometheus.yml",
                    f"--storage.tsdb.path={directory}/tsdb",
                    f"--web.listen-address=127.0.0.1:{port}",
                    *flags,
                ],
                cwd=directory,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def get(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=60)
        answer.raise_for_status()
        return answer.json()["data"]

    def query(self, expression, at=None):
        """The result as of `at`, in seconds since 1970; None is now."""
        moment = {} if at is None else {"time": f"{at:.3f}"}
        return self.get("query", query=expression, **moment)["result"]

    @property
    def is_ready(self):
        return requests.get(f"{self.url}/-/ready", timeout=5).status_code == 200

    def kinds(self):
        """The type of each scraped family, by its name."""
        return {row["metric"]: row["type"] for row in self.get("targets/metadata")}

    def complaints(self):
        """The lines of its log that are warnings or errors, in the form of either version."""
        return [line for line in self.log_path.read_text().splitlines() if _is_complaint(line.lower())]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _is_complaint(line):
    return "level=warn" in line or "level=error" in line


def bound(labels):
    """The number of label `le`, which the formats write differently; None where there is none."""
    return float(labels["le"]) if "le" in labels else None


def by_le(page, name):
    """Sums of a metric by its buckets' bounds."""
    sums = {}
    for labels, value in page.select(name):
        sums[bound(labels)] = sums.get(bound(labels), 0) + value
    return sums
