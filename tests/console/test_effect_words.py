"""Every effect that the outbox can carry has words on the screen."""

import pytest

from console import effect_words
from kernel import clock, outbox
from kernel.models import OutboxRow


def test_the_outbox_handles_no_effect_without_words_and_no_words_stand_for_none():
    registered = {*outbox.HANDLERS, *outbox.TOGETHER}
    assert len(registered) > 10
    assert set(effect_words.EFFECTS) == registered


@pytest.mark.django_db
def test_the_jobs_are_read_in_words_with_the_code_beside_them(client_for, coordinator):
    now = clock.now()
    OutboxRow.objects.create(kind="endorsement.turn", state="dead", next_at=now, written_at=now)
    page = client_for(coordinator).get("/desk/jobs/").content.decode()
    assert '<td>代言到日子：上墙或撤下 <span class="small">endorsement.turn</span></td>' in page


@pytest.mark.django_db
def test_an_effect_of_another_release_keeps_its_code_and_says_it_once(client_for, coordinator):
    now = clock.now()
    OutboxRow.objects.create(kind="of.yesterday", state="dead", next_at=now, written_at=now)
    assert client_for(coordinator).get("/desk/jobs/").content.decode().count("of.yesterday") == 1
