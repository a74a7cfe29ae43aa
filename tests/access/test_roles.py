"""Nine roles, and which of them one account may hold."""

from itertools import combinations

import pytest

from access.roles import CASE_ROLES, LABELS, TENANT_ROLES, THREE_ADMINS, Role, check_roles
from kernel.errors import InvalidError


def test_every_role_has_a_chinese_name() -> None:
    assert set(LABELS) == set(Role)
    assert len(set(LABELS.values())) == len(Role)


@pytest.mark.parametrize("pair", list(combinations(sorted(THREE_ADMINS), 2)))
def test_the_three_administrators_are_three_people(pair: tuple[Role, Role]) -> None:
    with pytest.raises(InvalidError, match="三员分立"):
        check_roles(pair, platform=False)


@pytest.mark.parametrize("keeper", sorted(THREE_ADMINS))
@pytest.mark.parametrize("worker", sorted(CASE_ROLES))
def test_no_administrator_works_on_cases(keeper: Role, worker: Role) -> None:
    with pytest.raises(InvalidError, match="管理员不得接触信访件"):
        check_roles((keeper, worker), platform=False)


def test_roles_of_case_work_combine_freely() -> None:
    assert check_roles(CASE_ROLES, platform=False) == CASE_ROLES


@pytest.mark.parametrize("role", sorted(TENANT_ROLES))
def test_the_platform_holds_none_of_a_unions_roles(role: Role) -> None:
    with pytest.raises(InvalidError):
        check_roles((role,), platform=True)


@pytest.mark.parametrize("role", [Role.PLATFORM_ADMIN, Role.SYSTEM])
def test_a_union_holds_none_of_the_platforms_roles(role: Role) -> None:
    with pytest.raises(InvalidError):
        check_roles((role,), platform=False)


@pytest.mark.parametrize("platform", [True, False])
def test_an_account_without_a_role_is_refused(platform: bool) -> None:
    with pytest.raises(InvalidError, match="至少选择一个"):
        check_roles((), platform=platform)


def test_nobody_is_the_system() -> None:
    with pytest.raises(InvalidError):
        check_roles((Role.SYSTEM,), platform=True)
