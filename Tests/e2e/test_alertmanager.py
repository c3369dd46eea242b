"""Who is told what: the generated routing in two generations of Alertmanager, and rules to messages."""

import datetime
import http.server
import json
import re
import threading

import pytest
import yaml

from alertmanager import Alertmanager, Sink, amtool
from polling import wait_until
from prometheus import Prometheus
from service import ROOT, run

CONFIG = ROOT / "Compose" / "alertmanager" / "alertmanager.yml"
BOTH = pytest.mark.parametrize("newer", [False, True], ids=["0.25", "newer"])
AUDIENCES = ["executive", "qa", "skills", "sre"]
SEVERITIES = ["P0", "P1", "P2", "P3"]

# What may be chosen, beside the default.
CHOICES = {
    "default": "",
    "discord": "chat: discord, digest: chat",
    "webhooks": "chat: webhook, page: webhook, digest: chat, chat_url: 'http://h/{audience}', page_url: 'http://p'",
    "webhook for chat only": "chat: webhook",
    "webhook for pages only": "page: webhook",
    "no pages": "page: none",
    "mail with a password": "smtp: 'mail.example.com:587', smtp_user: me, email_to: '{audience}@example.com'",
    "a heartbeat": "heartbeat_url: 'http://dead.example.com/1', smtp_tls: false",
    "early": "work_hours: 00:00-13:30",
    "all day": "work_hours: 00:00-24:00",
}


def generate(folder, choice, **more):
    keys = ", ".join([choice, *(f"{key}: '{value}'" for key, value in more.items())]).strip(", ")
    (folder / "spanmeter.yaml").write_text(f"kit: {{ alerting: {{ {keys} }} }}\ntime_zone: Europe/Berlin\n")
    done = run("generate", "--config", "spanmeter.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "Compose" / "alertmanager" / "alertmanager.yml"


@BOTH
@pytest.mark.parametrize("choice", CHOICES)
def test_alertmanager_takes_what_is_generated(tmp_path, choice, newer):
    path = generate(tmp_path, CHOICES[choice])
    done = amtool("check-config", path, newer=newer)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 templates" in done.stdout


def test_no_credential_stands_in_the_file(tmp_path):
    for choice in CHOICES.values():
        text = generate(tmp_path, choice).read_text()
        for key in ("api_url", "routing_key", "webhook_url", "credentials", "smtp_auth_password"):
            assert f"{key}:" not in text, choice


@BOTH
@pytest.mark.parametrize("audience", [*AUDIENCES, "somebody"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_priority_and_audience_has_its_receiver(severity, audience, newer):
    known = audience if audience in AUDIENCES else "sre"
    labels = [f"severity={severity}", f"audience={audience}", "alertname=X", "service=shop"]
    done = amtool(
        "config", "routes", "test", f"--config.file={CONFIG}",
        f"--verify.receivers={severity.lower()}-{known}", *labels, newer=newer,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@BOTH
def test_the_watchdog_goes_to_the_heartbeat_and_the_unknown_to_sre(newer):
    def test(receiver, *labels):
        done = amtool(
            "config", "routes", "test", f"--config.file={CONFIG}", f"--verify.receivers={receiver}", *labels,
            newer=newer,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    test("heartbeat", "alertname=Watchdog", "severity=heartbeat", "audience=sre")
    test("p2-sre", "alertname=OfSomebodyElse")


def test_priorities_differ_in_how_soon_how_often_and_by_what(tmp_path):
    config = yaml.safe_load(CONFIG.read_text())
    routes = {route["matchers"][0].split('"')[1]: route for route in config["route"]["routes"]}
    assert list(routes) == ["heartbeat", *SEVERITIES]
    assert (routes["P0"]["group_wait"], routes["P0"]["repeat_interval"]) == ("0s", "1h")
    assert routes["P3"]["group_interval"] == "24h"
    assert routes["P3"]["group_by"] == ["audience"]
    for severity, route in routes.items():
        for part in [route, *route.get("routes", [])]:
            assert ("mute_time_intervals" in part) == (severity == "P2"), "a route does not inherit it"
    receivers = {receiver.pop("name"): set(receiver) for receiver in config["receivers"]}
    assert receivers["p0-qa"] == {"pagerduty_configs", "slack_configs", "email_configs"}
    assert receivers["p1-qa"] == {"slack_configs", "email_configs"}
    assert receivers["p2-qa"] == {"slack_configs"}
    assert receivers["p3-qa"] == {"email_configs"}
    ranges = config["time_intervals"][0]["time_intervals"][0]["times"]
    assert [tuple(part.values()) for part in ranges] == [("00:00", "09:00"), ("18:00", "24:00")]


DATA = {
    "receiver": "p1-skills",
    "status": "firing",
    "externalURL": "http://alertmanager:9093",
    "groupLabels": {"alertname": "X"},
    "commonLabels": {"alertname": "X", "severity": "P1", "service": "shop"},
    "commonAnnotations": {},
    "alerts": [
        {
            "status": "firing",
            "startsAt": "2026-03-01T12:34:56Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "labels": {"alertname": "X", "team": "skills", "service": "shop"},
            "annotations": {
                "summary": "Sum.", "description": "Descr & <b>.", "metric": "m_total", "value": "80%",
                "threshold": "85%", "impact": "Imp.", "action": "Act.", "runbook_url": "http://r/X.md",
                "dashboard_url": "http://g/d/x",
            },
        }
    ],
}  # fmt: skip

TEXT = """*X*: Sum.
Descr & <b>.
Time: 2026-03-01 12:34:56 UTC
Metric: m_total
Value: 80%
Threshold: 85%
Impact: Imp.
Action: Act.
Owner: skills
Runbook: http://r/X.md
Board: http://g/d/x"""


def render(folder, name, data, newer, kind="text"):
    (folder / "data.json").write_text(json.dumps(data))
    done = amtool(
        "template", "render", f"--template.glob={CONFIG.parent}/templates/*.tmpl",
        f"--template.data={folder}/data.json", f"--template.type={kind}",
        f'--template.text={{{{ template "spanmeter.{name}" . }}}}', newer=newer,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.rstrip("\n")


@BOTH
def test_messages_say_when_what_why_and_who(tmp_path, newer):
    assert render(tmp_path, "text", DATA, newer) == TEXT
    assert render(tmp_path, "title", DATA, newer) == "[P1] X of shop"
    assert render(tmp_path, "colour", DATA, newer) == "#d44a3a"
    html = render(tmp_path, "html", DATA, newer, "html")
    for part in ("Descr &amp; &lt;b&gt;.", "2026-03-01 12:34:56 UTC", "m_total", "80%", "85%", "Imp.", "Act"):
        assert part in html
    assert "skills" in html and "http://r/X.md" in html and '<a href="http://g/d/x">' in html


@BOTH
def test_messages_fail_for_nothing_that_an_alert_lacks(tmp_path, newer):
    nothing = {**DATA["alerts"][0], "labels": {}, "annotations": {}}
    bare = {**DATA, "commonLabels": {}, "alerts": [nothing] * 12}
    for name in ("title", "text", "colour", "link"):
        assert "no value" not in render(tmp_path, name, bare, newer)
    assert render(tmp_path, "title", bare, newer) == "[firing] 12 alerts"
    text = render(tmp_path, "text", bare, newer)
    assert text.count("Time: ") == 10 and "The first 10 of 12 alerts" in text
    over = {**DATA, "status": "resolved"}
    over["alerts"] = [{**DATA["alerts"][0], "status": "resolved", "endsAt": "2026-03-01T13:00:00Z"}]
    assert render(tmp_path, "title", over, newer) == "[resolved] X of shop"
    assert "Time: 2026-03-01 12:34:56 UTC to 2026-03-01 13:00:00 UTC" in render(tmp_path, "text", over, newer)


@pytest.fixture
def sink():
    sink = Sink()
    yield sink
    sink.stop()


@pytest.fixture
def start_alertmanager(tmp_path, sink):
    """Starts one whose chat goes to the sink and which waits less than it would."""
    started = []

    def start(newer, choice="page: none", change=lambda text: text):
        secrets = tmp_path / "secrets"
        secrets.mkdir()
        for audience in AUDIENCES:
            (secrets / f"chat_url_{audience}").write_text(f"{sink.url}/{audience}")
        (secrets / "webhook_token").write_text("token")
        path = generate(tmp_path, choice, secrets=secrets, heartbeat_url=f"{sink.url}/heartbeat")
        text = re.sub(r"group_wait: \w+", "group_wait: 0s", path.read_text())
        path.write_text(change(text))
        started.append(Alertmanager(tmp_path, path, newer))
        wait_until(lambda: started[-1].is_ready, "Alertmanager is ready")
        return started[-1]

    yield start
    for alertmanager in started:
        alertmanager.stop()


class Accuracy(http.server.BaseHTTPRequestHandler):
    """A page of metrics: nothing has run, and from the third scrape on 60 of 100 cases went wrong."""

    scrapes = 0

    def do_GET(self):
        Accuracy.scrapes += 1
        passed, misrouted = (40, 60) if Accuracy.scrapes > 2 else (0, 0)
        name = 'routing_test_results_total{service="shop",skill="a",arm="none",outcome='
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(f'{name}"passed"}} {passed}\n{name}"misrouted"}} {misrouted}\n'.encode())

    def log_message(self, *_):
        pass


@BOTH
def test_a_rule_that_prometheus_finds_true_becomes_a_message(tmp_path, sink, start_alertmanager, newer):
    alertmanager = start_alertmanager(newer)
    rules = (ROOT / "PrometheusRules" / "spanmeter-alerts.yml").read_text()
    (tmp_path / "alerts.yml").write_text(re.sub(r"\n +(for|keep_firing_for): \w+", "", rules))
    Accuracy.scrapes = 0
    page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accuracy)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    prometheus = Prometheus(
        tmp_path, f"127.0.0.1:{page.server_port}", newer=newer, rules=["alerts.yml"],
        alertmanager=alertmanager.address, flags=["--rules.alert.resend-delay=1s"],
    )  # fmt: skip
    try:
        wait_until(lambda: {"/skills", "/heartbeat"} <= sink.paths, "both are told", seconds=60)
    finally:
        prometheus.stop()
        page.shutdown()
        page.server_close()
    message = sink.at("/skills")[0]
    assert message["channel"] == "#alerts-skills"
    attachment = message["attachments"][0]
    assert attachment["title"] == "[P1] RoutingAccuracyBelowSLO of shop"
    assert attachment["title_link"].endswith("/d/spanmeter-skills-engineer-ab")
    lines = dict(line.split(": ", 1) for line in attachment["text"].splitlines() if ": " in line)
    assert lines["Metric"] == "routing_test_results_total"
    assert lines["Value"] == "40%"
    assert lines["Threshold"] == "85%"
    assert lines["Owner"] == "skills"
    assert lines["Runbook"].endswith("/RoutingAccuracyBelowSLO.md")
    assert {"Time", "Impact", "Action", "Board"} <= lines.keys()
    assert "40% of the routing cases of shop" in attachment["text"]
    beat = sink.at("/heartbeat")[0]
    assert [alert["labels"]["alertname"] for alert in beat["alerts"]] == ["Watchdog"]
    assert sink.at("/sre") == sink.at("/qa") == sink.at("/executive") == []


def alert(name, severity, audience="sre", **labels):
    now = datetime.datetime.now(datetime.UTC)
    return {
        "labels": {"alertname": name, "severity": severity, "audience": audience, "team": audience, **labels},
        "annotations": {"summary": f"{name} fires."},
        "startsAt": now.isoformat(),
        "endsAt": (now + datetime.timedelta(minutes=5)).isoformat(),
        "generatorURL": "http://prometheus:9090/graph",
    }


@BOTH
def test_a_p0_mutes_what_else_its_service_has_and_nothing_more(sink, start_alertmanager, newer):
    alertmanager = start_alertmanager(newer)
    alertmanager.post([alert("Down", "P0", service="shop"), alert("DownToo", "P0")])
    wait_until(lambda: len(sink.at("/sre")) == 2, "both P0 are told")
    alertmanager.post(
        [
            alert("Muted", "P1", service="shop"), alert("MutedToo", "P3", service="shop"),
            alert("Other", "P1", "qa", service="till"), alert("Without", "P1", "qa"),
            alert("Watchdog", "heartbeat"), alert("Watchdog", "heartbeat", service="shop"),
        ]
    )  # fmt: skip
    wait_until(lambda: len(sink.at("/qa")) == 2 and sink.at("/heartbeat"), "the others are told")
    muted = [entry["labels"] for entry in alertmanager.alerts() if entry["status"]["state"] == "suppressed"]
    assert {labels["alertname"] for labels in muted} == {"Muted", "MutedToo"}
    assert {labels["service"] for labels in muted} == {"shop"}
    assert len(sink.at("/sre")) == 2


@BOTH
@pytest.mark.parametrize("is_night", [True, False], ids=["off", "at work"])
def test_p2_is_told_in_work_hours_only(sink, start_alertmanager, newer, is_night):
    # Days and hours are put around the moment of the test.
    every = "    time_intervals:\n      - times:\n          - { start_time: '00:00', end_time: '24:00' }\n"
    never = "    time_intervals:\n      - years: ['2001']\n"
    alertmanager = start_alertmanager(
        newer,
        f"chat: webhook, chat_url: '{sink.url}/{{audience}}', page: none",
        lambda text: re.sub(r"    time_intervals:\n(      .*\n)+", every if is_night else never, text),
    )
    alertmanager.post([alert("Later", "P2", "qa", service="shop"), alert("Now", "P1", "sre", service="shop")])
    wait_until(lambda: sink.at("/sre"), "P1 is told")
    if not is_night:
        wait_until(lambda: sink.at("/qa"), "P2 is told")
        headers = next(headers for path, _, headers in sink.messages if path == "/qa")
        assert headers["Authorization"] == "Bearer token"
    assert bool(sink.at("/qa")) != is_night
