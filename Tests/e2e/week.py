"""A fortnight of real runs in minutes: spanmeter under a clock that is set, and a Prometheus that scraped it.

The runs are captures of real clients with new ids and later times, sent to spanmeter's port. Between them its
clock is set on, and its pages are read; what they say is what Prometheus gets, at the times of that clock, as
if it had scraped all the time. No series is made up: those of rules are worked out of the others by promtool.
"""

import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path

import requests
import yaml

from captures import send_renewed
from exposition import Page
from kit import Window, hasty_rules
from polling import wait_until
from prometheus import Prometheus, tool
from service import FIXTURES, ROOT

# The week before, which the one that boards show is compared with.
EARLIER = ["pytest-opentelemetry/run01", "skill-routing/run01", "pytest-otel/run01", "skill-routing/run03"]

# In the order of the week; some services begin in the middle of it.
RUNS = [
    "pytest-opentelemetry/run01",
    "skill-routing/run01",
    "pytest-opentelemetry/run02",
    "pytest-opentelemetry/run03",
    "skill-routing/run02",
    "pytest-opentelemetry/run04",
    "pytest-otel/run01",
    "skill-routing/run03",
    "pytest-opentelemetry/run05",
    "pytest-opentelemetry/run06",
    "robotframework-tracer/run01",
    "skill-routing/run04",
    "skill-routing/run05",
    "pytest-opentelemetry/run09",
    # Again, with each case in the experiment's other arm.
    "skill-routing/run05",
    "pytest-otel/run02",
    "genai-traceloop",
    "pydantic-ai",
    "app-flask-fastapi-stable",
]


# And at its end, so that windows of minutes are not empty: reruns, values that are refused, calls of models.
NOW = [
    "pytest-opentelemetry/run02",
    "skill-routing/run09-typedrift",
    "skill-routing/run02",
    "genai-traceloop",
    "pydantic-ai",
    "app-flask-fastapi-stable",
]

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
RECORDING = ROOT / "PrometheusRules" / "spanmeter-recording.yml"
# As deep as rules are made of rules.
RULE_PASSES = 3
MINUTE = 60
HOUR = 60 * MINUTE
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
        assert FAKETIME.exists(), f"{FAKETIME} is missing; run: Tests/run --only e2e"
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
        self._played = Counter()
        self.clock = Clock(directory, begin)
        self.pages = []
        # From which page on boards show them.
        self.shown = 0
        self.server = None
        self.restart()

    def restart(self):
        """Stops the server as a signal does, and starts it again on the same data."""
        if self.server is not None:
            self.server.stop()
        self.server = self._start(
            data=self._data,
            # What makes the clock changes its first process' environment; a program in Swift then sees no
            # arguments.
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
        """A run that ends at `at`; looks at once, and seconds later, each time when all due is decided."""
        self._count += 1
        self._played[run] += 1
        # The server has to know the time before spans come: what is new shows 0 for a minute of its clock.
        self.pass_time(at - self.clock.now)
        swaps = self._played[run] % 2 == 0
        send_renewed(self.server, FIXTURES / run, self._count, at, swaps_arms=swaps)
        # New series show 0 first.
        self.look()
        for seconds in looks:
            self.pass_time(seconds)

    def play_all(self, runs, begin, end, pause=12 * HOUR):
        """Runs that end between two times, evenly; the clock strikes every `pause` in between."""
        for number, run in enumerate(runs):
            at = begin + HOUR + number * (end - begin - HOUR) / len(runs)
            while at - self.clock.now > pause:
                self.pass_time(pause)
            self.play(run, at)

    def pass_time(self, seconds):
        """Sets the clock on, and looks when what has become due is decided."""
        self.clock.set(self.clock.now + seconds)

        seen = []

        def is_settled():
            # Somebody else than who keeps pages: new series show each scraper their 0 first.
            answer = requests.get(self.server.scrape + "/metrics", auth=("settled", ""), timeout=30)
            page = Page(answer.text)
            seen.append(page.select("test_suite_pass_ratio"))
            return page.sum("spanmeter_folds_open", kind="case") == 0 and seen[-2:-1] == seen[-1:]

        # Upkeep takes a turn each second: what stays the same for longer is worked out.
        wait_until(is_settled, "every case to be decided", 30, pause=1.2)
        return self.look()

    def write(self, path):
        """Writes all pages as OpenMetrics, each repeated until the next, as unchanged pages are scraped.

        More rarely before those that are shown.
        """
        series = defaultdict(list)
        times = [at for at, _ in self.pages] + [self.pages[-1][0] + 1]
        for number, ((at, text), until) in enumerate(zip(self.pages, times[1:], strict=True)):
            moments = list(moments_between(at, until, 600 if number >= self.shown else 1800))
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


def moments_between(at, until, pause):
    """When a page that stays is scraped: behind a change often enough for windows of five minutes."""
    begin = at
    while at < until:
        yield at
        at += 120 if at - begin < HOUR / 2 else pause


def fill(directory, pages):
    """A Prometheus that has scraped these pages, and evaluates the rules.

    It has evaluated them at this time of all days before, too: rules compare with these.
    """
    blocks(directory, "openmetrics", "--max-block-duration=360h", "-q", str(pages), str(directory / "tsdb"))
    now = time.time()
    # Rules are made of rules, of which each pass knows those of the one before.
    for _ in range(RULE_PASSES):
        prometheus = started(directory)
        try:
            for days in range(1, 8):
                evaluate(
                    directory, prometheus, now - days * DAY - 40 * MINUTE, now - days * DAY + 40 * MINUTE
                )
        finally:
            prometheus.stop()
    return started(directory, rules=hasty_rules(directory))


def evaluate(directory, prometheus, begin, end):
    """Gives a Prometheus what its rules would have said then; it knows it from its next start."""
    blocks(
        directory,
        "rules",
        f"--url={prometheus.url}",
        f"--start={begin:.0f}",
        f"--end={end:.0f}",
        "--eval-interval=10m",
        f"--output-dir={directory / 'tsdb'}",
        str(RECORDING),
    )


def blocks(directory, *arguments):
    done = subprocess.run(
        [tool("promtool"), "tsdb", "create-blocks-from", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=directory,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def started(directory, **options):
    # Nothing is scraped any more, so the last page has to be seen for a while.
    flags = ("--storage.tsdb.retention.time=90d", "--query.lookback-delta=30m", "--log.level=warn")
    prometheus = Prometheus(directory, flags=flags, **options)
    wait_until(lambda: prometheus.is_ready, "Prometheus", 60)
    return prometheus


def records():
    """The names of all recorded series."""
    for group in yaml.safe_load(RECORDING.read_text())["groups"]:
        yield from (rule["record"] for rule in group["rules"])


def live_a_week(start, directory, rounds=1):
    """A Prometheus that has seen all runs in a week until now, the last page, and what time a board shows.

    `start` starts a server of the given options; it lives no longer than this. Each run comes `rounds` times.
    A week with fewer runs lies before.
    """
    now = time.time()
    begin = now - 7 * DAY
    week = Week(start, directory, begin - 7 * DAY)
    week.look()
    week.play_all(EARLIER, begin - 7 * DAY, begin, pause=3 * DAY)
    week.shown = len(week.pages)
    runs = RUNS * rounds
    half = len(runs) // 2
    week.play_all(runs[:half], begin, begin + 3.5 * DAY)
    week.restart()
    week.play_all(runs[half:], begin + 3.5 * DAY, now - HOUR)
    # A bit ahead of time, which Prometheus needs to be filled.
    for number, run in enumerate(NOW):
        week.play(run, time.time() + 100 - 20 * (len(NOW) - number), looks=(15,))
    page = week.pass_time(5)
    week.server.kill()
    week.write(directory / "pages")
    prometheus = fill(directory, directory / "pages")
    # Groups are evaluated one after the other, and rules are made of rules.
    wait_until(lambda: time.time() > week.clock.now, "the time of the last page", 120)
    names = set(records())
    wait_until(lambda: all(prometheus.query(name) for name in names), "the rules", 120)
    end = time.time()
    return prometheus, page, Window(end - 7 * DAY, end, step=600, scrape_interval=120)
