"""A real Prometheus scrapes the service; what it stores equals what the page says."""

import json
import shutil
import socket
import subprocess

import pytest
import requests

from polling import wait_until
from sender import send_capture
from service import FIXTURES, environment

TRUTH = json.loads((FIXTURES / "skill-routing" / "truth.json").read_text())
DERIVED = ("traces_", "routing_test_", "test_")


def tool(name):
    path = shutil.which(name)
    assert path, f"{name} is not on the PATH; start the tests with Tests/run"
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, directory, target):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log_path = directory / "prometheus.log"
        (directory / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            f"scrape_configs: [{{job_name: spanmeter, static_configs: [{{targets: ['{target}']}}]}}]\n"
        )
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [
                    tool("prometheus"),
                    f"--config.file={directory}/prometheus.yml",
                    f"--storage.tsdb.path={directory}/tsdb",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                cwd=directory,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def get(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]

    def query(self, expression):
        return self.get("query", query=expression)["result"]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def prometheus(server, tmp_path):
    prometheus = Prometheus(tmp_path, server.scrape.removeprefix("http://"))
    yield prometheus
    prometheus.stop()


def test_prometheus_stores_what_the_page_says(server, prometheus):
    wait_until(lambda: prometheus.query("up == 1"), "a first successful scrape", seconds=30)
    spans = 0
    for capture in ("run01", "run05"):
        send_capture(server, FIXTURES / "skill-routing" / capture)
        spans += TRUTH[capture]["total_spans"]
    send_capture(server, FIXTURES / "pytest-opentelemetry" / "run01")
    spans += 1
    page = server.page_with_spans(spans)
    names = sorted(name for name in page.samples if name.startswith(DERIVED))
    assert len(names) > 20, names

    def stored_equals_page():
        page = server.page()
        for name in names:
            rows = prometheus.query(f"sum by (le) ({name})")
            stored = {row["metric"].get("le", ""): float(row["value"][1]) for row in rows}
            for le, expected in by_le(page, name).items():
                assert le in stored, f"{name}{{le={le!r}}} is not stored"
                assert stored[le] == pytest.approx(expected, rel=1e-12), f"{name}{{le={le!r}}}"
            series = prometheus.query(f"count({name})")[0]["value"][1]
            assert int(series) == len(page.select(name)), name
        return True

    wait_until(stored_equals_page, "the same sums in Prometheus", seconds=15)

    targets = prometheus.get("targets")["activeTargets"]
    assert [(target["health"], target["lastError"]) for target in targets] == [("up", "")]
    assert min(float(value) for _, value in scrape_history(prometheus, "up")) == 1
    log = prometheus.log_path.read_text()
    complaints = [line for line in log.splitlines() if "level=warn" in line or "level=error" in line]
    assert not complaints, "\n".join(complaints)


def by_le(page, name):
    """Sums of a metric by `le`, as Prometheus writes that label's value."""
    sums = {}
    for labels, value in page.select(name):
        le = labels.get("le", "")
        sums[le] = sums.get(le, 0) + value
    return sums


def scrape_history(prometheus, name):
    return prometheus.query(f"{name}[5m]")[0]["values"]


def check_with_promtool(text):
    done = subprocess.run(
        [tool("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_promtool_has_nothing_to_say_about_a_fresh_start(server):
    check_with_promtool(server.page().text)


def test_promtool_has_nothing_to_say_after_real_runs(server):
    for capture in sorted(TRUTH):
        send_capture(server, FIXTURES / "skill-routing" / capture)
    send_capture(server, FIXTURES / "pytest-opentelemetry" / "run01")
    page = server.page_with_spans(sum(truth["total_spans"] for truth in TRUTH.values()) + 1)
    check_with_promtool(page.text)


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
        "text/plain;version=0.0.4",
        "*/*",
    ],
)
def test_answers_say_their_content_type(server, accept):
    answer = requests.get(server.scrape + "/metrics", headers={"Accept": accept}, timeout=10)
    assert answer.status_code == 200
    kind = answer.headers["Content-Type"]
    assert kind.startswith(("text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0")), kind
    assert answer.text.endswith("\n")
    assert kind.startswith("application/openmetrics-text") == answer.text.endswith("# EOF\n")
