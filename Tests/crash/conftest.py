from collections import Counter

import pytest

from service import BINARY, IS_LONG
from testvfs import LIBRARY


def pytest_addoption(parser):
    group = parser.getgroup("crash")
    group.addoption("--seed", type=int, default=0, help="the first seed")
    group.addoption("--rounds", type=int, help="how many seeds, from the first one on")
    about = "the long form: more than 200 kills, every fault, every mutation"
    group.addoption("--long", action="store_true", default=IS_LONG, help=about)


def pytest_configure(config):
    config.addinivalue_line("markers", "long: part of the long form only")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_sessionstart(session):
    for path in (BINARY, LIBRARY):
        if not path.exists():
            pytest.exit(f"{path} is missing; run: Tests/run --only crash", returncode=1)


def pytest_terminal_summary(terminalreporter):
    """The sum of all figures, from whichever process they came."""
    sums = Counter()
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when != "call":
            continue
        for name, value in report.user_properties:
            sums[name] = max(sums[name], value) if name.startswith("oldest") else sums[name] + value
    terminalreporter.section("crash")
    for name in sorted(sums):
        terminalreporter.write_line(f"{sums[name]:>10}  {name}")
