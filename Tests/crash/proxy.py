"""A TCP proxy between sender and spanmeter that spoils connections by chance."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter

CHUNK = 64 << 10
# What happens to a connection and how often; the rest of them is left alone.
FAULTS = {"cut request": 0.2, "cut answer": 0.2, "delay": 0.15, "reset": 0.15}


class _Spoiled(Exception):
    """The fault of a connection has come."""


class Proxy:
    """Listens on one port for each name; these stay the same while what is behind them changes."""

    def __init__(self, names, seed):
        self.counts = Counter()
        self._random = random.Random(seed)
        self._backends = {}
        self._has_faults = True
        self._tasks = set()
        self._loop = asyncio.new_event_loop()
        self.ports = {}
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(names, ready), daemon=True)
        self._thread.start()
        ready.wait()

    def _run(self, names, ready):
        asyncio.set_event_loop(self._loop)
        for name in names:
            listener = self._loop.run_until_complete(
                asyncio.start_server(lambda *pair, name=name: self._serve(name, *pair), "127.0.0.1", 0)
            )
            self.ports[name] = listener.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    def open(self, backends, has_faults=True):
        """Leads to these ports from now on, by name."""
        self._loop.call_soon_threadsafe(self._set, dict(backends), has_faults)

    def close(self):
        """Leads nowhere: what is open is cut, what comes is refused."""
        done = threading.Event()

        def cut():
            self._set({}, True)
            for task in self._tasks:
                task.cancel()
            done.set()

        self._loop.call_soon_threadsafe(cut)
        done.wait()

    def end(self):
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _set(self, backends, has_faults):
        self._backends, self._has_faults = backends, has_faults

    def _fault(self):
        if not self._has_faults:
            return None
        chance = self._random.random()
        for name, share in FAULTS.items():
            chance -= share
            if chance < 0:
                return name
        return None

    async def _serve(self, name, reader, writer):
        port = self._backends.get(name)
        if port is None:
            _reset(writer)
            return
        task = asyncio.current_task()
        self._tasks.add(task)
        # A connection that was cut is no error here.
        with contextlib.suppress(OSError, asyncio.CancelledError, _Spoiled):
            await self._connect(port, reader, writer)
        self._tasks.discard(task)

    async def _connect(self, port, reader, writer):
        fault = self._fault()
        # In bytes: from the middle of a small first request to some large ones later.
        after = int(2 ** self._random.uniform(3, 19))
        try:
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
        except (OSError, asyncio.CancelledError):
            # Else its client would wait for ever: gRPC keeps a connection on which nothing comes.
            _reset(writer)
            raise
        link = _Link(fault, after, self._random, self.counts)
        ways = {
            asyncio.ensure_future(link.up(reader, back_writer)),
            asyncio.ensure_future(link.down(back_reader, writer)),
        }
        try:
            if fault == "reset":
                done, _ = await asyncio.wait(
                    ways, timeout=self._random.uniform(0, 0.5), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    self.counts[fault] += 1
            else:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            ends = _reset if self._random.random() < 0.5 or fault == "reset" else _close
            for side in (writer, back_writer):
                ends(side)
            # Last, because a cancellation may come in between.
            await asyncio.gather(*ways, return_exceptions=True)


class _Link:
    """Both ways of one connection, and its fault."""

    def __init__(self, fault, after, random, counts):
        self._fault = fault
        self._left = after
        self._random = random
        self._counts = counts

    async def up(self, reader, writer):
        while data := await reader.read(CHUNK):
            if self._fault == "cut request" and len(data) >= self._left:
                writer.write(data[: self._left - 1])
                await writer.drain()
                self._spoil()
            self._left -= len(data)
            await self._delay()
            writer.write(data)
            await writer.drain()

    async def down(self, reader, writer):
        while data := await reader.read(CHUNK):
            if self._fault == "cut answer" and self._left <= 0:
                self._spoil()
            await self._delay()
            writer.write(data)
            await writer.drain()

    async def _delay(self):
        if self._fault == "delay" and self._random.random() < 0.2:
            self._counts["delay"] += 1
            await asyncio.sleep(self._random.uniform(0, 0.1))

    def _spoil(self):
        self._counts[self._fault] += 1
        raise _Spoiled


def _close(writer):
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


def _reset(writer):
    """Ends a connection with RST, so that what was not read is lost."""
    with contextlib.suppress(OSError, AttributeError):
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
