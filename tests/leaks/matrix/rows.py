"""One row for every route and method: whose business it is, how to ask for it, and what may come back.

A route without a row fails by name (test_routes.py). Identifiers are not written here: a row names the arguments that
are identifiers, and the tests put in the own thing, another union's thing and a thing that nobody has.
"""

from __future__ import annotations

from tests.leaks.matrix.row import CASE_STAFF, IDENTIFIERS, Row

__all__ = ["CASE_STAFF", "IDENTIFIERS", "ROWS", "Row"]

NOTE = {"note": "矩阵测试记录的办理情况"}
PETITION = {
    "channel": "visit",
    "title": "标记东方矩阵登记",
    "content": "标记东方的内容",
    "received_on": "2026-03-02",
}
DASH, DB = "/dashboards/", {"provider": "db"}
DASH_QUESTION = {
    "output": "charts.children",
    "outputs": {"id": "charts", "property": "children"},
    "inputs": [
        {"id": "place", "property": "pathname", "value": "/dashboards/load"},
        {"id": "place", "property": "search", "value": "?unit=own"},
    ],
    "changedPropIds": ["place.pathname"],
}

ROWS: dict[tuple[str, str], Row] = {
    # The desk.
    ("desk.home", "GET"): Row("head", shows="case"),
    ("desk.case_list", "GET"): Row("head", shows="case"),
    ("desk.case_page", "GET"): Row("head", shows="case"),
    ("desk.act_form", "GET"): Row("head", fixed={"action": "note"}, shows="case"),
    ("desk.act", "POST"): Row("head", fixed={"action": "note"}, form=NOTE, ok=(303,)),
    # No split of the own union is under way: the form and the act are refused in words.
    ("desk.hand_over_form", "GET"): Row("head", ok=(409,)),
    ("desk.hand_over", "POST"): Row("head", form={}, ok=(409,)),
    ("desk.paper", "GET"): Row("head", shows="case"),
    ("desk.paper_list", "GET"): Row("head", shows="case"),
    ("desk.paper_begin", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    # Pages of a PDF are packed: what they say is looked at in tests/desk/test_papers.py.
    ("desk.paper_file", "GET"): Row("head", fixed={"form": "docx"}),
    ("desk.paper_named", "POST"): Row("head", fixed={"form": "docx"}, form={"reason": "盖章送达"}),
    ("desk.paper_serve", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    ("desk.paper_proof", "GET"): Row("head"),
    ("desk.paper_draft", "GET"): Row("head", shows="case"),
    ("desk.paper_edit", "POST"): Row("head", form={"do": "save"}, ok=(422,)),
    ("desk.draft_preview", "GET"): Row("head"),
    ("desk.case_files", "GET"): Row("head", shows="case"),
    ("desk.attach", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    ("desk.case_file", "GET"): Row("head", shows="case"),
    ("desk.remove_file", "POST"): Row("head", form={"reason": ""}, ok=(422,), shows="case"),
    ("desk.dossier", "GET"): Row("head", shows="case"),
    ("desk.dossier_ask", "POST"): Row("head", form={"reason": ""}, ok=(422,), shows="case"),
    ("desk.dossier_file", "GET"): Row("head", shows="case"),
    ("desk.export_form", "GET"): Row("head"),
    ("desk.export_ask", "POST"): Row("head", form={"reason": ""}, ok=(422,)),
    ("desk.export_list", "GET"): Row("head", shows="case"),
    ("desk.export_file", "GET"): Row("head", shows="case"),
    # The own one has not failed: refused in words. Taken away it would be gone for the routes that come after.
    ("desk.export_retry", "POST"): Row("head", form={}, ok=(409,)),
    ("desk.export_remove", "POST"): Row("head", form={}, only_foreign=True),
    ("desk.receipt", "GET"): Row("head"),
    ("desk.reveal", "POST"): Row("head", fixed={"position": "1"}, form={"reason": "核对来访人身份"}, shows="case"),
    # Leads back to the case without a look at it: the answer is the same for every number.
    ("desk.reveal_again", "GET"): Row("head", fixed={"position": "1"}, ok=(302,), missing=302),
    ("desk.new_case", "GET"): Row("clerk"),
    ("desk.register_case", "POST"): Row("clerk", form={**PETITION, "anonymous": "1"}, ok=(200, 303, 422)),
    ("desk.import_form", "GET"): Row("clerk"),
    ("desk.import_file", "POST"): Row("clerk", form={}, ok=(422,)),
    ("desk.earlier_cases", "POST"): Row("clerk", form={"parties-0-name": "标记西方甲", "name": "标记西方甲"}),
    # Takes a decision back that nobody took: said in words on the case page.
    ("desk.link_repeat", "POST"): Row("head", form={}, ok=(303,)),
    ("desk.workplace_list", "GET"): Row("clerk", shows="case"),
    ("desk.workplace_suggest", "GET"): Row("clerk", query={"q": "标记"}, shows="case"),
    ("desk.workplace_new", "GET"): Row("clerk"),
    ("desk.workplace_create", "POST"): Row("clerk", form={}, ok=(422,)),
    ("desk.workplace_page", "GET"): Row("clerk", shows="case"),
    ("desk.workplace_save", "POST"): Row("clerk", form={"name": "标记东方厂"}, ok=(303,)),
    ("desk.workplace_merge", "POST"): Row("clerk", form={}, ok=(422,)),
    ("desk.person_form", "GET"): Row("clerk"),
    ("desk.person_search", "POST"): Row("clerk", form={"name": "标记东方甲"}, shows="case"),
    ("desk.letter_list", "GET"): Row("head", shows="case"),
    ("desk.letter_page", "GET"): Row("head", shows="case"),
    ("desk.letter_form", "GET"): Row("head", fixed={"action": "answer"}, shows="case"),
    ("desk.letter_act", "POST"): Row(
        "head", fixed={"action": "sign"}, form={}, letter="open", ok=(303,), writes_to=("street",)
    ),
    ("desk.letter_file", "GET"): Row("head", shows="case"),
    # Nothing has come back on the letter that was sent, so the case cannot be taken up again yet.
    ("desk.letter_resume", "POST"): Row("head", form={}, letter="sent", ok=(303, 409)),
    # An escalation is answered, not registered.
    ("desk.letter_register", "POST"): Row("head", form={}, letter="signed", ok=(403,)),
    ("desk.compose", "GET"): Row("head"),
    # Nothing was typed, so nothing is sent.
    ("desk.compose_send", "POST"): Row("head", form={"kind": "circular"}, ok=(422,)),
    ("desk.subordinates", "GET"): Row("head"),
    ("desk.subordinate", "GET"): Row("head", fixed={"slug": "street"}),
    ("desk.notice_list", "GET"): Row("head", shows="case", for_admins=True),
    ("desk.notice_open", "GET"): Row("head", ok=(303,), for_admins=True),
    ("desk.notices_read", "POST"): Row("head", form={}, ok=(303,), for_admins=True),
    ("desk.task_list", "GET"): Row("head", for_admins=True),
    ("desk.task_close", "POST"): Row("head", form={"resolution": "矩阵测试处理完毕"}, ok=(303,), for_admins=True),
    ("desk.department_tasks", "GET"): Row("head", shows="case"),
    ("desk.department_task", "GET"): Row("head", shows="case"),
    # The head sees the task and was not asked; only whoever was asked answers.
    ("desk.answer_task", "POST"): Row("head", form={"answer": "标记东方的答复"}, ok=(403,)),
    ("desk.due_calendar", "GET"): Row("head"),
    ("desk.report_list", "GET"): Row("head"),
    ("desk.report_new", "GET"): Row("head"),
    ("desk.report_begin", "POST"): Row("head", form={"choice": "other"}, ok=(422,)),
    ("desk.report_draft", "GET"): Row("head", shows="case"),
    ("desk.report_edit", "POST"): Row("head", form={"words.advice": "标记东方新建议"}, ok=(303,)),
    ("desk.report_preview", "GET"): Row("head"),
    ("desk.report_page", "GET"): Row("head", shows="case"),
    ("desk.report_submit", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    ("desk.report_revise", "POST"): Row("head", form={"reason": ""}, ok=(422,), shows="case"),
    ("desk.report_print", "GET"): Row("head", shows="case"),
    ("desk.report_file", "GET"): Row("head", fixed={"form": "docx"}),
    ("desk.view_list", "GET"): Row("head", shows="case"),
    ("desk.save_view", "POST"): Row("head", form={"name": "标记东方新视图", "query": "overdue=1"}, ok=(303,)),
    # A shared view, which the head of the office keeps.
    ("desk.rename_view", "POST"): Row("head", form={"name": "标记东方改名"}, ok=(303,)),
    ("desk.remove_view", "POST"): Row("head", ok=(303,)),
    ("desk.bulk_form", "GET"): Row("head", shows="case"),
    # Nothing was ticked; what is named in a form is looked at in tests/desk/test_bulk.py.
    ("desk.bulk_check", "POST"): Row("head", form={}, ok=(422,)),
    ("desk.bulk_assign", "POST"): Row("head", form={}, ok=(422,)),
    ("desk.follow_up", "GET"): Row("head", case="closed", shows="case"),
    ("desk.follow_up_done", "POST"): Row("head", case="closed", form={"reached": "no"}, ok=(303, 409)),
    ("api.cases_index", "GET"): Row("head", shows="case"),
    ("api.cases_create", "POST"): Row(
        "clerk", json={**PETITION, "parties": [{"name": "标记东方乙", "phone": "13911110009"}]}, ok=(201,)
    ),
    ("api.cases_show", "GET"): Row("head", shows="case"),
    ("api.cases_act", "POST"): Row("head", json={"action": "note", "data": NOTE}, shows="case"),
    ("api.dispatches_index", "GET"): Row("head", shows="case"),
    # To the city, the first union of the test federation.
    ("api.dispatches_create", "POST"): Row(
        "head",
        json={"kind": "report", "to": 1, "subject": "标记东方报告", "reason": "标记东方事由"},
        ok=(201,),
        shows="case",
        writes_to=("city",),
    ),
    ("api.dispatches_show", "GET"): Row("head", shows="case"),
    ("api.dispatches_act", "POST"): Row(
        "head",
        json={"action": "answer", "data": {"text": "标记东方答复"}},
        letter="answered",
        shows="case",
        writes_to=("street",),
    ),
    ("api.catalogue_index", "GET"): Row("head", query={"from": "2026-02-01", "to": "2026-03-31"}),
    ("api.facts_index", "GET"): Row("head", query={"from": "2026-02-01", "to": "2026-03-31"}, shows="figures"),
    ("api.tenants_tenants", "GET"): Row("head", for_admins=True),
    ("api.audit_audit", "GET"): Row("auditor", query={"limit": "100"}, shows="people"),
    ("api.openapi", "GET"): Row(None),
    # Keeping house.
    ("admin.audit", "GET"): Row("auditor", shows="people"),
    ("UserView.list", "GET"): Row("admin", shows="people"),
    ("admin.requests", "GET"): Row("security", shows="people"),
    ("admin.approve", "POST"): Row("security", form={}, ok=(200, 409)),
    ("admin.refuse", "POST"): Row("security", form={}, ok=(302, 409)),
    ("admin.withdraw", "POST"): Row("admin", form={}, ok=(302, 409)),
    ("admin.settings", "GET"): Row("admin"),
    ("admin.papers", "GET"): Row("admin"),
    ("admin.paper_template", "GET"): Row("admin", fixed={"kind": "decision"}),
    ("admin.change_paper_template", "POST"): Row("admin", fixed={"kind": "decision"}, form={}, ok=(422,)),
    ("admin.change_settings", "POST"): Row("admin", fixed={"part": "working"}, form={}, ok=(409, 422)),
    ("DepartmentView.list", "GET"): Row("admin", shows="people"),
    ("DepartmentView.add", "GET"): Row("admin"),
    ("DepartmentView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("DepartmentView.edit", "GET"): Row("admin", table="departments", shows="people"),
    ("DepartmentView.edit", "POST"): Row(
        "admin", table="departments", form={"name": "人员东方部", "active": "1"}, ok=(302,)
    ),
    ("DepartmentView.place", "POST"): Row("admin", table="departments", form={}, ok=(422,)),
    # Somebody works there, so it stays and a sentence says why.
    ("DepartmentView.delete", "POST"): Row("admin", table="departments", form={}, ok=(302,)),
    ("RouteView.list", "GET"): Row("admin", shows="people"),
    ("RouteView.add", "GET"): Row("admin", shows="people"),
    ("RouteView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("RouteView.edit", "GET"): Row("admin", table="category_routes", shows="people"),
    ("RouteView.edit", "POST"): Row("admin", table="category_routes", form={}, ok=(422,)),
    ("RouteView.delete", "POST"): Row("admin", table="category_routes", form={}, only_foreign=True),
    ("DelegationView.list", "GET"): Row("admin", shows="people"),
    ("DelegationView.add", "GET"): Row("admin", shows="people"),
    ("DelegationView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("DelegationView.end", "POST"): Row("admin", table="delegations", form={}, ok=(302,)),
    ("CodeView.list", "GET"): Row("admin", shows="people"),
    ("CodeView.add", "GET"): Row("admin"),
    ("CodeView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("CodeView.edit", "GET"): Row("admin", table="code_labels", shows="people"),
    ("CodeView.edit", "POST"): Row("admin", table="code_labels", form={}, ok=(422,)),
    # An own code is closed, not removed; the answer leads back to the list and says so.
    ("CodeView.delete", "POST"): Row("admin", table="code_labels", form={}, ok=(302,)),
    ("MediatorView.list", "GET"): Row("admin", shows="people"),
    ("MediatorView.add", "GET"): Row("admin"),
    ("MediatorView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("MediatorView.edit", "GET"): Row("admin", table="mediators", shows="people"),
    ("MediatorView.edit", "POST"): Row("admin", table="mediators", form={}, ok=(422,)),
    ("MediatorView.delete", "POST"): Row("admin", table="mediators", form={}, only_foreign=True),
    ("BodyView.list", "GET"): Row("admin", shows="people"),
    ("BodyView.add", "GET"): Row("admin"),
    ("BodyView.add", "POST"): Row("admin", form={}, ok=(422,)),
    ("BodyView.edit", "GET"): Row("admin", table="external_bodies", shows="people"),
    ("BodyView.edit", "POST"): Row("admin", table="external_bodies", form={}, ok=(422,)),
    ("BodyView.delete", "POST"): Row("admin", table="external_bodies", form={}, only_foreign=True),
    ("admin.user", "GET"): Row("admin", shows="people"),
    ("admin.new_user", "GET"): Row("admin"),
    ("admin.create_user", "POST"): Row(
        "admin", form={"username": "matrix", "display_name": "矩阵", "roles": "clerk"}, ok=(200,)
    ),
    ("admin.user_roles", "POST"): Row("admin", form={"roles": "supervisor"}, ok=(302,)),
    ("admin.user_active", "POST"): Row("admin", form={"active": "1"}, ok=(302,)),
    ("admin.user_password", "POST"): Row("admin", form={}),
    ("admin.unions", "GET"): Row("root"),
    ("admin.union", "GET"): Row("root", fixed={"slug": "east"}),
    ("admin.new_union", "GET"): Row("root"),
    ("admin.create_union", "POST"): Row("root", form={"slug": "x"}, ok=(422,)),
    ("admin.union_move", "GET"): Row("root", fixed={"slug": "east"}),
    ("admin.union_moved", "POST"): Row("root", fixed={"slug": "east"}, form={"parent": "nowhere"}, ok=(422,)),
    ("admin.import_unions", "GET"): Row("root"),
    ("admin.import_unions_file", "POST"): Row("root", form={}, ok=(422,)),
    ("admin.import_template", "GET"): Row("root"),
    ("admin.union_admin", "POST"): Row(
        "root", fixed={"slug": "east"}, form={"admin_username": "second", "admin_name": "第二"}, ok=(422,)
    ),
    ("admin.life", "GET"): Row("root", fixed={"slug": "east"}),
    ("admin.life_step", "GET"): Row("root", fixed={"slug": "east", "step": "suspend"}),
    ("admin.life_do", "POST"): Row("root", fixed={"slug": "east", "step": "suspend"}, form={"reason": ""}, ok=(422,)),
    ("admin.union_edit", "GET"): Row("root", fixed={"slug": "east"}),
    ("admin.union_edited", "POST"): Row("root", fixed={"slug": "east"}, form={}, ok=(422,)),
    ("admin.branding", "GET"): Row("admin"),
    ("admin.own_face", "POST"): Row("admin", form={"portal_colour": "yellow"}, ok=(409, 422)),
    ("admin.calendar", "GET"): Row("root"),
    ("admin.calendar_year", "GET"): Row("root", fixed={"year": "2027"}),
    # Nothing was typed, nothing is complete.
    ("admin.calendar_add", "POST"): Row("root", fixed={"year": "2027"}, form={}, ok=(409, 422)),
    ("admin.calendar_remove", "POST"): Row("root", fixed={"year": "2027"}, form={}, ok=(409, 422)),
    ("admin.calendar_confirm", "POST"): Row("root", fixed={"year": "2027"}, form={}, ok=(409, 422)),
    ("admin.platform", "GET"): Row("root"),
    # Leads to the first page before it asks who comes; that page asks.
    (DASH, "GET"): Row(None, ok=(302,)),
    (f"{DASH}<path:path>", "GET"): Row("head", fixed={"path": "load"}, query={"unit": "own"}, shows="figures"),
    ("dashboards.table", "GET"): Row(
        "head", fixed={"page": "load", "chart": "weekly-registered"}, query={"unit": "own"}, shows="figures"
    ),
    ("dashboards.wall", "GET"): Row("head", query={"unit": "own"}, shows="figures"),
    (f"{DASH}_dash-layout", "GET"): Row("head"),
    (f"{DASH}_dash-dependencies", "GET"): Row("head"),
    (f"{DASH}_dash-update-component", "POST"): Row("head", json=DASH_QUESTION, shows="figures"),
    (f"{DASH}_favicon.ico", "GET"): Row("head", ok=(200, 304, 404)),
    (f"{DASH}_reload-hash", "GET"): Row("head"),
    # Hotspots: the own one is about the own union, to which no letter of supervision is sent.
    ("hotspots.listing", "GET"): Row("head", shows="case"),
    ("hotspots.page", "GET"): Row("head", shows="case"),
    ("hotspots.confirm", "POST"): Row("head", form={}, ok=(409,), shows="case"),
    ("hotspots.dismiss", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    ("hotspots.plan", "POST"): Row("head", form={}, ok=(422,), shows="case"),
    ("hotspots.supervise", "POST"): Row("head", form={}, ok=(403,)),
    # Dash's folder of extra files is empty and its route is closed to everybody.
    ("_dashboards_dash_assets.static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(302, 404)),
    (f"{DASH}_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "GET"): Row(
        None, fixed={"package_name": "dash", "fingerprinted_path": "none.js"}, ok=(404, 500)
    ),
    # The way in and out, and what is open to everybody.
    ("password.show", "GET"): Row("head", for_admins=True),
    ("password.change", "POST"): Row("head", form={"old": "wrong"}, ok=(422,), for_admins=True),
    # A link that nobody was given; a good one is used in tests/web/test_welcome.py.
    ("welcome.show", "GET"): Row(None, fixed={"slug": "east", "token": "x" * 32}, ok=(404,)),
    ("welcome.enter", "POST"): Row(None, fixed={"slug": "east", "token": "x" * 32}, form={}, ok=(404,)),
    ("HomeView.index", "GET"): Row(None, ok=(302,)),
    ("HomeView.admin", "GET"): Row(None, ok=(302,)),
    ("LoginView.login", "GET"): Row(None),
    ("LoginView.login", "POST"): Row(None, form={"username": "nobody@east", "password": "wrong"}, ok=(401,)),
    ("LoginView.logout", "POST"): Row(None, form={}, ok=(302,), only_foreign=True),
    ("TokenApi.login", "POST"): Row(None, json={"username": "nobody@east", "password": "wrong"} | DB, ok=(401,)),
    ("TokenApi.refresh", "POST"): Row(None, json={}, ok=(401,)),
    ("LocaleView.index", "GET"): Row(None, fixed={"locale": "zh"}, ok=(302,), only_foreign=True),
    ("UtilView.back", "GET"): Row(None, ok=(302,)),
    ("health.healthz", "GET"): Row(None),
    ("health.readyz", "GET"): Row(None, ok=(200, 503)),
    ("health.metrics", "GET"): Row(None, ok=(200, 403, 404)),
    ("static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(404,)),
    ("appbuilder.static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(404,)),
    ("dashboards.definitions", "GET"): Row("head"),
    ("dashboards.static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(404,)),
    ("doorway.static", "GET"): Row(None, fixed={"filename": "none.css"}, ok=(404,)),
}

from tests.leaks.matrix.amending_rows import AMENDING_ROWS  # noqa: E402 - these need the row above
from tests.leaks.matrix.portal_rows import PORTAL_ROWS  # noqa: E402

ROWS |= PORTAL_ROWS | AMENDING_ROWS
