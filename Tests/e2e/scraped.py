"""Pages of a server under a set clock, as a Prometheus has them that scraped it all the time."""

import re

import yaml

from exposition import Page
from service import ROOT
from week import DAY, MINUTE, TARGET, blocks, started

RULES = ROOT / "PrometheusRules"
IS_COUNTER = re.compile(r"\w+_(total|sum|count|bucket)\b")
# What a scraper keeps here: what boards of the API, rules of skills and budgets read.
KEPT = re.compile(
    r"routing_test_(api_|retries|results|cost_usd_sum|worker)|skill_|experiment_|gen_ai_client_cost"
    r"|spanmeter_(objective|cost)"
)


class Scrapes:
    """Pages with their times, in seconds since 1970."""

    def __init__(self):
        self.pages = []

    def add(self, at, text):
        """Keeps a page; returns the lines of it that are kept."""
        assert not self.pages or at > self.pages[-1][0], "nobody scrapes twice at one time"
        lines = [line for line in text.splitlines() if KEPT.match(line)]
        self.pages.append((at, lines))
        return lines

    def write(self, path):
        """All pages as OpenMetrics; each once more just before the next, as unchanged pages are scraped.

        But not of a counter that rested for a day: by then a server that did not sleep has taken it away.
        """
        series = {}
        changed = {}
        times = [at for at, _ in self.pages]
        for (at, lines), until in zip(self.pages, [*times[1:], times[-1]], strict=True):
            for line in lines:
                name, _, value = line.rpartition(" ")
                before, since = changed.get(name, (None, at))
                if before != value:
                    # A series that is new shows 0 first, and its value soon.
                    changed[name] = (value, since if float(before or 1) == 0 else at)
                samples = series.setdefault(name, [])
                samples.append((at, value))
                is_left = until - changed[name][1] < DAY + MINUTE or not IS_COUNTER.match(name)
                if until - at > 2 * MINUTE and is_left:
                    samples.append((until - MINUTE / 2, value))
        labels = ",".join(f'{key}="{value}"' for key, value in TARGET.items())
        with open(path, "w") as file:
            for name in sorted(series):
                bare, _, rest = name.partition("{")
                whole = f"{bare}{{{labels},{rest}" if rest else f"{bare}{{{labels}}}"
                file.writelines(f"{whole} {value} {at:.3f}\n" for at, value in series[name])
            file.write("# EOF\n")

    def prometheus(self, directory, group=None, times=()):
        """One that scraped all this, and evaluated a group of rules each minute of some (begin, end)."""
        self.write(directory / "pages")
        pages, data = str(directory / "pages"), directory / "tsdb"
        blocks(directory, "openmetrics", "--max-block-duration=360h", "-q", pages, str(data))
        # Rules are made of rules, of which each pass knows those of the one before.
        for _ in range(2 if group else 0):
            prometheus = started(directory)
            try:
                for begin, end in times:
                    blocks(
                        directory,
                        "rules",
                        f"--url={prometheus.url}",
                        f"--start={begin:.0f}",
                        f"--end={end:.0f}",
                        "--eval-interval=1m",
                        f"--output-dir={data}",
                        str(only(group, directory)),
                    )
            finally:
                prometheus.stop()
        return started(directory)


def only(group, directory):
    """A file of the recording rules of one group."""
    path = directory / "rules.yml"
    groups = yaml.safe_load((RULES / "spanmeter-recording.yml").read_text())["groups"]
    (chosen,) = (one for one in groups if one["name"] == group)
    path.write_text(yaml.safe_dump({"groups": [chosen]}))
    return path


def alert(name):
    """The expression of an alert."""
    for group in yaml.safe_load((RULES / "spanmeter-alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") == name:
                return rule["expr"]
    raise AssertionError(f"no alert {name}")


class Growth:
    """What counters rose by in all, as somebody knows who has seen every page.

    A counter that rested for a day leaves the page and comes back from 0.
    """

    def __init__(self, names):
        self._names = names
        self._last = {}
        self._before = {}

    def see(self, lines):
        page = Page("\n".join(line for line in lines if line.startswith(self._names)) + "\n")
        now = {
            (name, frozenset(labels.items())): value
            for name in self._names
            for labels, value in page.samples.get(name, [])
        }
        for key, last in self._last.items():
            if now.get(key, 0.0) < last:
                self._before[key] = self._before.get(key, 0.0) + last
        self._last = now

    def totals(self, name, *labels):
        """Sums by the values of these labels."""
        sums = {}
        for part in (self._before, self._last):
            for (family, have), value in part.items():
                if family == name and value:
                    key = tuple(dict(have).get(label, "") for label in labels)
                    sums[key] = sums.get(key, 0.0) + value
        return sums
