"""The unmodified pytest-opentelemetry of PyPI, started as its users start it."""

import subprocess
import sys

import pytest

from service import CALLS, environment

SUITE = """
import pytest

def test_addition():
    assert 1 + 1 == 2

@pytest.mark.parametrize("word", ["größe", 'quo"te', "back\\\\slash"])
def test_words(word):
    assert word

def test_wrong():
    assert 1 + 1 == 3

@pytest.mark.skip(reason="not today")
def test_not_today():
    pass
"""
OUTCOMES = {"passed": 4, "failed": 1, "skipped": 1}


@pytest.fixture
def project(tmp_path):
    """A small suite with four passes, a failure and a skip."""
    project = tmp_path / "shop"
    (project / "tests").mkdir(parents=True)
    (project / "pytest.ini").write_text("[pytest]\n")
    (project / "tests" / "test_shop.py").write_text(SUITE)
    return project


def run_suite(project, *arguments, **variables):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--export-traces", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env=environment() | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 4 passed, 1 skipped" in done.stdout, done.stdout
    assert "Failed to export" not in done.stderr, done.stderr


def check_outcomes(server):
    labels = {"service": "shop", "suite": "tests/test_shop.py", "environment": "default"}

    def have_all(page):
        return page.sum_by("outcome", "test_attempts_total", **labels) == OUTCOMES

    # Results wait some seconds for what may still come of their tests.
    page = server.page_with("every test with its outcome", have_all, seconds=30)
    names = {have["span_name"] for have, _ in page.select(CALLS, service="shop")}
    assert "tests/test_shop.py::test_wrong" in names
    # pytest doubles backslashes and writes non-ASCII parameters with \x escapes; all must survive the page.
    assert 'tests/test_shop.py::test_words[quo"te]' in names
    assert "tests/test_shop.py::test_words[back\\\\slash]" in names
    assert page.sum(CALLS, service="shop", span_name="tests/test_shop.py::test_addition") == 1
    assert page.sum(CALLS, service="shop", status_code="STATUS_CODE_ERROR") >= 1


def test_export_traces_alone_is_enough(server_on_default_ports, project):
    run_suite(project)
    check_outcomes(server_on_default_ports)


@pytest.mark.parametrize("gzip", [{}, {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}], ids=["plain", "gzip"])
@pytest.mark.parametrize("exporter", ["otlp_proto_grpc", "otlp_proto_http"])
def test_exporters_and_compression(server, project, exporter, gzip):
    endpoint = server.http if exporter.endswith("http") else "http://" + server.grpc
    run_suite(
        project,
        OTEL_TRACES_EXPORTER=exporter,
        OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
        **gzip,
    )
    check_outcomes(server)


def test_workers_of_xdist_add_up(server, project):
    run_suite(project, "-n", "2", OTEL_EXPORTER_OTLP_ENDPOINT="http://" + server.grpc)
    check_outcomes(server)
