"""Every query of every board against a real Prometheus, filled only by recorded runs through spanmeter."""

import json
import time

import pytest
import yaml

from captures import send_renewed
from kit import Query, Window, answer, boards, hasty_rules, queries
from polling import wait_until
from prometheus import Prometheus
from service import FIXTURES, IS_LONG, ROOT, Spanmeter

RUNS = [
    run
    for suite in ("skill-routing", "pytest-opentelemetry", "pytest-otel")
    for run in sorted((FIXTURES / suite).glob("run*"))
] + [FIXTURES / app for app in ("genai-traceloop", "pydantic-ai", "app-flask-fastapi-stable")]
# Enough for tests to be healthy, flaky or broken; one capture comes only in the last batch, for new tests.
BATCHES = 6
LATE = FIXTURES / "robotframework-tracer" / "run02"
# Of each batch at least; Prometheus scrapes once a second.
SCRAPES = 5

WEEK = "it compares with a week ago, which this Prometheus has not lived"
DAYS = "what is usual for an hour needs three days"
# What may be empty, and why: a part of the query's text.
MAY_BE_EMPTY = {
    "accuracy_delta:wow": WEEK,
    "pass_ratio_delta:wow": WEEK,
    "1h_median_7d": DAYS,
    ">= 86400": "the experiment goes on",
    'test="mcnemar"': "the recorded experiment runs each case in one arm",
    "spanmeter_connections_ended_total": "no connection was refused",
    'ALERTS{alertstate="firing",severity=~"P0|P1"}': "nothing urgent should fire",
}


@pytest.fixture(scope="module", params=["2.42", "3"] if IS_LONG else ["2.42"])
def filled(request, tmp_path_factory):
    """A Prometheus with the generated rules and all recorded runs in some batches, and the time that took."""
    directory = tmp_path_factory.mktemp("kit-queries")
    server = Spanmeter(directory, variables={"SPANMETER_ZERO_FIRST": "60s"})
    prometheus = Prometheus(
        directory,
        server.addresses["metrics"][0],
        newer=request.param == "3",
        flags=["--log.level=warn"],
        rules=hasty_rules(directory),
    )
    try:
        wait_until(lambda: prometheus.is_ready, "Prometheus", 30)
        start = time.time()
        for batch in range(BATCHES):
            for run in RUNS + [LATE] * (batch == BATCHES - 1):
                send_renewed(server, run, batch)
            wait_for_scrapes(prometheus)
        wait_until(
            lambda: prometheus.query('test_case_state{state="new"} == 1'),
            "the history of the last batch",
            30,
        )
        yield prometheus, Window(start, time.time())
        complaints = prometheus.complaints()
    finally:
        prometheus.stop()
        server.kill()
    assert complaints == []


def wait_for_scrapes(prometheus):
    sent = time.time()
    wait_until(lambda: newest(prometheus) > sent + SCRAPES, "scrapes of the batch", 60)


def newest(prometheus):
    """When it scraped last, in seconds since 1970."""
    return max((float(row["value"][1]) for row in prometheus.query("timestamp(up == 1)")), default=0)


@pytest.mark.parametrize("name", boards())
def test_every_query_has_an_answer(filled, name):
    prometheus, window = filled
    asked = list(queries(name, boards()[name]))
    empty = [query for query in asked if not answer(prometheus, query, window)]
    print(f"{name}: {len(asked)} queries, {len(asked) - len(empty)} with data")
    unexplained = [str(query) for query in empty if not reasons(query)]
    assert not unexplained, "\n".join(unexplained)


@pytest.mark.parametrize("name", boards())
def test_queries_of_a_table_have_the_same_labels(filled, name):
    # Grafana joins their rows where all labels are the same, a metric's name among them.
    prometheus, window = filled
    labels = {}
    for query in queries(name, boards()[name]):
        if query.kind == "table":
            panel = query.place.rpartition(" ")[0]
            found = {frozenset(row["metric"]) for row in answer(prometheus, query, window)}
            labels.setdefault(panel, []).append(found)
    for panel, found in labels.items():
        names = set().union(*found)
        assert len(names) <= 1, f"{panel}: {names}"
        assert len(found) == 1 or not any("__name__" in label for label in names), f"{panel}: {names}"


def test_metrics_of_a_trace_are_found(filled):
    prometheus, window = filled
    files = yaml.safe_load((ROOT / "Grafana/provisioning/datasources/spanmeter.yml").read_text())
    (tempo,) = (source for source in files["datasources"] if source["type"] == "tempo")
    links = tempo["jsonData"]["tracesToMetrics"]
    labels = {"service.name": "jira-assistant-routing-tests"}
    # As Grafana fills them in: of the tags that the span has.
    tags = ", ".join(
        f'{tag["value"]}="{labels[tag["key"]]}"' for tag in links["tags"] if tag["key"] in labels
    )
    assert tags
    for query in links["queries"]:
        expression = query["query"].replace("$$", "$").replace("$__tags", tags)
        rows = prometheus.query(expression, at=window.end)
        assert [row for row in rows if float(row["value"][1]) > 0], expression


def reasons(query: Query):
    return [reason for part, reason in MAY_BE_EMPTY.items() if part in query.expression]


def test_totals_of_rules_are_what_the_suites_own_reports_say(filled):
    prometheus, _ = filled

    def total(expression):
        return float(prometheus.query(f"sum({expression})")[0]["value"][1])

    truth = json.loads((FIXTURES / "skill-routing" / "truth.json").read_text()).values()
    control = [run["total"] for run in truth] + [
        {name: -value for name, value in run["by_variant"].get("treatment", {}).items()} for run in truth
    ]
    wanted = {
        name: BATCHES * sum(sums.get(name, 0) for sums in control) for name in ("spans", "passed", "failed")
    }
    in_control = 'routing_test:results:7d{arm!="treatment"'
    assert total(in_control + "}") == wanted["spans"]
    assert total(in_control + ',outcome="passed"}') == wanted["passed"]
    assert total(in_control + ',outcome!="passed"}') == wanted["failed"]
    assert total("routing_test:accuracy:7d") == pytest.approx(wanted["passed"] / wanted["spans"])
    cost = BATCHES * sum(run["total"]["cost_usd"] for run in truth)
    assert total("routing_test:cost_usd:1d") == pytest.approx(cost)


def test_every_reason_is_of_a_query():
    every = [query for name, board in boards().items() for query in queries(name, board)]
    for part in MAY_BE_EMPTY:
        assert any(part in query.expression for query in every), part
