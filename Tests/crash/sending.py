"""A sender that behaves as SDKs do: it sends a batch with the same ids until it is acknowledged."""

import http.client
import queue
import random
import threading
import time
from collections import Counter

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from sender import EXPORT

HTTP_CONNECTIONS = 4
GRPC_CONNECTIONS = 1
ANSWER_SECONDS = 5
RETRIED_STATUSES = {429, 502, 503, 504}
RETRIED_CODES = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.ABORTED,
    # What the client makes of a connection that ends in the middle of an answer.
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
}
# SDKs wait for seconds; more tries find more.
BACKOFF_FIRST = 0.01
BACKOFF_LAST = 0.16


class Again(Exception):
    """Not acknowledged: to be sent again, with the reason as text."""


class Retrying:
    """Sends requests again until they are acknowledged; the base of senders."""

    def __init__(self):
        self.counts = Counter()
        self.problems = []
        # Why what is being sent was not taken the last time, by its number.
        self.refused = {}
        self._ends = threading.Event()
        self._lock = threading.Lock()

    def _deliver(self, request, connection):
        """Notes when it was first sent, and acknowledged."""
        backoff = BACKOFF_FIRST
        while not self._ends.is_set():
            if request.sent_at is None:
                request.sent_at = time.monotonic()
            try:
                rejected = connection.send(request.body)
            except Again as reason:
                self._count(str(reason))
                with self._lock:
                    self.refused[request.number] = reason
                time.sleep(random.uniform(0, backoff))
                backoff = min(backoff * 2, BACKOFF_LAST)
                continue
            except Exception as error:
                self.problems.append(f"batch {request.number}: {error!r}")
                return
            if rejected:
                self.problems.append(f"batch {request.number}: {rejected} spans rejected")
            if request.acked_at is None:
                request.acked_at = time.monotonic()
            self._count("acknowledged")
            with self._lock:
                self.refused.pop(request.number, None)
            return

    def _count(self, what):
        with self._lock:
            self.counts[what] += 1


class Sender(Retrying):
    """Several connections that take batches off one queue, made by `maker` at most `rate` a second."""

    def __init__(self, maker, books, ports, seed, rate):
        super().__init__()
        self._maker = maker
        self._books = books
        self._rate = rate
        self._random = random.Random(seed)
        self._queue = queue.Queue()
        self._is_making = threading.Event()
        connections = [HTTPConnection(ports["http"]) for _ in range(HTTP_CONNECTIONS)]
        connections += [GRPCConnection(ports["grpc"]) for _ in range(GRPC_CONNECTIONS)]
        self._threads = [threading.Thread(target=self._make, daemon=True)]
        for connection in connections:
            self._threads.append(threading.Thread(target=self._work, args=(connection,), daemon=True))
        self._is_making.set()
        for thread in self._threads:
            thread.start()

    def stop_making(self):
        """Makes no more."""
        self._is_making.clear()

    def drain(self, seconds):
        """Returns whether everything was acknowledged in time."""
        deadline = time.monotonic() + seconds
        while self._queue.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self._queue.unfinished_tasks

    def end(self):
        self._is_making.clear()
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _make(self):
        while self._is_making.is_set():
            # As much waits as a few connections can have on the way.
            if self._queue.unfinished_tasks < 3 * HTTP_CONNECTIONS:
                batch = self._maker.make()
                self._books.add(batch)
                self._queue.put(batch)
                # The same on two connections at once, or again when it was acknowledged already.
                if self._random.random() < 0.05:
                    self._queue.put(batch)
            time.sleep(self._random.uniform(0, 2 / self._rate))

    def _work(self, connection):
        while not self._ends.is_set():
            try:
                batch = self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
            self._deliver(batch, connection)
            self._queue.task_done()
        connection.close()


class RunSender(Retrying):
    """Sends runs of tests as exporters do: of each run one request after the other, two runs at a time.

    A request that was acknowledged may come once more.
    """

    # Between requests, in seconds: a run takes longer than some lives.
    PAUSE = 0.08

    def __init__(self, maker, books, ports, seed):
        super().__init__()
        self._maker = maker
        self._books = books
        self._is_making = threading.Event()
        self._is_making.set()
        self._threads = []
        for number, connection in enumerate((HTTPConnection(ports["http"]), GRPCConnection(ports["grpc"]))):
            chance = random.Random(seed + number)
            self._threads.append(threading.Thread(target=self._work, args=(connection, chance), daemon=True))
        for thread in self._threads:
            thread.start()

    def stop_making(self):
        """Begins no more runs."""
        self._is_making.clear()

    def drain(self, seconds):
        """Returns whether everything that was begun was acknowledged in time."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def end(self):
        self._is_making.clear()
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _work(self, connection, chance):
        while self._is_making.is_set() and not self._ends.is_set():
            with self._lock:
                run = self._maker.make()
            self._books.add(run)
            for number, request in enumerate(run.requests):
                self._deliver(request, connection)
                if chance.random() < 0.05:
                    self._deliver(run.requests[chance.randint(0, number)], connection)
                # Nobody waits for a run's last requests where no more is to be made.
                if self._is_making.is_set():
                    self._ends.wait(chance.uniform(0, self.PAUSE))
        connection.close()


class HTTPConnection:
    """OTLP/HTTP on one connection that is kept as long as it lasts."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def send(self, body):
        """Returns how many spans were rejected."""
        try:
            headers = {"Content-Type": "application/x-protobuf"}
            self._connection.request("POST", "/v1/traces", body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Again("connection lost" if not isinstance(error, TimeoutError) else "no answer") from None
        if answer.status in RETRIED_STATUSES:
            raise Again(str(answer.status))
        if answer.status != 200:
            raise ValueError(f"answer {answer.status}: {content[:200]!r}")
        return ExportTraceServiceResponse.FromString(content).partial_success.rejected_spans

    def close(self):
        self._connection.close()


class GRPCConnection:
    """OTLP/gRPC on one channel, which connects again by itself."""

    def __init__(self, port):
        options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        for which, milliseconds in (("initial", 20), ("min", 20), ("max", 100)):
            options.append((f"grpc.{which}_reconnect_backoff_ms", milliseconds))
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self._export = self._channel.unary_unary(
            EXPORT,
            request_serializer=lambda request: request,
            response_deserializer=ExportTraceServiceResponse.FromString,
        )

    def send(self, body):
        """Returns how many spans were rejected."""
        try:
            return self._export(body, timeout=ANSWER_SECONDS).partial_success.rejected_spans
        except grpc.RpcError as error:
            if error.code() not in RETRIED_CODES:
                raise
            raise Again(error.code().name) from None

    def close(self):
        self._channel.close()
