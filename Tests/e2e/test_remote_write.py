"""The final push: what a real Prometheus stores of it equals what the page said last."""

import json

import pytest

from polling import wait_until
from prometheus import bound, by_le
from sender import send_capture
from service import FIXTURES

TRUTH = json.loads((FIXTURES / "skill-routing" / "truth.json").read_text())
DERIVED = ("traces_", "routing_test_", "test_")
RECEIVER = "--web.enable-remote-write-receiver"


def settings(url, *lines):
    lines = [f"url: {url}/api/v1/write", *lines]
    return "remote_write:\n" + "".join(f"  {line}\n" for line in lines)


def run_and_stop(start, url, *lines):
    """A server that got spans and was stopped; with its last page before that."""
    server = start(config=settings(url, *lines))
    spans = 0
    for capture in ("run01", "run05"):
        send_capture(server, FIXTURES / "skill-routing" / capture)
        spans += TRUTH[capture]["total_spans"]
    page = server.page_with_spans(spans)
    assert server.stop() == 0
    return server, page


@pytest.mark.parametrize(("newer", "version"), [(False, "0.1.0"), (True, "2.0.0")], ids=["2.42", "3.5"])
def test_the_final_values_arrive(start, start_prometheus, newer, version):
    flags = [RECEIVER, "--enable-feature=created-timestamp-zero-ingestion"] if newer else [RECEIVER]
    prometheus = start_prometheus(None, newer, flags)
    wait_until(lambda: prometheus.is_ready, "Prometheus is ready", seconds=30)
    server, page = run_and_stop(start, prometheus.url, "labels: [job=tests, instance=here]")
    assert f"version={version}" in server.log and "unsent=0" in server.log, server.log

    names = sorted(name for name in page.samples if name.startswith(DERIVED))
    assert len(names) > 20, names
    for name in names:
        rows = prometheus.query(f"{name}[5m]")
        assert len(rows) == len(page.select(name)), name
        sums = {}
        for row in rows:
            assert (row["metric"]["job"], row["metric"]["instance"]) == ("tests", "here")
            key = bound(row["metric"])
            sums[key] = sums.get(key, 0) + float(row["values"][-1][1])
        assert sums == pytest.approx(by_le(page, name), rel=1e-12), name
    labels = {"skill": "jira-create", "direction": "input"}
    selector = ",".join(f'{key}="{value}"' for key, value in labels.items())
    stored = prometheus.query(f"sum(routing_test_tokens_total{{{selector}}})")[0]["value"][1]
    assert float(stored) == page.sum("routing_test_tokens_total", **labels) > 0

    # What is known to have begun with the process begins at 0 there, where the receiver is told and listens.
    values = prometheus.query("process_cpu_seconds_total[5m]")[0]["values"]
    assert len(values) == (2 if newer else 1) and float(values[-1][1]) > 0
    if newer:
        started = page.sum("process_start_time_seconds")
        assert float(values[0][1]) == 0 and abs(values[0][0] - started) < 3
    assert not prometheus.complaints(), "\n".join(prometheus.complaints())


def test_without_the_receivers_flag_the_log_says_so(start, start_prometheus):
    prometheus = start_prometheus()
    wait_until(lambda: prometheus.is_ready, "Prometheus is ready", seconds=30)
    server, _ = run_and_stop(start, prometheus.url)
    assert "not everything pushed by remote write" in server.log
    assert "404" in server.log and "acknowledged=0" in server.log and "requests=1" in server.log


def test_a_receiver_that_is_not_there_holds_up_the_end_only_until_the_deadline(start):
    server, _ = run_and_stop(start, "http://127.0.0.1:9", "deadline: 1s")
    assert "cannot reach http://127.0.0.1:9" in server.log


def test_nothing_is_pushed_before_the_end(start, start_prometheus):
    prometheus = start_prometheus(None, False, [RECEIVER])
    wait_until(lambda: prometheus.is_ready, "Prometheus is ready", seconds=30)
    server = start(config=settings(prometheus.url))
    send_capture(server, FIXTURES / "skill-routing" / "run01")
    server.page_with_spans(1)
    assert prometheus.query('count({job="spanmeter"})') == []
    assert server.stop() == 0
    assert prometheus.query('count({job="spanmeter"})') != []


def test_credentials_come_from_a_file(start, tmp_path):
    (tmp_path / "token").write_text("hush\n")
    server, _ = run_and_stop(
        start, "http://127.0.0.1:9", "deadline: 1s", f"bearer_token_file: {tmp_path}/missing"
    )
    assert "remote_write.bearer_token_file is" in server.log
    server, _ = run_and_stop(
        start, "http://127.0.0.1:9", "deadline: 1s", f"bearer_token_file: {tmp_path}/token"
    )
    assert "cannot reach" in server.log and "hush" not in server.log
