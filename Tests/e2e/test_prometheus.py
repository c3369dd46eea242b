"""A real Prometheus scrapes the service; what it stores equals what the page says."""

import json
import subprocess

import pytest
import requests

from polling import wait_until
from prometheus import bound, by_le, tool
from sender import send_capture
from service import FIXTURES

TRUTH = json.loads((FIXTURES / "skill-routing" / "truth.json").read_text())
DERIVED = ("traces_", "routing_test_", "test_")


# What each version asks for by itself shows in its metadata: OpenMetrics has families without `_total`.
@pytest.mark.parametrize(
    ("newer", "flags", "expected"),
    [
        (False, [], {"traces_spanmetrics_calls": "counter", "traces_target": "info"}),
        (True, [], {"traces_spanmetrics_calls": "counter", "traces_target": "info"}),
        (
            True,
            ["--enable-feature=created-timestamp-zero-ingestion"],
            {"traces_spanmetrics_calls_total": "counter", "traces_target_info": "gauge"},
        ),
    ],
    ids=["2.42-openmetrics", "3.5-openmetrics", "3.5-protobuf"],
)
def test_prometheus_stores_what_the_page_says(server, start_prometheus, newer, flags, expected):
    prometheus = start_prometheus(server.scrape.removeprefix("http://"), newer, flags)
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
            stored = {bound(row["metric"]): float(row["value"][1]) for row in rows}
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
    assert not prometheus.complaints(), "\n".join(prometheus.complaints())
    kinds = prometheus.kinds()
    assert {name: kinds.get(name) for name in expected} == expected


def scrape_history(prometheus, name):
    return prometheus.query(f"{name}[5m]")[0]["values"]


def test_prometheus_begins_a_counter_at_zero_when_it_was_created(server, start_prometheus):
    flags = ["--enable-feature=created-timestamp-zero-ingestion"]
    prometheus = start_prometheus(server.scrape.removeprefix("http://"), True, flags)
    wait_until(lambda: prometheus.query("up == 1"), "a first successful scrape", seconds=30)
    started = server.page().sum("process_start_time_seconds")
    (_, zero), *_ = scrape_history(prometheus, 'spanmeter_spans_received_total{protocol="grpc"}')

    def two_samples():
        values = scrape_history(prometheus, "process_cpu_seconds_total")
        return values if len(values) > 1 else None

    (at, cpu), (later, used), *_ = wait_until(two_samples, "two samples of a counter")
    assert (float(zero), float(cpu)) == (0, 0) and float(used) > 0
    # The start of the process, as far as the kernel's clock ticks agree with the time of day.
    assert abs(at - started) < 3 and at < later


def check_with_promtool(text):
    for newer in (False, True):
        done = subprocess.run(
            [tool("promtool", newer), "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
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
