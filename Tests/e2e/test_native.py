"""The stack without Docker: one command, real Prometheus and Alertmanager, the generated rules."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from polling import wait_until
from prometheus import free_port
from service import BINARY, FIXTURES, ROOT, environment, run

NATIVE = ROOT / "Compose" / "native"


class Native:
    """A running `Compose/native` with its addresses by name."""

    def __init__(self, directory, *arguments):
        self.log_path = directory / "native.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [NATIVE, "--binary", BINARY, *map(str, arguments)],
                cwd=directory,
                env=environment() | {"TMPDIR": str(directory)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # A shell that runs in the background hands on an ignored SIGINT.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_until_ready(self):
        def has_started():
            return "Running until Ctrl-C" in self.log or self.process.poll() is not None

        wait_until(has_started, "the stack", seconds=120)
        assert self.process.poll() is None, self.log
        lines = [line.split(maxsplit=1) for line in self.log.splitlines() if len(line.split()) == 2]
        self.addresses = {name: address for name, address in lines}

    def children(self):
        """The ids of the processes that it has started and that are alive."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split() if is_server(int(pid))]

    def stop(self, number=signal.SIGTERM, seconds=60):
        self.process.send_signal(number)
        return self.process.wait(timeout=seconds)

    def end(self):
        """Whatever a failed test has left."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=100)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def is_server(pid):
    return "--web" in command(pid) or "serve" in command(pid)


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def start_native(tmp_path):
    started = []

    def start(*arguments):
        started.append(Native(tmp_path, *arguments))
        return started[-1]

    yield start
    for native in started:
        native.end()


def get(address, path, **parameters):
    answer = requests.get(address + path, params=parameters, timeout=10)
    answer.raise_for_status()
    return answer.json()


def test_a_replayed_run_reaches_the_rules_and_the_watchdog_reaches_alertmanager(start_native, tmp_path):
    native = start_native("--free", "--interval", "1s", "--data", "kept")
    native.wait_until_ready()
    prometheus, alertmanager = native.addresses["Prometheus"], native.addresses["Alertmanager"]

    def all_up():
        targets = get(prometheus, "/api/v1/targets")["data"]["activeTargets"]
        jobs = {target["labels"]["job"]: target for target in targets}
        assert set(jobs) == {"spanmeter", "prometheus", "alertmanager"}
        assert {job: target["lastError"] for job, target in jobs.items() if target["health"] != "up"} == {}
        return jobs

    jobs = wait_until(all_up, "all targets up", seconds=30)
    assert jobs["spanmeter"]["labels"]["lifetime"] == "long"

    sent = run("replay", "--to", native.addresses["OTLP/HTTP"], FIXTURES / "skill-routing" / "run01")
    assert sent.returncode == 0, sent.stdout + sent.stderr

    def query(expression):
        return get(prometheus, "/api/v1/query", query=expression)["data"]["result"]

    wait_until(lambda: query("routing_test_results_total > 0"), "the run in Prometheus", seconds=30)
    wait_until(lambda: query('{__name__=~"routing_test:.+"}'), "recorded rules", seconds=90)
    groups = get(prometheus, "/api/v1/rules")["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}, rules
    assert any(rule["type"] == "alerting" for rule in rules)
    assert any(rule["type"] == "recording" for rule in rules)

    def watchdog():
        alerts = get(alertmanager, "/api/v2/alerts", filter='alertname="Watchdog"')
        return [alert for alert in alerts if alert["labels"]["alertname"] == "Watchdog"]

    # An alert that fired before Prometheus had found Alertmanager is sent again after a minute.
    wait_until(watchdog, "the Watchdog in Alertmanager", seconds=150)
    found = get(prometheus, "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [row["url"] for row in found] == [alertmanager + "/api/v2/alerts"]

    children = native.children()
    assert len(children) == 3, [command(pid) for pid in children]
    assert native.stop() == 0, native.log
    assert [pid for pid in children if is_server(pid)] == []
    assert "stopped" in native.log
    assert (tmp_path / "kept" / "spanmeter").is_dir() and (tmp_path / "kept" / "prometheus" / "tsdb").is_dir()


def test_ctrl_c_leaves_nothing_behind(start_native, tmp_path):
    native = start_native("--free", "--interval", "1s")
    native.wait_until_ready()
    children = native.children()
    os.killpg(native.process.pid, signal.SIGINT)
    assert native.process.wait(timeout=60) == 0, native.log
    assert [pid for pid in children if is_server(pid)] == []
    assert list(tmp_path.glob("spanmeter-native.*")) == []


def test_a_server_that_ends_by_itself_ends_the_others_and_is_named(start_native):
    native = start_native("--free", "--interval", "1s")
    native.wait_until_ready()
    children = native.children()
    victim = next(pid for pid in children if "--cluster" in command(pid))
    os.kill(victim, signal.SIGKILL)
    assert native.process.wait(timeout=60) == 1
    assert "alertmanager has ended by itself" in native.log
    assert [pid for pid in children if is_server(pid)] == []


def test_a_signal_while_it_starts_is_heard(start_native):
    native = start_native("--free", "--interval", "1s")
    wait_until(lambda: "starting" in native.log, "the first server", seconds=60)
    assert native.stop() == 0, native.log
    assert native.log.rstrip().endswith("stopped")


def test_a_port_that_is_taken_is_named_with_its_flag(start_native):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        native = start_native("--free", "--prometheus", port)
        assert native.process.wait(timeout=60) == 1
    assert f"port {port} is taken; choose another with --prometheus PORT" in native.log


def test_ports_can_be_chosen(start_native):
    port = free_port()
    native = start_native("--free", "--prometheus", port)
    native.wait_until_ready()
    assert native.addresses["Prometheus"] == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prot", "1"], "unknown flag '--prot'; see Compose/native --help"),
        (["--metrics", "http"], "--metrics is 'http'; wanted a port, 0 to 65535"),
        (["--metrics", "70000"], "--metrics is '70000'; wanted a port, 0 to 65535"),
        (["--interval", "soon"], "--interval is 'soon'; wanted a duration such as 15s"),
        (["--data"], "--data needs a value; see Compose/native --help"),
    ],
)
def test_wrong_usage_is_said_at_once(arguments, message):
    done = subprocess.run([NATIVE, *arguments], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr.strip()) == (1, message)


def test_help_names_every_flag():
    done = subprocess.run([NATIVE, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    for flag in ("--data", "--free", "--demo", "--prometheus", "--alertmanager", "--interval", "--binary"):
        assert flag in done.stdout
