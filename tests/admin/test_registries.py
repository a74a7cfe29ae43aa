"""The pages of the two registries: kept by the administrator and the head of the office, seen by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from admin.registries import BodyView, MediatorView
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
MEDIATOR = {"name": "测试调解员乙", "kind": "lawyer", "agreed_on": "2026-01-05", "active": "1"}
BODY = {"name": "测试区法律援助中心", "kind": "legal_aid", "phone": "12348", "active": "1"}


@pytest.mark.parametrize(
    ("view", "sent", "words"), [(MediatorView, MEDIATOR, "2026-01-05签订"), (BodyView, BODY, "司法行政、法律援助")]
)
def test_an_entry_is_made_listed_changed_and_removed(
    as_user: AsUser, view: type[MediatorView] | type[BodyView], sent: dict[str, str], words: str
) -> None:
    base, keeper = view.route_base, as_user("admin@street")
    wrong = post(keeper, f"{base}/new", sent | {"kind": "nothing"})
    assert wrong.status_code == 422
    assert sent["name"] in wrong.text
    assert post(keeper, f"{base}/new", sent).status_code == 302
    page = as_user("head@street").get(base).text
    assert sent["name"] in page
    assert words in page
    entry = next(part.partition('"')[0] for part in page.split(f'href="{base}/')[1:] if "new" not in part[:5])
    assert post(as_user("head@street"), f"{base}/{entry}", sent | {"name": "测试改名"}).status_code == 302
    assert post(keeper, f"{base}/{entry}/delete", {}).status_code == 302
    assert "测试改名" not in keeper.get(base).text


@pytest.mark.parametrize("who", ["clerk", "handler", "leader", "supervisor"])
def test_those_who_keep_no_registry_do_not_come_in(as_user: AsUser, who: str) -> None:
    for view in (MediatorView, BodyView):
        assert as_user(f"{who}@street").get(view.route_base).status_code in (403, 404)


def test_the_auditor_reads_and_writes_nothing(as_user: AsUser) -> None:
    auditor = as_user("auditor@street")
    assert auditor.get(MediatorView.route_base).status_code == 200
    assert post(auditor, f"{MediatorView.route_base}/new", MEDIATOR).status_code in (403, 404)
