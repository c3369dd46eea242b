"""The load generator against the shipped binary: nothing is lost at full speed."""

import re
import subprocess

import pytest

from service import BINARY, IS_LONG, environment

LOAD = BINARY.with_name("load")
SPANS = 20_000_000 if IS_LONG else 300_000


def run_load(*arguments):
    done = subprocess.run(
        [LOAD, "--server", BINARY, "--runs", "1", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=900,
        env=environment(),
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_every_acknowledged_span_is_counted(protocol):
    output = run_load("--protocol", protocol, "--spans", SPANS, "--warmup", 50_000)
    assert re.search(r"counted +(\d+) of \1 acknowledged spans: equal", output), output


def test_pipelined_and_compressed_requests_are_counted():
    output = run_load("--outstanding", 4, "--gzip", "--spans", 100_000, "--warmup", 0, "--peers-shape")
    assert "NOT EQUAL" not in output


def test_scrapes_at_rest_can_be_measured():
    assert "CPU-ns a line" in run_load("--render", "--scrapes", 5)
