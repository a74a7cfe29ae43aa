"""Figures of unions beside each other: funnels, and points with intervals in groups of like volume. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboards import theme
from dashboards.figures import Figure, Point, whiskers
from measures.funnel import ALARM, WARN, Funnel

#: Points along a limit: more are not seen on a screen.
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """A union in a funnel: ``met`` of ``trials``, at least one; what is said about it and what it opens."""

    name: str
    met: int
    trials: int
    text: str
    link: str | None


def funnel(found: Funnel, spots: Sequence[Spot], *, unit: str) -> Figure:
    """Each union's share against its number of cases, between the limits of 95 % and 99.8 %.

    A union beyond the outer limits is a red diamond, one beyond the inner ones an amber square, and both carry their
    name, so that nothing depends on colour. ``found`` was made of the same unions in the same order.
    """
    outer, inner = set(found.places(ALARM)), set(found.places(WARN))
    kinds = [("diamond", theme.RED, 11), ("square", theme.AMBER, 9), ("circle", theme.BLUE, 8)]
    looks = [kinds[0 if place in outer else 1 if place in inner else 2] for place in range(len(spots))]
    share = [spot.met / spot.trials for spot in spots]
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [spot.trials for spot in spots],
        "y": share,
        "text": [spot.name if place in inner else "" for place, spot in enumerate(spots)],
        "textposition": "top center",
        "textfont": {"size": 12, "color": theme.INK},
        "marker": {
            "symbol": [symbol for symbol, _colour, _size in looks],
            "color": [colour for _symbol, colour, _size in looks],
            "size": [size for _symbol, _colour, size in looks],
        },
        "cliponaxis": False,
        "customdata": [[spot.text, spot.link] for spot in spots],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }
    along = np.unique(np.geomspace(1, max(2, *(spot.trials for spot in spots)) * 1.05, _STEPS).round(2))
    lines = []
    for z, dash in ((WARN, "dash"), (ALARM, "solid")):
        for limit in found.limits(along, z):
            lines.append(_limit(along.tolist(), limit.round(4).tolist(), dash))
    layout = theme.layout(
        xaxis=theme.axis(rangemode="tozero", tickformat=",d", title=theme.title(unit), nticks=8),
        yaxis=theme.share_axis(min(share)),
    )
    layout["shapes"] = [_middle(found.share)]
    layout["annotations"].append(
        {
            **theme.note(f"共同比率 {found.share:.1%}"),
            "xref": "paper",
            "x": 0.005,
            "xanchor": "left",
            "y": found.share,
            "yanchor": "bottom",
        }
    )
    return {"data": [*lines, points], "layout": layout}


def _limit(x: Sequence[float], y: Sequence[float], dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": theme.GREY, "width": 1, "dash": dash},
        "hoverinfo": "skip",
    }


def _middle(share: float) -> dict[str, Any]:
    line = {"color": theme.SOFT, "width": 1}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": share, "y1": share, "line": line}


def banded(
    groups: Sequence[str],
    labels: Sequence[str],
    points: Sequence[Point | None],
    texts: Sequence[str],
    links: Sequence[str | None],
) -> Figure:
    """Shares with their 95 % intervals, unions of like volume standing together under the name of their group."""
    found = [point for point in points if point is not None]
    layout = theme.layout(
        height=theme.HEIGHT + 60,
        xaxis=theme.axis(type="multicategory", showdividers=True, dividercolor=theme.GREY),
        yaxis=theme.share_axis(min((low for _share, low, _high in found), default=0.0)),
    )
    return {"data": [whiskers(points, texts, links, groups, labels)], "layout": layout}


def stacked(
    labels: Sequence[str],
    parts: Sequence[tuple[str, str, Sequence[int], Sequence[str | None]]],
    *,
    unit: str,
    lying: bool = False,
) -> Figure:
    """Bars in parts: name, colour, counts and links of each part; ``lying`` for long labels."""
    data = []
    for name, colour, counts, links in parts:
        across, up = (list(counts), list(labels)) if lying else (list(labels), list(counts))
        data.append(
            {
                "type": "bar",
                "orientation": "h" if lying else "v",
                "name": name,
                "x": across,
                "y": up,
                "text": [f"{count:,}" if count else "" for count in counts],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": "#fff"},
                "marker": {"color": colour},
                "customdata": [
                    [label, f"{count:,}", link] for label, count, link in zip(labels, counts, links, strict=True)
                ],
                "hovertemplate": "%{customdata[0]}<br>" + name + " %{customdata[1]}" + unit + "<extra></extra>",
            }
        )
    category = theme.axis(type="category", **({"autorange": "reversed"} if lying else {"tickangle": 0}))
    number = theme.count_axis()
    layout = theme.layout(
        height=max(theme.HEIGHT, 90 + 26 * len(labels)) if lying else theme.HEIGHT,
        unit="" if lying else unit,
        xaxis=number if lying else category,
        yaxis=category if lying else number,
        showlegend=True,
        barmode="stack",
    )
    return {"data": data, "layout": layout}


def clock(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Sequence[Sequence[int]],
    links: Sequence[Sequence[str | None]],
) -> Figure:
    """Weekday × hour: the darker, the more; the number stands in the cell where there is one."""
    trace = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [[count or None for count in line] for line in counts],
        "text": [[f"{count:,}" if count else "" for count in line] for line in counts],
        "texttemplate": "%{text}",
        "textfont": {"size": 11},
        "customdata": [
            [[f"{count:,}", link] for count, link in zip(line, opened, strict=True)]
            for line, opened in zip(counts, links, strict=True)
        ],
        "xgap": 1,
        "ygap": 1,
        "zmin": 0,
        "colorscale": theme.COUNT_SCALE,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{y}　%{x}<br>登记%{customdata[0]}件<extra></extra>",
    }
    layout = theme.layout(
        xaxis=theme.axis(type="category", showgrid=False, tickangle=0),
        yaxis=theme.axis(type="category", showgrid=False, autorange="reversed"),
    )
    return {"data": [trace], "layout": layout}
