"""The OpenMetrics page, read by the reference parser and held against the text format."""

import json

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exposition import Page
from sender import send_capture
from service import FIXTURES

TRUTH = json.loads((FIXTURES / "skill-routing" / "truth.json").read_text())
ACCEPT = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8"
# What changes from one page to the next without a span.
MOVING = (
    "process_",
    "spanmeter_scrape_seconds",
    "spanmeter_connections",
    "spanmeter_dedupe_window",
    "spanmeter_commit",
)


def openmetrics(server):
    answer = requests.get(server.scrape + "/metrics", headers={"Accept": ACCEPT}, timeout=30)
    answer.raise_for_status()
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    return answer.text


def samples(named):
    """Values by name and labels; bounds as numbers."""
    found = {}
    for name, labels, value in named:
        key = (name, tuple(sorted((k, float(v) if k == "le" else v) for k, v in labels.items())))
        assert key not in found, key
        found[key] = value
    return {key: value for key, value in found.items() if not key[0].startswith(MOVING)}


def parsed(text):
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(set(names)) == len(names)
    return families


def send_all(server):
    for capture in sorted(TRUTH):
        send_capture(server, FIXTURES / "skill-routing" / capture)
    send_capture(server, FIXTURES / "pytest-opentelemetry" / "run01")
    server.page_with_spans(sum(truth["total_spans"] for truth in TRUTH.values()) + 1)


def test_a_fresh_page_is_openmetrics(server):
    kinds = {family.name: family.type for family in parsed(openmetrics(server))}
    assert kinds["spanmeter_build"] == "info"
    assert kinds["process_cpu_seconds"] == "counter"
    assert kinds["spanmeter_request_seconds"] == "histogram"
    assert kinds["spanmeter_series_limit"] == "gauge"


@pytest.mark.parametrize("created", [False, True])
def test_a_full_page_says_what_the_text_format_says(start, created):
    server = start(config=f"exposition: {{created_lines: {str(created).lower()}}}\n")
    send_all(server)
    families = parsed(openmetrics(server))
    everything = [sample for family in families for sample in family.samples]
    plain = [sample for sample in everything if not sample.name.endswith("_created")]
    page = server.page()
    expected = [(name, *sample) for name, rows in page.samples.items() for sample in rows]
    assert samples((sample.name, sample.labels, sample.value) for sample in plain) == samples(expected)

    started = page.sum("process_start_time_seconds")
    created_lines = [sample for sample in everything if sample.name.endswith("_created")]
    assert bool(created_lines) == created
    assert all(abs(sample.value - started) < 3600 for sample in created_lines)
    if created:
        assert any(sample.name == "process_cpu_seconds_created" for sample in created_lines)


def test_units_and_types_follow_the_names(server):
    send_all(server)
    described = {family.name: (family.type, family.unit) for family in parsed(openmetrics(server))}
    assert described["traces_spanmetrics_calls"] == ("counter", "")
    assert described["routing_test_api_latency_seconds"] == ("histogram", "seconds")
    assert described["routing_test_cost_usd"] == ("histogram", "usd")
    assert described["traces_target"] == ("info", "")


def test_the_page_is_the_same_compressed(server):
    send_all(server)
    plain = requests.get(
        server.scrape + "/metrics", headers={"Accept": ACCEPT, "Accept-Encoding": "identity"}, timeout=30
    )
    packed = requests.get(
        server.scrape + "/metrics", headers={"Accept": ACCEPT, "Accept-Encoding": "gzip"}, timeout=30
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    derived = [line for line in plain.text.splitlines() if line.startswith(("traces_", "routing_test_"))]
    assert derived == [
        line for line in packed.text.splitlines() if line.startswith(("traces_", "routing_test_"))
    ]


def test_who_does_not_ask_gets_the_text_format(server):
    answer = requests.get(server.scrape + "/metrics", timeout=30)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert Page(answer.text).select("spanmeter_build_info")
