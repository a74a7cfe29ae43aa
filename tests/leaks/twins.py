"""Two sibling unions that agree in every identifier and number and differ in every word: the wall's hardest case.

``east`` is filled through the services; every one of its rows is then copied into ``west`` with the same UUIDs,
numbers and logins, and with another marker in each text. A page that shows the wrong union's row is then found by its
marker, although nothing in its address could have given it away. ``west`` also has things that ``east`` has not.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from access.roles import Role
from access.sessions import open_session
from archives import dossiers, listings
from archives.listings import Order
from cases import attaching, follow_ups, issuing, queries, saved_views, tasking, workplaces
from cases.intake import NewParty
from cases.ledger import USUAL
from cases.models import Case
from cases.queries import Filter
from dispatches.files import of_letter
from dispatches.services import NewFile, escalate
from dispatches.services import act as act_on_letter
from documents import blobs
from documents.attachments import Upload
from kernel.db import Database
from kernel.ids import uuid7
from kernel.settings import Settings
from notices.services import post
from notices.tasks import open_task
from tenants.accounts import create_user
from tests.builders import PASSWORD, Federation, cached_hash
from tests.leaks.copying import CODE, MARKS, NAMES, PHONES, Copier
from tests.leaks.fillers import FILLERS
from tests.leaks.hotspots import plant
from tests.leaks.houses import furnish
from tests.leaks.reports import report
from tests.leaks.rows_of import Only, digest, identifiers


class Twins:
    """The two unions, their parent and a child of the first, on a database of their own."""

    def __init__(self, settings: Settings, superuser: Engine) -> None:
        self.settings = settings
        self.superuser = superuser
        self.database = Database(settings.database_url)
        self.federation = Federation(self.database, settings, datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
        self.east, self.west = self.federation.ids["east"], self.federation.ids["west"]
        self.numbers: dict[str, str] = {}
        self.letters: dict[str, UUID] = {}
        with superuser.begin() as connection:
            connection.execute(text("update tenants set code = :code where slug in ('east', 'west')"), {"code": CODE})
            for slug, mark in NAMES.items():
                connection.execute(
                    text("update users set display_name = :mark || display_name where tenant_id = :t"),
                    {"mark": mark, "t": self.federation.ids[slug]},
                )
        for login, user in self.federation.users.items():
            slug = login.partition("@")[2]
            user.display_name = NAMES.get(slug, "") + user.display_name
        #: An entry in east's register of workplaces, to which its cases' respondents belong.
        self.workplace_id = self._workplace("east")
        self.view_id = self._view("east")
        self._fill("east")
        self._fill_letters()
        self.reports = self._report("east", self.letters["sent"])
        with self.federation.work_as_system("east") as work:
            open_task(
                work, kind="note", title=f"{MARKS['east']}任务", link="/", role=Role.OFFICE_HEAD, key="same-key"
            )
        #: A row of every table of east's own house, by table.
        self.house = self._furnish("east")
        self.request_id = self.house["account_requests"]
        with superuser.begin() as connection:
            self._fill_gaps(connection)
            Copier(self.federation.cipher, self.east, self.west, self.federation.files.store).copy(connection)
        for login, user in self.federation.users.items():
            if login.endswith("@west"):
                user.id = self.federation.users[login.replace("@west", "@east")].id
        self.only_west = self._alone("west", above=True)
        self.only_city = self._alone("city", above=False)
        self.only_street = self._alone("street", above=False)
        with self.work("root@platform") as work:
            post(work.session, kind="note", title="平台通知", link="/", user_id=work.actor.user_id)

    def work(self, login: str) -> AbstractContextManager[Any]:
        """A committed unit of work of a person."""
        return self.federation.work(login)

    def case(self, slug: str, name: str, **changes: Any) -> Case:
        """A registered case whose every word carries the union's mark."""
        mark = MARKS[slug]
        fields: dict[str, Any] = {
            "title": f"{mark}{name}",
            "content": f"{mark}的内容：{name}",
            "claims": (f"{mark}诉求一", f"{mark}诉求二"),
            "parties": (
                NewParty(name=f"{mark}甲", phone=PHONES[slug], address=f"{mark}路1号"),
                NewParty(role="respondent", organisation=f"{mark}厂"),
            ),
        }
        return self.federation.register(f"clerk@{slug}", **(fields | changes))

    def _fill(self, slug: str) -> None:
        act = self.federation.act
        handler = str(self.federation.users[f"handler@{slug}"].id)
        mark = MARKS[slug]
        opinions = {str(n): {"opinion": "support", "finding": f"{mark}意见"} for n in (1, 2)}
        for name in ("registered", "triaged", "handling", "decided", "closed", "refused", "escalated"):
            number = self.case(slug, name).number
            self.numbers[name] = number
            if name == "registered":
                continue
            act(f"clerk@{slug}", number, "triage", purpose="request", category="01.01", tier="ordinary")
            if name in ("triaged", "refused"):
                continue
            act(f"head@{slug}", number, "accept", assignee=handler, procedure=f"{mark}程序")
            act(f"handler@{slug}", number, "note", note=f"{mark}记录")
        for name in ("decided", "closed"):
            act(
                f"handler@{slug}",
                self.numbers[name],
                "decide",
                facts=f"{mark}事实清楚，证据充分。",
                basis=f"{mark}依据",
                opinions=opinions,
            )
        act(
            f"handler@{slug}",
            self.numbers["closed"],
            "close",
            delivery="in_person",
            delivered_on="2026-03-02",
            executed_on="2026-03-02",
            result=f"{mark}结果",
        )
        act(
            f"clerk@{slug}",
            self.numbers["refused"],
            "refuse",
            refusal="N3",
            reason=f"{mark}理由",
            where_to_go=f"{mark}去处",
        )
        self.things = self._paper(slug, self.numbers["handling"], mark)
        self._handle(slug)
        for role in ("head", "handler", "clerk", "admin", "auditor", "security"):
            with self.work(f"{role}@{slug}") as work:
                told = NAMES[slug] if role in ("admin", "auditor", "security") else mark
                post(work.session, kind="note", title=f"{told}通知", link="/desk/", user_id=work.actor.user_id)
                user = self.federation.users[f"{role}@{slug}"]
                open_session(work.session, work.session.merge(user), kind="browser", now=datetime.now(UTC))

    def _paper(self, slug: str, number: str, mark: str) -> dict[str, UUID]:
        """A file, a draft and a bound file of one case, by the argument that names each in an address."""
        with self.work(f"head@{slug}") as work:
            upload = Upload(f"{mark}材料.txt", f"{mark}材料的内容".encode())
            file = attaching.attach(work, number, [upload])[0]
            draft = issuing.begin(work, number, "interview_record")
            bound = dossiers.ask(work, number, f"{mark}移送仲裁")
            bound.status, bound.blob = "ready", blobs.keep(work, f"{mark}卷宗".encode())
            bound.pages, bound.size = 1, len(f"{mark}卷宗".encode())
            asked = Order(Filter(q=mark), f"{mark}条件", "csv", USUAL, "季度台账报送")
            export = listings.ask(work, asked)
            export.status, export.lines = "ready", export.total
            export.parts = [blobs.keep(work, f"{mark}台账".encode())]
            export.size = len(f"{mark}台账".encode())
            work.session.flush()
            ids = {"attachment_id": file.id, "draft_id": draft.id, "dossier_id": bound.id}
            return ids | {"export_id": export.id}

    def _view(self, slug: str, name: str = "视图") -> UUID:
        """A view that the union shares, with a mark in its name and in its words."""
        with self.work(f"head@{slug}") as work:
            query = {"open_only": "1", "q": MARKS[slug]}
            return saved_views.save(work, f"{MARKS[slug]}{name}", query, shared=True).id

    def _workplace(self, slug: str, name: str = "厂") -> UUID:
        with self.work(f"clerk@{slug}") as work:
            return workplaces.save(work, {"name": f"{MARKS[slug]}{name}", "region": f"{MARKS[slug]}区"}).id

    def _handle(self, slug: str) -> None:
        """A row in every table of the handling: a task, results, a rating; closing has planned the follow-up."""
        act, mark = self.federation.act, MARKS[slug]
        number = self.numbers["handling"]
        handler = str(self.federation.users[f"handler@{slug}"].id)
        ask = {"task_handler": handler, "task_asked": f"{mark}交办的事项", "task_due": "2026-03-20"}
        act(f"head@{slug}", number, "ask_department", **ask)
        act(f"handler@{slug}", number, "gains", measures=["mediation"], recovered="4321", helped="3")
        act(
            f"clerk@{slug}",
            self.numbers["closed"],
            "rate",
            rated_about="unit",
            rating="satisfied",
            told_how="call",
            reason=f"{mark}评价",
        )
        with self.work(f"head@{slug}") as work:
            self.case_task_id = tasking.open_ones(work)[0][0].id

    def _report(self, slug: str, letter_id: UUID | None) -> dict[str, UUID]:
        with self.work(f"leader@{slug}") as work:
            return report(work, MARKS[slug], letter_id, beside=slug == "west")

    def _furnish(self, slug: str, *, beside: bool = False) -> dict[str, UUID]:
        with self.work(f"admin@{slug}") as work:
            return furnish(work, slug, self.federation.users, beside=beside)

    def _fill_letters(self) -> None:
        """One letter that east sent to the city, and three that the street sent to east (one open, two signed)."""
        mark = MARKS["east"]
        with self.work("head@east") as work:
            sent = escalate(work, self.numbers["escalated"], reason=f"{mark}原因说明", request=f"{mark}请求协调")
            self.letters["sent"] = sent.id
        for name in ("open", "signed", "answered"):
            # Told to east by its child on purpose, so it carries nobody's mark but east's own.
            case = self.federation.accepted("street", title=f"{mark}来函{name}")
            with self.work("head@street") as work:
                letter = escalate(work, case.number, reason=f"{mark}下级原因", request=f"{mark}下级请求")
            self.letters[name] = letter.id
        with self.work("head@east") as work:
            for name in ("signed", "answered"):
                act_on_letter(work, self.letters[name], "sign")
        self.file_id = self._attach("street", self.letters["signed"], mark)

    def _attach(self, slug: str, letter_id: UUID, mark: str) -> UUID:
        """A file that a union sends after its letter, with a mark in its name and in its content."""
        file = NewFile(f"{mark}附件.txt", f"{mark}附件的内容".encode())
        with self.work(f"head@{slug}") as work:
            act_on_letter(work, letter_id, "progress", {"text": f"{mark}补充材料", "files": (file,)})
            return of_letter(work, letter_id)[0].id

    def _fill_gaps(self, connection: Connection) -> None:
        for table, statement in FILLERS.items():
            count = connection.execute(
                text(f"select count(*) from {table} where tenant_id = :t"), {"t": self.east}
            ).scalar_one()
            if count == 0:
                given = {"t": self.east, "id": uuid7(), "mark": MARKS["east"]}
                statement_ = text(statement)
                connection.execute(statement_, {key: given[key] for key in statement_.compile().params})

    def _alone(self, slug: str, *, above: bool) -> Only:
        """A case, a letter and an account that only this union has; its numbers start far from everybody's."""
        tenant = self.federation.ids[slug]
        with self.superuser.begin() as connection:
            connection.execute(
                text("update number_counters set last = last + :far where tenant_id = :t"),
                {"t": tenant, "far": 500 * tenant},
            )
        only = Only()
        case = self.federation.accepted(slug, title=f"{MARKS[slug]}独有", content=f"{MARKS[slug]}独有内容")
        sent = self.federation.accepted(slug, title=f"{MARKS[slug]}独有上报")
        only.number, only.case_id = case.number, case.id
        handler = str(self.federation.users[f"handler@{slug}"].id)
        ask = {"task_handler": handler, "task_asked": f"{MARKS[slug]}独有事项", "task_due": "2026-03-20"}
        self.federation.act(f"head@{slug}", case.number, "ask_department", **ask)
        with self.work(f"head@{slug}") as work:
            follow_ups.plan(work, queries.file(work, case.number).case)
        if above:
            with self.work(f"head@{slug}") as work:
                only.letter_id = escalate(work, sent.number, reason="需要上级协调解决", request="请求协调用人单位").id
            only.file_id = self._attach(slug, only.letter_id, MARKS[slug])
        self._paper(slug, only.number, MARKS[slug])
        self._report(slug, only.letter_id if above else None)
        self._workplace(slug, "独有厂")
        self._view(slug, "独有视图")
        # West already has a copy of east's house.
        self._furnish(slug, beside=slug == "west")
        with self.federation.work_as_system(slug) as work:
            title, key = f"{MARKS[slug]}独有任务", f"only-{slug}"
            open_task(work, kind="rule", title=title, link="/", role=Role.OFFICE_HEAD, key=key)
            plant(work, MARKS[slug])
            only.username = f"only{slug}"
            only.user_id = create_user(
                work,
                username=only.username,
                display_name=f"{NAMES[slug]}独有人员",
                password=PASSWORD,
                roles=(Role.HANDLER,),
                hasher=cached_hash,
            ).id
        with self.superuser.connect() as connection:
            shared = set(identifiers(connection, self.east)) if slug == "west" else set()
            only.ids = {}
            for table, row_id in identifiers(connection, tenant):
                if (table, row_id) not in shared:
                    only.ids.setdefault(table, []).append(row_id)
        return only

    def digest(self, *slugs: str) -> dict[str, str]:
        """As :func:`tests.leaks.rows_of.digest`, by the unions' names."""
        return digest(self.superuser, [self.federation.ids[slug] for slug in slugs])
