"""A short script of lives during which one call to the disk fails; what must hold all the same."""

import http.client
import random
import signal
import time
from collections import Counter

from batches import BatchMaker
from books import Books, PageReader
from sending import Again, HTTPConnection
from service import Spanmeter
from testvfs import TestVFS

# How many batches each life takes, and how it ends; the first one makes the data directory.
LIVES = ((4, "stop"), (3, "kill"), (2, "stop"))
OPERATIONS = ("write", "sync", "open")
KINDS = ("ioerr", "full")
# Of relaxed, in seconds; far longer than a life, so that scrapes and ends commit.
WINDOW = 10
# Until a disk that failed once must work again: it is tried each second.
RECOVERY_SECONDS = 10


class FaultRun:
    """Runs the script; `fault` is the number of a life, from 0, and the VFS's word for what fails in it.

    With `relaxed` nobody is refused, and what is wanted is that no more is lost than it says.
    """

    def __init__(self, directory, fault=None, seed=0, is_relaxed=False):
        self.directory = directory
        self.is_relaxed = is_relaxed
        self.fault = fault
        self.counts = Counter()
        self.problems = []
        # What `/-/ready` said while batches were refused.
        self.reasons = []
        self._maker = BatchMaker(random.Random(seed))
        self._reader = PageReader()
        self._books = Books(WINDOW if is_relaxed else None)
        self._server = None

    def run(self):
        try:
            for number, (batch_count, end) in enumerate(LIVES):
                self._live(number, batch_count, end)
            self._start("last", "forget")
            self.counts["lost batches"] = sum(batch.is_lost for batch in self._books.batches.values())
            self._books.check_drained(self._page())
            self._stop()
        finally:
            if self._server:
                self._server.kill()
        self.problems += self._books.problems
        self._check_happened()
        if self.problems:
            shown = "\n  ".join(self.problems[:12])
            raise AssertionError(
                f"fault {self.fault}: {len(self.problems)} problems\n  {shown}\n{self.directory}"
            )

    def _check_happened(self):
        if not self.fault:
            return
        number, (operation, calls, *_) = self.fault[0], self.fault[1].split(":")
        if self.calls(number)[operation] < int(calls.partition("-")[0]):
            self.problems.append(f"there were only {self.calls(number)[operation]} calls")

    def calls(self, number):
        """How often a life called each operation, by name."""
        lines = (self.directory / f"stats{number}").read_text().splitlines()
        return {name: int(count) for name, count in (line.split() for line in lines if line)}

    def _live(self, number, batch_count, end):
        plan = f"forget,stats={self.directory / f'stats{number}'}"
        if self.fault and self.fault[0] == number:
            plan += f",fail={self.fault[1]}"
        if not self._start(f"life{number}", plan):
            # Whoever supervises it starts it again.
            self.counts["starts refused"] += 1
            self._start(f"life{number}-again", "forget")
        self._books.check(self._page(), at_rest=True)
        for left in reversed(range(batch_count)):
            self._deliver(self._maker.make())
            # A page makes `relaxed` commit; the last batch is left for the end.
            if left > 0 or not self.is_relaxed:
                self._books.check(self._page())
        if not self.is_relaxed:
            self._check_ready_again()
        if end == "kill":
            self._server.process.kill()
            self._server.process.wait()
            self._books.note_kill()
            self.counts["kills"] += 1
        else:
            self._stop()

    def _start(self, name, plan):
        """Returns whether it is ready; if not, it has said why."""
        directory = self.directory / name
        directory.mkdir()
        variables = {"SPANMETER_ZERO_FIRST": "off", "SPANMETER_LINGER": "0s", **TestVFS.variables(plan)}
        if self.is_relaxed:
            variables |= {"SPANMETER_DURABILITY": "relaxed", "SPANMETER_RELAXED_WINDOW": f"{WINDOW}s"}
        self._server = Spanmeter(directory, data=self.directory / "data", variables=variables, waits=False)
        try:
            self._server.wait_until_ready()
        except RuntimeError:
            code = self._server.process.returncode
            lines = self._server.log.splitlines()
            if code != 1 or not lines:
                self.problems.append(f"a start ended with {code}: {lines[-20:]}")
            return False
        return True

    def _deliver(self, batch):
        """Sends a batch until it is taken."""
        self._books.add(batch)
        connection = HTTPConnection(self._server.port("otlp-http")[1])
        batch.sent_at = time.monotonic()
        deadline = batch.sent_at + RECOVERY_SECONDS
        while True:
            try:
                connection.send(batch.body)
                break
            except Again as answer:
                self.counts[f"answers {answer}"] += 1
                if str(answer) != "503" or self.is_relaxed:
                    self.problems.append(f"{answer} instead of 503")
                    return
                self._ask_ready()
                if time.monotonic() > deadline:
                    self.problems.append(
                        f"still refused after {RECOVERY_SECONDS} s: {self._server.log[-1000:]}"
                    )
                    return
                time.sleep(0.02)
        connection.close()
        batch.acked_at = time.monotonic()

    def _ask_ready(self):
        status, text = self._get("/-/ready")
        if status == 200:
            # It may have recovered meanwhile.
            return
        self.reasons.append(text.strip())
        if status != 503 or "cannot be kept: " not in text:
            self.problems.append(f"/-/ready says {status} {text!r}")

    def _check_ready_again(self):
        status, text = self._get("/-/ready")
        if status != 200:
            self.problems.append(f"/-/ready says {status} {text!r} after a batch was taken")

    def _stop(self):
        self._server.process.send_signal(signal.SIGTERM)
        code = self._server.process.wait(30)
        if code != 0:
            self.problems.append(f"SIGTERM ended it with {code}: {self._server.log[-2000:]}")

    def _page(self):
        began = time.monotonic()
        status, text = self._get("/metrics")
        assert status == 200, text
        return self._reader.read(text, began, time.monotonic())

    def _get(self, path):
        connection = http.client.HTTPConnection(*self._server.port("metrics"), timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            code = self._server.process.poll()
            raise AssertionError(f"no {path}: {error!r}; exit code {code}; {self._server.log}") from None
        finally:
            connection.close()
