"""What days and months cost, as the page says it: in the configured time zone, once, over kills."""

import datetime
import time
import zoneinfo

import requests

import spans

TODAY = "spanmeter_cost_usd_today"
MONTH = "spanmeter_cost_usd_month_to_date"
ZONE = zoneinfo.ZoneInfo("Asia/Kathmandu")
CONFIG = """
time_zone: Asia/Kathmandu
prices:
  version: test
  models:
    "cheap-*": { input: 10, output: 100 }
"""


def attributes(**values):
    return {key.replace("__", "."): value for key, value in values.items()}


def send(server, bodies, service="shop"):
    body = spans.request(bodies, service)
    headers = {"Content-Type": "application/x-protobuf"}
    answer = requests.post(server.http + "/v1/traces", body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text


def routing(usd, end, trace=None):
    return spans.timed("routing_test_TC1", {"cost_usd": usd}, end, seconds=10, trace=trace)


def call(end, trace=None):
    """0.011 USD."""
    told = attributes(
        gen_ai__operation__name="chat",
        gen_ai__request__model="cheap-one",
        gen_ai__usage__input_tokens=100,
        gen_ai__usage__output_tokens=100,
    )
    return spans.timed("chat cheap-one", told, end, seconds=1, kind=3, trace=trace)


def test_costs_of_today_and_of_the_month(start, tmp_path):
    data = tmp_path / "data"
    server = start(data=data, config=CONFIG)
    now = time.time()
    midnight = datetime.datetime.fromtimestamp(now, ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    assert now - midnight.timestamp() < 86_000, "about midnight; run it again"
    begin = midnight.replace(day=1)
    # Before midnight, and before the month.
    yesterday, before = midnight.timestamp() - 1, begin.timestamp() - 1
    trace = spans.trace_id()
    bodies = [
        routing(1.5, now),
        routing(0.25, yesterday),
        routing(8, before),
        call(now),
        # Inside of a routing test, which has counted it.
        routing(0.125, now, trace),
        call(now - 2, trace),
    ]
    send(server, bodies)
    send(server, [call(now)], "till")
    this_month = 0.25 if yesterday > begin.timestamp() else 0
    wanted = [("shop", 1.5 + 0.011 + 0.125, this_month), ("till", 0.011, 0)]
    for _ in range(2):
        page = server.page()
        assert {labels["environment"] for labels, _ in page.select(TODAY)} == {"default"}
        for service, today, earlier in wanted:
            assert abs(page.sum(TODAY, service=service) - today) < 1e-9
            assert abs(page.sum(MONTH, service=service) - today - earlier) < 1e-9
        server.kill()
        server = start(data=data, config=CONFIG)
        # Again what was acknowledged.
        send(server, bodies)
    # The series of days are not shown as they are.
    assert "spent_usd" not in page.text and 'day="' not in page.text


def test_nothing_is_said_of_costs_before_there_are_any(server):
    assert not server.page().select(TODAY) and not server.page().select(MONTH)
