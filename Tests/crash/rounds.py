"""One round: one data directory, several lives of spanmeter that end badly, and a sender all the while."""

import contextlib
import http.client
import random
import signal
import subprocess
import threading
import time
from collections import Counter

from batches import BatchMaker
from books import Books, PageReader
from polling import wait_until
from proxy import Proxy
from reports import Ingester, ReportMaker, start_ingest
from results import ResultBooks
from sending import RunSender, Sender
from service import Spanmeter
from specs import CONFIG, PACK, WIDE_CONFIG, WIDE_PACK
from testruns import TestRunMaker
from testvfs import TestVFS

# Of relaxed; short, so that a life is longer.
WINDOW = 0.5
LIVES = 7
# A life's longest time under load.
LIFE_SECONDS = 1.2
DRAIN_SECONDS = 40
# From the start's end to the moment around which tests are first decided on, where many lives end.
DECISION_SECONDS = (0.97, 1.04)
# How often `spanmeter ingest` is killed over one report.
INGEST_KILLS = 2
# Until everything that counts is on a page; where something may be lost, it may never come.
SHOWN_SECONDS = 15
SHOWN_SECONDS_WITH_LOSS = 5
# Batches a second: a page of some thousand lines at the end of a round.
RATE = 80


class Round:
    """Runs a round in `directory`; raises AssertionError with all problems at its end."""

    def __init__(self, spec, directory):
        self.spec = spec
        self.directory = directory
        self.counts = Counter()
        self._random = random.Random(spec.seed)
        self._reader = PageReader()
        self._books = Books(WINDOW if spec.durability == "relaxed" else None, spec.zero_first)
        self._proxy = Proxy(("http", "grpc"), self._random.getrandbits(32))
        maker = BatchMaker(random.Random(self._random.getrandbits(32)), spec.is_wide)
        rate = RATE / 4 if spec.is_wide else RATE
        seed = self._random.getrandbits(32)
        self._sender = Sender(maker, self._books, self._proxy.ports, seed, rate)
        self._results = ResultBooks(loses=spec.durability == "relaxed", holds=spec.zero_first is not None)
        self._senders = [self._sender, *(self._start_results() if spec.has_results else ())]
        self._server = None
        self._is_last = False
        config, pack = (WIDE_CONFIG, WIDE_PACK) if spec.is_wide else (CONFIG, PACK)
        self._config = config.replace("crash.yaml", str(directory / "crash.yaml"))
        (directory / "crash.yaml").write_text(pack)

    def _start_results(self):
        """Senders of what tests do, on top of the others."""
        chance = random.Random(f"results {self.spec.seed}")
        maker = TestRunMaker(random.Random(chance.getrandbits(32)))
        yield RunSender(maker, self._results, self._proxy.ports, chance.getrandbits(32))
        reports = self.directory / "reports"
        reports.mkdir()
        self._report_maker = ReportMaker(random.Random(chance.getrandbits(32)), reports)
        yield Ingester(self._report_maker, self._results, self._proxy.ports["http"], chance.getrandbits(32))

    @property
    def problems(self):
        return self._books.problems + self._results.problems

    def run(self):
        try:
            for number in range(LIVES):
                self._live(number)
                if self.problems:
                    break
            else:
                self._finish()
        finally:
            for sender in self._senders:
                sender.end()
            self._proxy.end()
            if self._server:
                self._server.kill()
        self._count()
        problems = self.problems + [problem for sender in self._senders for problem in sender.problems]
        if problems:
            shown = "\n  ".join(problems[:12])
            raise AssertionError(f"{self.spec}: {len(problems)} problems\n  {shown}\n{self.directory}")

    def _count(self):
        batches = self._books.batches.values()
        self.counts["batches"] = sum(1 for batch in batches if batch.sent_at)
        self.counts["spans"] = sum(batch.own for batch in batches if batch.sent_at)
        self.counts["acknowledged batches"] = sum(1 for batch in batches if batch.acked_at)
        self.counts["lost batches"] = sum(1 for batch in batches if batch.is_lost)
        self.counts["pages"] = self._books.pages
        self.counts["oldest loss ms"] = int(self._books.oldest_loss * 1000)
        for name, count in self._proxy.counts.items():
            self.counts[f"proxy: {name}"] = count
        for sender in self._senders:
            for name, count in sender.counts.items():
                self.counts[f"sender: {name}"] += count
        self.counts.update(self._results.figures())

    # MARK: Lives

    def _start(self, name, vfs=None):
        directory = self.directory / name
        directory.mkdir()
        self._server = Spanmeter(
            directory, self._config, data=self._data, variables=self._variables(vfs), waits=False
        )

    @property
    def _data(self):
        return self.directory / "data"

    def _variables(self, vfs):
        variables = {
            "SPANMETER_DURABILITY": self.spec.durability,
            "SPANMETER_RELAXED_WINDOW": f"{WINDOW * 1000:.0f}ms",
            "SPANMETER_ZERO_FIRST": f"{self.spec.zero_first}s" if self.spec.zero_first else "off",
            "SPANMETER_LINGER": "0s",
            "SPANMETER_TESTS_FOLD_TIMEOUT": "100ms",
            # Gauges are no concern of ours, and make pages long.
            "SPANMETER_TESTS_MAX_EXPOSED": "0",
            "SPANMETER_LIMITS_VALUES_PER_LABEL": "1000000",
            "SPANMETER_LIMITS_SERIES_PER_METER": "1000000",
            "SPANMETER_LIMITS_SERIES": "1000000",
        }
        if self.spec.is_wide:
            # Room for one of the large requests at a time: the others get 429.
            variables |= {"SPANMETER_LIMITS_INFLIGHT_BYTES": "2MiB", "SPANMETER_LIMITS_REQUEST_BYTES": "2MiB"}
        return variables | (TestVFS.variables(vfs) if vfs is not None else {})

    def _live(self, number):
        """From a start to the end under load."""
        self._is_last = number == LIVES - 1
        self._start(f"life{number}", self._draw_vfs())
        if number > 0 and self._random.random() < 0.15:
            time.sleep(self._random.uniform(0, 0.15))
            self._kill("kills at start")
            return
        if not self._await_ready():
            return
        ready = time.monotonic()
        self._results.note_start(ready)
        page = self._page()
        if page:
            self._check(page, at_rest=True)
        self._proxy.open(self._backends)
        ending = threading.Thread(target=self._end_life, args=(ready,))
        ending.start()
        while ending.is_alive():
            page = self._page()
            if page:
                self._check(page)
            time.sleep(self._random.uniform(0, 0.06))
        ending.join()
        self._proxy.close()
        self._check_log()
        # Before the first page there may be no ledger yet.
        if self._books.pages and self._random.random() < 0.4:
            self._results.check_ledger(self._data)

    def _check(self, page, at_rest=False):
        self._books.check(page, at_rest)
        self._results.check(page, at_rest)

    @property
    def _backends(self):
        return {name: self._server.port(f"otlp-{name}")[1] for name in ("http", "grpc")}

    def _end_life(self, ready):
        """Waits for the end of the life that was `ready` at that time, or brings it about."""
        duration = self._random.uniform(0.02, LIFE_SECONDS)
        if self._random.random() < 0.5:
            duration = max(0, ready + self._random.uniform(*DECISION_SECONDS) - time.monotonic())
        end = self._random.random()
        with contextlib.suppress(Exception):
            self._server.process.wait(duration)
        if not self._server.is_alive:
            self._note_death("kills by the file system")
        elif self._is_last:
            # Each round has a stop, and with it a checkpoint, while runs of tests go on.
            self._stop()
        elif end < 0.7:
            self._kill("kills under load")
        elif end < 0.85:
            self._server.process.send_signal(signal.SIGTERM)
            time.sleep(self._random.uniform(0, 0.1))
            self._kill("kills while stopping")
        else:
            self._stop()

    @property
    def _vfs(self):
        if not self.spec.forgets:
            return None
        return "forget,lie" if self.spec.lies else "forget"

    def _draw_vfs(self):
        if not self.spec.forgets:
            return None
        plan = [self._vfs]
        if self._random.random() < 0.7:
            # As disks take; what comes before the sync is seen to come before it.
            plan.append(f"slow={self._random.randint(1, 15)}")
        if self._random.random() < 0.6:
            operation = self._random.choice(["sync", "write"])
            last = int(2 ** self._random.uniform(0, 8 if operation == "sync" else 11))
            plan += [f"crash={operation}:{last}", f"torn={self._random.getrandbits(31) + 1}"]
        return ",".join(plan)

    def _kill(self, kind):
        if self._server.is_alive:
            self._server.process.kill()
        self._note_death(kind)

    def _note_death(self, kind):
        code = self._server.process.wait()
        self._books.note_kill()
        if code == -signal.SIGKILL:
            self.counts[kind] += 1
            self.counts["kills"] += 1
        elif code != 0:
            self._books.problems.append(f"ended with {code}: {self._server.log[-2000:]}")

    def _stop(self):
        """An ordinary end, which loses nothing."""
        began = time.monotonic()
        self._server.process.send_signal(signal.SIGTERM)
        code = self._server.process.wait(30)
        if code == -signal.SIGKILL and self.spec.forgets:
            self._note_death("kills by the file system")
            return
        self.counts["stops"] += 1
        self._results.note_stop(began)
        if code != 0:
            self._books.problems.append(f"SIGTERM ended it with {code}: {self._server.log[-2000:]}")

    def _await_ready(self):
        try:
            self._server.wait_until_ready()
        except RuntimeError:
            if self._server.process.returncode != -signal.SIGKILL or not self.spec.forgets:
                raise
            self.counts["kills by the file system"] += 1
            self.counts["kills"] += 1
            return False
        return True

    def _await_all(self, has_stopped):
        """Until a page shows all that it ever will, if it does."""

        def shows_all():
            page = self._page(must=True)
            self._check(page)
            return self._books.is_complete(page) and self._results.is_complete(page, has_stopped)

        seconds = SHOWN_SECONDS if self._books.window is None else SHOWN_SECONDS_WITH_LOSS
        with contextlib.suppress(AssertionError):
            wait_until(shows_all, "all spans and results", seconds)

    def _check_log(self):
        for line in self._server.log.splitlines():
            if any(word in line.lower() for word in ("salvage", "damage", "could not be read", "fatal")):
                self._books.problems.append(f"the log says: {line}")

    def _page(self, must=False):
        """A page that came whole; None where there is none and there does not have to be."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(*self._server.port("metrics"), timeout=10)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            if must:
                code = self._server.process.poll()
                raise RuntimeError(f"no page: {error!r}; exit code {code}; {self._server.log}") from error
            return None
        finally:
            connection.close()
        return self._reader.read(text, began, time.monotonic()) if answer.status == 200 else None

    # MARK: The end

    def _finish(self):
        """Without faults everything gets through, and stays."""
        self._start("drain", self._vfs)
        self._server.wait_until_ready()
        self._results.note_start(time.monotonic())
        self._check(self._page(must=True), at_rest=True)
        self._proxy.open(self._backends, has_faults=False)
        for sender in self._senders:
            sender.stop_making()
        for sender in self._senders:
            if not sender.drain(DRAIN_SECONDS):
                about = f"{type(sender).__name__} not drained after {DRAIN_SECONDS} s"
                self._books.problems.append(f"{about}: {sender.refused}")
        self._await_all(has_stopped=False)
        self._check_drained(has_stopped=False)
        self._kill("kills at the end")
        self._results.check_ledger(self._data)
        self._start("after-kill", self._vfs)
        self._server.wait_until_ready()
        self._check_drained(has_stopped=False)
        self._stop()
        if self.spec.has_results and self.spec.durability == "commit":
            self._ingest_alone()
        self._start("after-stop")
        self._server.wait_until_ready()
        if self._books.window is None:
            # What the stop has decided on may show 0 first.
            self._await_all(has_stopped=True)
        self._check_drained(has_stopped=True)
        self._stop()
        self._results.check_ledger(self._data, is_drained=True)
        self._check_log()

    def _ingest_alone(self):
        """Where nobody listens, a report goes into the data directory: killed at random, then all of it."""
        run, path = self._report_maker.make()
        self._results.add(run)
        flags = ("--config", self._server.directory / "spanmeter.yaml", "--data", self._data)
        flags += ("--otlp-http", "127.0.0.1:0")
        run.requests[0].sent_at = time.monotonic()
        # Once more when it is done: that changes nothing.
        for seconds in [self._random.uniform(0, 0.3) for _ in range(INGEST_KILLS)] + [DRAIN_SECONDS] * 2:
            process = start_ingest(path, run.service, *flags, variables=self._variables(self._vfs))
            try:
                text = process.communicate(timeout=seconds)[0].decode()
            except subprocess.TimeoutExpired:
                process.kill()
                text = process.communicate()[0].decode()
            if process.returncode == -signal.SIGKILL:
                self.counts["kills of ingest"] += 1
            elif process.returncode != 0:
                self._books.problems.append(f"ingest ended with {process.returncode}: {text}")
        run.requests[0].acked_at = time.monotonic()

    def _check_drained(self, has_stopped):
        page = self._page(must=True)
        self._books.check_drained(page)
        self._results.check_drained(page, has_stopped)
