"""Too many values, too long values, too deep values: folded, cut, skipped, and counted.

SPANMETER_TEST_LONG=1 runs the full sizes.
"""

import pytest

import spans
from abuse import Abused
from service import CALLS, IS_LONG

BATCH = 2_000


def in_batches(count, make):
    for start in range(0, count, BATCH):
        yield [make(number) for number in range(start, min(start + BATCH, count))]


def routing_span(number):
    skill = f"skill-{number}"
    attributes = spans.string_attribute("skill.name", skill) + spans.string_attribute("expected_skill", skill)
    return spans.span("routing_test_TC001", attributes)


def test_100_000_values_of_one_label(abused):
    count = 100_000
    for batch in in_batches(count, routing_span):
        abused.send_spans(batch, BATCH)
    page = abused.check(peak_megabytes=200)
    assert page.sum("routing_test_results_total") == count
    # 2,000 values have their own series; the rest share one that says so.
    overflow = {"skill": "__overflow__", "otel_metric_overflow": "true"}
    assert page.sum("routing_test_results_total", **overflow) == count - 2_000
    assert len(page.select("routing_test_results_total")) <= 2_001
    assert page.sum("spanmeter_series_overflow_total") > 0
    demand = max(value for labels, value in page.select("spanmeter_label_values", label="skill"))
    assert demand == pytest.approx(count, rel=0.1)


def test_many_distinct_span_names(abused):
    count = 1_000_000 if IS_LONG else 200_000
    for batch in in_batches(count, lambda number: spans.span(f"GET /orders/{number}")):
        abused.send_spans(batch, BATCH)
    page = abused.check(peak_megabytes=200)
    assert len(page.select(CALLS)) <= 20_001
    assert page.sum(CALLS, otel_metric_overflow="true") > 0.9 * count


@pytest.mark.parametrize("durability", ["commit", "relaxed", "off"])
def test_a_request_of_more_series_than_a_batch_takes(start, durability):
    abused = Abused(start(variables={"SPANMETER_DURABILITY": durability}))
    count = 40_000
    abused.send_spans([spans.span(f"GET /orders/{number}") for number in range(count)], batch=count)
    assert abused.server.page_with_spans(count).sum(CALLS) == count


def test_many_services_share_the_overflow(abused):
    count = 20_000 if IS_LONG else 5_000
    for number in range(count // 10):
        body = b"".join(
            spans.request([spans.span("work")], service=f"service-{number * 10 + one}") for one in range(10)
        )
        # Requests are repeated fields only: joined, they are one request.
        assert abused.send(body, 10) is None
    abused.check(peak_megabytes=200)


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_10_megabyte_values(abused, protocol):
    huge = "ö" * 5_000_000
    as_label = spans.string_attribute("skill.name", huge) + spans.string_attribute("expected_skill", "x")
    unread = spans.string_attribute("prompt.text", huge)
    for attributes in (as_label, unread):
        code = abused.send(spans.request([spans.span("routing_test_TC001", attributes)]), 1, protocol)
        assert code is None
    assert abused.send(spans.request([spans.span(huge)]), 1, protocol) is None
    page = abused.check(peak_megabytes=300)
    assert len(page.text) < 1_000_000
    skills = [labels.get("skill", "") for labels, value in page.select("routing_test_results_total") if value]
    assert max(len(skill.encode()) for skill in skills) <= 256
    assert page.sum("spanmeter_label_values_cut_total") > 0


@pytest.mark.parametrize("protocol", ["http", "grpc"])
@pytest.mark.parametrize("key", ["skill.name", "prompt.text"])
def test_value_nested_100_000_deep(abused, protocol, key):
    value = spans.nested_value(100_000)
    attribute = spans.field(9, spans.field(1, key) + spans.field(2, value))
    abused.send(spans.request([spans.span("deep", attribute)]), 1, protocol)
    abused.check(peak_megabytes=150)


@pytest.mark.parametrize("byte", ["\n", '"', "\\", "\0", "\x7f", "é", "\u2028", "}"])
def test_any_character_in_a_name_survives_the_page(abused, byte):
    name = f"a{byte}b"
    abused.send_spans([spans.span(name)])
    page = abused.check(peak_megabytes=100)
    assert page.sum(CALLS, span_name=name) == 1


def test_bytes_that_are_no_text_do_not_spoil_the_page(abused):
    for name in (b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"):
        abused.send(spans.request([spans.span(name)]), 1)
    # Reading the page checks it: `requests` would guess, so decode strictly.
    page = abused.check(peak_megabytes=100)
    page.text.encode("utf-8")
