"""spanmeter is killed at random moments; every span and every result that was sent counts exactly once."""

import dataclasses

import pytest

from rounds import Round
from specs import spec

SHORT_ROUNDS = 10
LONG_ROUNDS = 50


def pytest_generate_tests(metafunc):
    if "spec" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    count = option("--rounds") or (LONG_ROUNDS if option("--long") else SHORT_ROUNDS)
    seeds = range(option("--seed"), option("--seed") + count)
    metafunc.parametrize("spec", [spec(seed) for seed in seeds], ids=str)


def test_each_span_and_result_counts_exactly_once_whatever_ends(spec, tmp_path, record_property):
    round = Round(spec, tmp_path)
    try:
        round.run()
    finally:
        for name, value in round.counts.items():
            record_property(name, value)


def test_harness_notices_a_disk_that_lies(tmp_path):
    lying = dataclasses.replace(spec(1), lies=True)
    with pytest.raises(AssertionError, match="problems"):
        Round(lying, tmp_path).run()
