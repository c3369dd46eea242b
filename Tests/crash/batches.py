"""What a sender sends: batches of spans that can be told apart in /metrics, made from a seed."""

import itertools
import struct
import time

from spans import field

# Above the limit beyond which a request is taken in several parts.
WIDE_NAME_COUNT = 17_000
# How many of the newest batches may be borrowed from.
LENDER_COUNT = 20
# The largest request and what it borrows are below 1.5 MiB.
BORROWED_COUNT = 4_000
SERVICE = "crash"


class Batch:
    """One request. Its own spans are named `b<number>` or `b<number>.<n>`: a page tells how many count.

    `lent` of them come once more in one later batch, `borrower`; `own` is their number. `borrowed` names
    (lender, count) of the spans of an earlier batch that this one repeats. `is_spread`: over several series.
    """

    def __init__(self, number, own, is_spread, borrowed, body):
        self.number = number
        self.own = own
        self.is_spread = is_spread
        self.borrowed = borrowed
        self.lent = 0
        self.borrower = None
        self.body = body
        self.sent_at = None
        self.acked_at = None
        self.is_lost = False


class BatchMaker:
    """Makes batches; the same seed makes the same ones, but for ids and times."""

    def __init__(self, random, is_wide=False):
        self._random = random
        self._is_wide = is_wide
        self._ids = itertools.count(1)
        self._trace = struct.pack(">Q", random.getrandbits(63) | 1)
        self._numbers = itertools.count()
        self._lenders = []

    def make(self):
        """The next batch: of 1 to 512 spans mostly, sometimes of thousands."""
        number = next(self._numbers)
        names, own = self._spans(number)
        borrowed, repeats = None, []
        if self._lenders and self._random.random() < 0.12:
            lender, lendable = self._lenders.pop(self._random.randrange(len(self._lenders)))
            most = min(len(lendable), BORROWED_COUNT)
            repeats = self._random.sample(lendable, self._random.randint(1, most))
            lender.lent, lender.borrower = len(repeats), number
            borrowed = (lender.number, len(repeats))
        without_ids = self._without_ids(number)
        mixed = own + repeats + without_ids
        # A span twice in one request counts once.
        if self._random.random() < 0.05:
            mixed.append(own[0])
        self._random.shuffle(mixed)
        batch = Batch(number, len(own) + len(without_ids), names > 1, borrowed, _request(mixed))
        self._lenders.append((batch, own))
        del self._lenders[:-LENDER_COUNT]
        return batch

    def _spans(self, number):
        """How many names there are, and the spans."""
        random = self._random
        names, count, chance = 1, int(2 ** random.uniform(0, 9)), random.random()
        if self._is_wide and chance < 0.1:
            names = count = WIDE_NAME_COUNT
        elif chance < 0.02:
            count = random.randint(4_000, 12_000)
        elif chance < 0.2:
            names = random.randint(2, 40)
            count = random.randint(names, 200)
        if names == 1:
            return names, [self._span(f"b{number}") for _ in range(count)]
        return names, [self._span(f"b{number}.{index % names}") for index in range(count)]

    def _without_ids(self, number):
        if self._random.random() >= 0.1:
            return []
        return [_span(b"", f"b{number}") for _ in range(self._random.randint(1, 5))]

    def _span(self, name):
        identity = struct.pack(">Q", next(self._ids))
        return _span(field(1, self._trace + identity) + field(2, identity), name)


def _span(ids, name):
    """An encoded INTERNAL span of 10 ms that has just ended."""
    end = time.time_ns()
    times = b"\x39" + struct.pack("<Q", end - 10_000_000) + b"\x41" + struct.pack("<Q", end)
    return field(2, ids + field(5, name) + b"\x30\x01" + times)


def _request(encoded):
    resource = field(1, field(1, field(1, "service.name") + field(2, field(1, SERVICE))))
    return field(1, resource + field(2, b"".join(encoded)))
