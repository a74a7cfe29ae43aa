"""Charts as Dash components: few of them, because Dash 4.4.1 slows with their number (ux.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from flask_babel import gettext as _

from dashboards import ids, links, theme
from dashboards.charts import Chart
from dashboards.pages import Page

#: Dash's constructors list every HTML attribute with its type but not ``aria-*`` and ``data-*``.
tags: Any = html
parts: Any = dcc


def drawn(page: Page, charts: tuple[Chart, ...], values: Mapping[str, str]) -> list[Any]:
    """The charts of a page; ``values`` are those of the address, which the downloads carry on."""
    return [tags.Div([_chart(page, chart, values) for chart in charts], className="charts")]


def nothing(*, wrong: bool) -> list[Any]:
    """What stands where charts would."""
    told = _("没有图表可以显示，请先改正上面的筛选条件。") if wrong else _("没有图表可以显示。")
    return [tags.P(told, className="empty")]


def _chart(page: Page, chart: Chart, values: Mapping[str, str]) -> Any:
    title, said = f"chart-{chart.name}", f"said-{chart.name}"
    body: list[Any] = [
        tags.H2(chart.title, id=title),
        tags.P(chart.answer, className="chart-answer", id=said),
    ]
    foot = [
        tags.A(_("数据表"), href=f"#table-{chart.name}", className="chart-table-link"),
        tags.A(_("下载表格"), href=links.table(page.name, chart.name, values), **{"aria-describedby": title}),
    ]
    if chart.figure is not None:
        size = {"height": f"{chart.figure['layout']['height']}px", "minWidth": f"{chart.min_width}px"}
        body.append(
            tags.Div(
                parts.Graph(id=ids.graph(chart.name), figure=chart.figure, config=theme.CONFIG, style=size),
                className="chart-drawing",
                # Wider than the screen it scrolls, and what scrolls must be reached by keys.
                tabIndex=0 if chart.min_width else None,
                **{"role": "figure", "aria-labelledby": title, "aria-describedby": said},
            )
        )
        # A script of ours makes the picture in the browser: with title, answer and definition in it.
        foot.append(
            tags.Button(
                _("下载图片"),
                type="button",
                className="chart-picture",
                **{"aria-describedby": title, "data-png": "1"},
            )
        )
    body.append(tags.P([chart.basis, chart.click], className="chart-basis"))
    body.append(tags.Div(foot, className="chart-foot"))
    classes = "panel chart chart-wide" if chart.wide else "panel chart"
    return tags.Section(body, className=classes, **{"aria-labelledby": title})
