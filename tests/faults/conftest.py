"""One rig for the whole folder: its cases add up from test to test, and so do the promises about them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A platform to break."""
    made = Rig(tmp_path_factory.mktemp("rig"))
    yield made
    made.close()
