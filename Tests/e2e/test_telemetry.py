"""An app's own telemetry through `spanmeter ingest`: events become spans, and the packs do the rest."""

import json

from service import CALLS, run

PACK = """\
pack: shell
title: Commands of a shell helper
vocabulary:
  backend: [backend_used]
meters:
  - meter: commands
    on: span.name == 'command_generated'
    labels: { backend: backend }
    counters:
      shell_commands_total: 1
"""
EVENTS = [
    {
        "event_type": "command_generated",
        "success": number % 4 > 0,
        "backend_used": "local" if number % 2 else "remote",
    }
    | {"generation_time_ms": 100 * number, "timestamp": "2026-05-04T10:00:00Z"}
    for number in range(1, 9)
] + [{"event_type": "session", "success": True}]


def test_events_go_the_way_of_spans(start, tmp_path):
    (tmp_path / "export.json").write_text(json.dumps({"app": "shell", "events": EVENTS}))
    (tmp_path / "shell.yaml").write_text(PACK)
    server = start(config=f"packs: {{files: [{tmp_path / 'shell.yaml'}]}}\n")
    for _ in range(2):
        done = run("ingest", "--service", "shell", "--to", server.http, tmp_path / "export.json")
        assert (done.returncode, done.stderr) == (0, ""), done
        assert done.stdout.endswith("export.json: 9 events: 2 failed\n"), done.stdout
    page = server.page()
    labels = {"service": "shell", "span_name": "command_generated"}
    assert page.sum_by("status_code", CALLS, **labels) == {"STATUS_CODE_ERROR": 2, "STATUS_CODE_UNSET": 6}
    assert round(page.sum("traces_spanmetrics_latency_sum", **labels), 9) == 3.6
    assert page.sum_by("backend", "shell_commands_total", service="shell") == {"local": 4, "remote": 4}
    assert page.sum("spanmeter_spans_duplicate_total") == 9
