"""How a matter came, closer than its channel (信访形式, domain.md D1, D1b): ways and their fields as tables. Pure.

A field belongs to some channels or to some ways; what was typed for another is refused in words, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.rules import CHANNEL_LABELS, Channel

MAX_TEXT = 100


class Way(StrEnum):
    """A union's sub-channel. A case without one came the ordinary way of its channel."""

    HOTLINE = "hotline_12351"
    MAILBOX = "chair_mailbox"
    AGENT = "agent"
    LEADER_RECEPTION = "leader_reception"
    LEADER_VISIT = "leader_visit"
    SUPERIOR = "superior"
    HOTLINE_12345 = "hotline_12345"
    INFORMANT = "informant"
    FAX = "fax"
    EMAIL = "email"
    VIDEO = "video"


WAY_LABELS: dict[Way, str] = {
    Way.HOTLINE: "12351职工热线",
    Way.MAILBOX: "主席信箱",
    Way.AGENT: "信访代理",
    Way.LEADER_RECEPTION: "领导接访",
    Way.LEADER_VISIT: "领导下访",
    Way.SUPERIOR: "上级交办、转办",
    Way.HOTLINE_12345: "12345批转",
    Way.INFORMANT: "信访信息员上报",
    Way.FAX: "传真",
    Way.EMAIL: "电子邮件",
    Way.VIDEO: "视频接访",
}

#: Way → the channels under which it is counted (条例 art. 17 names 信息网络、书信、电话、传真、走访).
WAY_CHANNELS: dict[Way, frozenset[Channel]] = {
    Way.HOTLINE: frozenset({Channel.CALL}),
    Way.MAILBOX: frozenset({Channel.LETTER, Channel.ONLINE}),
    Way.AGENT: frozenset(Channel),
    Way.LEADER_RECEPTION: frozenset({Channel.VISIT}),
    Way.LEADER_VISIT: frozenset({Channel.VISIT}),
    Way.SUPERIOR: frozenset(Channel),
    Way.HOTLINE_12345: frozenset({Channel.CALL, Channel.ONLINE}),
    Way.INFORMANT: frozenset(Channel),
    Way.FAX: frozenset({Channel.LETTER}),
    Way.EMAIL: frozenset({Channel.ONLINE}),
    Way.VIDEO: frozenset({Channel.VISIT, Channel.ONLINE}),
}

#: 接访方式 (D1b; 条例 art. 18).
RECEPTION_MODES: dict[str, str] = {
    "fixed": "定点接访",
    "appointed": "重点约访",
    "topic": "专题接访",
    "with_case": "带案下访",
    "grassroots": "下基层接访",
    "sponsored": "领导包案",
    "reception_day": "接待日",
    "joint": "联合接访",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to note of an arrival; ``kind`` is text, date, moment or choice."""

    name: str
    label: str
    kind: str = "text"
    channels: frozenset[Channel] = frozenset()
    ways: frozenset[Way] = frozenset()
    options: Mapping[str, str] | None = None
    required: bool = False

    def fits(self, channel: str, way: str | None) -> bool:
        """Whether it belongs to a matter that came so."""
        return channel in self.channels or (way is not None and way in self.ways)

    @property
    def belongs_to(self) -> str:
        """What it belongs to, in words."""
        return "、".join(
            [CHANNEL_LABELS[channel] for channel in Channel if channel in self.channels]
            + [WAY_LABELS[way] for way in Way if way in self.ways]
        )


def _channel(name: str, label: str, channel: Channel, kind: str = "text") -> Field:
    return Field(name, label, kind, channels=frozenset({channel}))


def _way(name: str, label: str, *ways: Way, kind: str = "text", required: bool = False) -> Field:
    return Field(name, label, kind, ways=frozenset(ways), required=required)


#: By when a body outside the platform wants to hear what became of a matter: the date of C-AD.
REPORT_DUE = "report_due_on"

#: The number of a caller is the petitioner's telephone and is kept sealed there, not here.
FIELDS: tuple[Field, ...] = (
    Field("reception_mode", "接访方式", "choice", channels=frozenset({Channel.VISIT}), options=RECEPTION_MODES),
    _channel("reception_point", "接待地点", Channel.VISIT),
    Field(
        "leader",
        "接访领导",
        channels=frozenset({Channel.VISIT}),
        ways=frozenset({Way.LEADER_RECEPTION, Way.LEADER_VISIT}),
    ),
    _channel("posted_on", "寄出日期（邮戳）", Channel.LETTER, "date"),
    _channel("mail_number", "挂号或快递单号", Channel.LETTER),
    _channel("called_at", "来电时间", Channel.CALL, "moment"),
    _channel("seat", "接听坐席", Channel.CALL),
    _channel("site", "网上渠道（网站、公众号等）", Channel.ONLINE),
    _way("from_body", "交办、转办单位", Way.SUPERIOR, required=True),
    _way("document_number", "来文号", Way.SUPERIOR),
    _way(REPORT_DUE, "要求反馈日期", Way.SUPERIOR, Way.HOTLINE_12345, kind="date"),
    _way("ticket_number", "工单号", Way.HOTLINE, Way.HOTLINE_12345),
    _way("reporting_unit", "上报的基层单位", Way.INFORMANT, required=True),
)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}


def check(channel: str, way: str | None, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The details of an arrival as they are kept, and a sentence for each field that breaks a rule."""
    kept: dict[str, str] = {}
    problems: dict[str, str] = {}
    if way is not None and way not in set(Way):
        problems["way"] = "没有这种具体渠道。"
    elif way is not None and channel in set(Channel) and channel not in WAY_CHANNELS[Way(way)]:
        fitting = "、".join(CHANNEL_LABELS[one] for one in Channel if one in WAY_CHANNELS[Way(way)])
        problems["way"] = f"“{WAY_LABELS[Way(way)]}”属于{fitting}，请改选信访形式或具体渠道。"
    for name, value in given.items():
        text = value.strip()
        field = BY_NAME.get(name)
        if not text or field is None:
            continue
        if not field.fits(channel, way):
            problems[name] = f"“{field.label}”只用于{field.belongs_to}，请改选形式或清空此栏。"
            continue
        sentence = _wrong(field, text)
        if sentence:
            problems[name] = sentence
        else:
            kept[name] = text
    for field in FIELDS:
        if field.required and field.fits(channel, way) and not given.get(field.name, "").strip():
            problems.setdefault(field.name, f"请填写{field.label}。")
    return kept, problems


def _wrong(field: Field, text: str) -> str | None:
    if len(text) > MAX_TEXT:
        return f"{field.label}不能超过{MAX_TEXT}个字。"
    if field.options is not None and text not in field.options:
        return f"没有这种{field.label}。"
    try:
        if field.kind == "date":
            date.fromisoformat(text)
        elif field.kind == "moment":
            datetime.fromisoformat(text)
    except ValueError:
        return f"{field.label}不正确，请按年月日填写。"
    return None


def told(arrival: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and words of what is kept, in the table's order."""
    lines = []
    for field in FIELDS:
        value = arrival.get(field.name)
        if value:
            word = field.options.get(value, value) if field.options else value.replace("T", " ")
            lines.append((field.label, word))
    return lines
