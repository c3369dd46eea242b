"""Recorded runs of a routing suite with an experiment: what is told of it is what the suite's report says."""

import json

import pytest
from scipy import stats

from captures import send_renewed
from sender import send_capture
from service import FIXTURES, run

RUNS = FIXTURES / "skill-routing"
TRUTH = json.loads((RUNS / "truth.json").read_text())
RUN = "run05"
EXPERIMENT = "exp-haiku-2026-11"
ARMS = TRUTH[RUN]["by_variant"]
FAMILIES = ("experiment_", "skill_")


def settled(server, cases):
    return server.page_with(
        "every case of the experiment", lambda page: page.sum("experiment_cases") == cases, seconds=30
    )


def figures(page):
    """Every series about experiments and skills, but those of time."""
    return sorted(
        line for line in page.text.splitlines() if line.startswith(FAMILIES) and "_timestamp_" not in line
    )


def one(page, name, **labels):
    found = [value for _, value in page.select(name, **labels)]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def test_arms_are_what_the_suites_own_report_says(server):
    send_capture(server, RUNS / RUN)
    page = settled(server, TRUTH[RUN]["total"]["spans"])
    for variant, sums in ARMS.items():
        arm = {"experiment": EXPERIMENT, "variant": variant}
        assert one(page, "experiment_cases", **arm) == sums["spans"]
        assert one(page, "experiment_pass_ratio", **arm) == pytest.approx(sums["passed"] / sums["spans"])
        assert one(page, "experiment_cost_usd_per_case", **arm) == pytest.approx(
            sums["cost_usd"] / sums["spans"]
        )
        tokens = (sums["token_input"] + sums["token_output"]) / sums["spans"]
        assert one(page, "experiment_tokens_per_case", **arm) == pytest.approx(tokens)
    control, treatment = ARMS["control"], ARMS["treatment"]
    table = [[arm["passed"], arm["spans"] - arm["passed"]] for arm in (control, treatment)]
    wanted = stats.fisher_exact(table).pvalue
    p_value = one(page, "experiment_p_value", experiment=EXPERIMENT, test="fisher")
    assert p_value == pytest.approx(wanted, abs=1e-9)
    lift = treatment["passed"] / treatment["spans"] - control["passed"] / control["spans"]
    assert one(page, "experiment_lift", experiment=EXPERIMENT) == pytest.approx(lift)
    assert [labels["state"] for labels, value in page.select("experiment_state") if value] == ["running"]


def test_a_restart_and_a_repeat_change_nothing(start, tmp_path):
    cases = TRUTH[RUN]["total"]["spans"]
    runs = ("run01", "run05", "run02")
    whole = start()
    for name in runs:
        send_capture(whole, RUNS / name)
    wanted = figures(settled(whole, cases))
    server = start(data=tmp_path / "data")
    for name in runs:
        send_capture(server, RUNS / name)
        server.kill()
        server = start(data=tmp_path / "data")
        send_capture(server, RUNS / name)
    assert figures(settled(server, cases)) == wanted
    server.stop()


def test_commands_tell_what_the_gauges_tell(start, tmp_path):
    server = start(data=tmp_path / "data")
    # The report's skill was changed before this run.
    send_renewed(server, RUNS / "run04", 1)
    send_renewed(server, RUNS / RUN, 2)
    page = settled(server, TRUTH[RUN]["total"]["spans"])
    directory = ("--data", tmp_path / "data")
    listed = run("experiment", "list", *directory, "--format", "json")
    assert listed.returncode == 0, listed.stderr
    (experiment,) = json.loads(listed.stdout)
    assert experiment["experiment"] == EXPERIMENT
    assert {arm["name"]: arm["passed"] for arm in experiment["arms"]} == {
        name: sums["passed"] for name, sums in ARMS.items()
    }
    (treatment,) = (arm for arm in experiment["arms"] if not arm["reference"])
    assert treatment["pValues"]["sequential"] == one(page, "experiment_p_value", test="sequential")
    shown = run("experiment", "show", EXPERIMENT, *directory)
    assert shown.returncode == 0, shown.stderr
    assert f"running: {experiment['reason']}\n" in shown.stdout
    print(shown.stdout)
    wrong = run("experiment", "show", EXPERIMENT[:-1], *directory)
    assert wrong.returncode == 1 and f"did you mean '{EXPERIMENT}'" in wrong.stderr

    skills = json.loads(run("skills", "list", *directory, "--format", "json").stdout)
    assert {skill["skill"]: skill["changes"] for skill in skills if skill["changes"]} == {"jira-report": 1}
    changed = page.sum_by("skill", "skill_changes_total")
    assert {skill: count for skill, count in changed.items() if count} == {"jira-report": 1}
    shown = run("skills", "show", "jira-report", *directory)
    assert "changes: 1" in shown.stdout and "342042895e9a" in shown.stdout
    print(
        shown.stdout, run("skills", "list", *directory).stdout, run("experiment", "list", *directory).stdout
    )
