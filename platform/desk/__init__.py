"""Staff's day: the queue, the list, registration, the case, letters and papers. Pages, and no SQL."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The desk's pages, for the composition root to register after the doorway's blueprint."""
    from desk import (
        actions,
        case,
        compose,
        dossier,
        files,
        handing,
        importing,
        letter,
        letter_acts,
        letter_files,
        letters,
        listing,
        paper_drafts,
        papers,
        person,
        queue,
        register,
        repeating,
        subordinates,
        tasks,
        workplaces,
    )

    door = Blueprint("desk", __name__, template_folder="templates")
    cases = (queue, tasks, importing, listing, person, workplaces, register, case, repeating, actions, handing)
    cases_papers = (papers, paper_drafts, files, dossier)
    for page in (*cases, *cases_papers, letters, compose, subordinates, letter, letter_acts, letter_files):
        for rule, view, methods in page.ROUTES:
            door.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=list(methods))
    return door
