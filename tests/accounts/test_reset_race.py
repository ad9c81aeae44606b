"""Two coordinators who ask at the same moment for a third one's second factor to be reset: it is asked once."""

import pytest

from accounts import services
from accounts.models import ResetRequest, User
from accounts.services.resets import RESET
from kernel.models import InboxItem
from tests.factories.people import make_person
from tests.racing import before_one_commits

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_ask_at_once_ask_once():
    lost = make_person("coordinator", name="丙")
    asking = [make_person("coordinator", name=name) for name in ("甲", "乙")]

    def ask(by):
        return services.reset_second_factor(User.objects.get(pk=lost.pk), by=by, reason="手机丢了").pk

    answers = before_one_commits(*(lambda by=by: ask(by) for by in asking))
    request = ResetRequest.objects.get(subject=lost)
    assert answers == [request.pk, request.pk]
    assert InboxItem.objects.filter(kind=RESET).count() == 1
