"""Draws the boards with data of a week of real runs, for people who only look: Grafana/pictures/BOARD.png.

    cd Tests/e2e
    ../../.build/python/bin/python -m pip install matplotlib
    ../../.build/python/bin/python pictures.py

What is drawn is what each panel's queries answer; Grafana draws it more beautifully.
"""

import datetime
import os
import tempfile
from pathlib import Path

import matplotlib

from kit import answer, boards, panels, queries
from prometheus import tool
from service import ROOT, Spanmeter
from week import live_a_week

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from PIL import Image  # noqa: E402

PAPER, INK, GREY = "#111217", "#ccccdc", "#6e7079"
STATES = {1.0: "#37872d", 0.5: "#e0b400", 0.0: "#c4162a"}
COLOURS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#b877d9", "#e24d42", "#37a2b0", "#8f3bb8"]
FORMATS = {
    "percentunit": lambda value: f"{value * 100:.1f} %",
    "s": lambda value: f"{value:.2f} s" if value < 120 else f"{value / 3600:.1f} h",
    "dateTimeFromNow": lambda value: datetime.datetime.fromtimestamp(value / 1000).strftime("%a %H:%M"),
    "currencyUSD": lambda value: f"$ {value:.2f}",
    "bytes": lambda value: f"{value / 1e6:.1f} MB",
}


def shown(value, panel):
    unit = panel["fieldConfig"]["defaults"].get("unit", "")
    return FORMATS.get(unit, lambda number: f"{number:.4g}")(value)


def name_of(row, legend):
    """A series as its legend says it."""
    labels = row["metric"]
    if not legend or legend.startswith("__"):
        return ", ".join(value for key, value in labels.items() if key != "__name__")
    for key, value in labels.items():
        legend = legend.replace("{{" + key + "}}", value)
    return legend


def last(row):
    return float(row["value"][1] if "value" in row else row["values"][-1][1])


class Picture:
    """One board on one sheet, its panels where Grafana puts them."""

    def __init__(self, name, board, prometheus, window):
        self.name, self.board = name, board
        asked = [query for query in queries(name, board) if query.place.startswith("panel ")]
        self.answers = {query.place: answer(prometheus, query, window) for query in asked}

    def draw(self, path):
        drawn = [panel for panel in panels(self.board) if panel["type"] != "text"]
        height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in drawn)
        figure = pyplot.figure(figsize=(15, height * 0.42), facecolor=PAPER)
        for panel in drawn:
            place = panel["gridPos"]
            axes = figure.add_axes(
                [
                    place["x"] / 24 + 0.018,
                    1 - (place["y"] + place["h"]) / height + 0.9 / height,
                    place["w"] / 24 - 0.03,
                    (place["h"] - 1.9) / height,
                ],
                facecolor=PAPER,
            )
            self.panel(axes, panel)
        figure.savefig(path, dpi=84, facecolor=PAPER)
        pyplot.close(figure)
        Image.open(path).quantize(48).save(path, optimize=True)

    def panel(self, axes, panel):
        axes.set_title(panel["title"], color=INK, fontsize=8, loc="left")
        axes.tick_params(colors=GREY, labelsize=6)
        for spine in axes.spines.values():
            spine.set_visible(False)
        found = [
            (target, self.answers[f"panel '{panel['title']}' {target['refId']}"])
            for target in panel["targets"]
            if not target.get("hide")
        ]
        if not any(rows for _, rows in found):
            axes.axis("off")
            why = panel["fieldConfig"]["defaults"].get("noValue", "no data")
            axes.text(0.5, 0.5, why, color=GREY, fontsize=7, ha="center", va="center", wrap=True)
            return
        draw = {"stat": self.stat, "gauge": self.stat, "table": self.table, "heatmap": self.heat}
        over_time = {"timeseries": self.lines, "state-timeline": self.lines, "status-history": self.lines}
        (draw | over_time).get(panel["type"], self.bars)(axes, panel, found)

    def stat(self, axes, panel, found):
        axes.axis("off")
        rows = found[0][1]
        if not rows:
            return
        said = {target["legendFormat"]: rows for target, rows in found}
        state = last(said["state"][0]) if said.get("state") else None
        colour = STATES.get(state, INK)
        axes.text(0.5, 0.55, shown(last(rows[0]), panel), color=colour, fontsize=19, ha="center", va="center")
        if said.get("target"):
            target = f"target {shown(last(said['target'][0]), panel)}"
            axes.text(0.5, 0.02, target, color=GREY, fontsize=7, ha="center")

    def lines(self, axes, panel, found):
        number = 0
        for target, rows in found:
            for row in rows:
                pairs = row.get("values") or [row["value"]]
                times = [datetime.datetime.fromtimestamp(float(at)) for at, _ in pairs]
                values = [float(value) for _, value in pairs]
                label = name_of(row, target["legendFormat"])
                colour = COLOURS[number % len(COLOURS)]
                axes.plot(times, values, ".-", markersize=2, linewidth=1, color=colour, label=label[:40])
                number += 1
        if number <= 9:
            axes.legend(fontsize=5.5, facecolor=PAPER, edgecolor=PAPER, labelcolor=INK, loc="upper left")
        axes.grid(color="#2a2b31", linewidth=0.5)
        axes.tick_params(axis="x", rotation=0, labelsize=5)

    def bars(self, axes, panel, found):
        rows = [(name_of(row, target["legendFormat"]), last(row)) for target, rows in found for row in rows]
        rows = sorted(rows, key=lambda pair: pair[1])[-8:]
        axes.barh([name[:28] for name, _ in rows], [value for _, value in rows], color=COLOURS[2])

    def heat(self, axes, panel, found):
        rows = sorted(found[0][1], key=lambda row: float(row["metric"].get("le", "inf")))
        cells = [[float(value) for _, value in row["values"][-60:]] for row in rows if row.get("values")]
        width = min((len(line) for line in cells), default=0)
        axes.imshow([line[-width:] for line in cells], aspect="auto", origin="lower", cmap="inferno")

    def table(self, axes, panel, found):
        axes.axis("off")
        columns = {}
        for target, rows in found:
            for row in rows:
                key = tuple(sorted(item for item in row["metric"].items() if item[0] != "__name__"))
                columns.setdefault(key, {})[target["legendFormat"]] = last(row)
        legends = [target["legendFormat"] for target, _ in found]
        lines = [
            [" · ".join(value for _, value in key)[-56:]]
            + [f"{values[legend]:.3g}" if legend in values else "" for legend in legends]
            for key, values in list(columns.items())[: max(2, panel["gridPos"]["h"] - 2)]
        ]
        head = [""] + [("" if legend.startswith("__") else legend)[:12] for legend in legends]
        widths = [0.5] + [0.5 / len(legends)] * len(legends)
        table = axes.table([head] + lines, cellLoc="left", loc="upper left", colWidths=widths, edges="open")
        table.auto_set_font_size(False)
        table.set_fontsize(6)
        for cell in table.get_celld().values():
            cell.get_text().set_color(INK)


def main():
    folder = ROOT / "Grafana" / "pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        directory = Path(directory)

        def start(**options):
            return Spanmeter(Path(tempfile.mkdtemp(dir=directory)), **options)

        prometheus, _, window = live_a_week(start, directory)
        try:
            for name, board in boards().items():
                Picture(name, board, prometheus, window).draw(folder / f"{name}.png")
                print(folder / f"{name}.png")
        finally:
            prometheus.stop()


if __name__ == "__main__":
    os.environ["PATH"] += f":{ROOT}/.build/prometheus/usr/bin"
    tool("prometheus")
    main()
