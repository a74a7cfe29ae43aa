"""Figures as plain dicts, from numbers to marks. Pure: no query, no actor, no request.

A hidden count has no height, so it is drawn as a hollow mark on the axis with the word, never at its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards import theme
from measures.suppression import HIDDEN, Shown, words

Figure = dict[str, Any]
#: A proportion and the ends of its interval.
Point = tuple[float, float, float]


def bars(
    labels: Sequence[str], counts: Sequence[Shown], *, colours: Sequence[str], links: Sequence[str | None], unit: str
) -> Figure:
    """Bars with their numbers on top; the number is the label, so nothing depends on colour."""
    values = [0 if count is None else count for count in counts]
    trace = {
        "type": "bar",
        "x": list(labels),
        "y": values,
        "text": [words(count) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": list(colours)},
        "customdata": [[words(count), link] for count, link in zip(counts, links, strict=True)],
        "hovertemplate": "%{x}<br>%{customdata[0]}" + unit + "<extra></extra>",
    }
    return {
        "data": [trace],
        "layout": theme.layout(
            unit=unit,
            xaxis=theme.axis(type="category", tickangle=0),
            yaxis=theme.count_axis(range=[0, max([1, *values]) * 1.15]),
        ),
    }


def shares(
    labels: Sequence[str],
    points: Sequence[Point | None],
    texts: Sequence[str],
    *,
    links: Sequence[str | None],
) -> Figure:
    """Proportions with their 95 % intervals; a point is (share, low, high), ``None`` draws nothing there.

    The axis starts below the lowest interval, not at 0: points carry no area that a cut would falsify, and rates near
    100 % could not be told apart otherwise.
    """
    found = [point for point in points if point is not None]
    trace = whiskers(points, texts, links, labels)
    return {
        "data": [trace | {"hovertemplate": "%{x}<br>%{customdata[0]}<extra></extra>"}],
        "layout": theme.layout(
            xaxis=theme.axis(
                type="category", categoryorder="array", categoryarray=list(labels), range=[-0.5, len(labels) - 0.5]
            ),
            yaxis=theme.share_axis(
                min((low for _share, low, _high in found), default=0.0),
                max((high for _share, _low, high in found), default=1.0),
            ),
        ),
    }


def whiskers(
    points: Sequence[Point | None], texts: Sequence[str], links: Sequence[str | None], *across: Sequence[str]
) -> Figure:
    """The trace of proportions with their intervals; several ``across`` are the levels of one axis."""
    kept = [(place, point) for place, point in enumerate(points) if point is not None]
    levels = [[labels[place] for place, _point in kept] for labels in across]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": levels if len(levels) > 1 else levels[0],
        "y": [share for _place, (share, _low, _high) in kept],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [high - share for _place, (share, _low, high) in kept],
            "arrayminus": [share - low for _place, (share, low, _high) in kept],
            "color": theme.LIGHT_BLUE,
            "thickness": 2,
            "width": 4,
        },
        "marker": {"color": theme.BLUE, "size": 9},
        "customdata": [[texts[place], links[place]] for place, _point in kept],
        "cliponaxis": False,
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }


def pair(
    labels: Sequence[str],
    whole: Sequence[Shown | float],
    part: Sequence[Shown | float],
    *,
    names: tuple[str, str],
    links: Sequence[str | None],
) -> Figure:
    """Two bars side by side: the whole in grey, the part in blue."""
    data = []
    for name, counts, colour in ((names[0], whole, theme.GREY), (names[1], part, theme.BLUE)):
        data.append(
            {
                "type": "bar",
                "name": name,
                "x": list(labels),
                "y": [0 if count is None else count for count in counts],
                "text": [HIDDEN if count is None else "" for count in counts],
                "textposition": "outside",
                "marker": {"color": colour},
                "customdata": [[_number(count), link] for count, link in zip(counts, links, strict=True)],
                "hovertemplate": "%{x}<br>" + name + " %{customdata[0]}件<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": theme.layout(
            xaxis=theme.axis(type="category"),
            yaxis=theme.count_axis(),
            unit="件",
            showlegend=True,
            barmode="group",
        ),
    }


def _number(count: Shown | float) -> str:
    return f"{count:,.1f}" if isinstance(count, float) else words(count)


def heat(
    rows: Sequence[str],
    columns: Sequence[str],
    shown: Sequence[Sequence[Shown]],
    residuals: Sequence[Sequence[float]],
    links: Sequence[Sequence[str | None]],
) -> Figure:
    """Colour says how far a cell is from what its row and column let expect, the number says how many.

    A hidden cell gets no colour; ``residuals`` come from what is shown, or those of its row would tell it.
    """
    trace = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [
            [None if count is None else round(residual, 2) for count, residual in zip(line, spread, strict=True)]
            for line, spread in zip(shown, residuals, strict=True)
        ],
        "text": [[words(count) for count in line] for line in shown],
        "texttemplate": "%{text}",
        "textfont": {"size": 12},
        "customdata": [
            [
                [
                    "小数隐去" if count is None else f"{words(count)}件，偏差{residual:+.1f}",
                    None if count is None else link,
                ]
                for count, residual, link in zip(line, spread, opened, strict=True)
            ]
            for line, spread, opened in zip(shown, residuals, links, strict=True)
        ],
        "zmin": -4,
        "zmid": 0,
        "zmax": 4,
        "xgap": 1,
        "ygap": 1,
        "colorscale": theme.RESIDUAL_SCALE,
        "colorbar": {
            "title": {"text": "偏差", "font": {"size": 12}},
            "thickness": 10,
            "tickfont": {"size": 11},
            "tickvals": [-4, -2, 0, 2, 4],
        },
        "hoverongaps": False,
        "hovertemplate": "%{y}　%{x}<br>%{customdata[0]}<extra></extra>",
    }
    layout = theme.layout(
        height=max(theme.HEIGHT, 90 + 30 * len(rows)),
        xaxis=theme.axis(type="category", showgrid=False, tickangle=-35 if len(columns) > 6 else 0),
        yaxis=theme.axis(type="category", showgrid=False, autorange="reversed"),
    )
    return {"data": [trace], "layout": layout}
