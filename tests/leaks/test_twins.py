"""The twins are what the other tests take them for."""

from __future__ import annotations

from sqlalchemy import text

from audit.services import verify
from cases.identity import reveal
from tests.leaks.catalogue import tenant_tables
from tests.leaks.copying import MARKS, NAMES, PHONES
from tests.leaks.twins import Twins


def test_every_tenant_table_holds_rows_of_both_unions(twins: Twins) -> None:
    with twins.superuser.connect() as connection:
        for table in tenant_tables():
            counts = dict(
                connection.execute(text(f"select tenant_id, count(*) from {table} group by tenant_id")).all()
            )
            assert counts.get(twins.east, 0) > 0, f"give the twins a row of {table} (twins.FILLERS)"
            assert counts.get(twins.west, 0) > 0, table


def test_the_twins_share_every_identifier_of_the_first(twins: Twins) -> None:
    made = {
        "cases": ("number", list(twins.numbers.values())),
        "letters": ("id", list(twins.letters.values())),
        "users": ("id", [twins.federation.users[f"{name}@east"].id for name in ("head", "clerk", "admin")]),
    }
    with twins.superuser.connect() as connection:
        for table, (key, values) in made.items():
            for tenant in (twins.east, twins.west):
                statement = text(f"select count(*) from {table} where tenant_id = :t and {key} = any(:values)")
                found = connection.execute(statement, {"t": tenant, "values": values}).scalar_one()
                assert found == len(values), table


def test_no_word_of_one_union_stands_in_a_row_of_the_other(twins: Twins) -> None:
    statement = "select x::text from {} x where tenant_id = :t and strpos(x::text, :mark) > 0"
    with twins.superuser.connect() as connection:
        for table in tenant_tables():
            for tenant, foreign in ((twins.east, "west"), (twins.west, "east")):
                for words in (MARKS, NAMES, PHONES):
                    given = {"t": tenant, "mark": words[foreign]}
                    assert connection.execute(text(statement.format(table)), given).all() == [], table


def test_the_copied_union_opens_its_own_identities_and_its_chain_holds(twins: Twins) -> None:
    for slug in ("east", "west"):
        with twins.work(f"head@{slug}") as work:
            assert verify(work.session)[1] is None
            found = reveal(work, twins.numbers["handling"], 1, "核对身份信息")
            assert (found.name, found.phone) == (f"{MARKS[slug]}甲", PHONES[slug])
