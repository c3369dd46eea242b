"""One round: one data directory, several lives of spanmeter that end badly, and a sender all the while."""

import contextlib
import http.client
import random
import signal
import threading
import time
from collections import Counter

from batches import BatchMaker
from books import Books, PageReader
from polling import wait_until
from proxy import Proxy
from sending import Sender
from service import Spanmeter
from specs import WIDE_CONFIG, WIDE_PACK
from testvfs import TestVFS

# Of relaxed; short, so that a life is longer.
WINDOW = 0.5
LIVES = 7
# A life's longest time under load.
LIFE_SECONDS = 1.2
DRAIN_SECONDS = 40
# Until everything that counts is on a page.
SHOWN_SECONDS = 5
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
        self._server = None
        self._config = None
        if spec.is_wide:
            self._config = WIDE_CONFIG.replace("crash.yaml", str(directory / "crash.yaml"))
            (directory / "crash.yaml").write_text(WIDE_PACK)

    @property
    def problems(self):
        return self._books.problems

    def run(self):
        try:
            for number in range(LIVES):
                self._live(number)
                if self.problems:
                    break
            else:
                self._finish()
        finally:
            self._sender.end()
            self._proxy.end()
            if self._server:
                self._server.kill()
        self._count()
        self.problems.extend(self._sender.problems)
        if self.problems:
            shown = "\n  ".join(self.problems[:12])
            raise AssertionError(f"{self.spec}: {len(self.problems)} problems\n  {shown}\n{self.directory}")

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
        for name, count in self._sender.counts.items():
            self.counts[f"sender: {name}"] = count

    # MARK: Lives

    def _start(self, name, vfs=None):
        directory = self.directory / name
        directory.mkdir()
        variables = {
            "SPANMETER_DURABILITY": self.spec.durability,
            "SPANMETER_RELAXED_WINDOW": f"{WINDOW * 1000:.0f}ms",
            "SPANMETER_ZERO_FIRST": f"{self.spec.zero_first}s" if self.spec.zero_first else "off",
            "SPANMETER_LINGER": "0s",
            "SPANMETER_LIMITS_VALUES_PER_LABEL": "1000000",
            "SPANMETER_LIMITS_SERIES_PER_METER": "1000000",
            "SPANMETER_LIMITS_SERIES": "1000000",
        }
        if self.spec.is_wide:
            # Room for one of the large requests at a time: the others get 429.
            variables |= {"SPANMETER_LIMITS_INFLIGHT_BYTES": "2MiB", "SPANMETER_LIMITS_REQUEST_BYTES": "2MiB"}
        if vfs is not None:
            variables |= TestVFS.variables(vfs)
        self._server = Spanmeter(
            directory, self._config, data=self.directory / "data", variables=variables, waits=False
        )

    def _live(self, number):
        """From a start to the end under load."""
        self._start(f"life{number}", self._draw_vfs())
        if number > 0 and self._random.random() < 0.15:
            time.sleep(self._random.uniform(0, 0.15))
            self._kill("kills at start")
            return
        if not self._await_ready():
            return
        page = self._page()
        if page:
            self._books.check(page, at_rest=True)
        self._proxy.open(self._backends)
        ending = threading.Thread(target=self._end_life)
        ending.start()
        while ending.is_alive():
            page = self._page()
            if page:
                self._books.check(page)
            time.sleep(self._random.uniform(0, 0.06))
        ending.join()
        self._proxy.close()
        self._check_log()

    @property
    def _backends(self):
        return {name: self._server.port(f"otlp-{name}")[1] for name in ("http", "grpc")}

    def _end_life(self):
        """Waits for the life's end, or brings it about."""
        duration = self._random.uniform(0.02, LIFE_SECONDS)
        end = self._random.random()
        with contextlib.suppress(Exception):
            self._server.process.wait(duration)
        if not self._server.is_alive:
            self._note_death("kills by the file system")
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
            self.problems.append(f"ended with {code}: {self._server.log[-2000:]}")

    def _stop(self):
        """An ordinary end, which loses nothing."""
        self._server.process.send_signal(signal.SIGTERM)
        code = self._server.process.wait(30)
        if code == -signal.SIGKILL and self.spec.forgets:
            self._note_death("kills by the file system")
            return
        self.counts["stops"] += 1
        if code != 0:
            self.problems.append(f"SIGTERM ended it with {code}: {self._server.log[-2000:]}")

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

    def _shows_all(self):
        page = self._page(must=True)
        self._books.check(page)
        return self._books.is_complete(page)

    def _check_log(self):
        for line in self._server.log.splitlines():
            if any(word in line.lower() for word in ("salvage", "damage", "could not be read", "fatal")):
                self.problems.append(f"the log says: {line}")

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
        self._books.check(self._page(must=True), at_rest=True)
        self._proxy.open(self._backends, has_faults=False)
        if not self._sender.drain(DRAIN_SECONDS):
            self.problems.append(f"not drained after {DRAIN_SECONDS} s")
        with contextlib.suppress(AssertionError):
            wait_until(self._shows_all, "all spans", SHOWN_SECONDS)
        self._books.check_drained(self._page(must=True))
        self._kill("kills at the end")
        self._start("after-kill", self._vfs)
        self._server.wait_until_ready()
        self._books.check_drained(self._page(must=True))
        self._stop()
        self._start("after-stop")
        self._server.wait_until_ready()
        self._books.check_drained(self._page(must=True))
        self._stop()
        self._check_log()
