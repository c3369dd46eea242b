"""The alerts that Grafana evaluates and tells itself, as its file provisioning would read them."""

import itertools
import re

import pytest
import yaml

from service import ROOT, run

SEVERITIES = {
    "P0": {"slack", "email", "pagerduty"},
    "P1": {"slack", "email"},
    "P2": {"slack"},
    "P3": {"email"},
}
AUDIENCES = ("executive", "qa", "skills", "sre")
# The functions that Grafana's templates of annotations have, of those that ours use.
FUNCTIONS = {"humanize", "humanizePercentage", "humanizeDuration", "printf", "if", "else", "end"}


def interpolated(value, files):
    """A text as Grafana understands it: `$$` is a dollar, `$__file{PATH}` what a file holds."""
    parts = value.split("$$")
    parts = [re.sub(r"\$__file\{([^}]*)\}", lambda match: files[match[1]], part) for part in parts]
    assert not any("$" in part for part in parts), value
    return "$".join(parts)


@pytest.fixture(scope="module")
def provisioning(tmp_path_factory):
    """The three files, by name, of a configuration with a heartbeat."""
    directory = tmp_path_factory.mktemp("grafana-alerting")
    config = directory / "spanmeter.yaml"
    config.write_text(
        "kit: {grafana_alerting: true, alerting: {heartbeat_url: 'https://example.com/beat?a=$b'}}\n"
    )
    done = run("generate", "--out", directory, "--config", config)
    assert done.returncode == 0, done.stderr
    folder = directory / "Grafana" / "provisioning" / "alerting"
    files = {path.stem: yaml.safe_load(path.read_text()) for path in folder.iterdir()}
    assert files.keys() == {"rules", "contact-points", "policies"}
    assert all(file["apiVersion"] == 1 for file in files.values())
    return files


def rules(provisioning):
    return [rule for group in provisioning["rules"]["groups"] for rule in group["rules"]]


def test_nothing_is_written_unless_it_is_asked_for(tmp_path):
    assert run("generate", "--out", tmp_path).returncode == 0
    assert not (tmp_path / "Grafana" / "provisioning" / "alerting").exists()


def test_every_alert_of_prometheus_is_one_of_grafana(provisioning):
    text = (ROOT / "PrometheusRules" / "spanmeter-alerts.yml").read_text()
    wanted = {rule["alert"]: rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]}
    found = {rule["title"]: rule for rule in rules(provisioning)}
    assert found.keys() == wanted.keys()
    uids = [rule["uid"] for rule in found.values()]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid) for uid in uids)
    for name, rule in found.items():
        query, condition = rule["data"]
        assert query["model"] == {
            "refId": "A",
            "expr": wanted[name]["expr"],
            "instant": True,
            "range": False,
        }
        assert (condition["refId"], rule["condition"]) == ("B", "B")
        assert condition["model"]["expression"] == "is_number($A)"
        assert rule["noDataState"] == "OK"
        assert rule["for"] == wanted[name].get("for", "0s")
        assert rule.get("keepFiringFor") == wanted[name].get("keep_firing_for")
        labels = {key: interpolated(value, {}) for key, value in rule["labels"].items()}
        assert labels == wanted[name]["labels"]
        assert rule["annotations"].keys() == wanted[name]["annotations"].keys()


def test_annotations_use_only_what_grafana_fills_in(provisioning):
    for rule in rules(provisioning):
        for text in rule["annotations"].values():
            assert "$objective" not in text
            for action in re.findall(r"\{\{-?(.*?)-?\}\}", text):
                words = re.sub(r'"[^"]*"', "", action).replace("|", " ").split()
                for word in words:
                    number = re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", word)
                    variable = re.fullmatch(r"\$labels\.\w+|\$values\.A\.Value", word)
                    assert number or variable or word in FUNCTIONS, f"{rule['title']}: {action}"


def test_objectives_are_written_as_numbers(provisioning):
    accuracy = next(rule for rule in rules(provisioning) if rule["title"] == "RoutingAccuracyBelowSLO")
    assert accuracy["annotations"]["threshold"] == "{{ 0.85 | humanizePercentage }}"
    assert "{{ $values.A.Value | humanizePercentage }}" in accuracy["annotations"]["description"]


@pytest.mark.parametrize(("severity", "audience"), list(itertools.product(SEVERITIES, AUDIENCES)))
def test_a_policy_for_each_severity_and_audience(provisioning, severity, audience):
    points = {point["name"]: point for point in provisioning["contact-points"]["contactPoints"]}
    (policy,) = provisioning["policies"]["policies"]
    labels = {"severity": severity, "audience": audience}
    route = next(route for route in policy["routes"] if matches(route, labels))
    leaf = next(leaf for leaf in route["routes"] if matches(leaf, labels))
    receivers = points[leaf["receiver"]]["receivers"]
    assert {receiver["type"] for receiver in receivers} == SEVERITIES[severity]
    mutes = ["off-hours"] if severity == "P2" else None
    assert leaf.get("mute_time_intervals") == route.get("mute_time_intervals") == mutes
    secrets = {
        "/run/secrets/pagerduty_key": "key",
        f"/run/secrets/chat_url_{audience}": "https://chat.example.com",
    }
    for receiver in receivers:
        settings = {key: interpolated(value, secrets) for key, value in receiver["settings"].items()}
        if receiver["type"] == "slack":
            assert settings["url"] == "https://chat.example.com"
            assert settings["recipient"] == f"#alerts-{audience}"


def matches(route, labels):
    return all(labels.get(label) == value for label, _, value in route["object_matchers"])


def test_the_heartbeat_has_its_own_point_and_policy(provisioning):
    (policy,) = provisioning["policies"]["policies"]
    route = next(route for route in policy["routes"] if matches(route, {"severity": "heartbeat"}))
    point = next(
        point
        for point in provisioning["contact-points"]["contactPoints"]
        if point["name"] == route["receiver"]
    )
    (receiver,) = point["receivers"]
    assert interpolated(receiver["settings"]["url"], {}) == "https://example.com/beat?a=$b"


def test_messages_use_templates_that_exist(provisioning):
    defined = set()
    for template in provisioning["contact-points"]["templates"]:
        defined |= set(re.findall(r'\{\{-? define "([^"]+)"', template["template"]))
    used = set()
    for point in provisioning["contact-points"]["contactPoints"]:
        for receiver in point["receivers"]:
            for value in receiver["settings"].values():
                used |= set(re.findall(r'template "([^"]+)"', value))
    assert used
    assert used <= defined


def test_uids_of_receivers_differ(provisioning):
    uids = [
        receiver["uid"]
        for point in provisioning["contact-points"]["contactPoints"]
        for receiver in point["receivers"]
    ]
    assert len(set(uids)) == len(uids)
    assert all(len(uid) <= 40 for uid in uids)
