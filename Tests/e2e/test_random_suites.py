"""Random suites, run by the real pytest with the real plugins: spans must tell what pytest's own log says."""

import random
import subprocess
import sys

import pytest

from service import IS_LONG, ROOT, environment
from suites import cases_of, count_cases, junit_name, results_of_junit, write_suite

SEEDS = range(1, 25 if IS_LONG else 2)
MODES = {
    "plain": [],
    "reruns": ["--reruns", "2"],
    "workers": ["-n", "2"],
    "reruns in workers": ["--reruns", "1", "-n", "2"],
    # Of more than one retry of a test the log has one.
    "retries": ["-p", "no:rerunfailures", "--retries", "1"],
}


def sums(page, name, label):
    """The counters of a page by suite and one more label, without zeros."""
    found = {}
    for labels, value in page.select(name, service="shop"):
        if value:
            key = labels["suite"], labels[label]
            found[key] = found.get(key, 0) + value
    return found


@pytest.mark.parametrize("stamp", [False, True], ids=["alone", "stamped"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_results_equal_the_log(server, tmp_path, seed, mode, stamp):
    project = tmp_path / "shop"
    # pytest-retry calls itself without end for a test with subtests.
    without = ["has_subtests"] if mode == "retries" else []
    write_suite(project, random.Random(f"{seed} {mode}"), without=without)
    log = tmp_path / "log.jsonl"
    plugin = ["-p", "spanmeter_pytest"] if stamp else []
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.http}
    if stamp:
        variables["PYTHONPATH"] = str(ROOT / "Compose" / "pytest")
    junit = tmp_path / "junit.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--export-traces",
        "-p",
        "no:cacheprovider",
        f"--report-log={log}",
    ]
    command += [f"--junitxml={junit}"]
    done = subprocess.run(
        [*command, *plugin, *MODES[mode]],
        cwd=project,
        env=environment() | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    told = {junit_name(nodeid): outcomes[-1] for nodeid, outcomes in cases_of(log, is_stamped=True).items()}
    assert told == results_of_junit(junit)
    results, attempts, retries = count_cases(cases_of(log, is_stamped=stamp))
    page = server.page_with(
        "every result",
        lambda page: sum(sums(page, "test_case_results_total", "result").values()) >= results.total(),
    )
    assert sums(page, "test_case_results_total", "result") == results
    assert sums(page, "test_attempts_total", "outcome") == attempts
    assert sums(page, "test_retries_total", "rescued") == retries
