"""What alerts say where nothing is wrong: of counters that come back behind a quiet day, of latency."""

import pytest
import requests

import spans
from exposition import Page
from month import BEGIN, DAY, HOUR, MINUTE
from polling import wait_until
from scraped import Scrapes, alert
from sender import post
from week import Clock


class Suite:
    """A server under a set clock, its scrapes, and a suite that runs now and then."""

    def __init__(self, start, directory):
        self.clock = Clock(directory, BEGIN)
        self.scrapes = Scrapes()
        self._sequence = 0
        self._server = start(
            data=directory / "data",
            through=["bash", "-c", 'exec "$0" "$@"'],
            variables=self.clock.variables | {"SPANMETER_ZERO_FIRST": "60s"},
        )

    def look(self):
        answer = requests.get(self._server.scrape + "/metrics", timeout=30)
        answer.raise_for_status()
        self.scrapes.add(self.clock.now, answer.text)
        return Page(answer.text)

    def look_each_minute(self, begin, end):
        while begin <= end:
            self.clock.set(begin)
            self.look()
            begin += MINUTE

    def run(self, at, count, cost=0.001, limited=0, latency=(0.5, 0.5)):
        """Cases that all pass; `limited` of them were refused once before, for too many requests.

        Latencies are evenly between two.
        """
        self._sequence += 1
        self.clock.set(at)
        sent = []
        for number in range(count):
            seconds = latency[0] + (latency[1] - latency[0]) * number / count
            said = {
                "test.case.id": f"refund-{number}",
                "test.run.sequence": self._sequence,
                "skill.name": "refund",
                "expected_skill": "refund",
                "actual_skill": "refund",
                "retry_count": int(number < limited),
                "api_latency": seconds,
                "model": "small-model-1",
                "cost_usd": cost,
            }
            if number < limited:
                said["error_type"] = "429"
            attributes = b"".join(spans.attribute(key, value) for key, value in said.items())
            sent.append(spans.span("routing_test_refund", attributes, end=at, seconds=seconds + 0.1))
        assert post(self._server.http, spans.request(sent, "billing-routing")) == 0
        # New series show 0 first.
        self.look_each_minute(at, at + 2 * MINUTE)

    def rest_until(self, at, family, **labels):
        """Lets time pass until a counter has left the page, which it has after a day."""
        self.clock.set(at)
        wait_until(lambda: not self._server.page().select(family, **labels), f"{family} to go", pause=0.3)
        self.look()


@pytest.fixture
def suite(start, tmp_path):
    return Suite(start, tmp_path)


def values(prometheus, name, begin, end):
    """What the expression of an alert says each minute of a time."""
    data = prometheus.get("query_range", query=alert(name), start=begin, end=end, step=MINUTE)
    return [float(value) for row in data["result"] for _, value in row["values"]]


@pytest.mark.parametrize("name", ["APIRateLimited", "HighAPIRetryRate"])
def test_one_refused_call_is_no_alarm_a_day_behind_many(suite, tmp_path, name):
    night = BEGIN + 2 * HOUR
    suite.run(night, 200, limited=100)
    # The next night begins at about the same time, and goes well but for one call when it is nearly over.
    suite.look_each_minute(night + DAY - 5 * MINUTE, night + DAY - 2 * MINUTE)
    suite.run(night + DAY - MINUTE, 100)
    suite.rest_until(night + DAY + 4 * MINUTE, "routing_test_api_errors_total")
    suite.run(night + DAY + 6 * MINUTE, 100, limited=1)
    suite.look_each_minute(night + DAY + 9 * MINUTE, night + DAY + 20 * MINUTE)
    prometheus = suite.scrapes.prometheus(tmp_path)
    try:
        assert values(prometheus, name, night, night + 10 * MINUTE)
        assert values(prometheus, name, night + DAY - 5 * MINUTE, night + DAY + 20 * MINUTE) == []
    finally:
        prometheus.stop()


def test_a_days_cost_is_not_that_of_all_days_before_it(suite, tmp_path):
    # Twelve days of 4 USD, each run a bit before a day is over; behind the last of them a day without any.
    for day in range(12):
        suite.run(BEGIN + day * (DAY - MINUTE) + 17 * HOUR, 40, cost=0.1)
    last = BEGIN + 11 * (DAY - MINUTE) + 17 * HOUR
    suite.look_each_minute(last + DAY - 8 * MINUTE, last + DAY)
    suite.rest_until(last + DAY + 4 * MINUTE, "routing_test_cost_usd_sum")
    next_run = last + 2 * DAY - 7 * HOUR
    suite.run(next_run, 40, cost=0.1)
    prometheus = suite.scrapes.prometheus(tmp_path)
    try:
        assert values(prometheus, "DailyCostExceeded", next_run, next_run + 2 * MINUTE) == []
    finally:
        prometheus.stop()


def test_calls_that_all_take_less_than_the_objective_are_not_too_slow(suite, tmp_path):
    for minute in range(0, 30, 5):
        suite.run(BEGIN + minute * MINUTE, 60, latency=(0.3, 1.3))
    prometheus = suite.scrapes.prometheus(tmp_path)
    try:
        assert values(prometheus, "APILatencyHigh", BEGIN, BEGIN + 30 * MINUTE) == []
    finally:
        prometheus.stop()
