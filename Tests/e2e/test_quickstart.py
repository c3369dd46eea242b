"""The quickstart, from the clone that is being tested."""

import os
import signal
import subprocess

import pytest

from polling import wait_until
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
    assert "test_case_results_total{" in done.stdout, done.stdout
    assert "routing_test_results_total{" in done.stdout
    assert "/metrics" in done.stdout
    assert "\x1b" not in done.stdout, "colours belong on a terminal"
    assert list(tmp_path.glob("spanmeter.*")) == []


@pytest.mark.skipif("SPANMETER_BINARY" in os.environ, reason="another binary is under test")
def test_quickstart_runs_until_ctrl_c(tmp_path):
    log = tmp_path / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [ROOT / "Compose" / "quickstart"],
            env=environment() | {"TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            # A shell that runs in the background hands on an ignored SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        wait_until(lambda: "Running until Ctrl-C" in log.read_text(), "the quickstart to be up", seconds=600)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 0, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert "stopped" in log.read_text()
    assert list(tmp_path.glob("spanmeter.*")) == []
