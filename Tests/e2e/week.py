"""A week of real runs in a minute: spanmeter under a clock that is set, and a Prometheus that has scraped it.

The runs are captures of real clients with new ids and later times, sent to spanmeter's port. Between them its
clock is set on, and its pages are read; what they say is what Prometheus gets, at the times of that clock, as if
it had scraped all week. No series is made up.
"""

import contextlib
import gzip
import json
import random
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from exposition import Page
from polling import wait_until
from prometheus import Prometheus, tool
from sender import post
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


def bodies(run):
    """The requests of a captured run, as messages."""
    for path in sorted((FIXTURES / run).glob("*.bin")):
        request = json.loads(path.with_suffix(".json").read_text())
        if request["path"].endswith(("/v1/traces", "TraceService/Export")):
            stored = path.read_bytes()
            yield ExportTraceServiceRequest.FromString(
                gzip.decompress(stored) if stored.startswith(b"\x1f\x8b") else stored
            )


def spans_of(request):
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def moved(run, end, seed):
    """The requests of a captured run as if it had ended at `end`, in seconds since 1970, with ids of its own."""
    requests_ = list(bodies(run))
    last = max(span.end_time_unix_nano for request in requests_ for span in spans_of(request))
    delta = int(end * 1e9) - last
    mask = random.Random(seed).randbytes(16)

    def masked(identity):
        return bytes(a ^ b for a, b in zip(identity, mask))

    for request in requests_:
        for resource in request.resource_spans:
            for attribute in resource.resource.attributes:
                if attribute.key == "service.instance.id":
                    attribute.value.string_value += f"-{seed}"
        for span in spans_of(request):
            span.trace_id = masked(span.trace_id)
            span.span_id = masked(span.span_id)
            if span.parent_span_id:
                span.parent_span_id = masked(span.parent_span_id)
            span.start_time_unix_nano += delta
            span.end_time_unix_nano += delta
            for event in span.events:
                event.time_unix_nano += delta
        yield request.SerializeToString()


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

    def play(self, run, at):
        """A run that ends at `at`; looks at once, and once more when all is decided."""
        self._count += 1
        self.clock.set(at)
        for body in moved(run, at, self._count):
            post(self.server.http, body)
        # New series show 0 first.
        self.look()
        self.pass_time(60)
        self.pass_time(180)

    def pass_time(self, seconds):
        """Sets the clock on, and looks when what has become due is decided."""
        self.clock.set(self.clock.now + seconds)

        def is_settled():
            page = Page(requests.get(self.server.scrape + "/metrics", timeout=30).text)
            return page.sum("spanmeter_folds_open", kind="case") == 0

        wait_until(is_settled, "every case to be decided", 30)
        # What was decided is on the page with the next turn of upkeep.
        self.look()

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


def fill(directory, pages, rules, begin, end, newer=False):
    """A Prometheus that has scraped these pages and evaluated these rules since `begin`.

    The rules' results are made by promtool out of what was scraped, group by group, as a Prometheus that gets new
    rules does it.
    """
    blocks = directory / "tsdb"
    run_promtool("create-blocks-from", "openmetrics", "--max-block-duration=240h", pages, blocks, newer=newer)
    for file in rules:
        with contextlib.closing(History(directory, newer)) as history:
            run_promtool(
                "create-blocks-from", "rules", f"--start={begin:.0f}", f"--end={end:.0f}", "--eval-interval=10m",
                f"--url={history.url}", f"--output-dir={directory / 'recorded'}", file, newer=newer,
            )
            for block in (directory / "recorded").iterdir():
                block.rename(blocks / block.name)
    return History(directory, newer)


def run_promtool(*arguments, newer=False):
    done = subprocess.run(
        [tool("promtool", newer), "tsdb", *map(str, arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class History(Prometheus):
    """A Prometheus over blocks that are there already; it scrapes nothing."""

    FLAGS = ("--storage.tsdb.retention.time=90d", "--query.lookback-delta=11m")

    def __init__(self, directory, newer=False):
        super().__init__(directory, newer=newer, flags=self.FLAGS)

    close = Prometheus.stop
