"""A step that may fail inside a view's transaction."""

from __future__ import annotations

import pytest
from flask import Flask, g
from sqlalchemy import select

from doorway.attempts import attempt
from kernel.errors import InvalidError
from notices.models import Notice
from notices.services import post
from tests.builders import Federation


def test_what_a_failed_attempt_wrote_is_taken_back_and_the_rest_is_kept(app: Flask, federation: Federation) -> None:
    with app.test_request_context(), federation.work("head@street") as work:
        g.work = work
        head = federation.users["head@street"].id
        post(work.session, kind="case", title="之前的", link="/", user_id=head)
        with pytest.raises(InvalidError), attempt():
            post(work.session, kind="case", title="失败的", link="/", user_id=head)
            raise InvalidError("不行")
        with attempt():
            post(work.session, kind="case", title="之后的", link="/", user_id=head)
    with federation.database.transaction(federation.ids["street"]) as session:
        assert set(session.scalars(select(Notice.title))) == {"之前的", "之后的"}
