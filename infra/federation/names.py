"""Invented unions, workplaces and people. Neither the city nor anybody in it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from access.roles import Role
from tenants.models import Kind


@dataclass(frozen=True, slots=True)
class Union:
    """One union of the demo. ``weight`` is its share of the cases; ``firms`` are the workplaces named in them."""

    slug: str
    name: str
    short_name: str
    kind: Kind
    code: str
    parent: str | None
    members: int
    weight: float
    firms: tuple[str, ...] = ()


CITY = "jiangcheng"
#: The district whose enterprises fall behind with wages in the last four weeks: the planted hotspot.
HOTSPOT = "gaoxin"
HOTSPOT_CATEGORY = "01.01"
HOTSPOT_DAYS = 28
HOTSPOT_FACTOR = 3
#: Among so many employers the added cases of the district's own office are divided.
HOTSPOT_FIRMS = 3

#: An enterprise whose premises and union line moved: today under its parent below, before under this district.
MOVED = "dongshan-baihe"
MOVED_FROM = "beiling"
MOVED_DAYS = 180
MOVED_REASON = "企业整体迁至东山区，工会隶属关系随之调整（江总工组函〔2026〕7号）。"
#: The district whose people are less content, its own office's and those below it: the funnel of the city shows it.
LESS_CONTENT = "yunhu"
#: 双重领导: a park across two districts, and its second line.
SECOND_LINES = {"nangang-wuliu": "gaoxin"}
#: Colours of portal pages that unions chose; the others keep the platform's.
COLOURS = {CITY: "#8c1d18", "hexi": "#1f4e79", "nangang": "#0b5345", "gaoxin": "#4a235a"}

_DISTRICTS = (
    ("hexi", "河西区", "河西"),
    ("dongshan", "东山区", "东山"),
    ("nangang", "南港区", "南港"),
    ("beiling", "北岭区", "北岭"),
    ("yunhu", "云湖区", "云湖"),
    ("gaoxin", "高新区", "高新"),
)
_STREETS = (
    ("hexi-qiaotou", "桥头街道", "河西"),
    ("hexi-wenchang", "文昌街道", "河西"),
    ("dongshan-lvyuan", "绿苑街道", "东山"),
    ("dongshan-shiqiao", "石桥街道", "东山"),
    ("nangang-matou", "码头街道", "南港"),
    ("nangang-haitang", "海棠街道", "南港"),
    ("beiling-songlin", "松林街道", "北岭"),
    ("beiling-quankou", "泉口街道", "北岭"),
    ("yunhu-hubin", "湖滨街道", "云湖"),
    ("yunhu-liuyin", "柳荫街道", "云湖"),
)
_ENTERPRISES = (
    ("hexi-ruian", "瑞安纺织有限公司", "瑞安纺织", "河西", Kind.GRASSROOTS),
    ("hexi-gongjiao", "江城公共交通集团", "江城公交", "河西", Kind.GROUP),
    ("dongshan-xinyuan", "鑫源建筑工程有限公司", "鑫源建筑", "东山", Kind.GRASSROOTS),
    ("dongshan-baihe", "百合食品有限公司", "百合食品", "东山", Kind.GRASSROOTS),
    ("nangang-wuliu", "南港物流园", "南港物流", "南港", Kind.GRASSROOTS_FEDERATION),
    ("nangang-chuanchang", "远帆船舶修造厂", "远帆船厂", "南港", Kind.GRASSROOTS),
    ("beiling-meikuang", "北岭煤业集团", "北岭煤业", "北岭", Kind.GROUP),
    ("yunhu-jiudian", "云湖宾馆", "云湖宾馆", "云湖", Kind.GRASSROOTS),
    ("gaoxin-xinghe", "星禾电子科技有限公司", "星禾电子", "高新", Kind.GRASSROOTS),
    ("gaoxin-tengyue", "腾跃精密制造有限公司", "腾跃精密", "高新", Kind.GRASSROOTS),
    ("gaoxin-lanpu", "蓝谱新能源有限公司", "蓝谱新能源", "高新", Kind.GRASSROOTS),
    ("gaoxin-kuaisong", "新业态行业", "新业态", "高新", Kind.GRASSROOTS_FEDERATION),
    ("gaoxin-ruanjian", "软件园", "软件园", "高新", Kind.GRASSROOTS_FEDERATION),
)

_FIRM_HEADS = (
    "瑞禾",
    "鼎泰源",
    "金穗达",
    "恒邦",
    "顺和",
    "华启",
    "东凌",
    "万象新",
    "创益",
    "海纳达",
    "宏图远",
    "立信成",
)
_FIRM_TAILS = (
    "制衣厂",
    "建筑劳务有限公司",
    "机械厂",
    "物业服务有限公司",
    "餐饮管理有限公司",
    "家具厂",
    "印刷厂",
    "商贸有限公司",
    "保洁服务部",
    "货运站",
    "五金制品厂",
    "超市",
)


def unions() -> tuple[Union, ...]:
    """All unions, parents before children: a city, six districts and below them streets and enterprises."""
    rows = [
        Union(CITY, "江城市总工会", "江城总工会", Kind.FEDERATION, "江总工信", None, 861_000, 60, _firms(0)),
    ]
    slug_of = {}
    for place, (slug, name, short) in enumerate(_DISTRICTS, start=1):
        slug_of[short] = slug
        title, code = f"{name}总工会", f"{short}总工信"
        rows.append(Union(slug, title, title, Kind.FEDERATION, code, CITY, 96_000 + 7_300 * place, 40, _firms(place)))
    for place, (slug, name, district) in enumerate(_STREETS, start=7):
        title, code = f"{name}工会联合会", f"{name[:2]}工信"
        members = 6_200 + 410 * place
        parent = slug_of[district]
        rows.append(Union(slug, title, title, Kind.GRASSROOTS_FEDERATION, code, parent, members, 22, _firms(place)))
    for place, (slug, name, short, district, kind) in enumerate(_ENTERPRISES):
        title = f"{name}工会联合会" if kind is Kind.GRASSROOTS_FEDERATION else f"{name}工会委员会"
        firms = _firms(place + 17) if kind is Kind.GRASSROOTS_FEDERATION else (name,)
        members = 1_150 + 370 * place
        rows.append(
            Union(slug, title, f"{short}工会", kind, f"{short[:2]}工信", slug_of[district], members, 27, firms)
        )
    return tuple(rows)


def contact(place: int, union: Union) -> dict[str, str]:
    """What a union's public page says of how to reach it. Neither the streets nor the numbers exist."""
    return {
        "region": "江城市",
        "address": f"江城市连心路{100 + place * 6}号{union.short_name}信访接待室",
        "phone": f"0154-60{place:02d}351",
        "hours": "工作日 8:30—12:00，14:00—17:30；每月15日主席接待日",
        "seal_text": union.name,
    }


def _firms(place: int) -> tuple[str, ...]:
    """The six workplaces that a union's cases name."""
    heads, tails = len(_FIRM_HEADS), len(_FIRM_TAILS)
    return tuple(
        _FIRM_HEADS[(place + step) % heads] + _FIRM_TAILS[(place * 5 + step * 7) % tails] for step in range(6)
    )


#: The people of every union: login, roles. One account never holds two of the three administrators.
STAFF: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("clerk", (Role.CLERK,)),
    ("handler", (Role.HANDLER,)),
    ("handler2", (Role.HANDLER,)),
    ("head", (Role.OFFICE_HEAD,)),
    ("leader", (Role.LEADER,)),
    ("supervisor", (Role.SUPERVISOR,)),
    ("admin", (Role.TENANT_ADMIN,)),
    ("security", (Role.SECURITY_ADMIN,)),
    ("auditor", (Role.AUDITOR,)),
)
PLATFORM_ADMIN = "root"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜"
)
_GIVEN = "安柏昌岱帆谷禾嘉竞可澜牧宁沛清然松棠桐微熙砚怡予远泽舟卓青禹朗辰禄芷苓荷瑾若昭岚"


def person(rng: Random) -> str:
    """A name of two or three characters."""
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def phone(rng: Random) -> str:
    """A number in the form of a mobile one, with the prefix 154 that no carrier gives to people (2026)."""
    return f"154{rng.randrange(100_000_000):08d}"


def staff_names(rng: Random) -> Sequence[str]:
    """A different name for each account of a union."""
    names: dict[str, None] = {}
    while len(names) < len(STAFF):
        names[person(rng)] = None
    return list(names)
