"""What the letters' table shall say, written by hand: a change of the table is a change here, seen by two people.

Columns: kinds, side, action, sources > target (``=`` keeps the status), roles, fields (``?`` may stay empty).
"""

from __future__ import annotations

from typing import NamedTuple

GROUPS = {
    "worked": "order transfer assist supervision file_request",
    "deciding": "order transfer assist file_request",
    "informing": "submission report circular handover",
    "decided": "escalation dispute",
    "office-sent": "order transfer assist file_request circular report dispute review",
    "withdrawn-by-office": "escalation submission order transfer assist circular report dispute file_request review",
    "watched": "supervision urge",
    "passed-on": "transfer assist",
    "all": "escalation submission order transfer assist supervision urge circular report dispute "
    "file_request handover review",
    "office": "office_head leader",
    "desk": "office_head leader clerk",
    "watch": "office_head leader supervisor",
    "staff": "office_head leader clerk supervisor handler",
    "receivers": "office_head leader clerk supervisor",
    "open": "sent signed working replied objected extension",
}

TABLE = """
escalation,submission | sender    | send             | > sent                       | office,system | -
watched               | sender    | send             | > sent                       | watch,system  | -
office-sent           | sender    | send             | > sent                       | office        | -
handover              | sender    | send             | > sent                       | system        | -
all                   | recipient | sign             | sent > signed                | receivers     | -
escalation            | recipient | answer           | signed > answered            | office        | text
escalation            | recipient | order            | signed > ordered             | office        | text,due_on
dispute               | recipient | designate        | signed > closed              | office        | text,unit
decided               | recipient | return           | sent,signed > returned       | office        | text
decided               | recipient | progress         | signed > =                   | staff         | text
worked                | recipient | start            | signed > working             | desk          | -
deciding              | recipient | reply            | working > replied            | office        | text
supervision           | recipient | reply            | working > replied            | office        | text,adoption?
review                | recipient | start            | signed > working             | desk          | -
review                | recipient | conclude         | working > closed             | office        | text
review                | recipient | return           | sent,signed,working > returned | office      | text
review                | recipient | progress         | signed,working > =           | staff         | text
review                | sender    | progress         | sent,signed,working > =      | staff         | text
urge                  | recipient | reply            | signed > closed              | desk          | text
worked                | recipient | object           | sent,signed > objected       | office        | text
worked                | recipient | ask_extension    | signed,working > extension   | office        | text,due_on
worked                | recipient | progress         | signed,working > =           | staff         | text
informing             | recipient | note             | signed > =                   | office        | text
informing             | recipient | file             | signed > closed              | desk          | -
withdrawn-by-office   | sender    | withdraw         | sent > withdrawn             | office        | text
watched               | sender    | withdraw         | sent > withdrawn             | watch         | text
worked                | sender    | progress         | sent,signed,working,replied > = | staff      | text
decided               | sender    | progress         | sent,signed > =              | staff         | text
deciding              | sender    | approve          | replied > closed             | office        | note?
supervision           | sender    | approve          | replied > closed             | watch         | note?
deciding              | sender    | redo             | replied > working            | office        | text,due_on?
supervision           | sender    | redo             | replied > working            | watch         | text,due_on?
worked                | sender    | agree_objection  | objected > returned          | office        | note?
worked                | sender    | refuse_objection | objected > signed            | office        | text
worked                | sender    | grant_extension  | extension > working          | office        | due_on?
worked                | sender    | deny_extension   | extension > working          | office        | text
passed-on             | recipient | forward          | signed,working > working     | office        | unit?,note?
passed-on             | system    | relayed          | signed,working,extension > = | system        | text
passed-on             | system    | reply            | signed,working,extension > replied | system  | text
passed-on             | system    | rejoin           | sent > working               | system        | text
handover              | system    | pass_on          | sent,signed,closed > =       | system        | text
all                   | system    | succeed          | open > returned              | system        | text,unit
"""


class Expected(NamedTuple):
    """One row of one kind from one status; ``source`` is empty for sending."""

    kind: str
    side: str
    action: str
    source: str
    target: str
    roles: frozenset[str]
    fields: frozenset[str]


def expected() -> set[Expected]:
    """The table above, one entry for each kind and source."""
    found = set()
    for line in TABLE.strip().splitlines():
        kinds, side, action, way, roles, fields = (cell.strip() for cell in line.split("|"))
        sources, _, target = (part.strip() for part in way.partition(">"))
        for kind in _words(kinds):
            for source in _words(sources) or [""]:
                goes_to = source if target == "=" else target
                found.add(
                    Expected(
                        kind,
                        side,
                        action,
                        source,
                        goes_to,
                        frozenset(_words(roles)),
                        frozenset(_words(fields.replace("-", ""))),
                    )
                )
    return found


def _words(cell: str) -> list[str]:
    return [word for part in cell.split(",") if part for word in GROUPS.get(part, part).split()]
