"""Sends OTLP requests the plain way, and says how many spans were acknowledged."""

import json
from pathlib import Path

import grpc
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class Refused(Exception):
    """The server's answer was no; `code` is the HTTP status or the gRPC status name."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


def post(url, body, headers=None, path="/v1/traces", seconds=60):
    """POSTs one export request; returns how many spans the server rejected of those it took."""
    headers = {"Content-Type": "application/x-protobuf", **(headers or {})}
    answer = requests.post(url + path, data=body, headers=headers, timeout=seconds)
    if answer.status_code != 200:
        raise Refused(answer.status_code, answer.text[:200])
    if "json" in headers["Content-Type"]:
        return int(answer.json().get("partialSuccess", {}).get("rejectedSpans", 0))
    return ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans


def call(address, body, compression=None, seconds=60):
    """Calls Export over gRPC with a request already encoded; returns the number of rejected spans."""
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(address, options=options, compression=compression) as channel:
        export = channel.unary_unary(
            EXPORT,
            request_serializer=lambda request: request,
            response_deserializer=ExportTraceServiceResponse.FromString,
        )
        try:
            return export(body, timeout=seconds).partial_success.rejected_spans
        except grpc.RpcError as error:
            raise Refused(error.code().name, error.details()) from None


def send_capture(server, run):
    """Sends a recorded run as its client did: the same bytes, path, headers and transport."""
    for body_path in sorted(Path(run).glob("*.bin")):
        request = json.loads(body_path.with_suffix(".json").read_text())
        if request["transport"] == "grpc":
            assert call(server.grpc, body_path.read_bytes()) == 0
            continue
        kept = ("content-type", "content-encoding", "user-agent")
        headers = {name: value for name, value in request["headers"] if name.lower() in kept}
        assert post(server.http, body_path.read_bytes(), headers, request["path"]) == 0
