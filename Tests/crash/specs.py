"""What kind of round each seed is."""

from dataclasses import dataclass

# One meter with a line for each series: a request of so many names has to be small on the page.
WIDE_CONFIG = """
packs: { files: [crash.yaml], disabled: [spanmetrics, tests, routing-tests] }
"""
WIDE_PACK = """
pack: crash
title: Spans by name
meters:
  - meter: crash
    on: "true"
    labels: { span_name: span.name }
    counters:
      crash_spans_total: { of: 1, help: Spans received. }
"""

# The spans of tests would make pages long: only those of batches are counted one by one.
CONFIG = """
packs: { files: [crash.yaml], disabled: [spanmetrics] }
"""
PACK = """
pack: crash
title: Spans of batches
meters:
  - meter: calls
    on: "service.name == 'crash'"
    labels: { span_name: span.name }
    counters:
      traces_spanmetrics_calls_total: { of: 1, help: Spans received. }
      traces_spanmetrics_size_total: { of: span.size, help: Encoded size of the spans received in bytes. }
    histograms:
      traces_spanmetrics_latency:
        of: span.duration
        buckets: [0.004, 0.008, 0.016, 0.032]
        help: Duration of the spans in seconds.
"""


@dataclass(frozen=True)
class Spec:
    """What kind of round a seed is."""

    seed: int
    durability: str = "commit"
    # Seconds; None for off. Of 60, only scrapes end a zero.
    zero_first: int | None = None
    # The file system forgets at a kill what was not synced; or it even lies about syncs.
    forgets: bool = False
    lies: bool = False
    # Requests of so many names that they are taken in several parts.
    is_wide: bool = False

    @property
    def has_results(self):
        """Whether runs of tests are sent, too."""
        return not self.is_wide

    def __str__(self):
        words = [f"seed{self.seed}", self.durability]
        words += [f"zero-first-{self.zero_first}s"] if self.zero_first else []
        words += ["forget"] * self.forgets + ["lie"] * self.lies + ["wide"] * self.is_wide
        return "-".join(words)


# The n-th of them for seeds that are n modulo their number.
_KINDS = [
    {},
    {"forgets": True},
    {"durability": "relaxed"},
    {"zero_first": 60},
    {"forgets": True, "zero_first": 1},
    {"is_wide": True},
    {"durability": "relaxed", "forgets": True},
    {"forgets": True, "is_wide": True},
    {"forgets": True},
    {"durability": "relaxed", "zero_first": 60},
]


def spec(seed):
    return Spec(seed, **_KINDS[seed % len(_KINDS)])
