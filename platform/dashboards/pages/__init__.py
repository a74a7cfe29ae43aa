"""The pages: what each is called, and how it makes its charts from a checked question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from access.actor import Work
from dashboards.charts import PageContent
from dashboards.pages import federation, hotspots, load, resolution
from measures.scopes import Around, Wanted


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address ends in ``name``."""

    name: str
    title: str
    question: str
    content: Callable[[Work, Around, Wanted], PageContent]


PAGES: Mapping[str, Page] = {
    page.name: page
    for page in (
        Page("load", "负荷看板", "来了多少，积了多少，哪些快到期？", load.content),
        Page("resolution", "办理看板", "有没有按期告知、按期办结？", resolution.content),
        Page("federation", "联合会看板", "下级单位之间有什么不同，哪些函件还在途中？", federation.content),
        Page("hotspots", "热点看板", "哪类问题、在哪里，多得不寻常？", hotspots.content),
    )
}
