"""`spanmeter replay --renew`: recorded runs as if they happened now."""

import time

from service import CALLS, FIXTURES, run

SPANS = "spanmeter_spans_received_total"


def test_renewed_runs_happen_again_and_end_now(server):
    # One passes, and of the other one case passes at its second attempt.
    paths = [FIXTURES / "pytest-opentelemetry" / name for name in ("run01", "run02")]
    done = run("replay", "--renew", "--repeat", 2, "--to", server.http, *paths)
    assert done.returncode == 0, done.stderr

    page = server.page_with("four runs", lambda page: page.sum("test_runs_total") == 4, seconds=30)
    results = page.sum_by("result", "test_case_results_total")
    assert results["flaky"] == 2
    assert sum(results.values()) == 4 * 33
    assert page.sum("spanmeter_spans_duplicate_total") == 0
    assert page.sum(SPANS) == page.sum(CALLS)
    page = server.page_with("the last run", lambda page: page.select("test_run_last_timestamp_seconds"))
    ended = max(value for _, value in page.select("test_run_last_timestamp_seconds"))
    assert time.time() - 60 < ended <= time.time()


def test_what_cannot_be_renewed_is_said(server, tmp_path):
    (tmp_path / "000.bin").write_text('{"resourceSpans": []}')
    done = run("replay", "--renew", "--to", server.http, tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path}/000.bin: --renew is for spans in protobuf; " in done.stderr
