"""Runs of test tools as their spans tell of them, made from a seed, and what is to be counted of each."""

import itertools
import struct
import time
from collections import Counter

from spans import field, string_attribute, varint

INTERNAL, SERVER = 1, 2
UNSET, OK, ERROR = 0, 1, 2
BAD = ("failed", "error")
# From a span's end to that of the one before it.
SPAN_NANOSECONDS = 2_000_000


class Case:
    """A test case: its name, and how its attempts went, the last of which decides."""

    def __init__(self, name, attempts):
        self.name = name
        self.attempts = attempts

    @property
    def result(self):
        is_rescued = self.attempts[-1] == "passed" and len(self.attempts) > 1
        return "flaky" if is_rescued else self.attempts[-1]

    @property
    def tally(self):
        """What counters say of it, by what they count and the value of their label."""
        tally = Counter({("results", self.result): 1})
        tally.update(("attempts", outcome) for outcome in self.attempts)
        if len(self.attempts) > 1:
            tally["retries", "true" if self.result == "flaky" else "false"] = len(self.attempts) - 1
        return tally


class Request:
    """A part of a run in one request; `tally` is what can be counted once it is there, and not before."""

    def __init__(self, number, body, tally):
        self.number = number
        self.body = body
        self.tally = tally
        self.sent_at = None
        self.acked_at = None


class TestRun:
    """A run, which no other run shares its service with: `result` is None where no span says its end.

    `waits` is whether spans alone do not end it soon: only a stop does.
    """

    __test__ = False

    def __init__(self, service, tool, cases, result, requests, waits=False):
        self.service = service
        self.tool = tool
        self.cases = cases
        self.result = result
        self.requests = requests
        self.waits = waits

    @property
    def tally(self):
        return sum((request.tally for request in self.requests), Counter())

    @property
    def is_acked(self):
        return self.requests[-1].acked_at is not None


class TestRunMaker:
    """Makes runs of every tool; the same seed makes the same ones, but for ids and times."""

    __test__ = False

    def __init__(self, random):
        self._random = random
        self._numbers = itertools.count()
        self._ids = itertools.count(1)
        self._trace = random.getrandbits(63) | 1

    def make(self):
        number = next(self._numbers)
        tools = (_Conventions, _Phases, _Siblings, _Flagged, _Routing)
        tool = tools[number % len(tools)]
        trace = struct.pack(">QQ", self._trace, number + 1)
        writer = _SpanWriter(trace, self._ids)
        count = self._random.choice([3, 10, 30])
        cases = [Case(f"case{index}", self._attempts(tool)) for index in range(count)]
        service = f"run{number}"
        story = tool(writer, cases, self._random)
        return TestRun(
            service, tool.NAME, cases, story.result, self._requests(service, tool, story), tool.WAITS
        )

    def _attempts(self, tool):
        chance = self._random.random()
        if tool.RETRIES and chance < 0.3:
            bad = [self._random.choice(tool.BAD) for _ in range(self._random.randint(1, 3))]
            return bad + [self._random.choice(["passed", "failed"])]
        if chance < 0.6:
            return ["passed"]
        return [self._random.choice((*tool.BAD, "skipped") if tool.SKIPS else tool.BAD)]

    def _requests(self, service, tool, story):
        """The spans in the order of their ends, cut anywhere."""
        most = self._random.choice([2, 6, 20])
        requests, left = [], story.spans
        while left:
            count = self._random.randint(1, most)
            some, left = left[:count], left[count:]
            tally = sum((tally for _, tally in some), Counter())
            body = tool.request(service, [span for span, _ in some])
            requests.append(Request(f"{service}.{len(requests)}", body, tally))
        return requests


class _SpanWriter:
    """Writes spans of one trace."""

    def __init__(self, trace, ids):
        self._trace = trace
        self._ids = ids
        # Cases follow each other, and end before now.
        self.now = time.time_ns() - 3_000_000_000

    def id(self):
        return struct.pack(">Q", next(self._ids))

    def step(self):
        self.now += SPAN_NANOSECONDS
        return self.now

    def span(
        self, name, start, end, *, parent=b"", id=None, kind=INTERNAL, status=UNSET, texts=(), events=()
    ):
        """One span; `events` are the times of exceptions."""
        parts = [field(1, self._trace), field(2, id or self.id())]
        if parent:
            parts.append(field(4, parent))
        parts += [field(5, name), b"\x30" + varint(kind), b"\x39", struct.pack("<Q", start)]
        parts += [b"\x41", struct.pack("<Q", end)]
        for key, value in dict(texts).items():
            parts.append(string_attribute(key, value) if isinstance(value, str) else _number(key, value))
        for at in events:
            parts.append(field(11, b"\x09" + struct.pack("<Q", at) + field(2, "exception")))
        if status:
            parts.append(field(15, b"\x18" + varint(status)))
        return b"".join(parts)


def _number(key, value):
    return field(9, field(1, key) + field(2, b"\x18" + varint(value)))


def run_result(cases):
    return "failed" if any(case.result in BAD for case in cases) else "passed"


class _Tool:
    """How a tool tells of a run: `spans` in the order they end, each with what counts when it is there."""

    RETRIES = True
    SKIPS = True
    WAITS = False
    BAD = BAD
    SCOPE = "crash"

    def __init__(self, writer, cases, random):
        self.writer = writer
        self.spans = []
        self.result = None
        self.root = writer.id()
        self.start = writer.now
        self.write(cases, random)

    def end_run(self, tally, name, **facts):
        """The span of the run, with which all else that `tally` names is final."""
        tally = Counter(tally)
        if self.result:
            tally["runs", self.result] += 1
        span = self.writer.span(name, self.start, self.writer.step(), id=self.root, **facts)
        self.spans.append((span, tally))

    @classmethod
    def request(cls, service, spans):
        attributes = (("service.name", service), ("service.instance.id", "of " + service))
        resource = b"".join(field(1, field(1, key) + field(2, field(1, value))) for key, value in attributes)
        scope = field(1, field(1, cls.SCOPE)) + b"".join(field(2, span) for span in spans)
        return field(1, field(1, resource) + field(2, scope))


class _Conventions(_Tool):
    """OpenTelemetry's `test.*`: a span for each attempt, final with the run's."""

    NAME = "otel"
    WORDS = {"passed": "pass", "failed": "fail", "skipped": "skip", "error": "broken"}

    def write(self, cases, random):
        tally = Counter()
        for case in cases:
            for outcome in case.attempts:
                start = self.writer.now
                texts = {"test.case.name": case.name, "test.suite.name": "suite"}
                texts["test.case.result.status"] = self.WORDS[outcome]
                span = self.writer.span(case.name, start, self.writer.step(), parent=self.root, texts=texts)
                self.spans.append((span, Counter()))
            tally += case.tally
        self.result = random.choice([run_result(cases), "interrupted"])
        word = {"passed": "success", "failed": "failure", "interrupted": "aborted"}[self.result]
        self.end_run(tally, "suite", texts={"test.suite.run.status": word})


class _Phases(_Tool):
    """pytest-opentelemetry: phases below a case's span, which holds all its attempts; then the session."""

    NAME = "pytest-opentelemetry"

    def write(self, cases, random):
        for case in cases:
            self._write_case(case)
        self.result = run_result(cases)
        status = ERROR if self.result == "failed" else UNSET
        self.end_run({}, "test run", status=status, texts={"pytest.span_type": "run"})

    def _write_case(self, case):
        nodeid = f"tests/test_crash.py::{case.name}"
        texts = {"pytest.nodeid": nodeid, "pytest.span_type": "test", "code.filepath": "tests/test_crash.py"}
        own, begin, events = self.writer.id(), self.writer.now, []
        for outcome in case.attempts:
            has_call = outcome in ("passed", "failed")
            for phase in ("setup", "call", "teardown") if has_call else ("setup", "teardown"):
                start = self.writer.now
                name = f"{nodeid}::{phase}"
                span = self.writer.span(name, start, self.writer.step(), parent=own, texts=texts)
                self.spans.append((span, Counter()))
                is_source = outcome in BAD and phase == ("call" if has_call else "setup")
                if is_source:
                    events.append(self.writer.now)
        last = case.attempts[-1]
        # A rerun makes it OK for ever, as does a pass.
        status = OK if last == "passed" or len(case.attempts) > 1 else ERROR if last in BAD else UNSET
        facts = {"status": status, "texts": texts, "events": events}
        span = self.writer.span(nodeid, begin, self.writer.step(), id=own, parent=self.root, **facts)
        self.spans.append((span, case.tally))


class _Siblings(_Tool):
    """pytest-otel: a span for each attempt, one right behind the other, final with the session's."""

    NAME = "pytest-otel"
    WAITS = True
    BAD = ("failed",)

    def write(self, cases, random):
        tally = Counter()
        for case in cases:
            for outcome in case.attempts:
                start = self.writer.now
                word = "None" if outcome == "passed" and len(case.attempts) > 1 else outcome
                texts = {"tests.name": case.name, "tests.status": word}
                name = f"Running {case.name}"
                span = self.writer.span(name, start, self.writer.step(), parent=self.root, texts=texts)
                self.spans.append((span, Counter()))
            tally += case.tally
        self.result = run_result(cases)
        self.end_run(tally, "Test Suite", kind=SERVER, texts={"tests.status": self.result})


class _Flagged(_Tool):
    """TUnit: a span for each attempt that says whether it is a retry, in any order with other cases."""

    NAME = "tunit"

    def write(self, cases, random):
        tally = Counter()
        left = {case.name: list(enumerate(case.attempts)) for case in cases}
        while left:
            name = random.choice(list(left))
            number, outcome = left[name].pop(0)
            if not left[name]:
                del left[name]
            start = self.writer.now
            texts = {"tunit.test.class": "CrashTests", "test.case.name": name}
            texts["test.case.result.status"] = _Conventions.WORDS[outcome]
            texts["tunit.test.retry_attempt"] = number
            span = self.writer.span(name, start, self.writer.step(), parent=self.root, texts=texts)
            self.spans.append((span, Counter()))
        for case in cases:
            tally += case.tally
        self.result = run_result(cases)
        status = ERROR if self.result == "failed" else UNSET
        self.end_run(tally, "session", status=status, texts={"tunit.session.id": "session"})


class _Routing(_Tool):
    """Routing tests: one span is one case; nothing tells of the run's end."""

    NAME = "skill-routing"
    RETRIES = False
    SKIPS = False

    def write(self, cases, random):
        for case in cases:
            start, texts = self.writer.now, {"test.case.id": case.name, "expected_skill": "a"}
            status = UNSET
            if case.result == "passed":
                texts["actual_skill"] = "a"
            elif case.result == "failed":
                texts["actual_skill"] = "b"
            name = f"routing_test_{case.name}"
            span = self.writer.span(name, start, self.writer.step(), status=status, texts=texts)
            self.spans.append((span, case.tally))
