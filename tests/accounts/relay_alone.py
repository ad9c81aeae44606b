"""A worker of its own on the tests' database: DATABASE ENDPOINT [early]. Empties the outbox once.

``early`` is the mutant: it calls the carrier inside the outbox's transaction, before the claim is committed.
"""

import sys


def main(database: str, endpoint: str, how: str = "") -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from accounts import tasks
    from accounts.messages import sending
    from kernel import outbox
    from tests.accounts.gateway import KEY_ID, KEY_SECRET

    connections["default"].settings_dict["NAME"] = database
    settings.SMS = {**settings.SMS, "endpoint": endpoint, "key_id": KEY_ID, "key_secret": KEY_SECRET}
    settings.SMS["templates"] = {"reminder": "SMS_3", "code": "SMS_1"}
    if how == "early":
        tasks.transaction = AtOnce(tasks.transaction)
        sending.MOST_ATTEMPTS = 5
    outbox.relay_once()


class AtOnce:
    """A ``transaction`` that does not wait for the commit."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return getattr(self.real, name)

    def on_commit(self, act, robust=False):
        act()


if __name__ == "__main__":
    main(*sys.argv[1:])
