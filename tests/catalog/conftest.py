"""五常's goods: a village with a team, a village without, and what they list."""

import pytest

from tests.catalog import goods
from tests.factories.people import give_role, make_user


@pytest.fixture
def inside(wuchang):
    """Everything in the test happens in 五常."""
    from tenants.scope import county_scope

    with county_scope(wuchang):
        yield wuchang


@pytest.fixture
def village(wuchang):
    from tenants.services import add_village

    return add_village(wuchang, "龙凤山镇", "兴源村")


@pytest.fixture
def other_village(wuchang):
    from tenants.services import add_village

    return add_village(wuchang, "向阳镇", "保山村")


@pytest.fixture
def team(wuchang, village):
    """A team member who serves 兴源村."""
    return give_role(make_user("赵队员"), "work_team", wuchang, villages=[village])


@pytest.fixture
def other_team(wuchang, other_village):
    return give_role(make_user("钱队员"), "work_team", wuchang, villages=[other_village])


@pytest.fixture
def finished(wuchang, village, team):
    """A draft with everything it needs."""
    return goods.finished(wuchang, village, by=team)


@pytest.fixture
def handed_in(wuchang, finished, team):
    return goods.hand_in(wuchang, finished, by=team)


@pytest.fixture
def on_sale(wuchang, handed_in, manager):
    return goods.publish(wuchang, handed_in, by=manager)
