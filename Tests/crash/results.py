"""What was sent of tests and acknowledged, and what every page and the ledger must therefore say."""

import json
import re
import threading
from collections import Counter

from service import run

# By the name of the counter: what a tally calls it, and the label that tells its values apart.
COUNTERS = {
    "test_case_results_total": ("results", "result"),
    "test_attempts_total": ("attempts", "outcome"),
    "test_retries_total": ("retries", "rescued"),
    "test_runs_total": ("runs", "result"),
}
_LABELS = ("service", "result", "outcome", "rescued")
_LABEL = {label: re.compile(rf'[{{,]{label}="([^"]*)"') for label in _LABELS}


def tally_key(key):
    """(service, (what, value)) of one of the counters by its line without the value."""
    what, label = COUNTERS[key.partition("{")[0]]
    return _LABEL["service"].search(key).group(1), (what, _LABEL[label].search(key).group(1))


class ResultBooks:
    """Holds pages and the ledger against runs of tests, each of which has a service of its own.

    `loses` is whether a crash may lose what was acknowledged; with `holds` a page may show 0 for what is
    counted.
    """

    def __init__(self, loses, holds):
        self.problems = []
        self.counts = Counter()
        self._loses = loses
        self._holds = holds
        self._runs = {}
        self._lock = threading.Lock()
        # What pages have shown, by service.
        self._shown = {}
        # When lives began and when they ended in order.
        self._starts = []
        self._stop = None

    def add(self, run):
        with self._lock:
            self._runs[run.service] = run

    @property
    def runs(self):
        with self._lock:
            return dict(self._runs)

    def note_start(self, time):
        self._starts.append(time)

    def note_stop(self, time):
        """An ordinary end: all that is final of what was acknowledged before is decided."""
        self._stop = time

    def check(self, page, at_rest=False):
        """Any page: acknowledged as final is counted, counted was sent, and nothing is taken back.

        `at_rest` where nothing was sent since the last end.
        """
        runs = self.runs
        for service, tally in page.results.items():
            if service not in runs:
                self._note(f"{_text(tally)} of {service!r}, which nobody sent")
                continue
            self.counts["results compared"] += len(tally)
            self._check_upper(runs[service], tally, page.ended, "shown")
        for service, before in self._shown.items():
            now = page.results.get(service, {})
            if _is_less(now, before):
                self._note(f"{service}: from {_text(before)} down to {_text(now)}")
        self._shown = page.results
        if at_rest and self._stop is not None and not self._loses and not self._holds:
            for one in runs.values():
                wanted = self._certain(one)
                found = page.results.get(one.service, {})
                if _is_less(found, wanted):
                    self._note(f"{_name(one)}: {_text(found)} shown after a stop, {_text(wanted)} final")
        self._stop = None

    def _check_upper(self, run, tally, time, verb):
        sent = Counter()
        for request in run.requests:
            if request.sent_at is not None and request.sent_at <= time:
                sent += request.tally
        if self._loses:
            # What is left of a case may have gone another way.
            sent, tally = _sums(sent), _sums(tally)
        for key, value in tally.items():
            if value > sent[key]:
                self._note(f"{_name(run)}: {value:.0f} {key} {verb}, {sent[key]} sent")

    def _certain(self, run):
        """What must be counted, at least, of what was acknowledged before the last stop."""
        tally = Counter()
        for request in run.requests:
            if request.acked_at is not None and request.acked_at <= self._stop:
                tally += request.tally
        return tally

    # MARK: The end

    def is_complete(self, page, has_stopped=False):
        """Whether the page shows all that it will, as there was no stop since or was one."""
        return self._loses or all(
            self._is_final(one, page.results.get(one.service, {}), has_stopped) for one in self.runs.values()
        )

    def check_drained(self, page, has_stopped):
        """Everything was acknowledged: exactly what happened is counted, but for what a crash may lose."""
        self.check(page)
        if self._loses:
            return
        for one in self.runs.values():
            if not one.is_acked:
                self._note(f"{one.service} was never acknowledged")
            found = page.results.get(one.service, {})
            self.counts["results compared"] += len(found)
            if not self._is_final(one, found, has_stopped):
                self._note(f"{_name(one)}: {_text(found)} shown, {_text(one.tally)} happened")

    def _is_final(self, run, found, has_stopped):
        if run.waits and not has_stopped and found == _without_runs(run.tally):
            return True
        return found == run.tally

    # MARK: The ledger

    def check_ledger(self, directory, is_drained=False):
        """What `spanmeter tests` reads: what pages have shown at least, and at the end exactly everything.

        `is_drained` after a stop at the end.
        """
        runs, found = self.runs, {}
        for one in self._read_ledger(directory, "--runs"):
            found.setdefault(one["service"], []).append(one)
        cases = {}
        for one in self._read_ledger(directory, "--results"):
            for case in one.get("cases", []):
                cases.setdefault(case["service"], []).append(case)
        self.counts["ledgers compared"] += 1
        for service in found.keys() | cases.keys() | self._shown.keys():
            if service not in runs:
                self._note(f"the ledger has {service!r}, which nobody sent")
                continue
            self._check_ledger(runs[service], found.get(service, []), cases.get(service, []), is_drained)
        for service in runs.keys() - found.keys() if is_drained and not self._loses else ():
            self._note(f"{service}: not in the ledger")

    def _read_ledger(self, directory, what):
        done = run("tests", what, "--format", "json", "--data", directory)
        if done.returncode == 0:
            return json.loads(done.stdout)
        self._note(f"the ledger cannot be read: {done.stderr}")
        return []

    def _check_ledger(self, run, found, cases, is_drained):
        tally = _ledger_tally(found, cases)
        self.counts["results compared"] += len(tally)
        if len(found) > 1:
            self._note(f"{_name(run)}: {len(found)} runs in the ledger: {found}")
        for one in found:
            said = Counter({("results", result): one[result] for result in _RESULTS if one[result]})
            rows = Counter({key: value for key, value in tally.items() if key[0] == "results"})
            if said != rows:
                self._note(f"{_name(run)}: the ledger's run says {_text(said)} and has {_text(rows)}")
        shown = self._shown.get(run.service, {})
        if self._loses:
            # What came again after a loss may have corrected a result; counters keep their first word.
            counted = [_sums(one)["results"] for one in (shown, tally)]
            is_same = counted[0] == counted[1] or (self._holds or not is_drained) and counted[0] < counted[1]
        else:
            is_same = not _is_less(tally, shown)
            self._check_upper(run, tally, float("inf"), "in the ledger")
        if not is_same:
            self._note(f"{_name(run)}: {_text(shown)} shown, {_text(tally)} in the ledger")
        if not is_drained or self._loses:
            return
        happened = sorted((case.name, case.result, tuple(case.attempts)) for case in run.cases)
        kept = sorted(_case(case) for case in cases)
        if kept != happened:
            differ = set(kept) ^ set(happened)
            counts = f"{len(kept)} cases in the ledger, {len(happened)} happened"
            self._note(f"{_name(run)}: {counts}; {differ}")
        ended = [one["result"] for one in found]
        if ended != [run.result or "running"]:
            self._note(f"{_name(run)}: {ended} in the ledger, {run.result} happened")

    # MARK: Figures

    def figures(self):
        """How much of what was cut where."""
        sums = Counter(self.counts)
        for one in self.runs.values():
            acked = [request for request in one.requests if request.acked_at is not None]
            if not acked:
                continue
            sums["runs of tests"] += 1
            sums["results"] += sum(
                value for request in acked for (what, _), value in request.tally.items() if what == "results"
            )
            cuts = sum(1 for start in self._starts if acked[0].acked_at < start < acked[-1].acked_at)
            sums["runs of tests cut by a restart"] += cuts > 0
        return sums

    def _note(self, problem):
        self.problems.append(problem)


_RESULTS = ("passed", "failed", "error", "skipped", "flaky")


def _case(case):
    """(name, result, attempts) of a case of the ledger; a test's name is the end of its id."""
    name = re.split(r"[.:]", case["test"])[-1].removeprefix("routing_test_")
    return name, case["result"], tuple(attempt["outcome"] for attempt in case["attempts"])


def _ledger_tally(found, cases):
    """The same of the ledger as counters say."""
    tally = Counter(("runs", one["result"]) for one in found if one["result"] != "running")
    for case in cases:
        tally["results", case["result"]] += 1
        tally.update(("attempts", attempt["outcome"]) for attempt in case["attempts"])
        if len(case["attempts"]) > 1:
            tally["retries", "true" if case["result"] == "flaky" else "false"] += len(case["attempts"]) - 1
    return tally


def _is_less(tally, wanted):
    """Whether anything of `wanted` is missing."""
    return any(tally.get(key, 0) < value for key, value in wanted.items())


def _without_runs(tally):
    return Counter({key: value for key, value in tally.items() if key[0] != "runs"})


def _sums(tally):
    """The sums over the values of labels."""
    sums = Counter()
    for (what, _), value in tally.items():
        sums[what] += value
    return sums


def _text(tally):
    counts = [f"{what} {value}: {count:.0f}" for (what, value), count in sorted(tally.items())]
    return ", ".join(counts) or "nothing"


def _name(run):
    return f"{run.tool} {run.service}"
