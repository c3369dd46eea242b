"""The generated kit: its queries as Grafana asks them, and Grafana's own model of a dashboard."""

import json
import math
import re
from dataclasses import dataclass

import requests
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

from service import ROOT

register_default_plugins()

UNITS = {value for value in vars(units).values() if isinstance(value, str)}

# A Prometheus annotation has these in Grafana; the model's annotations are of no data source in particular.
PROMETHEUS_ANNOTATION = {"titleFormat", "textFormat", "tagKeys", "step"}


def through_model(dashboard):
    """What is left of `dashboard` after Grafana's typed model has read and written it."""
    return json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder))


def differences(before, after, path=""):
    """Every place where two JSON values differ, down to types and defaults."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            here = f"{path}.{key}"
            if key not in after:
                yield f"{here} is lost: {before[key]!r}"
            elif key not in before:
                yield f"{here} is added: {after[key]!r}"
            else:
                yield from differences(before[key], after[key], here)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path} has {len(before)} elements, then {len(after)}"
        for index, (left, right) in enumerate(zip(before, after, strict=False)):
            yield from differences(left, right, f"{path}[{index}]")
    elif isinstance(before, bool) != isinstance(after, bool) or before != after:
        yield f"{path} is {before!r}, then {after!r}"


def defects(dashboard):
    """The differences that Grafana's model finds in a dashboard."""
    after = through_model(dashboard)
    for mark in dashboard["annotations"]["list"]:
        if mark.get("builtIn") == 1:
            continue
        assert PROMETHEUS_ANNOTATION <= mark.keys()
    marks = [
        {key: value for key, value in mark.items() if key not in PROMETHEUS_ANNOTATION}
        for mark in dashboard["annotations"]["list"]
    ]
    return list(differences({**dashboard, "annotations": {"list": marks}}, after))


@dataclass(frozen=True)
class Query:
    """What a board asks of Prometheus. `expression` has the variables still in it, `kind` is its panel's."""

    board: str
    place: str
    kind: str
    expression: str
    is_instant: bool
    variables: tuple

    def __str__(self):
        return f"{self.board}, {self.place}: {self.expression}"


@dataclass(frozen=True)
class Window:
    """The time that a board shows, in seconds since 1970, and the step of its queries."""

    start: float
    end: float
    step: float = 1
    scrape_interval: float = 1

    @property
    def globals(self):
        """Grafana's own variables for it."""
        rate = max(self.step + self.scrape_interval, 4 * self.scrape_interval)
        span = self.end - self.start
        return {
            "__rate_interval": f"{rate:.0f}s",
            "__interval": f"{self.step:.0f}s",
            "__range": f"{span:.0f}s",
            "__range_s": f"{span:.0f}",
        }


def boards(root=ROOT):
    """The generated boards below `root`, by the names of their files."""
    paths = sorted((root / "Grafana" / "dashboards").rglob("*.json"), key=lambda path: path.stem)
    return {path.stem: json.loads(path.read_text()) for path in paths}


def panels(board):
    """Every panel of a board, those of collapsed rows too, without the rows themselves."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def queries(name, board):
    """Every query of every panel, variable and annotation of a board."""
    chosen = tuple((variable["name"], _all(variable)) for variable in board["templating"]["list"])
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            place = f"variable '{variable['name']}'"
            yield Query(name, place, "variable", variable["query"]["query"], True, chosen)
    for mark in board["annotations"]["list"]:
        if "expr" in mark:
            yield Query(name, f"annotation '{mark['name']}'", "annotation", mark["expr"], False, chosen)
    for panel in panels(board):
        for target in panel.get("targets", []):
            place = f"panel '{panel['title']}' {target['refId']}"
            yield Query(name, place, panel["type"], target["expr"], target["instant"], chosen)


def _all(variable):
    """What Grafana fills in where everything is chosen; else the value that the board comes with."""
    return variable.get("allValue") or variable["current"].get("value", "")


def filled(expression, variables):
    """`expression` with `$name` and `${name}` replaced, long names first."""
    for name, value in sorted(variables.items(), key=lambda pair: -len(pair[0])):
        expression = expression.replace("${" + name + "}", value).replace("$" + name, value)
    return expression


def answer(prometheus, query, window):
    """The series that answer `query` with a number, as Grafana asks it; a query that is not valid raises.

    Of a variable's query it is the values of its label.
    """
    expression = filled(query.expression, {**dict(query.variables), **window.globals})
    label_values = re.fullmatch(r"label_values\((.*), *(\w+)\)", expression, re.DOTALL)
    if label_values:
        selector, label = label_values.groups()
        times = {"start": window.start, "end": window.end}
        return _get(prometheus, f"label/{label}/values", {"match[]": selector, **times})
    assert "$" not in expression.replace('"$1"', ""), f"{query} leaves a variable open"
    if query.is_instant:
        rows = _get(prometheus, "query", {"query": expression, "time": window.end})["result"]
        return [row for row in rows if not math.isnan(float(row["value"][1]))]
    times = {"start": window.start, "end": window.end, "step": window.step}
    rows = _get(prometheus, "query_range", {"query": expression, **times})["result"]
    return [row for row in rows if not all(math.isnan(float(value)) for _, value in row["values"])]


def _get(prometheus, path, parameters):
    answer = requests.get(f"{prometheus.url}/api/v1/{path}", params=parameters, timeout=60)
    body = answer.json()
    assert body["status"] == "success", f"{body.get('error')}\nof {parameters}"
    return body["data"]


def hasty_rules(directory, interval="1s", root=ROOT):
    """Copies of the generated rules of which all groups are evaluated each `interval`."""
    copies = []
    for path in sorted((root / "PrometheusRules").glob("*.yml")):
        text = re.sub(r"^( +interval:) .*$", rf"\1 {interval}", path.read_text(), flags=re.MULTILINE)
        copies.append(directory / path.name)
        copies[-1].write_text(text)
    return copies
