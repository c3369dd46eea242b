"""Reports of test tools as files, and `spanmeter ingest`, which is run until it says that all is taken."""

import datetime
import itertools
import json
import random
import subprocess
import threading
import time
from collections import Counter

import service
from service import environment
from testruns import BAD, Case, Request, TestRun, run_result

# More than one request's 512 spans.
CASE_COUNTS = (20, 600, 1_200)
# Between reports, in seconds: what they leave behind makes rounds long.
PAUSE = 0.4
INGEST_SECONDS = 60


class ReportMaker:
    """Writes reports into `directory`; the same seed makes the same ones, but for times."""

    def __init__(self, random, directory):
        self._random = random
        self._directory = directory
        self._numbers = itertools.count()

    def make(self):
        """The run that the next report tells of, and the report's path."""
        number = next(self._numbers)
        cases = [Case(f"case{index}", self._attempts()) for index in range(self._random.choice(CASE_COUNTS))]
        is_log = number % 2 == 1
        path = self._directory / f"report{number}.{'jsonl' if is_log else 'xml'}"
        path.write_text(_log(cases, number) if is_log else _junit(cases, number))
        result = run_result(cases)
        tally = sum((case.tally for case in cases), Counter())
        tally["runs", result] += 1
        request = Request(path.name, None, tally)
        return TestRun(f"runreport{number}", "report", cases, result, [request]), path

    def _attempts(self):
        chance = self._random.random()
        if chance < 0.8:
            return ["passed"]
        if chance < 0.9:
            return [self._random.choice([*BAD, "skipped"])]
        bad = [self._random.choice(BAD) for _ in range(self._random.randint(1, 2))]
        return bad + [self._random.choice(["passed", "failed"])]


def _junit(cases, number):
    """As Surefire writes it, with reruns."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    lines = [f'<testsuite name="suite{number}" timestamp="{now}">']
    for case in cases:
        lines.append(f'<testcase classname="suite{number}" name="{case.name}" time="0.001">')
        *before, last = case.attempts
        if last == "skipped":
            lines.append("<skipped/>")
        elif last == "passed":
            lines += [f'<flaky{_kind(outcome)} message="lost" type="Race"/>' for outcome in before]
        else:
            first, *reruns = case.attempts
            lines.append(f'<{_kind(first).lower()} message="lost" type="Race"/>')
            lines += [f'<rerun{_kind(outcome)} message="lost" type="Race"/>' for outcome in reruns]
        lines.append("</testcase>")
    return "\n".join([*lines, "</testsuite>", ""])


def _kind(outcome):
    return "Failure" if outcome == "failed" else "Error"


def _log(cases, number):
    """As pytest-reportlog writes it, with reruns of pytest-rerunfailures."""
    lines, now = [], time.time()
    for case in cases:
        for index, outcome in enumerate(case.attempts):
            bad = "failed" if index == len(case.attempts) - 1 else "rerun"
            phases = {"setup": "passed", "call": "passed", "teardown": "passed"}
            if outcome == "failed":
                phases["call"] = bad
            elif outcome in ("error", "skipped"):
                phases = {"setup": bad if outcome == "error" else "skipped", "teardown": "passed"}
            for when, word in phases.items():
                lines.append(
                    {
                        "$report_type": "TestReport",
                        "nodeid": f"tests/test_{number}.py::{case.name}",
                        "when": when,
                        "outcome": word,
                        "duration": 0.001,
                        "start": now,
                        "stop": now,
                    }
                )
    lines.append({"$report_type": "SessionFinish", "exitstatus": 1})
    return "\n".join(json.dumps(line) for line in lines) + "\n"


class Ingester:
    """Takes in one report after the other through the receiver at `port`, each until all of it is taken."""

    def __init__(self, maker, books, port, seed):
        self.counts = Counter()
        self.problems = []
        # What `ingest` said the last time of what is being sent, by its number.
        self.refused = {}
        self._maker = maker
        self._books = books
        self._random = random.Random(seed)
        self._to = f"http://127.0.0.1:{port}"
        self._is_making = True
        self._ends = False
        self._process = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop_making(self):
        """Begins no more."""
        self._is_making = False

    def drain(self, seconds):
        """Returns whether what was begun is taken in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def end(self):
        self._is_making, self._ends = False, True
        process = self._process
        if process is not None:
            process.kill()
        self._thread.join()

    def _work(self):
        while self._is_making:
            run, path = self._maker.make()
            self._books.add(run)
            request = run.requests[0]
            request.sent_at = time.monotonic()
            while not self._ends:
                code, text = self._ingest(run, path)
                if code == 0:
                    request.acked_at = time.monotonic()
                    self.counts["report taken"] += 1
                    self.refused.clear()
                    break
                if code != 1:
                    self.problems.append(f"ingest {path.name} ended with {code}: {text}")
                    return
                self.counts["report again"] += 1
                self.refused[request.number] = text
                time.sleep(self._random.uniform(0, 0.1))
            if self._is_making:
                time.sleep(self._random.uniform(0, PAUSE))

    def _ingest(self, run, path):
        self._process = start_ingest(path, run.service, "--to", self._to)
        try:
            text = self._process.communicate(timeout=INGEST_SECONDS)[0]
        except subprocess.TimeoutExpired:
            self._process.kill()
            return None, f"not done after {INGEST_SECONDS} s"
        code = self._process.returncode
        return (1 if self._ends else code), text.decode()


def start_ingest(path, name, *arguments, variables=None):
    """Starts `spanmeter ingest` of a report of the service `name`."""
    return subprocess.Popen(
        [str(word) for word in (service.BINARY, "ingest", "--service", name, *arguments, path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=path.parent,
        env={**environment(), **(variables or {})},
    )
