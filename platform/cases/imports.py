"""Import a register that an office hands over: every row checked as at the window, all of them or none.

A row is known again by its number (编号), or by a digest of itself where the file has none; a file that is imported
twice adds nothing. Cases keep the day on which they were received, so the clocks of old ones have run out, which is
what the law says of them (条例 art. 23); they count as registered today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text

from access.actor import Work
from access.roles import Role
from audit.services import Entry, append, record
from cases import columns, intake, policy, rows
from cases.figures import CaseChanged, CasesChanged, figures_of
from cases.identity import Identity
from cases.models import Case, CaseClock, Claim, Party
from cases.rules import Channel
from documents.services import format_number, take_numbers
from kernel.bulk import insert_rows, rows_of
from kernel.errors import ForbiddenError, InvalidError
from kernel.sheets import Row, Sheet
from notices.services import post
from tenants import queries as tenants

_BATCH = 500
#: Two imports into one union at once: the second one waits, and then finds what the first one wrote.
_LOCK = 7_301_011

Progress = Callable[[int], None]


class RowsError(InvalidError):
    """Rows that break a rule; nothing was written. ``problems`` are in the file's order."""

    def __init__(self, problems: Sequence[rows.RowProblem], warnings: Sequence[str]) -> None:
        bad = len({problem.row for problem in problems})
        super().__init__(f"有{bad}行不符合要求，未写入任何数据；请改正后重新导入。", code="rows")
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do. ``numbers`` are those of the new cases, none on a dry run."""

    rows: int
    added: int
    skipped: int
    warnings: tuple[str, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Checked:
    row: Row
    new: intake.NewCase
    people: list[tuple[intake.NewParty, Identity]]


def import_cases(
    work: Work,
    sheet: Sheet,
    *,
    channel: Channel = Channel.ONLINE,
    dry_run: bool = False,
    progress: Progress = lambda _done: None,
) -> Report:
    """Register every row that is not here yet; ``channel`` is that of rows which do not name one.

    ``progress`` is told how many rows were just checked and, unless this is a dry run, just written: the sum comes to
    twice the table's rows. A dry run reads, checks and writes nothing.

    :raises ForbiddenError: for an actor who may not register.
    :raises InvalidError: for a table without the required columns or without rows.
    :raises RowsError: with a sentence for each row that breaks a rule; nothing is written.
    """
    if not policy.may_register(work.actor):
        raise ForbiddenError
    table = columns.understand(sheet)
    if not table.rows:
        raise InvalidError("表格只有列名，没有数据行。")
    work.session.execute(
        text("select pg_advisory_xact_lock(:key, :tenant)"), {"key": _LOCK, "tenant": work.tenant_id}
    )
    warnings = list(table.warnings)
    if "channel" not in table.places:
        warnings.append(f"没有“信访形式”列，全部按“{columns.channel_label(channel)}”登记。")
    checked = _check_all(work, table, channel, warnings, progress)
    fresh = _unknown(work, checked, warnings)
    progress(len(checked) - len(fresh))
    report = Report(len(checked), len(fresh), len(checked) - len(fresh), tuple(warnings))
    if dry_run or not fresh:
        return report
    numbers = _write(work, fresh, progress)
    return Report(report.rows, report.added, report.skipped, report.warnings, numbers)


def _check_all(
    work: Work, table: columns.Table, channel: Channel, warnings: Sequence[str], progress: Progress
) -> list[_Checked]:
    categories, subjects = rows.category_names(work), rows.subject_names(work)
    checked: list[_Checked] = []
    problems: list[rows.RowProblem] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        reading = rows.Reading(row, table)
        new = rows.read(reading, channel, categories, subjects)
        try:
            people = intake.check(work, new)
        except InvalidError as error:
            # A date that could not be read has its own sentence already and is no date of 1900 to complain about.
            for sentence in dict.fromkeys(error.fields.values()):
                reading.complain(sentence)
        else:
            checked.append(_Checked(row, new, people))
        key = new.source_key or ""
        if key in seen:
            said = reading.text("key")
            reading.complain(f"编号“{said}”与第{seen[key]}行重复。" if said else f"内容与第{seen[key]}行完全相同。")
        seen.setdefault(key, row.number)
        problems += reading.problems
        progress(1)
    if problems:
        raise RowsError(problems, warnings)
    return checked


def _unknown(work: Work, checked: Sequence[_Checked], warnings: Sequence[str]) -> list[_Checked]:
    """The rows that are not here yet.

    :raises RowsError: for a number that is here with another matter: skipping it in silence would lose a petition.
    """
    here: dict[str, tuple[str, str, str]] = {}
    for batch in _batches([item.new.source_key for item in checked]):
        statement = select(Case.source_key, Case.number, Case.title, Case.content).where(
            Case.source == rows.SOURCE, Case.source_key.in_(batch)
        )
        here |= {row[0] or "": (row[1], row[2], row[3]) for row in work.session.execute(statement)}
    problems = []
    for item in checked:
        known = here.get(item.new.source_key or "")
        if known and known[1:] != (item.new.title, item.new.content):
            problems.append(
                rows.RowProblem(
                    item.row.number, f"编号“{item.new.source_key}”已登记为{known[0]}，但主题或内容不同，请核对。"
                )
            )
    if problems:
        raise RowsError(problems, warnings)
    return [item for item in checked if item.new.source_key not in here]


def _write(work: Work, fresh: Sequence[_Checked], progress: Progress) -> tuple[str, ...]:
    session, now, year = work.session, work.clock.now(), work.clock.today().year
    code = tenants.get(session, work.tenant_id).code
    taken = take_numbers(session, "case", year, len(fresh))
    numbers = tuple(format_number(code, year, number) for number in taken)
    late = 0
    places = intake.places_of(work, (party for item in fresh for party in item.new.parties))
    for start in range(0, len(fresh), _BATCH):
        files = [
            # A microsecond apart, so that lists, which go by the moment of registration, keep the file's order.
            intake.draft(
                work,
                item.new,
                item.people,
                number=numbers[place],
                registered_at=now + timedelta(microseconds=place),
                places=places,
            )
            for place, item in enumerate(fresh[start : start + _BATCH], start=start)
        ]
        for file in files:
            if file.case.due_on is not None and file.case.due_on < work.clock.today():
                # Told once, in the import's own notice, and not by the sweep one by one.
                file.case.overdue_noted_on = work.clock.today()
                late += 1
        intake.tokenise(session, files)
        insert_rows(session, Case, rows_of((file.case for file in files), work.tenant_id))
        for model in (Claim, Party, CaseClock):
            written = [row for file in files for row in (*file.claims, *file.parties, *file.clocks)]
            insert_rows(session, model, rows_of((row for row in written if type(row) is model), work.tenant_id))
        changes = (CaseChanged(before=None, after=figures_of(file.case, file.clocks)) for file in files)
        work.bus.publish(work, CasesChanged(tuple(changes)))
        append(session, [_registered(work, file.case) for file in files])
        progress(len(files))
    record(
        work,
        "case:import",
        subject_type="tenant",
        data={"added": len(fresh), "overdue": late, "first": numbers[0], "last": numbers[-1]},
    )
    overdue = f"其中{late}件已超过受理告知期限，" if late else ""
    post(
        session,
        kind="cases.imported",
        title=f"已导入{len(fresh)}件信访事项（{numbers[0]}起），{overdue}请及时甄别分流。",
        link="/cases/?status=registered",
        role=Role.OFFICE_HEAD,
    )
    return numbers


def _registered(work: Work, case: Case) -> Entry:
    return Entry(
        at=case.registered_at,
        actor_id=work.actor.user_id,
        actor_name=work.actor.name,
        action="case:register",
        subject_type="case",
        subject_id=case.id,
        data=intake.told(case) | {"source": rows.SOURCE},
    )


def _batches(keys: Sequence[str | None]) -> list[tuple[str | None, ...]]:
    return [tuple(keys[start : start + 1000]) for start in range(0, len(keys), 1000)]
