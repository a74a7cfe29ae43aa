"""Rows of the worker's door, and of the receipt that leads to it. Who comes with a code: tests/portal."""

from __future__ import annotations

from tests.leaks.matrix.rows import Row

EAST = {"slug": "east"}
#: Without a visit every page of a case leads back to the form for number and code, whatever the address names.
NO_VISIT = {"fixed": EAST, "ok": (303,), "missing": 303}

PORTAL_ROWS: dict[tuple[str, str], Row] = {
    # The public tree and nothing of a case.
    ("portal.landing", "GET"): Row(None, fixed=EAST),
    ("portal.colours", "GET"): Row(None, fixed=EAST),
    # A code of the right form that nobody gave.
    ("portal.verify_form", "GET"): Row(None),
    ("portal.verify", "GET"): Row(None, fixed={"code": "2222222222222A"}),
    ("portal.static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(404,)),
    # A form whose mark is made up is shown again.
    ("portal.file", "GET"): Row(None, fixed=EAST),
    ("portal.file_send", "POST"): Row(None, fixed=EAST, form={"token": "made-up"}, ok=(422,)),
    ("portal.track", "GET"): Row(None, fixed=EAST),
    # A good number with a code that nobody gave.
    ("portal.track_enter", "POST"): Row(
        None, fixed=EAST, form={"number": "双总工信〔2026〕000001", "code": "0000-0000-0000-0000"}, ok=(422,)
    ),
    ("portal.leave", "POST"): Row(None, form={}, **NO_VISIT),
    ("portal.material", "POST"): Row(None, form={"words": "标记东方补充"}, **NO_VISIT),
    ("portal.withdraw", "POST"): Row(None, form={"statement": "标记东方撤回", "sure": "1"}, **NO_VISIT),
    ("portal.review", "POST"): Row(None, form={"words": "标记东方复查"}, **NO_VISIT),
    ("portal.paper", "GET"): Row(None, **NO_VISIT),
    ("portal.paper_sign", "POST"): Row(None, form={}, **NO_VISIT),
    ("portal.rate", "GET"): Row(None, fixed=EAST),
    ("portal.rate_send", "POST"): Row(None, form={"unit.rating": "satisfied"}, **NO_VISIT),
    # A new code for an own case.
    ("desk.new_query_code", "POST"): Row("clerk", form={}, ok=(303,)),
}
