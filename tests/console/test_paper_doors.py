"""A paper is opened by those with a right to its case, and each opening is written down."""

import uuid

import pytest

from kernel import papers
from kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(tmp_path, monkeypatch, manager):
    from django.core.files.storage import FileSystemStorage

    monkeypatch.setattr(papers, "_room", lambda: FileSystemStorage(location=tmp_path))
    monkeypatch.setitem(papers._guards, "test-case", lambda user, paper: user.pk == manager.pk)
    facts = {"content_type": "application/pdf"}
    return papers.keep_bytes(
        b"%PDF-1.4 planted", "执照 5.pdf", kind="licence", obj=("test-case", "1"), by=manager, facts=facts
    )


def address(paper):
    return f"/desk/papers/{paper.pk}/"


def test_whoever_has_a_right_reads_it_and_the_trail_knows(client_for, manager, paper):
    answer = client_for(manager).get(address(paper))
    assert answer.content == b"%PDF-1.4 planted"
    assert answer["Content-Type"] == "application/pdf"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private, no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="paper.open")
    assert (entry.by, entry.object_id) == (manager, str(paper.pk))


@pytest.mark.parametrize("who", ["coordinator", "auditor", "manager_elsewhere", "team_member", "shopper"])
def test_nobody_else_finds_it(client_for, paper, who, request):
    answer = client_for(request.getfixturevalue(who)).get(address(paper))
    assert answer.status_code == 404
    assert not AuditEntry.objects.filter(action="paper.open").exists()


def test_a_stranger_is_sent_to_sign_in(client, paper):
    answer = client.get(address(paper))
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]


def test_an_unknown_paper_is_not_found(client_for, manager):
    assert client_for(manager).get(f"/desk/papers/{uuid.uuid4()}/").status_code == 404
