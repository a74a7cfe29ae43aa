"""What hangs on a letter: files cross like letters, and the own case of it is nobody else's."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatches.models import LetterCase, LetterFile
from dispatches.services import escalate
from tests.builders import Federation
from tests.dispatches.test_border import accepted


def test_a_file_enters_another_union_only_signed_by_its_writer_and_is_not_read_back(federation: Federation) -> None:
    with federation.work("head@street") as work:
        letter = escalate(work, federation.accepted().number, reason="街道无力协调", request="请区总牵头约谈")
    east, street = federation.ids["east"], federation.ids["street"]
    with federation.work("head@street") as work:
        connection = work.session.connection()
        row = {
            "tenant_id": east,
            "id": uuid.uuid4(),
            "letter_id": letter.id,
            "seq": 1,
            "name": "材料.pdf",
            "media_type": "application/pdf",
            "size": 1,
            "sha256": b"0",
            "content": b"0",
            "author_id": street,
        }
        files = LetterFile.__table__
        assert not accepted(connection, files, row), "nobody is addressed yet"
        connection.exec_driver_sql(f"SET LOCAL app.addressees = '{east}'")
        assert not accepted(connection, files, row | {"author_id": east}), "nobody signs for another"
        assert accepted(connection, files, row)
        assert connection.execute(text("select count(*) from letter_files")).scalar_one() == 0
    with federation.work("head@east") as work:
        assert work.session.scalars(text("select name from letter_files")).all() == ["材料.pdf"]


def test_the_sender_does_not_see_what_the_recipient_made_of_it(federation: Federation) -> None:
    theirs = federation.accepted("east")
    with federation.work("head@street") as work:
        letter = escalate(work, federation.accepted().number, reason="街道无力协调", request="请区总牵头约谈")
    with federation.work("head@east") as work:
        work.session.add(LetterCase(letter_id=letter.id, case_id=theirs.id))
    with federation.work("head@street") as work:
        for table in ("letters", "letter_events", "letter_cases", "letter_files", "cases"):
            rows = work.session.execute(text(f"select distinct tenant_id from {table}")).scalars().all()
            assert set(rows) <= {federation.ids["street"]}, table
    with federation.work("head@street") as work, pytest.raises(IntegrityError):
        # Nor can a letter be made to point at another union's case.
        work.session.add(LetterCase(letter_id=letter.id, case_id=theirs.id))
        work.session.flush()
