"""What Prometheus makes of the counters: `increase` over runs, restarts and targets that vanish.

Every Prometheus scrapes every target; the targets of a run get the same spans. Asked at the time of a series'
last sample, `increase` has nothing to extrapolate at the end, and where the first sample is 0 nothing at the
beginning either: then it is exact. At any other time it adds what it expects since the last sample: half an
interval's share for a series that has gone, up to a whole interval's for one that goes on. The table that is
printed says how much that was.
"""

import itertools
import math
import os
import random
import socket
import time
from dataclasses import dataclass, field

import pytest

from generations import Target, Traffic
from polling import wait_until
from prometheus import Prometheus
from service import CALLS, IS_LONG

# (seconds, whether SIGTERM ends the run; otherwise SIGKILL with a request on its way).
SHORT_RUNS = [(3, False), (5, True), (8, False), (3, True)]
LONG_RUNS = [(3, False), (10, True), (60, False), (30, True), (3, True)]
RUNS = LONG_RUNS if IS_LONG else SHORT_RUNS
SLOW = 15 if IS_LONG else 2
CREATED = "--enable-feature=created-timestamp-zero-ingestion"
COUNTERS = (CALLS, "traces_spanmetrics_latency_count")


@dataclass
class History:
    """What happened, and who scraped it."""

    began: float
    kept: Target
    at_once: Target
    vanished: list[Target] = field(default_factory=list)
    scrapers: dict[str, Prometheus] = field(default_factory=dict)

    @property
    def everything(self):
        """A range that covers all samples."""
        return f"[{math.ceil(time.time() - self.began) + 60}s]"

    def by_series(self, scraper, expression, targets, counter=CALLS, at=None):
        """`expression` of the counter at the targets, summed by service and span name.

        In it, `R` is the counter with the whole history as its range.
        """
        instances = "|".join(target.instance for target in targets)
        selected = f'{counter}{{instance=~"{instances}"}}{self.everything}'
        rows = scraper.query(f"sum by (service, span_name) ({expression.replace('R', selected)})", at)
        return {
            (row["metric"]["service"], row["metric"]["span_name"]): float(row["value"][1]) for row in rows
        }

    def last_sample(self, scraper, target):
        """Seconds since 1970; all series of a target have their samples at the same times."""
        rows = scraper.query(f'max(timestamp({CALLS}{{instance="{target.instance}"}}))')
        return float(rows[0]["value"][1])


def truth(targets):
    return {key: sum(target.truth[key] for target in targets) for target in targets for key in target.truth}


def free_ports():
    """Ports that stay free while their owner is being restarted: below those that clients are given, and
    apart from those of another run beside this one."""
    for port in itertools.count(15_000 + os.getpid() % 256 * 64):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                yield port


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    seed = random.randrange(1 << 32)
    print(f"\nseed {seed}")
    ports, traffic = free_ports(), Traffic(seed)
    targets, scrapers = [], {}

    def target(zero_first):
        targets.append(Target(tmp_path_factory.mktemp("spanmeter"), ports, zero_first))
        return targets[-1]

    def scraper(name, **options):
        instances = [target.instance for target in targets]
        directory = tmp_path_factory.mktemp("prometheus")
        scrapers[name] = Prometheus(directory, instances, user=f"user-{len(scrapers)}", **options)

    try:
        past = History(time.time(), target("60s"), target("off"), scrapers=scrapers)
        past.vanished = [target("60s") for _ in RUNS[:3]]
        scraper("2.42, every 1 s")
        scraper(f"2.42, every {SLOW} s", interval=SLOW)
        scraper("3.5, created timestamps", newer=True, flags=[CREATED])
        for one in scrapers.values():
            wait_until(
                lambda one=one: len(one.query("up == 1")) == len(targets), "all targets scraped", SLOW + 30
            )
        play(past, traffic)
        yield past
    finally:
        for target in targets:
            target.server.kill()
        for one in scrapers.values():
            one.stop()


def play(past, traffic):
    """All runs; the targets that vanish have one each."""
    kept = [past.kept, past.at_once]
    for number, (seconds, gently) in enumerate(RUNS):
        vanishing = past.vanished[number : number + 1]
        traffic.run(kept + vanishing, seconds)
        for target in vanishing:
            target.finish()
        if gently:
            for target in kept:
                target.restart(gently=True)
        else:
            traffic.send(
                kept, f"late-{number}", ["killed"], lambda: [one.restart(gently=False) for one in kept]
            )
    traffic.send(kept, "steady", ["the end"])
    for name, scraper in past.scrapers.items():
        for target in kept:
            wait_until(
                lambda scraper=scraper, target=target: (
                    past.by_series(scraper, "last_over_time(R)", [target]) == target.truth
                ),
                f"the last values in Prometheus {name}",
                seconds=4 * SLOW + 15,
            )


@pytest.mark.parametrize("counter", COUNTERS)
def test_increase_is_the_truth_for_series_that_live(history, counter):
    for name, scraper in history.scrapers.items():
        at = history.last_sample(scraper, history.kept)
        targets = [history.kept]
        increase = history.by_series(scraper, "increase(R)", targets, counter, at)
        assert increase == pytest.approx(truth(targets), rel=0.005), name
        span = history.by_series(scraper, "max_over_time(R) - min_over_time(R)", targets, counter, at)
        assert span == truth(targets), name


@pytest.mark.parametrize("counter", COUNTERS)
def test_targets_that_vanish_leave_exactly_what_they_counted(history, counter):
    for name, scraper in history.scrapers.items():
        span = history.by_series(scraper, "max_over_time(R) - min_over_time(R)", history.vanished, counter)
        assert span == truth(history.vanished), name


def test_increase_misses_first_values_where_series_show_them_at_once(history):
    for name, scraper in history.scrapers.items():
        targets = [history.at_once]
        at = history.last_sample(scraper, history.at_once)
        increase = history.by_series(scraper, "increase(R)", targets, at=at)
        if "created" in name:
            assert increase == pytest.approx(truth(targets), rel=0.005), name
        else:
            missed = 1 - sum(increase.values()) / sum(truth(targets).values())
            assert missed > 0.05, f"{name}: {missed}"


def test_the_figures(history):
    """Prints them; `increase` also when it extrapolates most, shortly before the next sample."""
    groups = [
        ("goes on", [history.kept]),
        ("vanishes", history.vanished),
        ("goes on, `zero_first: off`", [history.at_once]),
    ]
    lines = [
        "| target | Prometheus | spans | max − min | `increase` at the last sample | `increase` later |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for title, targets in groups:
        true = sum(truth(targets).values())
        for name, scraper in history.scrapers.items():
            vanished = targets is history.vanished
            last = None if vanished else history.last_sample(scraper, targets[0])
            later = None if vanished else last + 0.9 * scraper.interval

            def error(expression, at, scraper=scraper, targets=targets, true=true):
                found = sum(history.by_series(scraper, expression, targets, at=at).values())
                return "exact" if found == true else f"{100 * (found - true) / true:+.2g} %"

            span = error("max_over_time(R) - min_over_time(R)", last)
            at_last = "" if vanished else error("increase(R)", last)
            cells = [title, name, f"{true:,}", span, at_last, error("increase(R)", later)]
            lines.append("| " + " | ".join(cells) + " |")
    print("\n" + "\n".join(lines))
    for scraper in history.scrapers.values():
        assert not scraper.complaints(), "\n".join(scraper.complaints())
