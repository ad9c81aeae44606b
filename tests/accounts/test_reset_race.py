"""Two coordinators who ask at the same moment for a third one's second factor to be reset: it is asked once."""

import contextlib
import threading

import pytest
from django.db import connection, transaction

from accounts import services
from accounts.models import ResetRequest, User
from accounts.services.resets import RESET
from kernel.models import InboxItem
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_ask_at_once_ask_once():
    lost = make_person("coordinator", name="丙")
    asking = [make_person("coordinator", name=name) for name in ("甲", "乙")]
    barrier, answers = threading.Barrier(2, timeout=1), []

    def ask(by):
        try:
            with transaction.atomic():
                found = services.reset_second_factor(User.objects.get(pk=lost.pk), by=by, reason="手机丢了")
                with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for this one
                    barrier.wait()
            answers.append(found.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(by,)) for by in asking]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    request = ResetRequest.objects.get(subject=lost)
    assert answers == [request.pk, request.pk]
    assert InboxItem.objects.filter(kind=RESET).count() == 1
