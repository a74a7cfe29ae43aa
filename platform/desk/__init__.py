"""Staff's day: the queue, the list, registration, the case, letters and papers. Pages, and no SQL."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The desk's pages, for the composition root to register after the doorway's blueprint."""
    from desk import (
        accusing,
        actions,
        bulk,
        case,
        compose,
        correct,
        department_tasks,
        dossier,
        due_calendar,
        exporting,
        files,
        handing,
        importing,
        letter,
        letter_acts,
        letter_files,
        letters,
        listing,
        notices,
        paper_drafts,
        papers,
        person,
        queue,
        register,
        repeating,
        report_draft,
        report_list,
        report_page,
        subordinates,
        tasks,
        views,
        workplaces,
    )
    from desk.first import first_handler

    door = Blueprint("desk", __name__, template_folder="templates")
    # 首办责任: shown on every page of the case, so that nobody has to look for whom to ask.
    door.app_context_processor(lambda: {"first_handler": first_handler})
    lists = (
        queue,
        tasks,
        notices,
        department_tasks,
        due_calendar,
        importing,
        listing,
        exporting,
        views,
        bulk,
        person,
        workplaces,
    )
    cases = (register, case, accusing, correct, repeating, actions, handing, papers, paper_drafts, files, dossier)
    reports = (report_list, report_draft, report_page)
    for page in (*lists, *cases, *reports, letters, compose, subordinates, letter, letter_acts, letter_files):
        for rule, view, methods in page.ROUTES:
            door.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=list(methods))
    return door
