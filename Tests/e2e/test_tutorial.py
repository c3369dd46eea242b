"""The README's tutorial, run as it stands there."""

import json
import os
import re
import subprocess
import sys

import pytest

from polling import wait_until
from prometheus import tool
from service import BINARY, ROOT, environment, free_default_ports


@pytest.fixture
def blocks():
    """The tutorial's blocks of code with their languages, in order."""
    readme = (ROOT / "README.md").read_text()
    tutorial = readme.split("## Tutorial: from YAML to a board\n")[1].split("\n## ")[0]
    return re.findall(r"```(\w+)\n(.*?)```", tutorial, re.DOTALL)


def test_thirty_lines_become_metrics_an_alert_and_a_board(blocks, tmp_path):
    assert [language for language, _ in blocks] == ["yaml", "sh", "python", "sh"]
    (_, pack), (_, begin), (_, script), (_, end) = blocks
    assert len(pack.splitlines()) <= 35
    (tmp_path / "orders.yaml").write_text(pack)
    (tmp_path / "orders.py").write_text(script)
    bin_directory = tmp_path / "bin"
    bin_directory.mkdir()
    (bin_directory / "spanmeter").symlink_to(BINARY)
    variables = environment() | {
        "PATH": f"{bin_directory}:{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
        "SPANMETER_DATA": str(tmp_path / "data"),
        "SPANMETER_ZERO_FIRST": "off",
    }
    free_default_ports()
    *commands, serve = begin.strip().splitlines()
    assert serve == "spanmeter serve &"

    def shell(line):
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    for line in commands:
        shell(line)
    with open(tmp_path / "serve", "wb") as output:
        server = subprocess.Popen(
            ["spanmeter", "serve"],
            executable=BINARY,
            cwd=tmp_path,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: b"spanmeter ready: " in (tmp_path / "serve").read_bytes(), "the ready line")
        output = "".join(shell(line) for line in end.strip().splitlines())
    finally:
        server.kill()
        server.wait()
    for line in (
        'orders_total{service="shop",environment="default",channel="web"} 2',
        'order_value_euros_bucket{service="shop",environment="default",channel="app",le="10"} 1',
    ):
        assert line in output.splitlines()
    rules = tmp_path / "kit" / "PrometheusRules"
    assert "NoOrders" in (rules / "spanmeter-alerts.yml").read_text()
    assert "Does the payment answer?" in (rules / "runbooks" / "NoOrders.md").read_text()
    for newer in (False, True):
        files = [str(file) for file in rules.glob("*.yml")]
        subprocess.run(
            [tool("promtool", newer), "check", "rules", *files], check=True, stdin=subprocess.DEVNULL
        )
    board = json.loads((tmp_path / "kit" / "Grafana" / "dashboards" / "sre" / "orders.json").read_text())
    assert [panel["title"] for panel in board["panels"]] == ["Orders", "Median order"]
