"""The kit over a week of real runs, replayed under a clock that is set; see week.py."""

import pytest

from kit import answer, boards, queries
from service import IS_LONG, Spanmeter
from week import live_a_week, records

# What is empty in this week, and why: a part of the query's text.
MAY_BE_EMPTY = {
    "test_cases_missing": "no test is missing",
    "spanmeter_connections_ended_total": "no connection was refused",
    'ALERTS{alertstate="firing",severity=~"P0|P1"}': "alerts are not evaluated over a history",
}


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """(a Prometheus that has seen the week, the last page, the time of a board that shows it)"""
    servers = []

    def start(**options):
        servers.append(Spanmeter(tmp_path_factory.mktemp("spanmeter"), **options))
        return servers[-1]

    try:
        prometheus, page, window = live_a_week(
            start, tmp_path_factory.mktemp("week"), rounds=2 if IS_LONG else 1
        )
    finally:
        for server in servers:
            server.kill()
    yield prometheus, page, window
    prometheus.stop()


def test_gauges_of_the_ledger_and_rules_agree_over_the_week(week):
    prometheus, page, window = week
    counted = {}
    for sample in prometheus.query("test:pass_ratio:7d", at=window.end):
        labels = sample["metric"]
        counted[labels["service"], labels["suite"]] = float(sample["value"][1])
    kept = {
        (labels["service"], labels["suite"]): value
        for labels, value in page.select("test_suite_pass_ratio", window="7d")
    }
    assert len(kept) >= 8
    assert counted == pytest.approx(kept, abs=0.01)


def test_every_rule_has_something_to_say(week):
    prometheus, _, window = week
    asked = [name for name in sorted(set(records())) if not any(part in name for part in MAY_BE_EMPTY)]
    assert [
        name for name in asked if not prometheus.query(f"last_over_time({name}[1h])", at=window.end)
    ] == []


@pytest.mark.parametrize("name", boards())
def test_every_query_has_an_answer(week, name):
    prometheus, _, window = week
    asked = list(queries(name, boards()[name]))
    empty = [query for query in asked if not answer(prometheus, query, window)]
    print(f"{name}: {len(asked)} queries, {len(asked) - len(empty)} with data; empty:", *empty, sep="\n  ")
    unexplained = [
        str(query) for query in empty if not any(part in query.expression for part in MAY_BE_EMPTY)
    ]
    assert not unexplained, "\n".join(unexplained)
