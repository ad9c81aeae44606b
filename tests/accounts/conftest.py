import pytest

from tests.factories.people import PASSWORD, make_person, make_user


@pytest.fixture
def alice(db):
    """A county editor with the phone 19900001111."""
    return make_person("county_editor", "230184", name="甲", phone="19900001111")


@pytest.fixture
def password():
    return PASSWORD


@pytest.fixture
def stranger(db):
    return make_user("过路人")
