"""``/onboarding/import``: an org chart comes in as one workbook, looked at before it is written."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import PurePath
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from access.actor import Work, system_actor
from access.roles import Role
from doorway.guard import NotLoggedInError, admit, current_actor, guard
from doorway.runtime import runtime
from doorway.words import _
from kernel import sheets
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from tenants.imports import ChartError, Report, import_chart
from tenants.workbooks import XLSX, link_list, template

PLATFORM = (Role.PLATFORM_ADMIN,)
#: The file travels in the page between the look and the writing; larger ones go through the command line.
MOST_BYTES = 1024 * 1024
MOST_PROBLEMS = 200


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/import", "import_unions", form)
    pages.add_url_rule("/onboarding/import", "import_unions_file", send, methods=["POST"])
    pages.add_url_rule("/onboarding/import/template", "import_template", blank)


@guard(*PLATFORM)
def form() -> ResponseReturnValue:
    """The empty form."""
    return _page()


@guard(*PLATFORM)
def blank() -> ResponseReturnValue:
    """The workbook to fill in."""
    return Response(
        template(),
        mimetype=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename=org-chart.xlsx; filename*=UTF-8''{quote('组织架构')}.xlsx"
        },
    )


@admit(*PLATFORM)
def send() -> ResponseReturnValue:
    """Check the workbook; write it when the look at it was confirmed. Many unions are many transactions."""
    write = request.form.get("mode") == "import"
    try:
        name, data = _file()
        report = import_chart(
            _open,
            sheets.read_all(name, data),
            dry_run=not write,
            renew_links=bool(request.form.get("renew")),
        )
    except ChartError as error:
        return _drawn(message=error.message, problems=error), 422
    except InvalidError as error:
        return _drawn(message=error.message), 422
    return _drawn(report=report, name=name, data=data, written=write)


@contextmanager
def _open(tenant_id: int) -> Iterator[Work]:
    """The platform's own work is the person's; in a union the system acts, because the person is nobody there."""
    parts, actor = runtime(), current_actor()
    if actor is None:  # pragma: no cover - the door was before
        raise NotLoggedInError
    who = actor if tenant_id == PLATFORM_TENANT else system_actor(tenant_id)
    with parts.database.transaction(tenant_id) as session:
        yield Work(session, who, parts.clock, parts.cipher, parts.bus)


def _file() -> tuple[str, bytes]:
    """The upload, or the file that the look carried along."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        with closing(upload):
            data = upload.stream.read(MOST_BYTES + 1)
        name = PurePath(upload.filename.replace("\\", "/")).name[-80:]
    elif request.form.get("data"):
        try:
            data = base64.b64decode(request.form["data"], validate=True)
        except (binascii.Error, ValueError):
            raise InvalidError(_("文件在传递中损坏，请重新选择文件。")) from None
        name = request.form.get("name", "")[-80:] or "org-chart.xlsx"
    else:
        raise InvalidError(_("请选择要导入的文件。"))
    if len(data) > MOST_BYTES:
        raise InvalidError(_("在网页上导入的文件不能超过1MB，请拆分后导入，或请平台运维导入。"))
    return name, data


@guard(*PLATFORM)
def _drawn(
    *,
    message: str = "",
    problems: ChartError | None = None,
    report: Report | None = None,
    name: str = "",
    data: bytes = b"",
    written: bool = False,
) -> str:
    return _page(message=message, problems=problems, report=report, name=name, data=data, written=written)


def _page(
    *,
    message: str = "",
    problems: ChartError | None = None,
    report: Report | None = None,
    name: str = "",
    data: bytes = b"",
    written: bool = False,
) -> str:
    found = problems.problems if problems else ()
    links = report.links if report else ()
    listing = base64.b64encode(link_list(links, request.url_root.rstrip("/"))).decode() if links else ""
    return render_template(
        "admin/import_unions.html",
        message=message,
        problems=found[:MOST_PROBLEMS],
        left_out=max(len(found) - MOST_PROBLEMS, 0),
        report=report,
        written=written,
        name=name,
        data=base64.b64encode(data).decode() if report and not written else "",
        links=len(links),
        download=f"data:{XLSX};base64,{listing}" if listing else "",
    )
