"""Reads Prometheus' text format 0.0.4, as strictly as a test should."""

import re
from collections import defaultdict

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|(?=}))')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


class Page:
    """All samples of one page, by name; a sample is (labels, value)."""

    def __init__(self, text):
        self.text = text
        self.samples = defaultdict(list)
        for line in text.split("\n"):
            if line and not line.startswith("#"):
                name, labels, value = _sample(line)
                self.samples[name].append((labels, value))

    def select(self, name, **labels):
        """The samples of `name` whose labels have these values; `""` also matches an absent label."""
        return [
            (have, value)
            for have, value in self.samples.get(name, [])
            if all(have.get(key, "") == wanted for key, wanted in labels.items())
        ]

    def sum(self, name, **labels):
        return sum(value for _, value in self.select(name, **labels))

    def sum_by(self, label, name, **labels):
        """Sums by the value of `label`, leaving out zeros."""
        sums = defaultdict(float)
        for have, value in self.select(name, **labels):
            sums[have.get(label, "")] += value
        return {key: value for key, value in sums.items() if value}


def _sample(line):
    match = _NAME.match(line)
    assert match, f"no metric name in {line!r}"
    name, position = match.group(), match.end()
    labels = {}
    if line.startswith("{", position):
        position += 1
        while not line.startswith("}", position):
            match = _LABEL.match(line, position)
            assert match, f"bad label at {position} in {line!r}"
            assert match.group(1) not in labels, f"label twice in {line!r}"
            labels[match.group(1)] = re.sub(r"\\.", lambda found: _ESCAPES[found.group()], match.group(2))
            position = match.end()
        position += 1
    fields = line[position:].split()
    assert 1 <= len(fields) <= 2, f"bad value in {line!r}"
    return name, labels, float(fields[0])
