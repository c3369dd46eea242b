"""The program under test: started as users start it, observed from outside."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

from exposition import Page
from polling import wait_until

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"
BINARY = Path(os.environ.get("SPANMETER_BINARY", ROOT / ".build" / "release" / "spanmeter"))
IS_LONG = os.environ.get("SPANMETER_TEST_LONG") == "1"
CALLS = "traces_spanmetrics_calls_total"


def environment():
    """The variables of this process without those that configure OpenTelemetry or spanmeter."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "SPANMETER_"))}


def free_default_ports():
    """Fails where somebody listens on a port that `spanmeter serve` without flags takes."""
    for port in (4317, 4318, 9464):
        with socket.socket() as probe:
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        assert not taken, f"this test needs port {port}, which somebody else listens on"


def run(*arguments, seconds=60, **options):
    """Runs one command of spanmeter to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment(),
        stdin=subprocess.DEVNULL,
        **options,
    )


class Spanmeter:
    """A running `spanmeter serve`, on free ports unless told otherwise.

    `data` is the data directory, `variables` come on top of the environment, `through` is what starts it.
    With `waits=False` it may not be ready yet; see `wait_until_ready`. Series show their values at once,
    because most tests look once; those about new series set SPANMETER_ZERO_FIRST.
    """

    def __init__(
        self,
        directory,
        config=None,
        arguments=(),
        default_ports=False,
        data=None,
        variables=None,
        waits=True,
        through=(),
    ):
        self.directory = directory
        command = [*through, BINARY, "serve", "--data", data or directory / "data"]
        if not default_ports:
            for listener in ("otlp-grpc", "otlp-http", "metrics"):
                command += [f"--{listener}", "127.0.0.1:0"]
        if config is not None:
            (directory / "spanmeter.yaml").write_text(config)
            command += ["--config", directory / "spanmeter.yaml"]
        self.log_path = directory / "stderr"
        self._output_path = directory / "stdout"
        with open(self._output_path, "wb") as output, open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in [*command, *arguments]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env={**environment(), "SPANMETER_ZERO_FIRST": "off", **(variables or {})},
                cwd=directory,
            )
        if waits:
            self.wait_until_ready()

    def wait_until_ready(self, seconds=30, pause=0.02):
        """Raises RuntimeError where it ends instead."""
        try:
            ready = wait_until(self._ready_line, "the ready line", seconds, pause)
        except AssertionError:
            self.kill()
            raise
        self.addresses = {
            name: addresses.split(",")
            for name, _, addresses in (word.partition("=") for word in ready.split()[2:])
        }

    def _ready_line(self):
        code = self.process.poll()
        if code is not None:
            raise RuntimeError(f"spanmeter ended with {code}: {self.log}")
        lines = self._output_path.read_text().splitlines(keepends=True)
        ready = [line for line in lines if line.startswith("spanmeter ready: ") and line.endswith("\n")]
        return ready[0] if ready else None

    @property
    def grpc(self):
        return self.addresses["otlp-grpc"][0]

    @property
    def http(self):
        return "http://" + self.addresses["otlp-http"][0]

    @property
    def scrape(self):
        return "http://" + self.addresses["metrics"][0]

    @property
    def output(self):
        return self._output_path.read_text()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def port(self, listener):
        """(host, port) of `otlp-grpc`, `otlp-http` or `metrics`."""
        host, _, port = self.addresses[listener][0].rpartition(":")
        return host, int(port)

    def page(self):
        answer = requests.get(self.scrape + "/metrics", timeout=30)
        answer.raise_for_status()
        return Page(answer.text)

    def page_with(self, what, condition, seconds=15.0):
        """The first page for which `condition` holds: a new series shows 0 to its first reader."""

        def look():
            page = self.page()
            assert condition(page), f"{what} is not there yet"
            return page

        try:
            return wait_until(look, what, seconds)
        except AssertionError as error:
            text = self.page().text
            raise AssertionError(f"{error}\nthe page is now:\n{text[:20_000]}") from None

    def page_with_spans(self, count, seconds=15.0):
        """The first page that counts at least `count` spans in all."""
        return self.page_with(f"{count} spans counted", lambda page: page.sum(CALLS) >= count, seconds)

    def memory(self):
        """Bytes: (resident now, resident at the most so far)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        figures = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return tuple(int(figures[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))

    @property
    def is_alive(self):
        return self.process.poll() is None

    def stop(self, seconds=30, number=signal.SIGTERM):
        """One signal, then reads /metrics as a scraper would until the process ends; returns its code."""
        self.process.send_signal(number)
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    self.kill()
                    raise AssertionError(f"still running {seconds} s after {number!r}: {self.log}") from None
            with contextlib.suppress(requests.RequestException):
                requests.get(self.scrape + "/metrics", timeout=5)

    def kill(self):
        if self.is_alive:
            self.process.kill()
        self.process.wait()
