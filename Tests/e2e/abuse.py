"""What every abuse test checks: nothing falls over, nothing acknowledged is lost, every no is counted."""

from collections import Counter

import requests

import sender
import spans
from service import CALLS

MEGABYTE = 1_000_000


class Abused:
    """A server under abuse, with the books that its own books must agree with."""

    def __init__(self, server):
        self.server = server
        self.acknowledged = 0
        self.refused = Counter()

    def send(self, body, count, protocol="http", headers=None, compression=None):
        """Sends one request of `count` spans; returns the code of a refusal, else None."""
        try:
            if protocol == "http":
                rejected = sender.post(self.server.http, body, headers)
            else:
                rejected = sender.call(self.server.grpc, body, compression)
        except sender.Refused as refusal:
            self.refused[str(refusal.code)] += 1
            return str(refusal.code)
        self.acknowledged += count - rejected
        return None

    def send_spans(self, encoded, batch=2_000, protocol="http"):
        """Sends spans in requests of `batch`, all of which must be accepted."""
        for start in range(0, len(encoded), batch):
            part = encoded[start : start + batch]
            assert self.send(spans.request(part), len(part), protocol) is None

    def check(self, peak_megabytes):
        """Alive, serving, within the bound, and exact."""
        server = self.server
        assert server.is_alive, server.log
        self.send_spans([spans.span("after_the_abuse")])
        self.send_spans([spans.span("after_the_abuse")], protocol="grpc")
        page = server.page_with_spans(self.acknowledged, seconds=20)
        assert page.sum(CALLS) == self.acknowledged
        for code, count in self.refused.items():
            assert page.sum("spanmeter_requests_total", code=code) == count, self.refused
        _, peak = server.memory()
        assert peak <= peak_megabytes * MEGABYTE, f"peak of {peak / MEGABYTE:.0f} MB"
        assert requests.get(server.scrape + "/-/ready", timeout=5).status_code == 200
        return page
