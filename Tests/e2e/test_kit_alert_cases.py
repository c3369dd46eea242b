"""Every alert of the kit is proved by the cases in PrometheusRules/tests, and points to what there is.

A test there is called `ALERT: CASE, CASE`; a case may go on in words (`stays quiet on Saturday`).
"""

import copy
import json
import re
import subprocess

import pytest
import yaml

from prometheus import tool
from service import ROOT

RULES = ROOT / "PrometheusRules"
FILES = sorted((RULES / "tests").glob("*.yml"))
BOTH = pytest.mark.parametrize("newer", [False, True], ids=["2.42", "3"])

NEEDED = {"fires", "resolves", "stays quiet", "no data", "low traffic"}
# Their series come of test runs, which may last 20 s; those of the sidecar itself do not.
FED_BY_RUNS = ["spanmeter-tests", "spanmeter-routing-tests", "spanmeter-experiments", "spanmeter-slo"]


def groups():
    return yaml.safe_load((RULES / "spanmeter-alerts.yml").read_text())["groups"]


def alerts():
    return {rule["alert"]: rule for group in groups() for rule in group["rules"]}


def needed(alert, group):
    if alert == "Watchdog":
        return {"fires"}
    return NEEDED | ({"run of 20 s"} if group in FED_BY_RUNS else set())


def cases_of_files():
    """File, alert, its cases, and the test itself."""
    for path in FILES:
        for test in yaml.safe_load(path.read_text())["tests"]:
            alert, _, cases = test["name"].partition(": ")
            yield path, alert, [case.strip() for case in cases.split(",")], test


def promtool(newer, path):
    return subprocess.run([tool("promtool", newer), "test", "rules", path], capture_output=True, text=True)


@BOTH
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_alerts_do_what_their_cases_say(path, newer):
    done = promtool(newer, path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_every_case_that_it_needs():
    found = {}
    for path, alert, cases, test in cases_of_files():
        looks = test["promql_expr_test"]
        fired = [bool(look["exp_samples"]) for look in looks]
        assert all(f'alertname="{alert}"' in look["expr"] for look in looks), f"{path.name}: {test['name']}"
        for case in cases:
            known = next((name for name in [*NEEDED, "run of 20 s"] if case.startswith(name)), None)
            match known:
                case "fires" | "run of 20 s":
                    assert any(fired), f"{path.name}: {test['name']}"
                case "resolves":
                    assert any(fired) and not fired[-1], f"{path.name}: {test['name']}"
                case "no data" | "low traffic":
                    assert not any(fired), f"{path.name}: {test['name']}"
            found.setdefault(alert, set()).add(known)
    wanted = {
        rule["alert"]: needed(rule["alert"], group["name"]) for group in groups() for rule in group["rules"]
    }
    lacking = {alert: cases - found.get(alert, set()) for alert, cases in wanted.items()}
    assert {alert: cases for alert, cases in lacking.items() if cases} == {}
    assert found.keys() <= wanted.keys(), "a test of an alert that there is not"


def seconds(text):
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def test_an_alert_that_runs_feed_looks_back_at_least_twice_as_long_as_it_waits():
    for group in groups():
        for rule in group["rules"]:
            windows = [seconds(window) for window in re.findall(r"\[([0-9a-z]+)", rule["expr"])]
            windows += [seconds(window) for window in re.findall(r":ratio_rate(\w+)\{", rule["expr"])]
            assert all(not window or window <= 14 * 86400 for window in windows), rule["alert"]
            if group["name"] in FED_BY_RUNS:
                # A short window of a budget only tells whether it goes on; its long one has to last.
                assert max(windows) >= 2 * seconds(rule.get("for", "0s")), rule["alert"]


@BOTH
def test_what_an_alert_says_has_its_value_and_no_fault(tmp_path, newer):
    """promtool is told that nothing fires, and complains with what did."""
    fired = {}
    for path in FILES:
        content = yaml.safe_load(path.read_text())
        content["rule_files"] = [str((path.parent / file).resolve()) for file in content["rule_files"]]
        chosen = []
        for test in content["tests"]:
            alert, _, cases = test["name"].partition(": ")
            if not cases.startswith("fires") or alert in fired:
                continue
            test = copy.deepcopy(test)
            look = next(look for look in test.pop("promql_expr_test") if look["exp_samples"])
            expected = {"eval_time": look["eval_time"], "alertname": alert, "exp_alerts": []}
            test["alert_rule_test"] = [expected]
            chosen.append(test)
            fired[alert] = ""
        if not chosen:
            continue
        content["tests"] = chosen
        (tmp_path / "test.yml").write_text(json.dumps(content))
        done = promtool(newer, tmp_path / "test.yml")
        assert done.returncode == 1
        said = (done.stdout + done.stderr).replace('\\"', "'")
        for alert in re.split(r"alertname: ", said)[1:]:
            fired[alert.split(",")[0].strip()] += alert
    rules = alerts()
    assert fired.keys() == rules.keys()
    for alert, text in fired.items():
        description = re.search(r'description="([^"]*)"', text)
        assert description, f"{alert} says nothing:\n{text}"
        said = description[1]
        assert "rror expanding" not in text and "<no value>" not in text and "{{" not in said, text
        assert re.search(r"\d", said), f"{alert} names no value: {said}"
        assert not re.search(r"\d\.\d{5}", said), f"{alert} names too many digits: {said}"
        for label in re.findall(r"\$labels\.(\w+)", rules[alert]["annotations"]["description"]):
            value = re.search(rf'{label}="([^"]+)"', text.split("Annotations")[0])
            assert value is None or value[1] in said, f"{alert}, {label}: {said}"


def test_each_link_of_an_alert_leads_somewhere():
    boards = {
        json.loads(path.read_text())["uid"] for path in (ROOT / "Grafana" / "dashboards").rglob("*.json")
    }
    heads = (ROOT / "Sources" / "Packs" / "BuiltIn" / "spanmeter.yaml").read_text()
    for alert, rule in alerts().items():
        annotations = rule["annotations"]
        assert (ROOT / annotations["runbook_url"]).is_file(), alert
        assert f"# {alert}\n" in (ROOT / annotations["runbook_url"]).read_text()
        if "dashboard_url" in annotations:
            assert annotations["dashboard_url"].rpartition("/d/")[2] in boards, alert
        else:
            # A board that has a head and no panels yet is not generated; then there is no link either.
            assert "executive-summary" not in {uid.removeprefix("spanmeter-") for uid in boards}
            assert "executive-summary:" in heads
        wanted = {"summary", "description", "value", "impact", "action"}
        wanted |= set() if alert == "Watchdog" else {"metric", "threshold"}
        assert wanted <= annotations.keys(), alert
        assert {"severity", "audience", "team"} <= rule["labels"].keys(), alert


def test_every_runbook_is_of_an_alert():
    assert {path.stem for path in (RULES / "runbooks").glob("*.md")} == alerts().keys()
