"""The catalogue of measures by machine."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import create_engine

from api import contracts
from measures.folding import fold
from tests.api.conftest import Machine, kept, refused
from tests.builders import Federation
from tests.conftest import Stage

Machines = Callable[[str], Machine]


def test_measures_come_with_their_definitions_and_hide_small_numbers_of_a_unit_below(
    federation: Federation, stage: Stage, machine: Machines
) -> None:
    for _ in range(3):
        federation.accepted()
    federation.accepted("east")
    rollup = create_engine(stage.env["LIANXIN_DATABASE_ROLLUP_URL"])
    with rollup.begin() as connection:
        fold(connection)
    rollup.dispose()
    head, days = machine("head@east"), {"from_": "2026-03-01", "to": "2026-03-02"}
    found = {}
    for unit in ("own", "subtree", str(federation.ids["street"])):
        page = kept(head.get("/measures", unit=unit, **days), contracts.MeasurePage)
        assert page["unit"] == unit
        found[unit] = {line["key"]: line for line in page["measures"]}
    own, subtree, street = found.values()
    assert (own["registered"]["value"], subtree["registered"]["value"]) == (1, None), "one unit below: four less one"
    assert (street["registered"]["value"], street["registered"]["hidden"]) == (None, True)
    assert (own["on_time"]["value"], own["on_time"]["denominator"]) == (None, 0), "nothing fell due"
    assert own["on_time"]["definition"].endswith("。")
    refused(head.get("/measures", unit=str(federation.ids["west"]), **days), 422)
    asked = {who: machine(who).get("/measures", **days) for who in ("head@east", "supervisor@east")}
    left_out = {who: kept(page, contracts.MeasurePage)["without"] for who, page in asked.items()}
    assert left_out["head@east"] == []
    assert "13" in left_out["supervisor@east"]
    refused(head.get("/measures", from_="2026-03-09", to="2026-03-02"), 422)
