"""Tells spanmeter what the spans of pytest-opentelemetry cannot say: how a test ended.

Their status does not know a skip inside a test, an expected failure or an unexpected pass. This plugin writes it
on the test's span, attribute `spanmeter.outcome`, one of OUTCOMES. Put the file where Python finds it:

    PYTHONPATH=path/to/Compose/pytest pytest -p spanmeter_pytest --export-traces
"""

import pytest
from opentelemetry import trace

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
ATTRIBUTE = "spanmeter.outcome"

_ended = {}


def _outcome(report):
    """What one phase says of the test; nothing where it went as it should."""
    expected = hasattr(report, "wasxfail")
    if report.skipped:
        return "xfailed" if expected else "skipped"
    if report.when == "call":
        return report.outcome if not (report.passed and expected) else "xpassed"
    return "error" if report.failed else None


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    if report.when == "setup":
        _ended.pop(report.nodeid, None)
    outcome = _outcome(report)
    # An error in the tear-down comes after a failure, and does not make it better.
    if outcome in OUTCOMES and _ended.get(report.nodeid) != "failed":
        _ended[report.nodeid] = outcome
        trace.get_current_span().set_attribute(ATTRIBUTE, outcome)
