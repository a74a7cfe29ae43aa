"""What a web process is composed of; ``web/app.py`` builds one and the doors take it from the application."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from kernel.blobs import NO_FILES, Files
from kernel.bus import Bus
from kernel.clock import Clock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.settings import Settings

EXTENSION = "lianxin"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The collaborators of a web process."""

    settings: Settings
    database: Database
    cipher: FieldCipher
    clock: Clock
    bus: Bus
    files: Files = NO_FILES


def runtime() -> Runtime:
    """The runtime of the present application."""
    found = current_app.extensions[EXTENSION]
    if not isinstance(found, Runtime):  # pragma: no cover - a composition error
        raise TypeError("the application was not composed by web.app.create_app")
    return found
