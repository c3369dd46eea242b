"""What lies in the data directory of the running service."""

import sqlite3

from polling import wait_until
from sender import post
from spans import request, span

KNOWN = 4_096
BATCH = 512
KEY_BYTES = 16


def stored_key_count(server):
    with sqlite3.connect(f"file:{server.directory}/data/spanmeter.db?mode=ro", uri=True) as store:
        return store.execute("SELECT sum(length(keys)) FROM keys").fetchone()[0] // KEY_BYTES


def test_keys_of_forgotten_spans_leave_the_disk_before_their_time(start):
    server = start(config=f"dedupe: {{spans: {KNOWN}}}\n")
    for _ in range(4 * KNOWN // BATCH):
        post(server.http, request(span("kept") for _ in range(BATCH)))
    assert stored_key_count(server) >= KNOWN
    wait_until(lambda: stored_key_count(server) <= 2 * KNOWN, "keys to be dropped", seconds=25)
    assert stored_key_count(server) >= KNOWN
    assert server.page().sum("spanmeter_dedupe_spans") == KNOWN
