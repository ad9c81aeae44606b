"""The cast: people with a role, and a browser's session for each."""

import time
from itertools import count

_numbers = count(1)
PASSWORD = "ladder-in-the-village-9"


def make_user(name="周启航", *, phone="", password=PASSWORD, **fields):
    """A person who can sign in; without a phone they get the next of the reserved ones."""
    from accounts.models import User

    return User.objects.create_user(phone=phone or f"199{next(_numbers):08d}", name=name, password=password, **fields)


def give_role(user, role, county="", *, villages=()):
    """Put somebody in a seat without an invitation; ``county`` is a County, a code, or empty for the province."""
    from accounts.groups import sync_groups
    from accounts.models import Membership

    code = getattr(county, "code", county)
    seat = Membership.objects.create(user=user, role=role, county_code=code)
    seat.villages.set(villages)
    if code:
        sync_groups(user, code)
    return user


def make_person(role, county="", *, name="", **fields):
    """A new person in one seat."""
    return give_role(make_user(name or f"{role}", **fields), role, county)


def client_for(user=None, *, second_factor=True, **defaults):
    """A test client at the province's address, signed in as ``user`` with the second factor behind them."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1", **defaults)
    if user is not None:
        client.force_login(user, backend="accounts.backends.PhoneBackend")
        if second_factor:
            from accounts.second_factor import SESSION_KEY

            session = client.session
            session[SESSION_KEY] = time.time()
            session.save()
    return client
