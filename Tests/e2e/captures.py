"""Recorded runs as if they happened now: other ids, other times, a run of their own, the same outcomes."""

import gzip
import hashlib
import json
import time
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sender import post

# What names a run: two runs with one of these would be one.
RUN_NAMES = {"service.instance.id", "test_session_id", "test.session_id", "tunit.session.id"}
SEQUENCE = "test.run.sequence"
OTHER_ARM = {"control": "treatment", "treatment": "control"}


def read_capture(path):
    """The requests of a recorded run that are traces, in their order."""
    requests = []
    for body in sorted(Path(path).glob("*.bin")):
        sent_to = json.loads(body.with_suffix(".json").read_text())["path"]
        if sent_to.endswith(("/v1/logs", "/v1/metrics", "LogsService/Export", "MetricsService/Export")):
            continue
        content = body.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        requests.append(ExportTraceServiceRequest.FromString(content))
    return requests


def renew(requests, number, end=None, services=None, swaps_arms=False):
    """Changes the requests of one run to a run that ends at `end` (seconds since 1970; None is now).

    Ids are new for each `number`, and stay the same for one, so that a run of one number counts once.
    `services` maps service names to others. With `swaps_arms` each case is in the experiment's other arm.
    """
    spans = [span for request in requests for span in spans_of(request)]
    last = max(span.end_time_unix_nano for span in spans)
    shift = int((time.time() if end is None else end) * 1e9) - last
    for request in requests:
        for resource in request.resource_spans:
            _renew_attributes(resource.resource.attributes, number, services or {})
    for span in spans:
        span.trace_id = _other(span.trace_id, number)
        span.span_id = _other(span.span_id, number)
        if span.parent_span_id:
            span.parent_span_id = _other(span.parent_span_id, number)
        span.start_time_unix_nano += shift
        span.end_time_unix_nano += shift
        for event in span.events:
            event.time_unix_nano += shift
        for link in span.links:
            link.trace_id = _other(link.trace_id, number)
            link.span_id = _other(link.span_id, number)
        _renew_attributes(span.attributes, number, {})
        _add_pattern(span)
        if swaps_arms:
            _swap_arms(span)
    return requests


def _swap_arms(span):
    for attribute in span.attributes:
        if attribute.key == "experiment.variant":
            value = attribute.value
            value.string_value = OTHER_ARM[value.string_value]


def _add_pattern(span):
    """Says what a case asks, or what kind of input that is, as a suite may; those recorded do not."""
    for attribute in span.attributes:
        if attribute.key == "expected_skill":
            added = span.attributes.add()
            skill = attribute.value.string_value
            if span.span_id[0] % 2:
                added.key, added.value.string_value = "input.pattern", "asks for " + skill
            else:
                added.key = "input.text"
                added.value.string_value = f"have a look at the {skill} of ticket {span.span_id.hex()}"
            return


def spans_of(request):
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def send_renewed(server, path, number, end=None, services=None, swaps_arms=False):
    """Sends the run at `path` as run `number`; returns how many spans it has."""
    requests = renew(read_capture(path), number, end, services, swaps_arms)
    for request in requests:
        assert post(server.http, request.SerializeToString()) == 0
    return sum(1 for request in requests for _ in spans_of(request))


def _other(identity, number):
    digest = hashlib.sha256(identity + number.to_bytes(8, "big")).digest()
    return digest[: len(identity)]


def _renew_attributes(attributes, number, services):
    for attribute in attributes:
        value = attribute.value
        if attribute.key in RUN_NAMES:
            value.string_value = f"{value.string_value}-{number}"
        elif attribute.key == SEQUENCE:
            _renew_sequence(value, number)
        elif attribute.key == "service.name":
            value.string_value = services.get(value.string_value, value.string_value)


def _renew_sequence(value, number):
    # Runs of one capture stay apart from those of the others, and in the order of their numbers.
    if value.HasField("int_value"):
        value.int_value += 1_000 * number
    else:
        value.string_value = json.dumps(int(value.string_value) + 1_000 * number)
