"""What was sent and acknowledged, and what every page must therefore show."""

import re
import threading
import time
from dataclasses import dataclass, field

from results import COUNTERS, tally_key

# Counters that say how many spans there are; of histograms the count.
CALLS = ("traces_spanmetrics_calls_total", "crash_spans_total")
COUNTS = ("traces_spanmetrics_latency_count",)
_NAME = re.compile(r'span_name="b(\d+)(?:\.\d+)?"')
# What counts, and is not a gauge.
_DERIVED = ("traces_", "crash_", *COUNTERS)
# Series that are 1 from the start.
_ONES = ("traces_target_info",)


@dataclass
class Page:
    """What one page says of spans that came from here."""

    began: float
    ended: float
    # Every derived sample by its line without the value.
    samples: dict = field(default_factory=dict)
    # Spans by number of the batch, by two ways of counting.
    calls: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)
    # Results of tests: by service, then by what they count and the value of its label; without zeros.
    results: dict = field(default_factory=dict)


class PageReader:
    """Reads pages; keeps what it found out about lines, of which each page has the same."""

    def __init__(self):
        self._kinds = {}

    def read(self, text, began, ended):
        page = Page(began, ended)
        for line in text.split("\n"):
            if not line.startswith(_DERIVED):
                continue
            key, _, text_value = line.rpartition(" ")
            value = float(text_value)
            page.samples[key] = value
            kind = self._kinds.get(key)
            if kind is None:
                kind = self._kinds[key] = self._kind(key)
            if kind[0] == "calls":
                page.calls[kind[1]] = page.calls.get(kind[1], 0) + value
            elif kind[0] == "count":
                page.counts[kind[1]] = page.counts.get(kind[1], 0) + value
            elif kind[0] == "results" and value:
                service, what = kind[1]
                tally = page.results.setdefault(service, {})
                tally[what] = tally.get(what, 0) + value
        return page

    def _kind(self, key):
        name = key.partition("{")[0]
        if name in COUNTERS:
            return ("results", tally_key(key))
        number = _NAME.search(key)
        if name in CALLS:
            return ("calls", int(number.group(1)) if number else key)
        if name in COUNTS:
            return ("count", int(number.group(1)) if number else key)
        return ("other", None)


class Books:
    """Holds pages against what was sent.

    `window` is what a crash may lose, in seconds: of what was acknowledged within it before the crash, and
    was not seen on a page. None where nothing may be lost. With `zero_first` a page may show 0 for what is
    counted; where it is long, each series must have shown 0 first.
    """

    # What a commit and the processes may take, on a machine that has other things to do.
    SLACK = 1.0
    # Longer than a round.
    LONG_ZERO = 60

    def __init__(self, window=None, zero_first=None):
        self.window = window
        self.holds = zero_first is not None
        self._begins_at_zero = self.holds and zero_first >= self.LONG_ZERO
        self.problems = []
        self.pages = 0
        self.kills = []
        self.oldest_loss = 0.0
        self._batches = {}
        self._lock = threading.Lock()
        self._last = {}

    def add(self, batch):
        with self._lock:
            self._batches[batch.number] = batch

    def note_kill(self):
        self.kills.append(time.monotonic())

    @property
    def batches(self):
        with self._lock:
            return dict(self._batches)

    def check(self, page, at_rest=False):
        """Any page; `at_rest` where nothing can have been applied while it was written."""
        self.pages += 1
        self._check_monotonic(page)
        batches = self.batches
        for number in page.calls.keys() - batches.keys():
            self._note(f"spans of {number!r}, which nobody sent")
        for batch in batches.values():
            value = page.calls.get(batch.number, 0)
            self._check_upper(batch, batches, value, page, at_rest)
            if self.window is None and not self.holds and _was_acked(batch, page.began) and value < batch.own:
                self._note(f"{value:.0f} counted of {_text(batch)}, which was acknowledged before")
        if at_rest:
            self._check_at_rest(page, batches)

    def _check_monotonic(self, page):
        for key, value in self._last.items():
            now = page.samples.get(key)
            if now is None:
                self._note(f"{key} was {value} and is gone")
            elif now < value:
                self._note(f"{key} went from {value} to {now}")
        if self._begins_at_zero:
            for key in page.samples.keys() - self._last.keys():
                if page.samples[key] and not key.startswith(_ONES):
                    self._note(f"{key} was {page.samples[key]} when it was first seen")
        self._last = page.samples

    def _check_upper(self, batch, batches, value, page, at_rest):
        allowed = {0, batch.own}
        if batch.lent:
            allowed.add(batch.lent)
        is_whole = value in allowed or batch.is_spread and not at_rest and 0 <= value <= batch.own
        if self.holds:
            # Some series of the batch may be released before others.
            is_whole = 0 <= value <= batch.own
        if not is_whole:
            self._note(f"{value:.0f} counted of {_text(batch)}")
        if value and batch.sent_at is None:
            lender = batch.lent and batches[batch.borrower].sent_at
            if not lender or lender > page.ended:
                self._note(f"{value:.0f} counted of {_text(batch)}, which was not sent yet")

    def _check_at_rest(self, page, batches):
        for batch in batches.values():
            value = page.calls.get(batch.number, 0)
            if page.counts and page.counts.get(batch.number, 0) != value and not self.holds:
                self._note(f"{page.counts.get(batch.number)} durations and {value} calls of {_text(batch)}")
            if self.window is not None and not self.holds:
                self._settle(batch, value, page)
            if batch.borrowed and value and not self.holds and not batch.is_lost:
                lender, count = batch.borrowed
                have = page.calls.get(lender, 0)
                if have < count:
                    self._note(f"{_text(batch)} counts, but {have} of {count} that it shares with b{lender}")

    def _settle(self, batch, value, page):
        """After a crash that may lose something: what is not there now will not come any more."""
        if value >= batch.own or batch.is_lost or not _was_acked(batch, page.began):
            return
        batch.is_lost = True
        self._check_loss(batch)

    def _check_loss(self, batch):
        """Held against the last crash; with holds, where losses show late, against the nearest."""
        ages = [kill - batch.acked_at for kill in self.kills[0 if self.holds else -1 :]]
        # An answer may be read a moment after its sender's end.
        age = min((max(0, age) for age in ages if age > -self.SLACK), default=None)
        if age is None:
            self._note(f"{_text(batch)} is lost, though nothing crashed since it was acknowledged")
            return
        self.oldest_loss = max(self.oldest_loss, age)
        if age > self.window + self.SLACK:
            self._note(f"{_text(batch)} is lost, though acknowledged {age:.2f} s before the crash")

    def check_drained(self, page):
        """Everything was acknowledged: exactly the distinct spans count, but for what a crash may lose."""
        self.check(page, at_rest=True)
        batches = self.batches
        for batch in batches.values():
            value = page.calls.get(batch.number, 0)
            if batch.acked_at is None:
                self._note(f"{_text(batch)} was never acknowledged")
                continue
            if value < batch.own and self.window is not None and not batch.is_lost:
                batch.is_lost = True
                self._check_loss(batch)
            if batch.is_lost:
                continue
            if value != batch.own:
                self._note(f"{value:.0f} counted of {_text(batch)} at the end")

    def is_complete(self, page):
        """Whether the page shows all that it ever will."""
        return all(
            page.calls.get(batch.number, 0) >= batch.own or batch.is_lost for batch in self.batches.values()
        )

    def _note(self, problem):
        self.problems.append(problem)


def _was_acked(batch, time):
    return batch.acked_at is not None and batch.acked_at < time


def _text(batch):
    return f"the {batch.own} spans of b{batch.number}"
