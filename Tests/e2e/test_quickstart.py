"""The quickstart, from the clone that is being tested."""

import os
import subprocess

import pytest

from service import ROOT, environment


@pytest.mark.skipif("SPANMETER_BINARY" in os.environ, reason="another binary is under test")
def test_quickstart_shows_live_metrics_and_leaves_nothing_behind(tmp_path):
    done = subprocess.run(
        [ROOT / "Compose" / "quickstart", "--once"],
        env=environment() | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_attempts_total{" in done.stdout, done.stdout
    assert "routing_test_results_total{" in done.stdout
    assert "/metrics" in done.stdout
    assert "\x1b" not in done.stdout, "colours belong on a terminal"
    assert list(tmp_path.glob("spanmeter.*")) == []
