"""Figures of time: control charts, cumulative flow, time to close. Pure, plain dicts as in ``figures``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboards import theme
from dashboards.figures import Figure
from measures.control import Limits
from measures.suppression import HIDDEN, Shown, words
from measures.survival import Survival


def control(
    days: Sequence[date], counts: Sequence[Shown], limits: Limits | None, *, name: str, links: Sequence[str | None]
) -> Figure:
    """An XmR chart: points, mean, limits, and the points outside marked with words."""
    outside = limits.marked if limits else frozenset()
    values = [count for count in counts if count is not None]
    marks = [theme.RED if place in outside else theme.BLUE for place in range(len(days))]
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": [day.isoformat() for day in days],
        "y": list(counts),
        # One word for points beside each other: two would lie upon each other.
        "text": ["异常" if place in outside and place - 1 not in outside else "" for place in range(len(days))],
        "textposition": "top center",
        "textfont": {"color": theme.RED, "size": 12},
        "customdata": [[words(count), link] for count, link in zip(counts, links, strict=True)],
        "line": {"color": theme.BLUE, "width": 1.5},
        "marker": {
            "color": marks,
            "size": [10 if place in outside else 6 for place in range(len(days))],
            "symbol": ["diamond" if place in outside else "circle" for place in range(len(days))],
        },
        "cliponaxis": False,
        "hovertemplate": "%{x}起一周<br>" + name + " %{customdata[0]}件<extra></extra>",
    }
    layout = theme.layout(unit="件/周", xaxis=theme.day_axis(), yaxis=theme.count_axis())
    if limits is not None:
        layout["shapes"] = [
            _level(limits.mean, "solid", theme.SOFT),
            _level(limits.upper, "dash", theme.GREY),
            _level(limits.lower, "dash", theme.GREY),
        ]
        layout["annotations"] += [
            _mark(limits.mean, f"均值 {limits.mean:.1f}"),
            _mark(limits.upper, f"上限 {limits.upper:.1f}"),
            _mark(limits.lower, f"下限 {limits.lower:.1f}"),
        ]
        layout["margin"]["r"] = 84
        highest = max([limits.upper, *values])
        layout["yaxis"]["range"] = [0, highest * 1.16 or 1]
    return {"data": [line, _hidden(days, counts)], "layout": layout}


def _hidden(days: Sequence[date], counts: Sequence[Shown]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [day.isoformat() for day, count in zip(days, counts, strict=True) if count is None],
        "y": [0 for count in counts if count is None],
        "marker": {"color": theme.GREY, "size": 7, "symbol": "circle-open"},
        "cliponaxis": False,
        "hovertemplate": "%{x}<br>" + HIDDEN + "件，小数隐去<extra></extra>",
    }


def _level(y: float, dash: str, colour: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "line": {"color": colour, "width": 1, "dash": dash},
        "layer": "below",
    }


def _mark(y: float, text: str) -> dict[str, Any]:
    return {**theme.note(text), "xref": "paper", "x": 1.01, "xanchor": "left", "y": y, "yanchor": "middle"}


#: What the lines of a cumulative flow diagram are called, how they are drawn, and in which order.
FLOW_LINES = (("登记", theme.BLUE, "solid"), ("受理", theme.AMBER, "dash"), ("办结", theme.GREEN, "solid"))


def cumulative(
    days: Sequence[date], lines: Sequence[Sequence[Shown]], links: Sequence[Sequence[str | None]]
) -> Figure:
    """Three lines that only rise; between the first and the last lies the open stock.

    A hidden number leaves a gap in its line. ``lines``, ``links`` and :data:`FLOW_LINES` have one order.
    """
    data = []
    for (name, colour, dash), counts, opened in zip(FLOW_LINES, lines, links, strict=True):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [day.isoformat() for day in days],
                "y": list(counts),
                "line": {"color": colour, "width": 2, "dash": dash},
                "customdata": [[words(count), link] for count, link in zip(counts, opened, strict=True)],
                "hovertemplate": "%{x}<br>累计" + name + " %{customdata[0]}件<extra></extra>",
            }
        )
    layout = theme.layout(unit="件", xaxis=theme.day_axis(), yaxis=theme.count_axis(), showlegend=True)
    return {"data": data, "layout": layout}


def survival(found: Survival, links: Sequence[str | None], marks: Sequence[tuple[int, str]]) -> Figure:
    """The share that is still open after so many days, with its 95 % band; ``marks`` are days that deadlines name."""
    days = [0, *found.days.tolist()]
    lower, upper = [1.0, *found.lower.tolist()], [1.0, *found.upper.tolist()]
    share, risk = [1.0, *found.open_share.tolist()], [found.cases, *found.at_risk.tolist()]
    band: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    shape = {"shape": "hv", "width": 0}
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": share,
        "line": {"color": theme.BLUE, "width": 2, "shape": "hv"},
        "customdata": [
            [f"{part:.0%}未办结", f"{left:,}", link] for part, left, link in zip(share, risk, links, strict=True)
        ],
        "hovertemplate": "第%{x}天<br>%{customdata[0]}<br>仍在观察%{customdata[1]}件<extra></extra>",
    }
    layout = theme.layout(
        unit="仍未办结的比例",
        xaxis=theme.axis(rangemode="tozero", tickformat=",d", title=theme.title("登记后的天数"), nticks=8),
        yaxis=theme.axis(range=[0, 1.02], tickformat=".0%", nticks=6),
    )
    for day, text in marks:
        if day <= days[-1]:
            layout["shapes"] = [*layout.get("shapes", []), _upright(day)]
            layout["annotations"].append(_above(day, text))
    return {
        "data": [
            {**band, "x": days, "y": upper, "line": shape},
            {**band, "x": days, "y": lower, "line": shape, "fill": "tonexty", "fillcolor": "rgba(143,180,219,0.35)"},
            line,
        ],
        "layout": layout,
    }


def _upright(x: float) -> dict[str, Any]:
    line = {"color": theme.GREY, "width": 1, "dash": "dot"}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x, "line": line, "layer": "below"}


def _above(x: float, text: str) -> dict[str, Any]:
    return {**theme.note(text), "x": x, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "top"}
