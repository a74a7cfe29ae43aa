"""Database URLs: SQLAlchemy's spelling outside, libpq's spelling for psycopg, and the same server for another
role.
"""

from urllib.parse import quote, urlsplit, urlunsplit

from infra.errors import InfraError

SCHEMES = ("postgresql+psycopg", "postgresql", "postgres")


def normal(url: str) -> str:
    """Return a PostgreSQL URL with the driver named; raises InfraError for another kind of URL."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise InfraError("LIANXIN_DATABASE_URL 须写成 postgresql+psycopg://用户:密码@主机:端口/数据库。")
    return urlunsplit(parts._replace(scheme=SCHEMES[0]))


def libpq(url: str) -> str:
    """Return the URL as psycopg itself takes it."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def database_of(url: str) -> str:
    """Return the name of the database in a URL, or an empty string."""
    return urlsplit(url).path.strip("/")


def on_database(url: str, database: str) -> str:
    """Return the same role and server with another database; options such as sslmode are kept."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))


def as_role(url: str, role: str, password: str) -> str:
    """Return the same server and database for another login role."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{quote(password, safe='')}@{server}"))
