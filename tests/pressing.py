"""People who press whatever button there is, each through the doors; and who of them can see what waits."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

EXAMPLES = int(os.environ.get("JIETI_EXAMPLES", "8"))
# A mutant is looked for until it is seen; which histories come depends on what else the process has loaded.
UNTIL_SEEN = 400
LET_IN = {200, 302, 400, 403, 404}


def those_who_see(item):
    """Active people who find it on a list of their own desk, without asking for their colleagues'."""
    from accounts.models import Membership
    from console.inboxes import Asked

    seats = Membership.objects.current().filter(user__is_active=True).select_related("user")
    places = {(seat.user_id, seat.county_code): seat.user for seat in seats}
    return [
        user for (_pk, place), user in places.items() if Asked(user, place).items("todo").filter(pk=item.pk).exists()
    ]


def open_items(kind, pk):
    from kernel.models import InboxItem

    return list(InboxItem.objects.filter(object_kind=kind, object_id=str(pk), done_at__isnull=True).order_by("kind"))


def close_account(person, *, by):
    from accounts import services

    if person is not None and person.is_active and person.pk != by.pk:
        services.deactivate_person(person, by=by)


class Doors(RuleBasedStateMachine):
    """``cast`` are the people by name; every history is rolled back."""

    cast: dict

    def __init__(self):
        super().__init__()
        from django.db import transaction

        self.around = transaction.atomic()
        self.around.__enter__()
        self.pk = self.begin()

    def begin(self):
        raise NotImplementedError

    def teardown(self):
        from django.db import transaction

        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def person(self, name):
        """As they stand now: somebody may have closed their account."""
        from accounts.models import User

        return User.objects.get(pk=self.cast[name].pk)

    def post(self, name, path, **told):
        from tests.factories.people import client_for

        answer = client_for(self.person(name)).post(path, told)
        assert answer.status_code in LET_IN, (name, path, answer.status_code)

    def close(self, name):
        """The coordinator closes an account, whatever lies on that desk."""
        close_account(self.person(name), by=self.person("coordinator"))

    def close_whoever_has(self, kind):
        for item in open_items(kind, self.pk):
            close_account(item.person, by=self.person("coordinator"))


def walk(machine, *, examples=EXAMPLES, steps=15, **more):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            print_blob=False,
            phases=[Phase.explicit, Phase.generate],  # a history that fails is short enough to read
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )
