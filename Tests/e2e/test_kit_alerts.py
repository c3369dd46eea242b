"""Alerts that follow from an objective: promtool plays series to the generated rules."""

import json
import subprocess

import pytest

from prometheus import tool
from service import ROOT

RULES = ROOT / "PrometheusRules"
FAST, SLOWLY = "RoutingAccuracyBudgetBurnsFast", "RoutingAccuracyBudgetBurnsSlowly"


def results(passed, misrouted, arm="none"):
    """Two counters of routing results, a value every two minutes."""
    name = f'routing_test_results_total{{service="shop",skill="s",arm="{arm}"'
    return [
        {"series": f'{name},outcome="passed"}}', "values": passed},
        {"series": f'{name},outcome="misrouted"}}', "values": misrouted},
    ]


TARGET = {"series": 'spanmeter_objective{name="routing_accuracy",bound="target"}', "values": "0.5x300"}

# What happened in ten hours, a value every two minutes; when it is looked at; and who is firing then.
CASES = {
    "most fail": (results("0+4x300", "0+6x300"), "8h", {FAST, SLOWLY}),
    "as many fail as may": (results("0+85x300", "0+15x300"), "8h", set()),
    "nothing ran": ([], "8h", set()),
    "nothing failed, and no failure was ever seen": (results("0+10x300", "0+6x300")[:1], "8h", set()),
    "all fail, but only a few ran": (results("0x300", "0x200 1+1x9 10x90"), "8h", set()),
    "all failed, and it was over hours ago": (results("0x120 0+10x180", "0+10x120 1200x180"), "9h", {SLOWLY}),
    "only a treatment fails": (results("0+1x300", "0+9x300", arm="treatment"), "8h", set()),
    "most fail, and the target allows it": (results("0+6x300", "0+4x300") + [TARGET], "8h", set()),
    # Prometheus scraped this run of 20 s twice: its first value and its last.
    "a run of 20 s in which 40 of 50 fail": (results("0x235 10x65", "0x235 40x65"), "8h", {FAST}),
}


@pytest.mark.parametrize("newer", [False, True], ids=["2.42", "3"])
@pytest.mark.parametrize("case", CASES)
def test_budget_alerts_fire_when_they_should_and_only_then(tmp_path, case, newer):
    series, time, firing = CASES[case]
    query = f'count by (alertname) (ALERTS{{alertname=~"{FAST}|{SLOWLY}",alertstate="firing"}})'
    expected = [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in sorted(firing)]
    test = {
        "rule_files": [str(RULES / "spanmeter-recording.yml"), str(RULES / "spanmeter-alerts.yml")],
        "evaluation_interval": "2m",
        "tests": [
            {
                "interval": "2m",
                "input_series": series,
                "promql_expr_test": [{"expr": query, "eval_time": time, "exp_samples": expected}],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    done = subprocess.run(
        [tool("promtool", newer), "test", "rules", tmp_path / "test.yml"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
