"""A week of real runs in a minute: spanmeter under a clock that is set, and a Prometheus that has scraped it.

The runs are captures of real clients with new ids and later times, sent to spanmeter's port. Between them its
clock is set on, and its pages are read; what they say is what Prometheus gets, at the times of that clock, as if
it had scraped all week. No series is made up.
"""

import subprocess
import time
from collections import defaultdict
from pathlib import Path

import requests

from captures import send_renewed
from exposition import Page
from polling import wait_until
from prometheus import Prometheus, tool
from service import FIXTURES

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
HOUR = 3600
DAY = 24 * HOUR
TARGET = {"instance": "127.0.0.1:9464", "job": "spanmeter", "lifetime": "long"}


class Clock:
    """The wall clock of a process that is started with `variables`; timers are not touched."""

    def __init__(self, directory, now):
        self.path = directory / "clock"
        self.set(now)

    def set(self, now):
        """`now`: seconds since 1970; from here it goes on as time does."""
        self.now = now
        new = self.path.with_suffix(".new")
        new.write_text(f"{now - time.time():+.3f}s")
        new.replace(self.path)

    @property
    def variables(self):
        assert FAKETIME.exists(), f"{FAKETIME} is missing; run: Tests/run --only packages"
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


class Week:
    """Plays runs into a server and keeps the pages with their times."""

    def __init__(self, start, directory, begin):
        self._start = start
        self._data = directory / "week"
        self._count = 0
        self.clock = Clock(directory, begin)
        self.pages = []
        self.server = None
        self.restart()

    def restart(self):
        """Stops the server as a signal does, and starts it again on the same data."""
        if self.server is not None:
            self.server.stop()
        self.server = self._start(
            data=self._data,
            # What makes the clock changes its first process' environment; programs in Swift then see no arguments.
            through=["bash", "-c", 'exec "$0" "$@"'],
            variables=self.clock.variables | {"SPANMETER_ZERO_FIRST": "60s", "SPANMETER_LINGER": "0s"},
        )

    def look(self):
        """Reads a page as a scraper does."""
        answer = requests.get(self.server.scrape + "/metrics", timeout=30)
        answer.raise_for_status()
        self.pages.append((self.clock.now, answer.text))
        return Page(answer.text)

    def play(self, run, at, looks=(60, 180)):
        """A run that ends at `at`; looks at once, and some seconds later, each time when all due is decided."""
        self._count += 1
        self.clock.set(at)
        send_renewed(self.server, FIXTURES / run, self._count, at)
        # New series show 0 first.
        self.look()
        for seconds in looks:
            self.pass_time(seconds)

    def pass_time(self, seconds):
        """Sets the clock on, and looks when what has become due is decided."""
        self.clock.set(self.clock.now + seconds)

        seen = []

        def is_settled():
            page = Page(requests.get(self.server.scrape + "/metrics", timeout=30).text)
            seen.append(page.select("test_suite_pass_ratio"))
            return page.sum("spanmeter_folds_open", kind="case") == 0 and seen[-2:-1] == seen[-1:]

        # Upkeep takes a turn each second: what stays the same for longer is worked out.
        wait_until(is_settled, "every case to be decided", 30, pause=1.2)
        return self.look()

    def write(self, path):
        """Writes all pages as OpenMetrics, each repeated until the next one, as unchanged pages are scraped."""
        series = defaultdict(list)
        times = [at for at, _ in self.pages] + [self.pages[-1][0] + 1]
        for (at, text), until in zip(self.pages, times[1:]):
            moments = list(moments_between(at, until))
            series["up"].append((moments, "1"))
            for line in text.splitlines():
                if line and not line.startswith(NOT_KEPT):
                    name, _, value = line.rpartition(" ")
                    series[name].append((moments, value))
        labels = ",".join(f'{key}="{value}"' for key, value in TARGET.items())
        with open(path, "w") as file:
            for name in sorted(series):
                bare, _, rest = name.partition("{")
                whole = f"{bare}{{{labels},{rest}" if rest else f"{bare}{{{labels}}}"
                for moments, value in series[name]:
                    file.writelines(f"{whole} {value} {moment:.3f}\n" for moment in moments)
            file.write("# EOF\n")


# Two thirds of all lines, and no board shows them over a week.
NOT_KEPT = ("#", "traces_spanmetrics_latency_bucket")


def moments_between(at, until):
    """When a page that does not change is scraped: behind a change often enough for windows of five minutes."""
    begin = at
    while at < until:
        yield at
        at += 120 if at - begin < HOUR / 2 else 600


def fill(directory, pages, rules):
    """A Prometheus that has scraped these pages until now, and evaluates these rules."""
    done = subprocess.run(
        [tool("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=240h", "-q"]
        + [str(pages), str(directory / "tsdb")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Nothing is scraped any more, so the last page has to be seen for a while.
    flags = ("--storage.tsdb.retention.time=90d", "--query.lookback-delta=30m", "--log.level=warn")
    prometheus = Prometheus(directory, flags=flags, rules=rules)
    wait_until(lambda: prometheus.is_ready, "Prometheus", 60)
    return prometheus
