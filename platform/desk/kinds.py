"""How each kind of letter is written: one sentence on what it is for, and which parts its form has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dispatches.kinds import LetterKind
from doorway.words import N_


class Need(StrEnum):
    """Whether a part of the form is left out, offered or required."""

    NO = "no"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class KindForm:
    """The form of one kind. Labels are message ids; whoever shows them translates."""

    purpose: str
    reason: str
    reason_help: str = ""
    #: What the other side is asked to do; empty leaves the field out.
    request: str = ""
    request_help: str = ""
    request_need: Need = Need.MUST
    #: The own case that the letter tells of.
    case: Need = Need.NO
    #: 指定办理期限.
    due: Need = Need.NO
    due_help: str = ""
    #: An earlier letter that this one is about.
    refers: Need = Need.NO
    #: Copies of papers and files, and the petitioner's identity, may be handed over with the case.
    carries: bool = True
    identity: bool = False
    #: What happens to the own case when it is sent.
    consequences: tuple[str, ...] = ()


_HANDED_OVER = (
    N_("本件转为“已转送/交办”，由对方单位办理，进展和结果以函件告知本单位。"),
    N_("向信访人告知去向。"),
)

KIND_FORMS: dict[LetterKind, KindForm] = {
    LetterKind.ESCALATION: KindForm(
        purpose=N_("本级无权或无力解决的信访件，交上级工会决定。"),
        reason=N_("上报理由"),
        reason_help=N_("为什么本级不能解决，已经做过什么。"),
        request=N_("请求上级工会解决的事项"),
        request_help=N_("一事一条；不写信访人的姓名、电话。"),
        case=Need.MUST,
        consequences=(
            N_("本件转为“已上报待答复”，上级答复或交办后由本单位继续办理。"),
            N_("向信访人出具转送上报告知书。"),
        ),
    ),
    LetterKind.SUBMISSION: KindForm(
        purpose=N_("把重大、疑难的情况报告上级知悉，本单位继续办理。"),
        reason=N_("呈报内容"),
        reason_help=N_("情况、已采取的措施和下一步打算。"),
        case=Need.MUST,
        consequences=(N_("本件仍由本单位办理，各项期限照常计算。"),),
    ),
    LetterKind.ORDER: KindForm(
        purpose=N_("重要事项交下级工会办理，按指定期限报办结报告。"),
        reason=N_("交办理由"),
        request=N_("办理要求"),
        request_help=N_("写明要查清什么、办到什么程度、报告什么。"),
        case=Need.MAY,
        due=Need.MUST,
        due_help=N_("下级工会应在此日期前报送办结报告。"),
        refers=Need.MAY,
        identity=True,
        consequences=_HANDED_OVER,
    ),
    LetterKind.TRANSFER: KindForm(
        purpose=N_("不属于本单位职权的事项，转给有权处理的工会办理。"),
        reason=N_("转送理由"),
        reason_help=N_("为什么属于对方的职权范围。"),
        request=N_("请对方办理的事项"),
        case=Need.MAY,
        due=Need.MAY,
        due_help=N_("可以不填；不填则按法定期限办理。"),
        refers=Need.MAY,
        identity=True,
        consequences=_HANDED_OVER,
    ),
    LetterKind.ASSIST: KindForm(
        purpose=N_("请其他工会配合办理一件事，主办仍是本单位。"),
        reason=N_("情况说明"),
        request=N_("请对方协助的事项"),
        case=Need.MAY,
        due=Need.MAY,
        due_help=N_("希望对方在此日期前反馈。"),
        refers=Need.MAY,
        identity=True,
    ),
    LetterKind.SUPERVISION: KindForm(
        purpose=N_("下级工会办理不当、推诿拖延或长期超期的，督促改正并要求反馈。"),
        reason=N_("督办事由"),
        reason_help=N_("发现了什么问题，依据哪些数字或函件。"),
        request=N_("督办要求"),
        request_help=N_("要求怎样改正、反馈什么。"),
        due=Need.MAY,
        due_help=N_("不填则按本单位设定的督办期限。"),
        refers=Need.MAY,
    ),
    LetterKind.URGE: KindForm(
        purpose=N_("对方迟迟没有签收或反馈的函件，提醒抓紧。"),
        reason=N_("催办内容"),
        refers=Need.MUST,
        carries=False,
    ),
    LetterKind.CIRCULAR: KindForm(
        purpose=N_("向全部下级工会通报情况、经验或问题。"),
        reason=N_("通报内容"),
        request=N_("工作要求"),
        request_need=Need.MAY,
    ),
    LetterKind.REPORT: KindForm(
        purpose=N_("向上级工会报告工作情况或专题材料。"),
        reason=N_("报告内容"),
        request=N_("建议或请求"),
        request_need=Need.MAY,
        case=Need.MAY,
        refers=Need.MAY,
    ),
    LetterKind.DISPUTE: KindForm(
        purpose=N_("两个单位对由谁办理有争议，请共同的上级工会指定。"),
        reason=N_("争议情况"),
        reason_help=N_("各方的理由和依据。"),
        request=N_("建议由谁办理"),
        case=Need.MAY,
        refers=Need.MAY,
    ),
    LetterKind.FILE_REQUEST: KindForm(
        purpose=N_("请下级工会提供一件事的材料；提供哪些由对方决定。"),
        reason=N_("调阅理由"),
        request=N_("需要的材料"),
        request_help=N_("写明信访件编号或函件文号，以及要看什么。"),
        due=Need.MAY,
        due_help=N_("希望对方在此日期前提供。"),
        refers=Need.MAY,
        carries=False,
    ),
    LetterKind.REVIEW: KindForm(
        purpose=N_("信访人不服处理意见，在期限内申请复查（复核）的，移送上一级工会。"),
        reason=N_("申请的事实和理由"),
        reason_help=N_("照录信访人的申请，写明不服的是哪一项。"),
        request=N_("请求事项"),
        case=Need.MUST,
        identity=True,
        consequences=(
            N_("本件转为“复查中”或者“复核中”，结论送回后自动登记。"),
            N_("复查（复核）机关自收到之日起30日内提出意见。"),
        ),
    ),
}

#: The order in which the kinds are offered, by the direction in which they go.
GROUPS: tuple[tuple[str, tuple[LetterKind, ...]], ...] = (
    (
        N_("向上级"),
        (
            LetterKind.ESCALATION,
            LetterKind.REVIEW,
            LetterKind.SUBMISSION,
            LetterKind.REPORT,
            LetterKind.DISPUTE,
        ),
    ),
    (N_("向下级"), (LetterKind.ORDER, LetterKind.SUPERVISION, LetterKind.FILE_REQUEST, LetterKind.CIRCULAR)),
    (N_("上下级或平级"), (LetterKind.TRANSFER, LetterKind.ASSIST, LetterKind.URGE)),
)
