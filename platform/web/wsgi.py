"""``web.wsgi:app`` for a WSGI server."""

from __future__ import annotations

import sys

from kernel.errors import LianxinError
from web.app import create_app

#: Gunicorn's code for an application that cannot be loaded: its master stops instead of trying for ever.
CANNOT_LOAD = 4

try:
    app = create_app()
except LianxinError as refusal:
    sys.stderr.write(refusal.message + "\n")
    sys.exit(CANNOT_LOAD)
