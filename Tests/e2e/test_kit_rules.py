"""Recording rules against series that promtool plays: short runs, replicas, restarts, weeks."""

import json
import subprocess

import pytest

from prometheus import tool
from service import ROOT

RULES = ROOT / "PrometheusRules" / "spanmeter-recording.yml"
SHOP = {"service": "shop", "environment": "ci"}


def series(name, values, **labels):
    labels = ",".join(f'{key}="{value}"' for key, value in {**SHOP, **labels}.items())
    return {"series": f"{name}{{{labels}}}", "values": values}


def results(outcome, values, instance="a", arm="none", skill="s"):
    labels = {"outcome": outcome, "arm": arm, "skill": skill, "instance": instance}
    return series("routing_test_results_total", values, **labels)


def span_calls(name, status, values):
    labels = {"span_name": name, "status_code": f"STATUS_CODE_{status}"}
    return series("traces_spanmetrics_calls_total", values, **labels)


def cost(values, instance="a"):
    labels = {"instance": instance, "skill": "s", "model": "m"}
    return [series(f"routing_test_cost_usd_{part}", values, **labels) for part in ("sum", "count")]


def cases(result, values, suite="a.py", instance="a"):
    return series("test_case_results_total", values, suite=suite, result=result, instance=instance)


# What is scraped, how far apart; when is looked; and what the expressions are then. `_` is no sample, `stale`
# the mark of a target that vanished.
CASES = {
    "runs of 20 s whose targets vanish": (
        "15s",
        [
            *(results("passed", f"_x{at} 0 20 21 stale", instance=str(at)) for at in (0, 40, 80)),
            *(results("misrouted", f"_x{at} 0 0 7 stale", instance=str(at)) for at in (0, 40, 80)),
        ],
        "30m",
        {
            'sum(routing_test:results:1h{outcome="passed"})': 63,
            'sum(routing_test:results:7d{outcome="misrouted"})': 21,
            "routing_test:accuracy:1h": 0.75,
            "routing_test:accuracy:7d": 0.75,
        },
    ),
    "a series that is born in the middle of a run": (
        "15s",
        [
            series("routing_test_api_calls_total", "0 20 30 stale", skill="s"),
            series("routing_test_retries_total", "_ 0 3 stale", skill="s", error_type="429"),
            series("routing_test_api_errors_total", "_ 0 3 stale", error_type="429"),
        ],
        "1m",
        {
            "routing_test:api_retry_ratio:5m": 0.1,
            'routing_test:api_error_ratio:5m{error_type="429"}': 0.1,
        },
    ),
    "calls that nobody had to repeat": (
        "15s",
        [series("routing_test_api_calls_total", "0 20x9", skill="s")],
        "2m",
        {"routing_test:api_retry_ratio:5m": 0},
    ),
    "replicas, and one that is restarted: counters go on": (
        "1m",
        [
            results("passed", "0+1x60 _x3 60+1x60", instance="a"),
            results("error", "0+1x120", instance="b"),
        ],
        "130m",
        {"sum(routing_test:results:1d)": 240, "routing_test:accuracy:1d": 0.5},
    ),
    "a data directory that was lost: counters fall": (
        "5m",
        [results("passed", "0+1x120 0+1x120")],
        "20h",
        {"sum(routing_test:results:1d) > 238 < 242": None},
    ),
    "an experiment's treatment": (
        "1m",
        [
            results("passed", "0 8x60", arm="control"),
            results("misrouted", "0 2x60", arm="control"),
            results("misrouted", "0 90x60", arm="treatment"),
        ],
        "30m",
        {
            "routing_test:accuracy:7d": 0.8,
            "routing_test:skill_accuracy:7d": 0.8,
            "routing_test:skill_cases:7d": 10,
            'routing_test:arm_accuracy:7d{arm="treatment"}': 0,
            # Wilson's interval of 8 out of 10.
            "round(routing_test:skill_accuracy_low:7d, 0.0001)": 0.4902,
            "round(routing_test:skill_accuracy_high:7d, 0.0001)": 0.9433,
        },
    ),
    "tests that never, sometimes and always pass": (
        "1m",
        [
            span_calls("routing_test_never", "ERROR", "0 4x60"),
            span_calls("routing_test_flaky", "OK", "0 2x60"),
            span_calls("routing_test_flaky", "ERROR", "0 2x60"),
            span_calls("routing_test_always", "OK", "0 4x60"),
            span_calls("other", "OK", "0 4x60"),
        ],
        "30m",
        {
            'routing_test:pass_rate_7d{span_name="routing_test_never"}': 0,
            'routing_test:pass_rate_7d{span_name="routing_test_always"}': 1,
            "count(routing_test:pass_rate_7d)": 3,
            "count(routing_test:flaky_tests)": 1,
            'routing_test:flaky_tests{span_name="routing_test_flaky"}': 0.5,
        },
    ),
    "worse than a week ago": (
        "1h",
        [results("passed", "0+9x170 1530+6x166"), results("misrouted", "0+1x170 170+4x166")],
        "336h",
        {"round(routing_test:accuracy_delta:wow, 0.01)": -0.3},
    ),
    "a cost of three days": (
        "1h",
        cost("0x11 10x23 20x23 30x23"),
        "72h",
        # In January 1970.
        {"routing_test:cost_usd:1d": 10, "round(routing_test:cost_usd:month_projected, 1)": 310},
    ),
    "a cost of one run a week": (
        "1h",
        [*cost("_x10 0 10 stale"), *cost("_x178 0 10 stale", instance="b")],
        "181h",
        {"round(routing_test:cost_usd:month_projected, 0.1)": 44.3},
    ),
    "a cost of the first hour": (
        "1m",
        cost("0 2x20"),
        "10m",
        {"routing_test:cost_usd:month_projected": 2 * 31},
    ),
    "what an hour usually costs, after four days": (
        "15m",
        cost(" ".join(str((quarter + 2) // 4 * 2) for quarter in range(400))),
        "98h",
        {"routing_test:cost_usd:1h_median_7d": 2, "routing_test:cost_usd:1h_deviation_7d": 0},
    ),
    "two days, which are not enough to say what is usual": (
        "30m",
        cost("0+1x110"),
        "54h",
        {"count(routing_test:cost_usd:1h_median_7d) or vector(0)": 0},
    ),
    "suites of tests": (
        "1m",
        [
            cases("passed", "0 8x60"),
            cases("flaky", "0 1x60"),
            cases("failed", "0 1x60"),
            cases("skipped", "0 50x60"),
            cases("error", "0 10x60", suite="b.py"),
            cases("skipped", "0 10x60", suite="c.py"),
        ],
        "30m",
        {
            'test:pass_ratio:7d{suite="a.py"}': 0.9,
            'test:pass_ratio:7d{suite="b.py"}': 0,
            "count(test:pass_ratio:7d)": 2,
            "test:service_pass_ratio:7d": 0.45,
        },
    ),
    "one of two workers is busy, and a third was yesterday": (
        "15s",
        [
            series("routing_test_worker_busy_seconds_total", "0+15x120", worker="gw0"),
            series("routing_test_worker_busy_seconds_total", "0 15x120", worker="gw1"),
            series("routing_test_worker_busy_seconds_total", "900x120", worker="gw2"),
        ],
        "20m",
        {"routing_test:workers:30m": 2, "round(routing_test:worker_utilization:5m, 0.001)": 0.5},
    ),
    "nothing": ("1m", [series("up", "1x10")], "10m", {'count({__name__=~"routing_test.*"}) or vector(0)': 0}),
}


@pytest.mark.parametrize("newer", [False, True], ids=["2.42", "3"])
@pytest.mark.parametrize("case", CASES)
def test_rules_say_what_happened(tmp_path, case, newer):
    step, inputs, time, expected = CASES[case]
    tests = [
        {
            # A name is of no interest here, nor are labels.
            "expr": f"count({expression})" if value is None else f"sum({expression})",
            "eval_time": time,
            "exp_samples": [{"labels": "{}", "value": 1 if value is None else value}],
        }
        for expression, value in expected.items()
    ]
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": step,
        "tests": [{"interval": step, "input_series": inputs, "promql_expr_test": tests}],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    done = subprocess.run(
        [tool("promtool", newer), "test", "rules", tmp_path / "test.yml"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
