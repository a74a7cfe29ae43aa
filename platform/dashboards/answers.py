"""A page's question, asked and answered: one function for the page's HTML, its charts and its downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from access.actor import Work
from dashboards import wording
from dashboards.charts import Chart, PageContent
from dashboards.pages import PAGES, Page
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from measures import beginnings, scopes
from measures.scopes import Around, Wanted


@dataclass(frozen=True, slots=True)
class Answered:
    """A page's content, or the sentences that say why there is none. ``wanted`` is what was asked."""

    here: Around
    wanted: Wanted
    content: PageContent
    problems: Mapping[str, str]


def page_named(name: str) -> Page:
    """The page of an address.

    :raises NotFoundError: when there is none.
    """
    page = PAGES.get(name)
    if page is None:
        raise NotFoundError
    return page


def answer(work: Work, page: Page, values: Mapping[str, str]) -> Answered:
    """Ask a page's question for whoever the unit of work belongs to.

    A value that cannot be used costs the charts, not the page: its sentence stands above the filters. A union that is
    younger than the period is asked from its first day on, and the page says so.
    """
    here = scopes.around(work)
    try:
        wanted = scopes.read(work, here, values)
    except (InvalidError, ForbiddenError) as error:
        fields = error.fields if isinstance(error, InvalidError) else {}
        return Answered(here, scopes.usual(work, here), PageContent(()), fields or {"unit": error.message})
    begins = beginnings.begun(work, here, wanted)
    if begins is None:
        return Answered(here, wanted, page.content(work, here, wanted), {})
    note = f"{wanted.scope.name}从{wording.day(begins)}起才有数据，此前不计。"
    if wanted.last < min(begins, work.clock.today()):
        return Answered(here, wanted, PageContent((), (f"{note}所选时段在此之前，没有可以显示的数据。",)), {})
    found = page.content(work, here, replace(wanted, first=min(begins, wanted.last)))
    return Answered(here, wanted, replace(found, notes=(note, *found.notes)), {})


def chart_named(work: Work, page: Page, name: str, values: Mapping[str, str]) -> tuple[Wanted, Chart]:
    """One chart of a page, for a download.

    :raises InvalidError: with the sentences of values that cannot be used.
    :raises NotFoundError: for a chart that the page does not show this viewer.
    """
    found = answer(work, page, values)
    if found.problems:
        raise InvalidError("".join(found.problems.values()), fields=dict(found.problems))
    chart = next((chart for chart in found.content.charts if chart.name == name), None)
    if chart is None:
        raise NotFoundError
    return found.wanted, chart
