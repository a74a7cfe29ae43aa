"""The API as one table: the URL rules and the OpenAPI document are both made from it, so they cannot drift apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marshmallow import Schema

from access.roles import CASE_ROLES, Role
from api import cases, catalogue, contracts, dispatches, facts, federation, schemas
from api.answers import Answer
from audit.reading import GUARDIANS

#: Roles that work with cases, in a fixed order.
STAFF = tuple(sorted(CASE_ROLES))
#: 404 says both “not there” and “not yours”.
READS = (401, 403, 404, 422)
WRITES = (400, 401, 403, 404, 409, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; ``view`` takes the unit of work and the checked input, and knows no HTTP."""

    method: str
    rule: str
    view: Callable[..., Answer]
    roles: tuple[Role, ...]
    summary: str
    answer: type[Schema]
    tag: str
    query: type[Schema] = schemas.NoQuery
    body: type[Schema] | None = None
    status: int = 200
    errors: tuple[int, ...] = READS

    @property
    def endpoint(self) -> str:
        """A unique name: ``cases_create``."""
        return f"{self.tag}_{self.view.__name__}"


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/cases",
        cases.create,
        STAFF,
        "登记信访件",
        contracts.CaseLine,
        "cases",
        body=schemas.CaseInput,
        status=201,
        errors=WRITES,
    ),
    Route("GET", "/cases", cases.index, STAFF, "信访件列表", contracts.CasePage, "cases", query=schemas.CaseQuery),
    Route("GET", "/cases/<path:number>", cases.show, STAFF, "信访件详情", contracts.CaseFile, "cases"),
    Route(
        "POST",
        "/cases/<path:number>/actions",
        cases.act,
        STAFF,
        "办理动作",
        contracts.CaseAfterAction,
        "cases",
        body=schemas.CaseAction,
        errors=WRITES,
    ),
    Route(
        "GET",
        "/dispatches",
        dispatches.index,
        STAFF,
        "函件列表",
        contracts.LetterPage,
        "dispatches",
        query=schemas.LetterQuery,
    ),
    Route(
        "POST",
        "/dispatches",
        dispatches.create,
        STAFF,
        "发出函件",
        contracts.LetterCopy,
        "dispatches",
        body=schemas.LetterInput,
        errors=WRITES,
        status=201,
    ),
    Route(
        "GET", "/dispatches/<uuid:letter_id>", dispatches.show, STAFF, "函件详情", contracts.LetterCopy, "dispatches"
    ),
    Route(
        "POST",
        "/dispatches/<uuid:letter_id>/actions",
        dispatches.act,
        STAFF,
        "函件办理动作",
        contracts.LetterCopy,
        "dispatches",
        body=schemas.LetterAction,
        errors=WRITES,
    ),
    Route("GET", "/tenants", federation.tenants, (), "本级、上级和直属下级", contracts.TenantTree, "tenants"),
    Route("GET", "/facts", facts.index, STAFF, "本级每日统计", contracts.FactPage, "facts", query=schemas.FactsQuery),
    Route(
        "GET",
        "/measures",
        catalogue.index,
        STAFF,
        "各项指标及口径",
        contracts.MeasurePage,
        "catalogue",
        query=schemas.MeasuresQuery,
    ),
    Route(
        "GET",
        "/audit",
        federation.audit,
        GUARDIANS,
        "审计日志",
        contracts.AuditPage,
        "audit",
        query=schemas.AuditQuery,
    ),
)
