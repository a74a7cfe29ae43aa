"""A case in every status of the table, brought there by the services as people would."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from cases.models import Case
from cases.services import perform
from kernel.clock import FixedClock
from tenants import settings
from tests.builders import Federation

OPINIONS = {
    "1": {"opinion": "support", "finding": "督促单位在十日内补发。"},
    "2": {"opinion": "explain", "finding": "已说明社保补缴的办理途径。"},
}
DECIDE: dict[str, Any] = {
    "facts": "经调查核实，单位确实拖欠三个月工资。",
    "basis": "《中华人民共和国劳动法》第五十条",
    "opinions": OPINIONS,
}
DIVERT: dict[str, Any] = {
    "route": "arbitration",
    "target_body": "测试区劳动人事争议仲裁委员会",
    "limitation_on": "2026-12-31",
    "reason": "属于劳动争议，应当依法仲裁。",
}


class Ways:
    """Brings cases of one union to where a test wants them."""

    def __init__(self, federation: Federation, slug: str = "street") -> None:
        self.federation, self.slug = federation, slug

    @property
    def today(self) -> date:
        """The federation's present day."""
        return self.federation.clock.today()

    def outside(self) -> None:
        """Let the reviewing body be one that is not on the platform."""
        self.set(review_target="outside")

    def set(self, **changes: Any) -> None:
        """Change settings of the union."""
        with self.federation.work(f"admin@{self.slug}") as work:
            settings.change(work, changes)

    def act(self, who: str, case: Case, action: str, **data: Any) -> Case:
        """One act of one of the union's people."""
        return self.federation.act(f"{who}@{self.slug}", case.number, action, **data)

    def as_system(self, case: Case, action: str, **data: Any) -> Case:
        """One act of the platform itself, or of a letter."""
        with self.federation.work_as_system(self.slug) as work:
            return perform(work, case.number, action, data, internal=True)

    def as_head(self, case: Case, action: str, **data: Any) -> Case:
        """An act that a letter of the head's performs."""
        with self.federation.work(f"head@{self.slug}") as work:
            return perform(work, case.number, action, data, internal=True)

    def registered(self, **changes: Any) -> Case:
        """A case with two claims."""
        fields: dict[str, Any] = {"claims": ("补发工资", "补缴社保")}
        return self.federation.register(f"clerk@{self.slug}", **(fields | changes))

    def ordered(self, **changes: Any) -> Case:
        """Ordered by a body outside the platform, which wants to hear of it in ten days."""
        arrival = {"from_body": "测试区信访局", "report_due_on": (self.today + timedelta(days=10)).isoformat()}
        return self.registered(**({"channel": "letter", "way": "superior", "arrival": arrival} | changes))

    def triaged(self, **changes: Any) -> Case:
        """Sorted, not accepted yet."""
        tier = changes.pop("tier", "ordinary")
        case = self.registered(**changes)
        return self.act("clerk", case, "triage", purpose="request", category="01.01", tier=tier)

    def handling(self, **changes: Any) -> Case:
        """In the hands of the handler."""
        return self.act("head", self.triaged(**changes), "accept", assignee=self.handler)

    @property
    def handler(self) -> str:
        """The handler's account."""
        return str(self.federation.users[f"handler@{self.slug}"].id)

    def simple(self) -> Case:
        """On the simple track."""
        return self.act(
            "clerk",
            self.triaged(tier="simple"),
            "take_simple",
            assignee=self.handler,
            simple_ground="clear",
            simple_checked=True,
        )

    def asked(self) -> Case:
        """With an extension that waits for the leader."""
        case = self.handling()
        day = self.due(case) + timedelta(days=30)
        return self.act("handler", case, "ask_extension", extend_to=day.isoformat(), reason="需要调取单位账册核对")

    @staticmethod
    def due(case: Case) -> date:
        """The case's deadline."""
        assert case.due_on is not None
        return case.due_on

    def extended(self) -> Case:
        """With the extension granted."""
        return self.act("leader", self.asked(), "grant_extension")

    def mediating(self) -> Case:
        """Under mediation."""
        return self.act("handler", self.handling(), "mediate", mediator="测试调解员", both_agree=True)

    def agreed(self) -> Case:
        """With an agreement."""
        return self.act(
            "handler",
            self.mediating(),
            "agree",
            agreement="单位十日内补发三个月工资。",
            agreed_on=self.today.isoformat(),
        )

    def hearing(self) -> Case:
        """At a hearing."""
        day = (self.today + timedelta(days=3)).isoformat()
        return self.act(
            "handler",
            self.handling(),
            "hear",
            hearing_form="hearing",
            hearing_on=day,
            participants="信访人、用人单位、人社部门",
        )

    def negotiating(self) -> Case:
        """With a written opinion on its way to the employer."""
        return self.act(
            "handler",
            self.handling(),
            "negotiate",
            employer="测试厂",
            demands="拖欠三个月工资，请十日内补发。",
            basis="《工会法》第二十三条",
        )

    def awaiting(self) -> Case:
        """While the employer has to answer."""
        return self.act(
            "handler",
            self.negotiating(),
            "employer_received",
            delivery="in_person",
            delivered_on=self.today.isoformat(),
            receipt="signed",
        )

    def decided(self) -> Case:
        """With a written opinion."""
        return self.act("handler", self.handling(), "decide", **DECIDE)

    def served(self, **decide: Any) -> Case:
        """Served on the petitioner."""
        case = self.act("handler", self.handling(), "decide", **(DECIDE | decide))
        return self.act(
            "handler", case, "serve", delivery="in_person", delivered_on=self.today.isoformat(), receipt="signed"
        )

    def explained(self) -> Case:
        """Served, with nothing to execute."""
        opinions = {position: {**told, "opinion": "explain"} for position, told in OPINIONS.items()}
        return self.served(opinions=opinions)

    def executing(self) -> Case:
        """While a supported claim is carried out."""
        return self.act("handler", self.served(), "execute", execution_plan="督促单位财务部门补发")

    def reviewed_outside(self) -> Case:
        """Served, where a body outside the platform reviews."""
        self.outside()
        return self.served()

    def reviewing(self, *, supported: bool = False) -> Case:
        """Under review by a body outside the platform."""
        self.outside()
        return self.act(
            "clerk",
            self.served() if supported else self.explained(),
            "ask_review",
            review_asked_on=self.today.isoformat(),
            reason="对不予支持的部分不服",
            review_body="测试区信访局",
        )

    def reviewed(self, *, supported: bool = False) -> Case:
        """With the reviewer's opinion served."""
        return self.act("head", self.reviewing(supported=supported), "review_result", **self.answer("uphold"))

    def answer(self, outcome: str) -> dict[str, str]:
        """What a reviewing body says."""
        return {
            "review_outcome": outcome,
            "review_number": "测信复〔2026〕1号",
            "review_text": "原意见事实清楚，予以维持。",
            "review_served_on": self.today.isoformat(),
        }

    def lapsed(self, *, reviewed: bool = False) -> Case:
        """Concluded because nobody asked in time; afterwards it is a month and a day later."""
        self.outside()
        case = self.explained()
        if reviewed:
            asked = {"reason": "对意见不服", "review_body": "测试区信访局"}
            case = self.act("clerk", case, "ask_review", review_asked_on=self.today.isoformat(), **asked)
            case = self.act("head", case, "review_result", **self.answer("uphold"))
        self.federation.clock = FixedClock(self.federation.clock.now() + timedelta(days=31))
        return self.as_system(case, "lapse")

    def rechecking(self) -> Case:
        """Under the second review."""
        return self.act(
            "clerk",
            self.reviewed(),
            "ask_recheck",
            review_asked_on=self.today.isoformat(),
            reason="对复查意见仍然不服",
            review_body="测试市信访局",
        )

    def closed(self) -> Case:
        """Served and closed in one act."""
        return self.act(
            "handler",
            self.decided(),
            "close",
            delivery="in_person",
            delivered_on=self.today.isoformat(),
            receipt="signed",
            executed_on=self.today.isoformat(),
            result="工资已经补发到位",
        )

    def answered(self) -> Case:
        """Answered on the spot."""
        return self.act("clerk", self.registered(), "answer", spot_purpose="inquiry", reply="已当场说明政策规定")

    def concluded(self) -> Case:
        """Ended by an agreement."""
        return self.act(
            "handler", self.agreed(), "conclude_agreement", opinions=OPINIONS, result="单位已经按协议补发"
        )

    def merged(self) -> Case:
        """Merged into an earlier case."""
        lead = self.handling()
        return self.act("clerk", self.handling(), "merge", lead=lead.number, reason="同一事项、同一信访人")

    def split_off(self) -> Case:
        """A case of a claim that was split off from another one."""
        origin = self.handling()
        self.act("clerk", origin, "split", claims_chosen=["2"], reason="两项诉求由不同部门办理")
        with self.federation.work(f"head@{self.slug}") as work:
            found = work.session.query(Case).where(Case.origin_id == origin.id).one()
            work.session.expunge(found)
            return found

    def with_right(self) -> Case:
        """With a limitation period that runs."""
        return self.act("clerk", self.handling(), "record_right", right="R-ARB", right_from="2026-01-05")

    def supervised(self) -> Case:
        """While its handler has to answer a supervision."""
        due = self.today + timedelta(days=7)
        asked = {"supervise_reason": "受理已满一个月仍未联系信访人，请尽快办理。", "supervise_by": due.isoformat()}
        return self.act("supervisor", self.handling(), "supervise", **asked)

    def advised(self) -> Case:
        """While somebody has to say what became of a suggestion."""
        told = {"advised_unit": "测试厂", "suggestion_text": "建立工资支付保障制度并公开。"}
        return self.act("head", self.handling(), "advise", suggestion="improve", **told)

    def withdrawn(self) -> Case:
        """Withdrawn by the petitioner."""
        told = {"withdrawn_on": self.today.isoformat(), "statement": "问题已经解决，本人自愿撤回。"}
        return self.act("clerk", self.handling(), "withdraw", withdrawal="written", **told)
