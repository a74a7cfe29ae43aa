"""本人网上办理: what a petitioner does with a case through the worker's door, in person and on record as such.

Every function takes the case that the door found by number and 查询码; none is open to the staff (``own_acts``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases import accused, conditions, issuing
from cases.handling_rules import RATED
from cases.models import Case, CaseClock, Claim
from cases.own_acts import ROWS
from cases.rules import Rating
from cases.services import lock, perform, standing
from cases.workflow import OPEN, Status
from documents import attachments, serving
from documents.attachments import Upload
from documents.models import Document
from documents.services import of_subject
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from notices.services import post
from notices.tasks import open_task

ONLINE = "online"
#: Papers that speak to the petitioner; the others are between offices, or records that somebody else signs.
FOR_PETITIONER = frozenset(
    {
        *("spot_reply", "acceptance_notice", "simple_notice", "ordinary_notice", "refusal_notice"),
        *("refusal_again_notice", "divert_notice", "referral_notice", "escalation_notice", "handover_notice"),
        *("extension_notice", "supplement_notice", "hearing_notice", "mediation_agreement", "merge_notice"),
        *("agreement_conclusion", "decision", "review_opinion"),
    }
)
#: The shortest reason that says something.
MIN_WORDS = 4
#: Who is told of what came in: the handler where there is one, else the office.
_TOLD = {
    "own_material": "信访人在网上补充了材料",
    "own_withdraw": "信访人在网上撤回了信访事项",
    "own_receive": "信访人在网上签收了处理意见",
    "own_rate": "信访人在网上作出了评价",
}


def filed(work: Work, case: Case, *, notice: str) -> None:
    """On record: the case was filed in person, and which version of the notice about personal data was agreed to."""
    _own(work)
    record(work, "case:own_filed", subject_type="case", subject_id=case.id, data={"notice": notice})


def attach_first(work: Work, case: Case, uploads: Sequence[Upload], *, veil: Callable[[str], str] = str) -> None:
    """Files that come with the filing itself.

    :raises InvalidError, UnavailableError: as :func:`documents.attachments.attach`.
    """
    _own(work)
    if uploads:
        attachments.attach(work, case.id, uploads, veil=veil)


def available(work: Work, case: Case, claims: Sequence[Claim], running: Sequence[CaseClock]) -> set[str]:
    """Which own acts are open now; pages offer these and nothing else."""
    now = standing(work, case, claims, running)
    return {row.action for row in ROWS if Status(case.status) in row.sources and conditions.unmet(row, now) is None}


def add_material(
    work: Work, number: str, words: str, uploads: Sequence[Upload], *, veil: Callable[[str], str] = str
) -> Case:
    """More about the matter: words, files, or both. All of it comes in, or nothing.

    :raises InvalidError: for neither, and as :func:`documents.attachments.attach`.
    :raises IllegalTransitionError: when the case is at its end.
    """
    _own(work)
    if not words.strip() and not uploads:
        raise InvalidError("请写明要补充的情况，或者选择要上传的文件。", fields={"words": "请写明要补充的情况"})
    case = lock(work, number)
    if Status(case.status) not in OPEN:
        raise IllegalTransitionError("这件事已经办结，不能再补充材料；有新的情况请重新反映。")
    if uploads:
        attachments.attach(work, case.id, uploads, veil=veil)
    return _do(work, number, "own_material", {"own_words": words})


def withdraw(work: Work, number: str, words: str) -> Case:
    """The petitioner takes the matter back, in their own words.

    :raises InvalidError: without a word.
    :raises IllegalTransitionError: once an opinion was written, or while another union has it.
    """
    _own(work)
    if len(words.strip()) < MIN_WORDS:
        raise InvalidError("请写明撤回的原因（不少于4个字）。", fields={"statement": "请写明撤回的原因"})
    told = {"withdrawal": ONLINE, "withdrawn_on": work.clock.today(), "statement": words}
    return _do(work, number, "own_withdraw", told)


def ask_review(work: Work, number: str, words: str) -> Case:
    """复查, or 复核 after it: asked in time from this moment on; the office passes it to the reviewing body.

    :raises InvalidError: without a reason.
    :raises IllegalTransitionError: when there is nothing to ask about, too late, or a second time.
    """
    _own(work)
    if len(words.strip()) < MIN_WORDS:
        raise InvalidError("请写明申请的理由（不少于4个字）。", fields={"words": "请写明申请的理由"})
    case = lock(work, number)
    action = "own_ask_recheck" if conditions.stage_of(case) == "recheck" else "own_ask_review"
    case = perform(work, number, action, {"own_words": words}, internal=True)
    open_task(
        work,
        kind="case.asked_review",
        title="信访人在网上申请复查（复核），请登记或者移送；申请日期以网上提出之日为准",
        link=_link(case),
        role=accused.desk_of(work, case),
        key=f"asked-review:{case.id}:{work.clock.today().isoformat()}",
    )
    return case


def rate(work: Work, number: str, about: str, rating: str, reason: str) -> Case:
    """One rating in the petitioner's own hand, about the petition office or about the responsible unit.

    :raises InvalidError: for an unknown word, and for 不满意 without a reason.
    :raises IllegalTransitionError: before there is something to rate.
    """
    _own(work)
    if rating == Rating.DISSATISFIED and len(reason.strip()) < MIN_WORDS:
        sentence = "请写明不满意的地方（不少于4个字），以便改进。"
        raise InvalidError(sentence, fields={"reason": sentence})
    if about not in RATED:
        raise InvalidError("请选择评价的对象。", fields={"about": "请选择评价的对象"})
    return _do(work, number, "own_rate", {"rated_about": about, "own_rating": rating, "own_reason": reason})


def papers(work: Work, case: Case) -> Sequence[Document]:
    """Papers of a case that are the petitioner's to read, oldest first."""
    return [paper for paper in of_subject(work.session, case.id) if paper.kind in FOR_PETITIONER]


def paper(work: Work, case: Case, paper_id: UUID) -> Document:
    """One of them.

    :raises NotFoundError: when the case has no such paper.
    """
    found = next((one for one in papers(work, case) if one.id == paper_id), None)
    if found is None:
        raise NotFoundError
    return found


def receive(work: Work, number: str, paper_id: UUID) -> Document:
    """网上送达: the petitioner signs for a paper; of the newest opinion the time to ask 复查 runs from today.

    Signing twice, or for what was served by other means, changes nothing.

    :raises NotFoundError: when the case has no such paper.
    """
    _own(work)
    case = lock(work, number)
    document = paper(work, case, paper_id)
    if serving.served_day(serving.of_document(work.session, document.id)) is not None:
        return document
    opinions = [one for one in papers(work, case) if one.kind in issuing.SERVED_BY_STEP]
    today = work.clock.today()
    if case.status == Status.DECIDED and document.id == opinions[-1].id:
        _do(work, number, "own_receive", {"delivery": ONLINE, "delivered_on": today, "receipt": "signed"})
    else:
        serving.serve(work, document, way=ONLINE, served_on=today, outcome="signed", receiver="self")
    return document


def _do(work: Work, number: str, action: str, data: dict[str, object]) -> Case:
    case = perform(work, number, action, data, internal=True)
    held = case.assignee_id is not None and not case.sealed
    post(
        work.session,
        kind="case.own_act",
        title=_TOLD[action],
        link=_link(case),
        user_id=case.assignee_id if held else None,
        role=None if held else accused.desk_of(work, case),
    )
    return case


def _link(case: Case) -> str:
    return f"/cases/{case.number}"


def _own(work: Work) -> None:
    if not work.actor.holds(Role.SYSTEM):
        raise ForbiddenError("这一步只能由信访人本人在网上办理。")
