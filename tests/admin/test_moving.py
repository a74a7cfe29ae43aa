"""A union is placed elsewhere from its page, and the page remembers where it stood."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.builders import Federation
from tests.web.clients import login, post


def test_a_move_is_shown_with_its_reason_and_its_days(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    assert "1个" in client.get("/onboarding/east/move").text, "the street goes along"
    answer = post(client, "/onboarding/street/move", {"parent": "西区总工会", "reason": "区划调整"})
    assert answer.status_code == 302 and answer.location == "/onboarding/street"
    page = client.get("/onboarding/street").text
    for words in ("东区总工会 → 西区总工会", "区划调整", "数据正在调整", "2026-03-02", "至今"):
        assert words in page


@pytest.mark.parametrize(
    ("slug", "fields", "sentence"),
    [
        ("street", {"parent": "区总", "reason": "区划调整"}, "不是一个组织的标识或全称"),
        ("street", {"parent": "east", "reason": "区划调整"}, "已经是其直接上级"),
        ("street", {"parent": "west", "reason": ""}, "请填写调整隶属关系的依据"),
        ("city", {"parent": "street", "reason": "区划调整"}, "不能成为它的上级"),
        ("city", {"parent": "", "reason": "区划调整"}, "本来就没有上级"),
    ],
)
def test_why_not_is_said_and_what_was_typed_stays(
    client: FlaskClient, federation: Federation, slug: str, fields: dict[str, str], sentence: str
) -> None:
    login(client, "root")
    answer = post(client, f"/onboarding/{slug}/move", fields)
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{fields["parent"]}"' in answer.text and fields["reason"] in answer.text
