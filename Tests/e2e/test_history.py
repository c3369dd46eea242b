"""A recorded history of runs, replayed in order: what became flaky, broken, healthy again, and since when."""

import json
import time

from captures import send_renewed
from service import FIXTURES, run

SUITE = "pytest-opentelemetry"
TRUTH = json.loads((FIXTURES / SUITE / "truth.json").read_text())
RUNS = ["run01", "run02", "run03", "run04", "run05", "run06", "run09"]
COMMITS = {told["run"]: told["commit"] for told in TRUTH["runs"]}
BAD = {"failed", "error(setup)", "passed+error(teardown)"}


def histories():
    """By test, how it ended in each run of the history."""
    return {test: [ends.get(name) for name in RUNS] for test, ends in TRUTH["by_test"].items()}


def replay(server, names, number):
    """The runs, a minute apart, the last one just now; their results are kept when this returns."""
    before = server.page().sum("test_case_results_total")
    cases = sum(len(told["tests"]) for name in names for told in TRUTH["runs"] if told["run"] == name)
    for place, name in enumerate(names):
        end = time.time() - 60 * (len(names) - 1 - place)
        send_renewed(server, FIXTURES / SUITE / name, number, end)
    server.page_with("every result", lambda page: page.sum("test_case_results_total") >= before + cases, 30)


def told(data):
    """What `spanmeter tests` says, by test."""
    done = run("tests", "--data", data, "--format", "json")
    assert done.returncode == 0, done.stderr
    return {row["test"]: row for row in json.loads(done.stdout)}


def test_states_of_a_recorded_history(start, tmp_path):
    data = tmp_path / "data"
    server = start(data=data)
    replay(server, RUNS, 1)
    server.stop()
    rows = told(data)
    states = {test: row["state"] for test, row in rows.items()}
    always = {test for test, ends in histories().items() if set(ends) <= BAD}
    assert len(always) == 4
    assert {test for test, state in states.items() if state == "broken"} == always
    assert {rows[test]["failingSince"]["revision"] for test in always} == {COMMITS["run01"]}
    # A rescue by a rerun, or a pass and a failure on one commit.
    rescued = {test for test, ends in histories().items() if any("*" in (end or "") for end in ends)}
    both = {
        test
        for test, ends in histories().items()
        for commit in set(COMMITS.values())
        if {"passed", "failed"}
        <= {end for name, end in zip(RUNS, ends, strict=True) if COMMITS[name] == commit}
    }
    assert len(rescued | both) == 3
    assert {test for test, state in states.items() if state == "flaky"} == rescued | both
    # Fixed once, and not failing since.
    fixed = [test for test, ends in histories().items() if ends == ["failed"] * 6 + ["passed"]]
    assert [states[test] for test in fixed] == ["healthy"]

    # The commit of the last run goes on to fail: what it broke is broken since then.
    server = start(data=data)
    for number in (2, 3):
        replay(server, ["run09"], number)
    server.stop()
    rows = told(data)
    new = [test for test, ends in histories().items() if ends == ["passed"] * 6 + ["failed"]]
    assert [rows[test]["state"] for test in new] == ["broken"]
    assert [rows[test]["failingSince"]["revision"] for test in new] == [COMMITS["run09"]]
