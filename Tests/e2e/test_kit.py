"""What `spanmeter generate` writes: against Grafana's own model, and both generations of promtool."""

import copy
import json
import shutil
import subprocess

import pytest

from kit import UNITS, defects
from prometheus import tool
from service import ROOT, run

KINDS = [
    "stat",
    "gauge",
    "timeseries",
    "bargauge",
    "barchart",
    "table",
    "heatmap",
    "state-timeline",
    "status-history",
    "histogram",
    "piechart",
]
STYLES = ["style: lines", "style: bars, stack: percent, legend: list", "style: points, legend: none"]
DASHBOARDS = sorted((ROOT / "Grafana" / "dashboards").rglob("*.json"))

# Every key that a panel may have, in panels of every kind.
PACK = """
pack: all
external: { x: [environment, service, suite, a, b], y: [suite] }
objectives:
  good: { target: 0.9, description: Good., board: all }
  middle: { comparison: between, min: 1, max: 2, description: Middle. }
boards:
  all:
    title: All
    folder: qa
    text: Every kind of panel.
    services: traces_target_info
    variables:
      - { variable: suite, title: Suite, of: "x{$scope}" }
      - { variable: arm, values: [a, b], single: true }
      - { variable: window, values: [1d, 7d] }
    annotations:
      - { annotation: Changes, expr: x, colour: purple, title: "{{a}}", text: "{{b}}", tags: [a], step: 5m }
    rows:
      - panels:
          - { panel: Words, kind: text, content: "# Words" }
          - { panel: Goal, kind: stat, text: T., unit: s, expr: x, objective: good, change: true, link: all }
          - { panel: Range, kind: stat, text: T., unit: s, expr: x, objective: middle, graph: false,
              calc: mean, lower_is_better: true }
          - panel: Over time
            kind: timeseries
            text: T.
            unit: s
            objective: good
            interval: 1m
            fixed_window: why
            queries:
              - { expr: x, legend: up, fill_to: low, axis: right, colour: red, dashed: true, exemplar: true }
              - { expr: y, legend: low, unit: ms, hide: true }
      - row: Closed
        collapsed: true
        panels:
          - panel: Table
            kind: table
            text: T.
            queries: [{ expr: x, legend: Ratio }, { expr: y, legend: Count }]
            columns:
              - { column: suite, title: Suite, width: 100, link: all }
              - { column: Ratio, unit: percentunit, decimals: 1, thresholds: { base: red, 0.5: amber },
                  mappings: { 1: { text: all, colour: green } } }
            sort: Ratio desc
      - row: Kinds
        panels:
"""


def every_kind():
    keys = (
        "decimals: 2, min: 0, max: 10, no_value: nothing, thresholds: { base: green, 0.5: amber, 1: red }, "
        "mappings: { 1: one, '2..3': { text: more, colour: red } }, colours: { a: green }, calc: max, "
        "width: 8"
    )
    panels = []
    for kind in KINDS:
        columns = "columns: [a], " if kind in ("table", "barchart") else ""
        for extra in STYLES:
            panel = f"panel: {kind}, kind: {kind}, unit: s, text: T., expr: x, {columns}{keys}, {extra}"
            panels.append(f"          - {{ {panel} }}\n")
    return PACK + "".join(panels)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A folder with the kit of the built-in packs and of the one above."""
    folder = tmp_path_factory.mktemp("kit")
    (folder / "all.yaml").write_text(every_kind())
    scope = """kit: { scope: 'environment="prod"' }\n"""
    (folder / "spanmeter.yaml").write_text("packs: { files: [all.yaml] }\n" + scope)
    done = run("generate", "--config", "spanmeter.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_grafanas_model_reads_and_writes_a_board_without_a_difference(path):
    assert defects(json.loads(path.read_text())) == []


def test_so_it_does_with_every_kind_of_panel(generated):
    board = json.loads((generated / "Grafana/dashboards/qa/all.json").read_text())
    kinds = {panel["type"] for panel in board["panels"]}
    assert kinds == {*KINDS, "text", "row"}
    assert defects(board) == []


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_grafana_knows_the_units(path):
    def units(value):
        if isinstance(value, dict):
            found = [value["unit"]] if isinstance(value.get("unit"), str) else []
            return found + [unit for part in value.values() for unit in units(part)]
        return [unit for part in value for unit in units(part)] if isinstance(value, list) else []

    assert set(units(json.loads(path.read_text()))) <= UNITS


def test_the_lint_knows_the_units_that_grafana_has():
    text = (ROOT / "Sources" / "Kit" / "Lint" / "GrafanaUnits.swift").read_text().split('"""')[1]
    # Names of the model's own module are among its texts.
    assert set(text.split()) == {unit for unit in UNITS if "." not in unit}


def test_a_member_too_much_or_too_little_is_a_defect():
    board = json.loads(DASHBOARDS[0].read_text())
    panel = next(number for number, panel in enumerate(board["panels"]) if panel["type"] != "row")
    more = copy.deepcopy(board)
    more["panels"][panel]["options"]["colour"] = 1
    assert defects(more) == [f".panels[{panel}].options.colour is lost: 1"]
    less = copy.deepcopy(board)
    del less["panels"][panel]["transparent"]
    assert defects(less) == [f".panels[{panel}].transparent is added: False"]


@pytest.mark.parametrize("newer", [False, True], ids=["2.42", "3"])
def test_prometheus_takes_the_rules(generated, newer):
    for folder in (ROOT, generated):
        for path in sorted((folder / "PrometheusRules").glob("*.yml")):
            done = subprocess.run(
                [tool("promtool", newer), "check", "rules", "--lint=all", "--lint-fatal", path],
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_the_runbook_that_it_names():
    alerts = (ROOT / "PrometheusRules" / "spanmeter-alerts.yml").read_text().splitlines()
    runbooks = [line.split("runbook_url:")[1].strip() for line in alerts if "runbook_url:" in line]
    assert len(runbooks) == sum("- alert:" in line for line in alerts) > 0
    for runbook in runbooks:
        text = (ROOT / runbook).read_text()
        for heading in ("Meaning", "Impact", "First checks", "Actions"):
            assert f"\n## {heading}\n\n" in text, runbook


def test_the_committed_kit_is_what_the_packs_say():
    done = run("generate", "--check", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("generated files are as the packs say\n")


def test_what_is_stale_missing_or_left_over_is_named_and_mended(generated):
    def generate(*flags):
        return run("generate", "--config", "spanmeter.yaml", *flags, cwd=generated)

    board = generated / "Grafana/dashboards/qa/all.json"
    alerts = generated / "PrometheusRules/spanmeter-alerts.yml"
    before = board.read_text()
    board.write_text(before.replace('"title": "All"', '"title": "Some"'))
    alerts.unlink()
    own = generated / "Grafana/dashboards/qa/own.json"
    own.write_text("{}")
    done = generate("--check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "spanmeter: Grafana/dashboards/qa/all.json:3 is stale: "
        """has '"title": "Some",', wanted '"title": "All",'""",
        "spanmeter: PrometheusRules/spanmeter-alerts.yml is missing",
        "spanmeter: 'spanmeter generate' writes them anew",
    ]
    done = generate()
    assert done.stdout == "wrote Grafana/dashboards/qa/all.json\nwrote PrometheusRules/spanmeter-alerts.yml\n"
    assert board.read_text() == before
    assert generate("--check").returncode == 0

    pack = (generated / "all.yaml").read_text()
    less = "pack: all\nobjectives: { good: { target: 1, description: Good. } }\n"
    (generated / "all.yaml").write_text(less)
    done = generate("--check")
    assert "Grafana/dashboards/qa/all.json is left over: nothing declares it any more" in done.stderr
    assert "removed Grafana/dashboards/qa/all.json" in generate().stdout
    assert not board.exists()
    assert own.exists(), "what spanmeter did not write stays"
    (generated / "all.yaml").write_text(pack)
    assert generate().returncode == 0
    shutil.rmtree(generated / "Grafana")
    assert generate().returncode == 0
    assert generate("--check").returncode == 0


def test_a_target_of_the_configuration_is_what_the_sidecar_shows(start):
    targets = "routing_accuracy: { target: 0.9 }, flaky_tests_max: { target: 3 }"
    server = start(config=f"objectives: {{ {targets} }}\n")
    page = server.page()
    shown = {(labels["name"], labels["bound"]): value for labels, value in page.select("spanmeter_objective")}
    assert shown["routing_accuracy", "target"] == shown["routing_accuracy", "red"] == 0.9
    assert shown["flaky_tests_max", "target"] == 3
    assert shown["daily_cost_usd", "target"] == 25
