"""Runs of tests one after the other: the same spans for several targets, restarted between the runs."""

import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from polling import wait_until
from sender import Refused, post
from service import Spanmeter
from spans import request, span

_TICK = 0.25
"""Seconds from one batch to the next: several of them fall between two scrapes."""


class Target:
    """A spanmeter on ports of its own, which stay the same when it is started again, so that `instance` does.

    `truth` counts the spans that were acknowledged, by service and span name.
    """

    def __init__(self, directory, ports, zero_first):
        self.directory = directory
        grpc, http, self._metrics = (f"127.0.0.1:{next(ports)}" for _ in range(3))
        self.instance = self._metrics
        self.truth = Counter()
        self._http = f"http://{http}"
        self._arguments = ["--otlp-grpc", grpc, "--otlp-http", http, "--metrics", self._metrics]
        self._variables = {"SPANMETER_ZERO_FIRST": zero_first}
        self.start()

    def start(self):
        self.server = Spanmeter(
            self.directory, arguments=self._arguments, default_ports=True, variables=self._variables
        )

    def finish(self):
        """SIGTERM, then waits: it goes when every scraper has the final values."""
        self.server.process.send_signal(signal.SIGTERM)
        code = self.server.process.wait(timeout=60)
        log = self.server.log
        assert (code, "not every scraper" in log) == (0, False), log

    def restart(self, gently):
        if gently:
            self.finish()
        else:
            self.server.kill()
        self.start()

    def deliver(self, body, counts):
        """Sends `body` until it is acknowledged, as an exporter does; then it counts, once."""

        def acknowledged():
            try:
                return post(self._http, body, seconds=10) == 0
            except Refused as refused:
                raise AssertionError(str(refused)) from None

        wait_until(acknowledged, "an answer", seconds=60, pause=0.02)
        self.truth.update(counts)


class Traffic:
    """Sends each batch to all targets: what is new in a run, and what every run has."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._pool = ThreadPoolExecutor()
        self._runs = 0

    def run(self, targets, seconds):
        """One run: its series come one by one, most of them with all of their spans at once."""
        self._runs += 1
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            started = time.monotonic()
            number += 1
            self.send(targets, f"run-{self._runs}", [f"case {number}"])
            # The same names in every run.
            self.send(targets, "steady", [f"step {step}" for step in range(5)])
            time.sleep(max(0, started + _TICK - time.monotonic()))

    def send(self, targets, service, names, meanwhile=None):
        """One batch; `meanwhile` is called while it is on its way."""
        counts = Counter({(service, name): self._random.randint(1, 20) for name in names})
        spans = [span(name) for (_, name), count in counts.items() for _ in range(count)]
        body = request(spans, service)
        answers = [self._pool.submit(target.deliver, body, counts) for target in targets]
        if meanwhile is not None:
            # Anywhere between the first byte and the answer.
            time.sleep(self._random.uniform(0, 0.01))
            meanwhile()
        for answer in answers:
            answer.result()
