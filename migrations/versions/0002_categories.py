"""The shared classification of workers' matters (domain.md D3d). Data only.

Reversible while no case uses a category; afterwards the foreign key refuses, which is meant.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: First level → second level. A code is the place in this list (``01.02``); places are never reused.
TREE = (
    (
        "劳动报酬",
        ("拖欠工资", "克扣工资", "工资标准与调整", "加班费", "最低工资", "奖金津贴", "提前退休人员工资"),
    ),
    (
        "劳动关系与合同",
        (
            "合同签订",
            "履行变更",
            "解除终止",
            "经济补偿与赔偿",
            "除名辞退",
            "劳务派遣",
            "确认劳动关系",
            "竞业限制",
        ),
    ),
    ("社会保险", ("养老保险", "医疗保险", "工伤保险", "失业保险", "生育保险", "补缴与转移", "移交地方参保")),
    ("工伤与职业病", ("工伤认定", "劳动能力鉴定", "待遇支付", "职业病", "因工伤亡善后")),
    ("工时与休息休假", ("超时加班", "年休假", "病产假", "异地通勤")),
    ("安全卫生与女工保护", ("劳动环境", "防护用品", "高温作业", "女职工保护", "未成年工保护", "隐患举报")),
    ("退休与福利", ("退休待遇", "统筹外待遇", "住房公积金", "住房与“三供一业”", "职工福利", "子女就业")),
    ("困难帮扶", ("因病因伤致困", "生活救助", "助学", "大病救助", "心理疏导")),
    ("企业改革安置", ("破产改制", "厂办集体", "单位合并", "分流安置补偿", "历史遗留问题")),
    ("民主管理与集体协商", ("职代会", "厂务公开", "集体合同", "规章制度")),
    ("工会组织与干部", ("建会入会", "工会经费", "工会干部权益", "工会服务")),
    ("荣誉与劳模", ("荣誉认定", "劳模待遇")),
    ("干部作风与检举控告", ("违纪违法", "吃拿卡要", "打击报复")),
    ("意见建议", ()),
    ("咨询", ()),
    ("其他", ()),
)

#: 检举控告: files of this branch are sealed (条例 art. 30(3), 46(五)).
SEALED = "干部作风与检举控告"


def upgrade() -> None:
    table = sa.table(
        "categories",
        sa.column("code", sa.Text),
        sa.column("parent_code", sa.Text),
        sa.column("name", sa.Text),
        sa.column("sealed", sa.Boolean),
        sa.column("position", sa.SmallInteger),
    )
    rows = []
    for first, (name, children) in enumerate(TREE, start=1):
        code, sealed = f"{first:02d}", name == SEALED
        rows.append({"code": code, "parent_code": None, "name": name, "sealed": sealed, "position": first * 100})
        rows += [
            {
                "code": f"{code}.{second:02d}",
                "parent_code": code,
                "name": child,
                "sealed": sealed,
                "position": first * 100 + second,
            }
            for second, child in enumerate(children, start=1)
        ]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    op.execute("delete from categories where parent_code is not null")
    op.execute("delete from categories")
