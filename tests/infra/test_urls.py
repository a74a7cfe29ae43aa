import pytest

from infra import urls
from infra.errors import InfraError

URL = "postgresql://admin:p%40ss@db.example:5433/main?sslmode=require"


def test_every_spelling_becomes_the_one_that_names_the_driver() -> None:
    for spelling in ("postgres", "postgresql", "postgresql+psycopg"):
        assert urls.normal(f"{spelling}://a@h/d") == "postgresql+psycopg://a@h/d"


@pytest.mark.parametrize("url", ["mysql://a@h/d", "sqlite:///x", "", "postgresql+asyncpg://a@h/d"])
def test_another_kind_of_database_is_refused_with_the_right_spelling(url: str) -> None:
    with pytest.raises(InfraError, match=r"postgresql\+psycopg://"):
        urls.normal(url)


def test_another_role_keeps_server_database_and_options() -> None:
    assert urls.as_role(URL, "app", "a/b@c") == "postgresql://app:a%2Fb%40c@db.example:5433/main?sslmode=require"


def test_another_database_keeps_role_and_options() -> None:
    assert urls.on_database(URL, "other") == "postgresql://admin:p%40ss@db.example:5433/other?sslmode=require"
    assert urls.database_of(URL) == "main"
