"""Fields of the ordinary way: how each is drawn, what it is called, what it offers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from access import absence
from access import queries as accounts
from access.actor import Work
from cases.fields import DELIVERIES
from cases.policy import holders_of
from cases.rules import (
    ON_THE_SPOT_PURPOSES,
    OPINION_LABELS,
    PURPOSE_LABELS,
    RATING_LABELS,
    REFUSAL_BASIS,
    REFUSAL_LABELS,
    TIER_LABELS,
    Refusal,
)
from desk.forms import category_choices
from doorway.words import N_, _
from tenants import codes, departments
from tenants import queries as tenants
from tenants.house import CodeTable

Options = Sequence[tuple[object, ...]]
#: Kind, label, help, whether it may stay empty, its choices, and lines of a text.
Asked = tuple[str, str, str, bool, Callable[[Work], Options], int]


def labels(table: Mapping[Any, str]) -> Callable[[Work], Options]:
    """Choices out of a table of words."""
    return lambda _work: [(getattr(key, "value", key), label) for key, label in table.items()]


def _refusals(_work: Work) -> Options:
    return [(code.value, REFUSAL_LABELS[code], REFUSAL_BASIS[code]) for code in Refusal]


def _categories(work: Work) -> Options:
    return category_choices(tenants.categories(work.session))


def handlers(work: Work, *, sealed: bool = False) -> Options:
    """People who may hold a case, with their department and with who stands in while they are away."""
    found = accounts.holders(work.session, holders_of(sealed=sealed))
    names, places = departments.names_of(work.session), departments.of_people(work.session)
    away = absence.on(work.session, work.clock.today())
    return [
        (
            account.id,
            _handler(
                account.display_name, names.get(places.get(account.id, uuid.UUID(int=0)), ""), away.get(account.id)
            ),
        )
        for account in found
    ]


def _handlers(work: Work) -> Options:
    return handlers(work)


def _handler(name: str, department: str, away: absence.Absence | None) -> str:
    notes = [department] if department else []
    if away is not None:
        notes.append(
            _(
                "外出至%(day)s，%(deputy)s代办",
                day=f"{away.until_on.month}月{away.until_on.day}日",
                deputy=away.deputy,
            )
        )
    return f"{name}（{'，'.join(notes)}）" if notes else name


def _departments(work: Work) -> Options:
    return [(row.id, row.name) for row in departments.active(work.session)]


def _deliveries(work: Work) -> Options:
    return list(codes.choices(work.session, CodeTable.DELIVERY, DELIVERIES).items())


def none(_work: Work) -> Options:
    """No choices: the field is typed."""
    return ()


#: Field → kind, label, help, whether it may stay empty, its choices, and lines of a text.
TABLE: dict[str, Asked] = {
    "spot_purpose": (
        "radios",
        N_("信访目的"),
        N_("只有咨询、感谢和意见建议可以当场答复；申诉求决请甄别分流。"),
        False,
        labels({key: word for key, word in PURPOSE_LABELS.items() if key in ON_THE_SPOT_PURPOSES}),
        0,
    ),
    "purpose": (
        "radios",
        N_("信访目的"),
        N_("申诉、求决适用60日办理期限。"),
        False,
        labels(PURPOSE_LABELS),
        0,
    ),
    "category": (
        "categories",
        N_("问题类别"),
        N_("选最贴近的一项；选“检举控告”类后，本件只对负责人和单位领导可见。"),
        False,
        _categories,
        0,
    ),
    "tier": (
        "radios",
        N_("难易程度"),
        N_("简单马上办，一般快速办，疑难监督办。"),
        False,
        labels(TIER_LABELS),
        0,
    ),
    "competence_note": (
        "area",
        N_("职权判断说明"),
        N_("为什么属于（或不属于）本单位职权范围。"),
        True,
        none,
        3,
    ),
    "department": (
        "select",
        N_("承办部门"),
        N_("已按问题类别的分流规则预选，可以更改。"),
        True,
        _departments,
        0,
    ),
    "retaliation": ("check", N_("反映打击报复"), N_("信访人反映因信访受到打击报复的，勾选此项。"), True, none, 0),
    "conflict": ("check", N_("需要回避"), N_("本单位经办人员与本件有直接利害关系的，勾选此项。"), True, none, 0),
    "accused": (
        "line",
        N_("被反映的工会组织"),
        N_("被反映的是平台上的工会时，填写全称或代号；检举控告、打击报复件的函件不会发往该单位及其下级。"),
        True,
        none,
        0,
    ),
    "rating": (
        "radios",
        N_("信访人的评价"),
        N_("由工作人员代录，会注明“工作人员代录”。"),
        False,
        labels(RATING_LABELS),
        0,
    ),
    "assignee": ("select", N_("承办人"), N_("承办人会在待办中看到本件。"), False, _handlers, 0),
    "procedure": ("area", N_("处理途径和程序"), N_("写入受理告知书；不填则写通用表述。"), True, none, 3),
    "refusal": ("tall", N_("不予受理的理由"), "", False, _refusals, 0),
    "reason": ("area", N_("具体理由"), N_("不少于4个字，会写入文书或记录。"), False, none, 3),
    "where_to_go": (
        "area",
        N_("可以向谁提出"),
        N_("写明有权处理的机关、单位或法定途径。"),
        False,
        none,
        3,
    ),
    "facts": ("area", N_("事实和理由"), N_("查明的事实和认定的理由，不少于10个字。"), False, none, 7),
    "basis": ("area", N_("法律法规依据"), N_("例如：《中华人民共和国劳动法》第五十条。"), False, none, 3),
    "opinions": (
        "opinions",
        N_("逐项处理意见"),
        N_("每项诉求都要有意见。"),
        False,
        labels(OPINION_LABELS),
        3,
    ),
    "delivery": ("radios", N_("送达方式"), "", False, _deliveries, 0),
    "delivered_on": ("date", N_("送达日期"), "", False, none, 0),
    "result": (
        "area",
        N_("办理结果"),
        N_("诉求落实到什么程度，例如：拖欠工资已于3月20日补发。"),
        False,
        none,
        4,
    ),
    "reply": ("area", N_("答复内容"), N_("当场答复的要点，会写入当场答复记录。"), False, none, 6),
    "note": ("area", N_("办理情况"), N_("谁、何时、做了什么、结果如何。"), False, none, 6),
    "request": (
        "area",
        N_("请求上级工会解决的事项"),
        N_("一事一条；不写信访人的姓名、电话。"),
        False,
        none,
        5,
    ),
    "text": ("area", N_("内容"), N_("不少于4个字，对方单位会看到全文。"), False, none, 7),
    "due_on": ("date", N_("办结期限"), N_("下级工会应在此日期前办结。"), False, none, 0),
}
