"""Bombs, floods, rubbish and dawdlers on every port.

Random tests print their seed; SPANMETER_TEST_SEED repeats one, SPANMETER_TEST_LONG=1 runs them longer.
"""

import contextlib
import os
import random
import resource
import socket
import struct
import threading
import time
import zlib

import grpc
import pytest

import spans
from abuse import Abused
from polling import wait_until
from service import IS_LONG

LISTENERS = ["otlp-grpc", "otlp-http", "metrics"]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


def gzip_bomb(size):
    """`size` zero bytes as gzip, about a thousandth of that."""
    packer = zlib.compressobj(6, wbits=31)
    chunk = bytes(1 << 20)
    return b"".join(packer.compress(chunk) for _ in range(size >> 20)) + packer.flush()


@pytest.fixture(scope="module")
def bomb():
    return gzip_bomb(2 << 30 if IS_LONG else 256 << 20)


def test_gzip_bomb_over_http(abused, bomb):
    assert abused.send(bomb, 0, headers={"Content-Encoding": "gzip"}) in ("413", "400")
    abused.check(peak_megabytes=200)


def test_gzip_bomb_over_grpc(abused, bomb):
    # Sent as plain HTTP/2 would be long; grpcio compresses zeros itself and is stopped by the same limit.
    zeros = bytes(128 << 20)
    code = abused.send(zeros, 0, "grpc", compression=grpc.Compression.Gzip)
    assert code in ("RESOURCE_EXHAUSTED", "INVALID_ARGUMENT")
    abused.check(peak_megabytes=200)


def test_damaged_gzip(abused):
    whole = gzip_bomb(1 << 20)
    for body in (whole[:-9], whole[:100], b"\x1f\x8b", b"rubbish", b""):
        abused.send(body, 0, headers={"Content-Encoding": "gzip"})
    page = abused.check(peak_megabytes=100)
    assert page.sum("spanmeter_requests_total", code="400") >= 3


def test_bodies_that_are_no_request(abused):
    chance = seeded()
    for _ in range(300):
        # Rubbish may happen to parse; then it holds no spans.
        body = chance.randbytes(chance.choice([1, 10, 1_000, 50_000]))
        abused.send(body, 0, chance.choice(["http", "grpc"]))
    abused.check(peak_megabytes=100)


def test_body_over_the_limit(abused):
    assert abused.send(bytes(65 << 20), 0) == "413"
    assert abused.send(bytes(65 << 20), 0, "grpc") == "RESOURCE_EXHAUSTED"
    abused.check(peak_megabytes=200)


def seeded():
    seed = int(os.environ.get("SPANMETER_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"seed {seed}")
    return random.Random(seed)


def connect(server, listener):
    return socket.create_connection(server.port(listener), timeout=5)


def throw(server, listener, data):
    """Sends bytes and hangs up; the server may hang up first."""
    with contextlib.suppress(OSError), connect(server, listener) as connection:
        connection.sendall(data)
        if data and data[0] & 1:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.2)
            connection.recv(4_096)


@pytest.mark.parametrize("listener", LISTENERS)
def test_random_bytes(abused, listener):
    chance = seeded()
    heads = [b"", PREFACE, PREFACE + SETTINGS, b"POST /v1/traces HTTP/1.1\r\n", b"GET /metrics HTTP/1.1\r\n"]
    for _ in range(3_000 if IS_LONG else 300):
        noise = chance.randbytes(int(2 ** chance.uniform(0, 16)))
        throw(abused.server, listener, chance.choice(heads) + noise)
    abused.check(peak_megabytes=150)


@pytest.mark.parametrize("listener", ["otlp-grpc", "otlp-http"])
def test_http2_cut_at_every_byte(abused, listener):
    # PREFACE, SETTINGS, then a HEADERS frame that claims 16 bytes it never sends.
    whole = PREFACE + SETTINGS + b"\x00\x00\x10\x01\x04\x00\x00\x00\x01" + b"\x82\x86"
    for length in range(len(whole) + 1):
        throw(abused.server, listener, whole[:length])
    abused.check(peak_megabytes=100)


def test_http2_frames_that_lie(abused):
    chance = seeded()
    for _ in range(2_000 if IS_LONG else 200):
        length = chance.choice([0, 1, 4, 9, 16_384, 16_777_215])
        head = struct.pack(">I", length)[1:] + bytes([chance.randrange(12), chance.randrange(256)])
        head += struct.pack(">I", chance.choice([0, 1, 2, 0x7FFFFFFF, 0xFFFFFFFF]))
        throw(abused.server, "otlp-grpc", PREFACE + SETTINGS + head + chance.randbytes(chance.randrange(64)))
    abused.check(peak_megabytes=150)


@pytest.fixture
def many_files():
    """Lets this process hold thousands of sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_000 if hard == resource.RLIM_INFINITY else min(hard, 10_000)
    if wanted < 3_000:
        pytest.skip(f"the system allows only {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("listener", LISTENERS)
def test_2_000_half_open_connections(abused, many_files, listener):
    server = abused.server
    start = {"otlp-grpc": PREFACE[:10]}.get(listener, b"POST /v1/traces HTTP/1.1\r\nHost: x\r\n")
    with contextlib.ExitStack() as held:
        for _ in range(2_000):
            with contextlib.suppress(OSError):
                connection = held.enter_context(connect(server, listener))
                connection.sendall(start)
        assert server.is_alive
        if listener != "metrics":
            # A flood on a way in does not blind whoever watches.
            # The kernel has taken all of them before the server has looked at each.
            server.page_with(
                "connections were refused",
                lambda page: page.sum("spanmeter_connections_ended_total", reason="too_many") > 0,
            )
    # Its places are free again as soon as the flood is gone.
    wait_until(lambda: server.page() is not None, "a page after the flood", seconds=10)
    abused.check(peak_megabytes=200)


def test_slow_senders_are_cut_off_and_others_are_served(start):
    abused = Abused(start(config="limits: {request_timeout: 2s}\n"))
    long_head = b"POST /v1/traces HTTP/1.1\r\nContent-Length: 100\r\nX-Long: " + b"a" * 10_000
    slow = {"otlp-http": long_head, "otlp-grpc": PREFACE + SETTINGS * 1_000, "metrics": long_head}
    still_open = []

    def dawdle(listener):
        with contextlib.suppress(OSError), connect(abused.server, listener) as connection:
            connection.settimeout(0.1)
            deadline = time.monotonic() + 20
            for byte in slow[listener]:
                connection.sendall(bytes([byte]))
                with contextlib.suppress(TimeoutError):
                    if connection.recv(4_096) == b"":
                        return
                if time.monotonic() > deadline:
                    still_open.append(listener)
                    return

    senders = [threading.Thread(target=dawdle, args=(listener,)) for listener in LISTENERS * 15]
    for one in senders:
        one.start()
    for _ in range(20):
        abused.send_spans([spans.span("in_the_meantime")])
    for one in senders:
        one.join()
    assert not still_open
    abused.check(peak_megabytes=100)
