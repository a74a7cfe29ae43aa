"""django-helpdesk as somebody installs it: a throwaway environment, settings of our own, tickets by bare inserts.

Nothing of its code is in this tree; it comes from the package registry into a folder that goes away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

import psycopg
from psycopg import sql

PACKAGES = ("django-helpdesk==2.6.1", "Django>=5.2,<5.3", "psycopg[binary]==3.3.9", "gunicorn==27.0.1")
_TOLD = ("django-helpdesk", "Django", "djangorestframework", "psycopg", "gunicorn")
QUEUES, STAFF = 100, 51
PASSWORD = "Peer-bench-2026"
WHO = "staff1"
_SETTINGS = Template(
    """
SECRET_KEY = "only-for-a-measurement-0123456789abcdefghijklmnopqrstuvwxyz"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "site_urls"
SITE_ID = 1
USE_TZ = True
STATIC_URL = "/static/"
MEDIA_ROOT = "$folder/media"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_TEAMS_MODE_ENABLED = False
HELPDESK_KANBAN_ENABLED = False
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.humanize", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin",
    "rest_framework", "helpdesk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "$name", "USER": "$user", "PASSWORD": "$password",
    "HOST": "$host", "PORT": "$port", "CONN_MAX_AGE": 600,
}}
"""
)
_URLS = """
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
"""
_PEOPLE = """
import django
django.setup()
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
password = make_password({password!r})
User.objects.bulk_create([
    User(username="staff%d" % n, password=password, is_staff=True, is_superuser=n == 1, is_active=True,
         email="staff%d@example.invalid" % n)
    for n in range(1, {staff} + 1)
])
from helpdesk.models import UserSettings
UserSettings.objects.bulk_create([UserSettings(user=user) for user in User.objects.all()], ignore_conflicts=True)
from helpdesk.models import Queue
Queue.objects.bulk_create([
    Queue(title="Queue %d" % n, slug="q%d" % n, allow_public_submission=True) for n in range(1, {queues} + 1)
])
"""
# 36 months, 18 % open or reopened, two follow-ups a ticket (limits.md §1.1).
_VALUES: Mapping[str, Mapping[str, str]] = {
    "helpdesk_ticket": {
        "id": "n",
        "title": "'Wages of three months not paid ' || n",
        "queue_id": f"1 + n % {QUEUES}",
        "created": "now() - make_interval(mins => (n * 1576800.0 / {tickets})::int)",
        "modified": "now() - make_interval(mins => (n * 1576800.0 / {tickets})::int)",
        "submitter_email": "'worker' || n || '@example.invalid'",
        "status": "case when n % 50 < 7 then 1 when n % 50 < 9 then 2 when n % 50 < 30 then 3 else 4 end",
        "on_hold": "false",
        "description": "repeat('The employer has not paid since December, we asked many times. ', 4)",
        "priority": "1 + n % 5",
        "secret_key": "md5(n::text)",
        "assigned_to_id": f"1 + n % {STAFF}",
    },
    "helpdesk_followup": {
        "ticket_id": "n",
        "date": "now() - make_interval(mins => (n * 1576800.0 / {tickets})::int)",
        "title": "'Comment'",
        "comment": "'We have written to the employer.'",
        "public": "true",
        "user_id": f"1 + n % {STAFF}",
    },
}


class Peer:
    """One installation in ``folder`` on the server of ``admin`` (a URL for psycopg), in a database of its own."""

    def __init__(self, folder: Path, admin: str, name: str = "peer_helpdesk") -> None:
        self.folder, self._admin, self.name = folder, admin, name
        self.python = folder / "venv" / "bin" / "python"

    @property
    def env(self) -> dict[str, str]:
        """Nothing of ours: neither our packages nor our variables."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANXIN_", "PYTHON"))}
        return kept | {"DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(self.folder)}

    @property
    def command(self) -> Sequence[str]:
        """gunicorn as limits.md §1.1 ran it: two synchronous workers."""
        return (
            *(str(self.python), "-m", "gunicorn", "-w", "2", "--timeout", "300", "--no-control-socket"),
            "django.core.wsgi:get_wsgi_application()",
        )

    def install(self) -> str:
        """The environment and the site; the versions that came."""
        if not self.python.exists():
            run(*environment(self.folder / "venv"))
            run(*installation(self.python))
        self._configure()
        return run(
            str(self.python),
            "-c",
            f"from importlib.metadata import version as v; print(*(f'{{name}} {{v(name)}}' for name in {_TOLD}))",
        ).strip()

    def _configure(self) -> None:
        parts = psycopg.conninfo.conninfo_to_dict(self._admin)
        known = {name: str(parts.get(name, "")) for name in ("user", "password", "host", "port")}
        settings = _SETTINGS.substitute(folder=self.folder, name=self.name, **known)
        (self.folder / "site_settings.py").write_text(settings)
        (self.folder / "site_urls.py").write_text(_URLS)

    def fill(self, tickets: int) -> None:
        """A new database with people, queues, tickets and follow-ups."""
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(self.name)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(self.name)))
        run(str(self.python), "-m", "django", "migrate", "-v", "0", env=self.env)
        people = _PEOPLE.format(password=PASSWORD, staff=STAFF, queues=QUEUES)
        run(str(self.python), "-c", people, env=self.env)
        with psycopg.connect(psycopg.conninfo.make_conninfo(self._admin, dbname=self.name), autocommit=True) as made:
            for table, copies in (("helpdesk_ticket", 1), ("helpdesk_followup", 2)):
                made.execute(insert(table, not_null(made, table), tickets, copies).encode())
            made.execute("select setval('helpdesk_ticket_id_seq', (select max(id) from helpdesk_ticket))")
            made.execute("vacuum analyze")


def not_null(connection: psycopg.Connection[tuple[str, str]], table: str) -> Sequence[tuple[str, str]]:
    """Columns that want a value and have no default of the database: name and type."""
    return connection.execute(
        "select column_name, data_type from information_schema.columns where table_name = %s "
        "and is_nullable = 'NO' and column_default is null and is_identity = 'NO' order by ordinal_position",
        (table,),
    ).fetchall()


#: What a required column gets that we have nothing to say about: the model's own defaults are Python's.
_EMPTY = {"boolean": "false", "integer": "0", "character varying": "''", "text": "''"}


def insert(table: str, required: Sequence[tuple[str, str]], tickets: int, copies: int) -> str:
    """One statement for ``copies`` rows a ticket.

    :raises KeyError: for a required column of a type that nothing is known about.
    """
    values = {name: value.replace("{tickets}", str(tickets)) for name, value in _VALUES[table].items()}
    for name, kind in required:
        if name not in values:
            values[name] = _EMPTY[kind]
    return (
        f"insert into {table} ({', '.join(values)}) select {', '.join(values.values())} "
        f"from generate_series(1, {tickets}) n, generate_series(1, {copies}) part"
    )


def environment(folder: Path) -> Sequence[str]:
    """The command that makes an environment: with uv where there is one, it takes seconds."""
    uv = _uv()
    return (
        (uv, "venv", "-q", "--python", sys.executable, str(folder))
        if uv
        else (*(sys.executable, "-m", "venv", str(folder)),)
    )


def installation(python: Path) -> Sequence[str]:
    """The command that installs the packages into the environment of ``python``."""
    uv = _uv()
    if uv:
        return (uv, "pip", "install", "-q", "--python", str(python), *PACKAGES)
    return (str(python), "-m", "pip", "install", "-q", *PACKAGES)


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def run(*command: str, env: Mapping[str, str] | None = None) -> str:
    """Run to the end; what it said.

    :raises RuntimeError: with its last words, when it failed.
    """
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=None if env is None else dict(env)
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} {command[1:4]}: {done.stderr[-3000:]}")
    return done.stdout
