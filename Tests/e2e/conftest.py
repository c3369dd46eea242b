import pytest

from abuse import Abused
from prometheus import Prometheus
from service import BINARY, Spanmeter, free_default_ports


def pytest_sessionstart(session):
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing; run: Tests/run --only release", returncode=1)


@pytest.fixture
def start(tmp_path_factory):
    """Starts servers that end with the test, at the latest."""
    servers = []

    def start(**options):
        server = Spanmeter(tmp_path_factory.mktemp("spanmeter"), **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def server(start):
    """A server with built-in defaults on free ports."""
    return start()


@pytest.fixture
def server_on_default_ports(start):
    """A server exactly as `spanmeter serve` without flags listens, but with its own data directory."""
    free_default_ports()
    return start(default_ports=True)


@pytest.fixture
def abused(server):
    return Abused(server)


@pytest.fixture
def start_prometheus(tmp_path):
    """Starts one Prometheus that ends with the test."""
    started = []

    def start(*arguments, **options):
        started.append(Prometheus(tmp_path, *arguments, **options))
        return started[-1]

    yield start
    for prometheus in started:
        prometheus.stop()
