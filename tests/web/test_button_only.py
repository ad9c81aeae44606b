"""An address that only a button uses says so, and keeps its status for programs."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_browser_gets_a_page_and_nothing_is_done(client_for, coordinator):
    answer = client_for(coordinator).get("/desk/board/remind/", headers={"accept": "text/html"})
    assert answer.status_code == 405
    assert "再按一次按钮" in answer.content.decode()
    assert "POST" in answer["Allow"]


def test_a_program_gets_the_bare_answer(client_for, coordinator):
    answer = client_for(coordinator).get("/desk/board/remind/", headers={"accept": "application/json"})
    assert answer.status_code == 405
    assert not answer.content


def test_a_post_to_a_page_that_is_only_read_keeps_its_bare_answer(client_for, coordinator):
    assert client_for(coordinator).post("/desk/inbox/export/").status_code == 405
