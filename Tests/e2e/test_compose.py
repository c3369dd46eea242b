"""The Compose stack, as far as it can be tried without an engine."""

import os
import re
import shutil
import stat
import subprocess

import pytest
import yaml

from prometheus import tool
from service import BINARY, FIXTURES, ROOT

COMPOSE = ROOT / "Compose"
LONG_LIVED = {"spanmeter", "prometheus", "alertmanager", "tempo", "grafana"}


def docker_compose(*arguments):
    assert shutil.which("docker-compose"), "docker-compose is missing; start the tests with Tests/run"
    done = subprocess.run(
        ["docker-compose", "-f", COMPOSE / "docker-compose.yml", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def stack():
    return yaml.safe_load(docker_compose("--profile", "demo", "config"))


@pytest.fixture(scope="module")
def services(stack):
    return stack["services"]


def test_docker_compose_1_29_reads_the_stack():
    assert docker_compose("config", "-q") == ""


def test_without_the_profile_nothing_is_replayed(services):
    assert services["demo"]["profiles"] == ["demo"]
    assert all("profiles" not in services[name] for name in LONG_LIVED)


def test_every_service_is_bounded_and_has_no_rights(services):
    assert set(services) == LONG_LIVED | {"demo"}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), name
        assert service["mem_limit"] and service["cpus"], name
        assert any(mount.startswith("/tmp:") for mount in service["tmpfs"]), name


def test_every_image_is_pinned_and_every_service_is_looked_after(services):
    for name in LONG_LIVED:
        service = services[name]
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        if name != "spanmeter":
            assert re.fullmatch(r".+:v?\d+\.\d+\.\d+", service["image"]), name
        volumes = [volume.split(":") for volume in service["volumes"]]
        assert [source for source, *_ in volumes if not source.startswith("/")] == [name]
        assert all(rest[-1] == "ro" for source, *rest in volumes if source.startswith("/")), name


def test_ports_are_published_on_loopback_only(services):
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_what_is_mounted_exists(services):
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            # `Compose/make-secrets` makes this one.
            if source.startswith("/") and "/secrets/" not in source:
                assert os.path.exists(source), f"{name}: {source}"


def test_no_password_stands_in_the_file(stack, services):
    assert "GF_SECURITY_ADMIN_PASSWORD" not in services["grafana"]["environment"]
    assert services["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD__FILE"].startswith("/run/secrets/")
    assert set(stack["secrets"]) == {"grafana_admin_password"}


def test_prometheus_keeps_100_days_and_tempo_7(services):
    assert "--storage.tsdb.retention.time=100d" in services["prometheus"]["command"]
    tempo = yaml.safe_load((COMPOSE / "tempo" / "tempo.yaml").read_text())
    assert tempo["compactor"]["compaction"]["block_retention"] == "168h"


def test_grafana_finds_its_folders_and_addresses(services):
    grafana = services["grafana"]
    mounts = dict(volume.split(":")[1::-1] for volume in grafana["volumes"] if volume.startswith("/"))
    boards = yaml.safe_load((ROOT / "Grafana/provisioning/dashboards/spanmeter.yml").read_text())
    root = mounts["/etc/grafana/dashboards"]
    for provider in boards["providers"]:
        folder = provider["options"]["path"].removeprefix("/etc/grafana/dashboards/")
        assert list((ROOT / root / folder).glob("*.json")), provider["name"]
    sources = (ROOT / "Grafana/provisioning/datasources/spanmeter.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", sources)) <= set(grafana["environment"])


@pytest.mark.parametrize("newer", [False, True], ids=["2.42", "3.5"])
def test_promtool_reads_the_configuration_with_its_rules_and_targets(tmp_path, newer):
    shutil.copytree(COMPOSE / "prometheus", tmp_path / "prometheus")
    (tmp_path / "prometheus" / "rules").symlink_to(ROOT / "PrometheusRules")
    done = subprocess.run(
        [tool("promtool", newer), "check", "config", tmp_path / "prometheus" / "prometheus.yml"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 rule files found" in done.stdout


def test_everybody_who_is_scraped_is_a_service(services):
    for path in (COMPOSE / "prometheus" / "targets").glob("*.yml"):
        for group in yaml.safe_load(path.read_text()):
            for target in group["targets"]:
                assert target.split(":")[0] == path.stem and path.stem in services


def test_only_the_long_lived_spanmeter_may_be_missed():
    (group,) = yaml.safe_load((COMPOSE / "prometheus" / "targets" / "spanmeter.yml").read_text())
    assert group["labels"] == {"lifetime": "long"}


def test_the_healthcheck_follows_readiness(server):
    check = COMPOSE / "spanmeter" / "healthcheck"
    address = server.scrape.removeprefix("http://")

    def code():
        variables = {"SPANMETER_METRICS": address, "PATH": os.environ["PATH"]}
        return subprocess.run([check], env=variables, capture_output=True, timeout=20).returncode

    assert code() == 0
    server.kill()
    assert code() != 0


def test_the_demo_fills_what_the_boards_ask_for(server):
    done = subprocess.run(
        [COMPOSE / "spanmeter" / "demo", BINARY, server.http, FIXTURES, "0"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = server.page_with("results of tests", lambda page: page.sum("test_case_results_total") > 50)
    for name in ("routing_test_results_total", "routing_test_tokens_total", "traces_spanmetrics_calls_total"):
        assert page.sum(name) > 0, name


def test_the_image_has_the_libraries_that_the_binary_wants():
    """Debian's package of every library that is linked and not part of its C library is installed."""
    packages = {
        "libsnappy": "libsnappy1v5", "libsqlite3": "libsqlite3-0", "libexpat": "libexpat1", "libz": "zlib1g",
        "libprotobuf-c": "libprotobuf-c1", "libstdc++": "libstdc++6", "libgcc_s": "libstdc++6",
    }  # fmt: skip
    listing = subprocess.run(["readelf", "-d", BINARY], capture_output=True, text=True, check=True).stdout
    needed = {name.split(".so")[0] for name in re.findall(r"NEEDED.*\[(.+)\]", listing)}
    needed -= {"libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64"}
    if any(name.startswith("libswift") for name in needed):
        pytest.skip("this binary is not linked as it is shipped")
    text = (COMPOSE / "Dockerfile").read_text()
    assert needed <= set(packages)
    # libcurl is loaded, not linked.
    for package in {packages[name] for name in needed} | {"libcurl4"}:
        assert re.search(rf"\s{re.escape(package)}\s", text), package


def test_secrets_are_made_once_and_closed(tmp_path):
    folder = tmp_path / "secrets"

    def make():
        return subprocess.run(
            [COMPOSE / "make-secrets"],
            env=os.environ | {"SPANMETER_SECRETS": str(folder)},
            capture_output=True,
            text=True,
            timeout=30,
        )

    assert make().returncode == 0
    password = (folder / "grafana_admin_password").read_text()
    assert len(password) == 32 and password == password.strip()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = make()
    assert again.returncode == 0 and "there already" in again.stdout
    assert (folder / "grafana_admin_password").read_text() == password
    assert password not in again.stdout
