"""What became of tests: real runs of pytest, whose spans alone would mislead."""

import subprocess
import sys

import pytest

from polling import wait_until
from service import IS_LONG, environment

SUITE = """
import pathlib
import time

import pytest

ATTEMPTS = pathlib.Path(__file__).with_name("attempts")

def attempt(name):
    path = ATTEMPTS.with_name(name)
    count = int(path.read_text()) + 1 if path.exists() else 1
    path.write_text(str(count))
    return count

def test_passes():
    pass

def test_rescued():
    assert attempt("rescued") > 1, "stock lock lost (p=0.990)"

def test_fails_on_every_rerun():
    assert attempt("fails") < 0, "41 of 42 items"

@pytest.fixture
def broken():
    raise RuntimeError("no database")

def test_setup_fails(broken):
    pass

@pytest.mark.skip(reason="not today")
def test_skipped():
    pass
"""
FILE = "tests/test_shop.py"
RESULTS = {"passed": 1, "flaky": 1, "failed": 1, "error": 1, "skipped": 1}
# One rerun each of the three that do not pass at once.
OUTCOMES = {"passed": 2, "failed": 3, "error": 2, "skipped": 1}


@pytest.fixture
def project(tmp_path):
    project = tmp_path / "shop"
    (project / "tests").mkdir(parents=True)
    (project / "pytest.ini").write_text("[pytest]\n")
    (project / FILE).write_text(SUITE)
    return project


def command(*arguments):
    return [sys.executable, "-m", "pytest", "--export-traces", "-p", "no:cacheprovider", *arguments]


def variables(server):
    return environment() | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://" + server.grpc}


def run_suite(project, server, *arguments):
    done = subprocess.run(
        command("--reruns", "1", *arguments),
        cwd=project,
        env=variables(server),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Failed to export" not in done.stderr, done.stderr


def page_with_results(server, results, runs):
    """The first page that has all of them: results come some seconds after the spans."""

    def have_all(page):
        return (
            page.sum_by("result", "test_case_results_total", service="shop") == results
            and page.sum("test_runs_total", service="shop") == runs
        )

    return server.page_with("every result and run", have_all, seconds=30)


def states(page):
    """By test, the state that is 1."""
    return {
        have["test"].partition("::")[2]: have["state"]
        for have, value in page.select("test_case_state", service="shop")
        if value == 1
    }


def test_results_attempts_and_states_of_a_real_run(server, project):
    run_suite(project, server)
    page = page_with_results(server, RESULTS, runs=1)
    labels = {"service": "shop", "environment": "default", "suite": FILE}
    assert page.sum_by("result", "test_case_results_total", **labels) == RESULTS
    assert page.sum_by("outcome", "test_attempts_total", **labels) == OUTCOMES
    assert page.sum_by("rescued", "test_retries_total", **labels) == {"true": 1, "false": 2}
    assert page.sum("test_case_duration_seconds_count", **labels) == 5
    assert page.sum_by("result", "test_runs_total", service="shop") == {"failed": 1}
    patterns = {have["pattern"] for have, _ in page.select("test_failure_patterns_total", **labels)}
    assert any("stock lock lost (p=#)" in pattern for pattern in patterns), patterns
    assert not any("41" in pattern for pattern in patterns), patterns
    page = server.page_with("the states", lambda page: len(states(page)) == 4)
    assert states(page) == {
        "test_passes": "new",
        "test_rescued": "flaky",
        "test_fails_on_every_rerun": "new",
        "test_setup_fails": "new",
    }
    assert page.sum_by("state", "test_cases", **labels) == {"flaky": 1, "new": 3}
    assert page.sum_by("result", "test_run_last_cases", service="shop") == RESULTS


def test_what_fails_in_three_runs_is_broken(server, project):
    for _ in range(3):
        run_suite(project, server)
    # What was rescued in the first run passes at once in the others.
    results = {"passed": 5, "flaky": 1, "failed": 3, "error": 3, "skipped": 3}
    page_with_results(server, results, runs=3)
    page = server.page_with("the states", lambda page: "broken" in states(page).values())
    assert states(page)["test_fails_on_every_rerun"] == "broken"
    assert states(page)["test_setup_fails"] == "broken"
    assert states(page)["test_rescued"] == "flaky"


def test_results_of_parallel_workers(server, project):
    run_suite(project, server, "-n", "2")
    page = page_with_results(server, RESULTS, runs=1)
    workers = {have["worker"] for have, _ in page.select("test_worker_busy_seconds_total", service="shop")}
    assert workers <= {"gw0", "gw1"} and workers, workers


# Longer than a fold waits and than exporters keep spans; each attempt's set-up is sent long before the test.
PATIENCE = 15 if IS_LONG else 6
PATIENT = f"""
import time

def test_patient():
    time.sleep({PATIENCE})
    assert False, "gave up"
"""


def test_a_long_test_and_its_long_rerun_are_one_result(server, project):
    (project / FILE).write_text(PATIENT)
    run_suite(project, server)
    page = page_with_results(server, {"failed": 1}, runs=1)
    assert page.sum_by("outcome", "test_attempts_total", service="shop") == {"failed": 2}
    assert page.sum_by("rescued", "test_retries_total", service="shop") == {"false": 1}
    assert page.sum("test_case_duration_seconds_sum", service="shop") == pytest.approx(PATIENCE, abs=0.5)
    assert page.sum("test_retry_waste_seconds_total", service="shop") == pytest.approx(PATIENCE, abs=0.5)


SLOW = """
import time

import pytest

@pytest.mark.parametrize("number", range(24))
def test_slow(number):
    time.sleep(0.5)

def test_last():
    assert False, "the last one"
"""


def ports(server):
    """Flags that let another process take the server's place."""
    return [
        flag
        for listener in ("otlp-grpc", "otlp-http", "metrics")
        for flag in (f"--{listener}", server.addresses[listener][0])
    ]


def test_a_run_goes_on_over_a_crash(start, project, tmp_path):
    (project / FILE).write_text(SLOW)
    data = tmp_path / "data"
    server = start(data=data)
    with open(tmp_path / "pytest", "wb") as output:
        tests = subprocess.Popen(
            command("-q"),
            cwd=project,
            env=variables(server) | {"OTEL_BSP_SCHEDULE_DELAY": "1000"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        # Some tests have their result, some wait for it, some are still to come.
        server.page_with(
            "the first results", lambda page: page.sum("test_case_results_total", service="shop") >= 2, 60
        )
        before = server.page()
        server.kill()
        server = start(data=data, default_ports=True, arguments=ports(server))
        after = server.page()
        assert after.sum("test_case_results_total") >= before.sum("test_case_results_total")
        assert tests.wait(timeout=120) == 1, (tmp_path / "pytest").read_text()
    finally:
        tests.kill()
    page = page_with_results(server, {"passed": 24, "failed": 1}, runs=1)
    assert page.sum("test_attempts_total", service="shop") == 25
    assert page.sum_by("result", "test_runs_total", service="shop") == {"failed": 1}
    assert wait_until(lambda: server.page().sum("test_run_active", service="shop") == 0, "the run to end")


def test_states_survive_a_stop(start, project, tmp_path):
    data = tmp_path / "data"
    server = start(data=data)
    run_suite(project, server)
    # A stop decides at once on what is there: nothing waits for the five seconds.
    assert server.stop() == 0
    server = start(data=data)
    page = page_with_results(server, RESULTS, runs=1)
    assert states(page)["test_rescued"] == "flaky"
