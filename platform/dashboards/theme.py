"""How charts look: colours that pass 4.5:1 on white, one layout as a plain dict, the graph's settings. Pure.

Plain dicts, because a figure with a template costs 17 ms to build and this one 0.4 ms (stack.md §5).
"""

from __future__ import annotations

from math import ceil, floor
from typing import Any

BLUE, INK, SOFT, GRID = "#0b4f94", "#17202d", "#465366", "#e3e8ef"
RED, AMBER, GREEN, GREY = "#b42318", "#7a4f00", "#1f7a3a", "#6b7787"
LIGHT_BLUE = "#8fb4db"
FONT = (
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", '
    '"Noto Sans SC", system-ui, sans-serif'
)
#: Diverging and readable without red-green vision: purple below, orange above what is expected.
RESIDUAL_SCALE = [[0.0, "#5e4b9e"], [0.25, "#b9b1d8"], [0.5, "#f7f7f7"], [0.75, "#f6c083"], [1.0, "#b35806"]]
#: More is darker, and the darkest still lets black figures be read.
COUNT_SCALE = [[0.0, "#f1f6fc"], [1.0, "#8fb4db"]]
HEIGHT = 300
DAY, MONTH = "%-m月%-d日", "%Y年%-m月"

#: Settings of every graph. One button, so that neither the upload to Plotly's cloud nor an editor is ever offered.
CONFIG: dict[str, Any] = {
    "locale": "zh-CN",
    "plotlyServerURL": "",
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "modeBarButtonsToRemove": ["sendChartToCloud", "sendDataToCloud", "editInChartStudio"],
    "showTips": False,
    "responsive": True,
    "scrollZoom": False,
    "toImageButtonOptions": {"format": "png", "filename": "图表", "scale": 2},
}


def title(text: str) -> dict[str, Any]:
    """What stands under or beside an axis."""
    return {"text": text, "font": {"size": 12, "color": SOFT}}


def note(text: str) -> dict[str, Any]:
    """A word in the drawing, without an arrow; the caller says where."""
    return {"text": text, "showarrow": False, "font": {"size": 11, "color": SOFT}}


def axis(**changes: Any) -> dict[str, Any]:
    """One axis: quiet grid, no zero line unless asked for, integers with separators."""
    return {
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": "#98a4b5",
        "tickfont": {"size": 12, "color": SOFT},
        "title": title(""),
        "fixedrange": True,
        "automargin": True,
        **changes,
    }


def day_axis(**changes: Any) -> dict[str, Any]:
    """An axis of days: the Chinese locale's own ticks read “十一 8”."""
    return axis(type="date", tickformat=DAY, hoverformat="%Y年%-m月%-d日", nticks=6, **changes)


def count_axis(**changes: Any) -> dict[str, Any]:
    """An axis of counts, from zero."""
    return axis(rangemode="tozero", tickformat=",d", nticks=6, **changes)


def share_axis(lowest: float, highest: float = 1.0, **changes: Any) -> dict[str, Any]:
    """An axis of proportions in percent, from the next round tenth below ``lowest``.

    It ends at 1, or where everything lies in the lower half at the next round tenth above ``highest``: shares near 0
    could not be told apart otherwise, no more than those near 1.
    """
    if highest < 0.5:
        ends = [0.0, ceil(highest * 10 + 0.2) / 10]
    else:
        ends = [max(0.0, floor(lowest * 10 - 0.2) / 10), 1.02]
    return axis(range=ends, tickformat=".0%", nticks=6, **changes)


def layout(*, unit: str = "", **changes: Any) -> dict[str, Any]:
    """The layout of a chart whose heading, definition and source are printed around it.

    ``unit`` stands above the vertical axis: Chinese set sideways is hard to read.
    """
    above = {
        "text": unit,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
        "font": {"size": 12, "color": SOFT},
    }
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
        "annotations": [above] if unit else [],
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": ".,",
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "dragmode": False,
        "bargap": 0.25,
        "xaxis": axis(),
        "yaxis": axis(),
        **changes,
    }
