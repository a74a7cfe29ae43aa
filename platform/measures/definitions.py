"""The catalogue of measures in use: what each divides by what, over which days, and who says so. Pure.

A rate without its definition (口径) is not shown anywhere: pages, reports, exports and the API print these rows, and
``docs/measures.md`` is made from them. domain.md C has the sources.
"""

from __future__ import annotations

from measures.defined_guards import GUARDS
from measures.defined_outcome import OUTCOME
from measures.defined_time import TIME
from measures.defined_volume import VOLUME
from measures.measure import Measure

__all__ = ["BY_KEY", "CATALOGUE", "NOT_COUNTED", "Measure"]

CATALOGUE: tuple[Measure, ...] = (*VOLUME, *TIME, *OUTCOME, *GUARDS)
BY_KEY: dict[str, Measure] = {measure.key: measure for measure in CATALOGUE}

#: Rates that readers may look for, and why there is none here (domain.md C).
NOT_COUNTED: tuple[tuple[str, str], ...] = (
    ("及时办理率", "没有公布的定义；按难度的内部目标是各单位自己的设置，随时可改，不能作为各单位之间的比率。"),
    (
        "化解率、重点信访化解率",
        "化解、未化解、未办结三值没有登记，也没有重点事项台账；办结不等于化解。",
    ),
    ("初次信访办理联系率", "没有登记是否联系了信访人；回访只在办结之后。"),
    ("公开回复率", "平台不公开回复信访事项。"),
    ("响应率、解决率（接诉即办）", "没有公布的公式，平台也不派发工单。"),
    ("参评满意率（把未评价算作满意的变体）", "沉默不是满意，不采用。"),
    ("平台会员覆盖率", "会员数不在信访数据之中。"),
    ("联名信", "来信只登记人数，没有联名的标志。"),
)
