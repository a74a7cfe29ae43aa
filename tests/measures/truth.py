"""Every count column a second time, from raw rows: one short question in SQL for each, of all unions at once.

It shares no text with ``measures.counting`` or ``measures.rebuilding`` and does not read the days that the product
keeps on a case for counting: ratings come from the ratings, repetitions from the links, turns from the log of events.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import Engine, text

#: (day, category, channel, column) and how much; the same shape as ``measures.counting.Cell``.
Cells = Counter[tuple[date, str, str, str]]

_OPEN = (
    "('registered', 'triaged', 'handling', 'simple', 'extended', 'mediating', 'hearing', 'negotiating', 'escalated', "
    "'referred', 'decided', 'served', 'executing', 'reviewing', 'reviewed', 'rechecking')"
)
_NEW = "c.arrived_on is null"
_KEPT = "c.handed_on is null"
_FIRST = "(coalesce(c.first_at_this_org, not c.repeat) and c.origin_id is null and c.review_stage is null)"
_ANSWER = f"({_KEPT} and c.status in ('closed', 'concluded', 'answered', 'archived'))"


def _day(moment: str) -> str:
    return f"date({moment} + interval '8 hours')"


def _turn(when: str) -> str:
    """The day of the latest event of the file with such ends."""
    events = "from audit_events e where e.tenant_id = c.tenant_id and e.subject_id = c.id"
    return f"(select {_day('max(e.at at time zone $$utc$$)')} {events} and {when})"


def _word(about: str, what: str) -> str:
    return (
        f"(select {what} from case_ratings r where r.tenant_id = c.tenant_id and r.case_id = c.id "
        f"and r.about = '{about}' order by r.recorded_at desc, r.id desc limit 1)"
    )


def _clock(kinds: str, what: str) -> str:
    return (
        f"(select {what} from case_clocks k where k.tenant_id = c.tenant_id and k.case_id = c.id "
        f"and k.kind in ({kinds}) and not k.uncounted)"
    )


_REG = _day("c.registered_at at time zone 'utc'")
_CLOSED = _day("c.closed_at at time zone 'utc'")
_ACCEPTED = _day("c.accepted_at at time zone 'utc'")
_ESCALATED = _day("c.escalated_at at time zone 'utc'")
_RATED_ON = _day("r.recorded_at at time zone 'utc'")
_REOPENED = _turn(f"e.data ->> 'from' not in {_OPEN} and e.data ->> 'to' in {_OPEN}")
_REFERRED = _turn("e.data ->> 'from' <> 'referred' and e.data ->> 'to' = 'referred'")
_RETURNED = (
    "exists (select from audit_events e where e.tenant_id = c.tenant_id and e.subject_id = c.id "
    f"and e.data ->> 'from' = 'referred' and e.data ->> 'to' in {_OPEN} and e.data ->> 'to' <> 'referred' "
    "and e.seq > (select max(s.seq) from audit_events s where s.tenant_id = c.tenant_id and s.subject_id = c.id "
    "and s.data ->> 'from' <> 'referred' and s.data ->> 'to' = 'referred'))"
)
_NOTICE, _SIXTY = "'C-15', 'C-15R'", "'C-60'"
_IN_TIME = "k.stopped_on is not null and k.stopped_on <= k.due_on"
_UNTIL = f"({_CLOSED} + 90)"
_HELD = (
    "not exists (select from case_clocks k where k.tenant_id = c.tenant_id and k.case_id = c.id and k.kind = 'C-60' "
    "and (k.stopped_on is null or k.stopped_on > k.original_due_on)) "
    "and not exists (select from cases o where o.tenant_id = c.tenant_id and o.first_id = c.id "
    f"and {_day('o.registered_at at time zone $$utc$$')} <= {_UNTIL}) "
    "and not exists (select from case_clocks k where k.tenant_id = c.tenant_id and k.case_id = c.id "
    f"and k.kind = 'C-R30' and k.started_on <= {_UNTIL}) "
    "and not exists (select from case_ratings r where r.tenant_id = c.tenant_id and r.case_id = c.id "
    f"and r.rating = 'dissatisfied' and {_RATED_ON} <= {_UNTIL})"
)
_ANY_RATING = "exists (select from case_ratings r where r.tenant_id = c.tenant_id and r.case_id = c.id)"


def _ago(day: str) -> str:
    """What happened, counted where the file was then: the day of a handover is the predecessor's."""
    return (
        f"case when {day} > coalesce(c.arrived_on, '-infinity') and {day} <= coalesce(c.handed_on, 'infinity') "
        + (f"then {day} end")
    )


def _ahead(day: str) -> str:
    """What falls due, counted where the file is then: the day of a handover is the successor's."""
    return (
        f"case when {day} >= coalesce(c.arrived_on, '-infinity') and {day} < coalesce(c.handed_on, 'infinity') "
        + (f"then {day} end")
    )


def _words(about: str) -> dict[str, tuple[str, str, str]]:
    day = _ago(_word(about, _RATED_ON))
    return {
        f"{about}_rated": (day, "1", "true"),
        f"{about}_satisfied": (day, "1", f"{_word(about, 'r.rating')} <> 'dissatisfied'"),
        # Both hands add to one column, so the second name is dropped below.
        f"staff_rated {about}": (day, "1", f"{_word(about, 'r.entered_by')} = 'staff'"),
    }


#: Column → (its day, its amount, which cases); the word after a space only keeps two questions of a column apart.
QUESTIONS: dict[str, tuple[str, str, str]] = {
    "registered": (_REG, "1", _NEW),
    "persons": (_REG, "c.headcount", _NEW),
    "repeats": (_REG, "1", f"{_NEW} and c.repeat"),
    "collectives": (_REG, "1", f"{_NEW} and c.collective"),
    "accepted": (_ago(_ACCEPTED), "1", "true"),
    "refused": (_CLOSED, "1", f"{_KEPT} and c.status = 'refused'"),
    "escalated": (_ago(_ESCALATED), "1", "true"),
    "closed": (_CLOSED, "1", _KEPT),
    "moved": ("c.arrived_on", "1", "true"),
    "moved away": ("c.handed_on", "-1", "true"),
    "due": (_ahead(_clock(_SIXTY, "k.due_on")), "1", "true"),
    "due_met": (_ahead(_clock(_SIXTY, "k.due_on")), "1", _clock(_SIXTY, _IN_TIME)),
    "notice_due": (_ahead(_clock(_NOTICE, "k.due_on")), "1", "true"),
    "notice_met": (_ahead(_clock(_NOTICE, "k.due_on")), "1", _clock(_NOTICE, _IN_TIME)),
    "days_to_close": (_CLOSED, f"{_CLOSED} - {_REG}", _KEPT),
    "collective_persons": (_REG, "c.headcount", f"{_NEW} and c.collective"),
    "firsts": (_REG, "1", f"{_NEW} and {_FIRST}"),
    "split_off": (_REG, "1", f"{_NEW} and c.origin_id is not null"),
    "skip_levels": (_REG, "1", f"{_NEW} and c.channel = 'visit' and c.refusal_code = 'N5'"),
    "skip_persons": (_REG, "c.headcount", f"{_NEW} and c.channel = 'visit' and c.refusal_code = 'N5'"),
    "withdrawn": (_CLOSED, "1", f"{_KEPT} and c.status = 'withdrawn'"),
    "merged": (_CLOSED, "1", f"{_KEPT} and c.status = 'merged'"),
    "diverted": (_CLOSED, "1", f"{_KEPT} and c.status = 'diverted'"),
    "terminated": (_CLOSED, "1", f"{_KEPT} and c.status = 'terminated'"),
    "reopened": (_ago(_REOPENED), "1", "true"),
    "referred": (_ago(_REFERRED), "1", "true"),
    "referred_back": (_ago(_REFERRED), "1", _RETURNED),
    "due_extended": (_ahead(_clock(_SIXTY, "k.due_on")), "1", _clock(_SIXTY, "k.due_on > k.original_due_on")),
    "unit_notice_due": (_ahead(_clock("'C-15R'", "k.due_on")), "1", "true"),
    "unit_notice_met": (_ahead(_clock("'C-15R'", "k.due_on")), "1", _clock("'C-15R'", _IN_TIME)),
    "once_due": (_UNTIL, "1", f"{_ANSWER} and {_FIRST}"),
    "once_met": (_UNTIL, "1", f"{_ANSWER} and {_FIRST} and {_HELD}"),
    **_words("office"),
    **_words("unit"),
    "rating_due": (f"{_CLOSED} + 30", "1", f"{_ANSWER} and not c.anonymous"),
    "rating_met": (f"{_CLOSED} + 30", "1", f"{_ANSWER} and not c.anonymous and {_ANY_RATING}"),
}

_ASKED = " union all ".join(
    f"select c.tenant_id, {day} as day, coalesce(substring(c.category_code from '^[^.]+'), '-') as category, "
    f"c.channel, '{name.partition(' ')[0]}' as name, {amount} as amount from cases c where {which}"
    for name, (day, amount, which) in QUESTIONS.items()
)
_STATEMENT = text(
    "select tenant_id, day, category, channel, name, sum(amount) as amount "
    f"from ({_ASKED}) asked where day is not null group by 1, 2, 3, 4, 5 having sum(amount) <> 0"
)


def truths(superuser: Engine) -> dict[int, Cells]:
    """The own cells of every union that has any."""
    found: dict[int, Cells] = defaultdict(Counter)
    with superuser.connect() as connection:
        for row in connection.execute(_STATEMENT):
            found[row.tenant_id][(row.day, row.category, row.channel, row.name)] = int(row.amount)
    return found


def recount(superuser: Engine, tenant: int) -> Cells:
    """One union's own cells."""
    return truths(superuser).get(tenant, Counter())
