"""A write, a sync or an open of the disk fails: no wrong sum, no crash, and all is well again by itself."""

import random

import pytest

from faults import KINDS, LIVES, OPERATIONS, FaultRun

# Of all the calls, so many fail in the short form, one at a time.
SAMPLE = 8


def _calls(directory, **options):
    """How often each life calls each operation when nothing fails."""
    run = FaultRun(directory, **options)
    run.run()
    return [run.calls(number) for number in range(len(LIVES))]


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    return _calls(tmp_path_factory.mktemp("counting"))


@pytest.fixture(scope="module")
def relaxed_calls(tmp_path_factory):
    return _calls(tmp_path_factory.mktemp("counting"), is_relaxed=True)


@pytest.fixture
def fail(tmp_path_factory, record_property):
    """Runs the script with a fault."""

    def fail(life, word, **options):
        run = FaultRun(tmp_path_factory.mktemp("fault"), (life, word), **options)
        try:
            run.run()
        finally:
            record_property("faults", 1)
            for name, count in run.counts.items():
                record_property(f"faults: {name}", count)
        return run

    return fail


def test_calls_by_chance_that_fail_once(calls, fail, pytestconfig):
    seed = pytestconfig.getoption("--seed")
    chance = random.Random(seed)
    print("seed", seed)
    for index in range(SAMPLE):
        life, operation = chance.randrange(len(LIVES)), OPERATIONS[index % len(OPERATIONS)]
        fail(
            life, f"{operation}:{chance.randint(1, calls[life][operation])}:{chance.choice(KINDS)}", seed=seed
        )


@pytest.mark.parametrize("operation", ["write", "sync"])
def test_disk_that_fails_for_a_while_refuses_says_why_and_recovers(calls, fail, operation):
    middle = calls[1][operation] * 2 // 3
    run = fail(1, f"{operation}:{middle}-{middle + 2}:full")
    assert run.counts["answers 503"] > 0
    assert run.reasons, "nobody said why"


def test_relaxed_stops_without_loss_though_a_last_sync_fails(relaxed_calls, fail):
    count = relaxed_calls[0]["sync"]
    for number in range(count - 5, count + 1):
        fail(0, f"sync:{number}", is_relaxed=True)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("life", range(len(LIVES)))
def test_every_call_fails_once(calls, fail, life, operation, kind):
    for number in range(1, calls[life][operation] + 1):
        fail(life, f"{operation}:{number}:{kind}")


@pytest.mark.long
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("life", range(len(LIVES)))
def test_every_call_fails_once_with_relaxed(relaxed_calls, fail, life, operation):
    for number in range(1, relaxed_calls[life][operation] + 1):
        fail(life, f"{operation}:{number}", is_relaxed=True)
