"""The generated kit, and Grafana's own model of a dashboard to hold it against."""

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

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
        for index, (left, right) in enumerate(zip(before, after)):
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
