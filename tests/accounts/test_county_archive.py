"""全县资料: everything a county owns, and nothing of another's."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile

from accounts.errors import NotYours
from accounts.models import Archive
from accounts.rights import archives
from catalog.models import Photo
from kernel import outbox
from kernel.models import AuditEntry
from tenants.scope import county_scope
from tests.accounts.test_own_data import long_ago
from tests.architecture import canary
from tests.factories.people import PASSWORD, client_for

OURS = "布谷鸟"
ORIGINAL = b"an original as it came"
DESK = "/c/wuchang/desk/archive/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def planted(wuchang, dongning, manager, manager_elsewhere, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = tmp_path / "private"
    here = canary.plant(wuchang, OURS, "19977776655", "0451-55558866", by=manager, first=100)
    canary.plant(dongning, canary.WORD, canary.PHONE, canary.BUSINESS_PHONE, by=manager_elsewhere, first=canary.FAR)
    run_outbox()
    with county_scope(wuchang):
        photo = Photo.objects.get(pk=here.values["photo_pk"])
        photo.original.save("x", ContentFile(ORIGINAL))
    return here


def run_outbox():
    while outbox.relay_once():
        pass


def built(browser):
    assert browser.post(f"{DESK}ask/", {"again": PASSWORD}).status_code == 302
    run_outbox()
    archive = Archive.objects.get()
    assert archive.state == "ready", archive.trouble
    response = browser.get(f"{DESK}{archive.pk}/")
    data = b"".join(response.streaming_content)
    assert len(data) == archive.size
    assert hashlib.sha256(data).hexdigest() == archive.sha256
    return zipfile.ZipFile(io.BytesIO(data))


def everything(inside):
    return {name: inside.read(name) for name in inside.namelist()}


def test_a_county_takes_everything_along_with_checksums(planted, manager):
    inside = built(client_for(manager))
    files = everything(inside)
    sums = json.loads(files.pop("manifest.json"))["files"]
    assert set(sums) == set(files)
    for name, data in files.items():
        assert sums[name] == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}, name
    assert "五常市（230184）全县资料" in files["请先读我.txt"].decode()
    for name, word in (
        ("01-县和村/县和村.json", f"{OURS}村"),
        ("02-人员/人员.json", OURS),
        ("03-产品/产品.json", f"{OURS}木耳"),
        ("04-故事/页面.json", f"{OURS}的故事"),
        ("04-故事/同意书.json", OURS),
        ("05-品牌/案件.json", f"{OURS}牌"),
        ("06-包装/案件.json", OURS),
        ("07-代言/代言.json", f"{OURS}代言"),
    ):
        assert word in files[name].decode(), name
        assert name == "04-故事/页面.json" or name.replace(".json", ".html") in files
    assert any(name.startswith("04-故事/页面/") and f"{OURS}的故事" in files[name].decode() for name in files)
    assert any(name.startswith("05-品牌/文件/") for name in files), "the papers of its cases"
    assert any(name.startswith("04-故事/图片/") for name in files), "its pictures"
    assert ORIGINAL in [data for name, data in files.items() if name.startswith("03-产品/照片/")], "its goods' photos"


def test_nothing_of_a_neighbour_is_in_it(planted, manager):
    files = everything(built(client_for(manager)))
    for name, data in files.items():
        for word in canary.CANARIES:
            assert word not in name, name
            assert word.encode() not in data, name


def test_the_neighbours_own_archive_sings(planted, manager_elsewhere):
    """The canary: what the test above looks for, it would find."""
    browser = client_for(manager_elsewhere)
    browser.post("/c/dongning/desk/archive/ask/", {"again": PASSWORD})
    run_outbox()
    response = browser.get(f"/c/dongning/desk/archive/{Archive.objects.get().pk}/")
    inside = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    told = b"".join(everything(inside).values())
    assert canary.WORD.encode() in told
    assert canary.BUSINESS_PHONE.encode() in told


def test_private_phones_are_not_in_it(planted, manager):
    told = b"".join(everything(built(client_for(manager))).values())
    for phone in ("19977776655", manager.phone):
        assert phone.encode() not in told


def test_it_is_written_down_who_asked_and_who_took(planted, manager):
    built(client_for(manager))
    said = AuditEntry.objects.filter(action__startswith="archive.", county_code="230184").order_by("pk")
    assert [entry.action for entry in said] == ["archive.ask", "archive.ready", "archive.download"]
    assert {entry.by_id for entry in said} == {manager.pk}


def test_another_county_finds_neither_the_page_nor_the_file(planted, manager, manager_elsewhere, coordinator):
    built(client_for(manager))
    archive = Archive.objects.get()
    outside = client_for(manager_elsewhere)
    assert outside.get(DESK).status_code == 404
    assert outside.get(f"{DESK}{archive.pk}/").status_code == 404
    assert outside.get(f"/c/dongning/desk/archive/{archive.pk}/").status_code == 404
    assert client_for(coordinator).get(f"{DESK}{archive.pk}/").status_code == 200
    assert client_for(manager).get(f"/me/data/{archive.pk}/").status_code == 404


def test_an_editor_may_not_and_nobody_without_proving_it_again(planted, manager, editor, wuchang):
    assert client_for(editor).post(f"{DESK}ask/", {"again": PASSWORD}).status_code == 403
    with pytest.raises(NotYours):
        archives.ask_for_county(wuchang, by=editor)
    for wrong in ({}, {"again": "not-the-password"}):
        assert long_ago(client_for(manager)).post(f"{DESK}ask/", wrong).status_code == 400
    assert not Archive.objects.exists()


def test_the_page_shows_how_far_it_is(planted, manager):
    browser = client_for(manager)
    browser.post(f"{DESK}ask/", {"again": PASSWORD})
    Archive.objects.update(state="building", step="产品", done=2, total=7)
    assert "2 / 7" in browser.get(DESK).content.decode()
    assert "2 / 7" in browser.get(f"{DESK}progress/").content.decode()
    Archive.objects.update(state="failed")
    assert browser.get(f"{DESK}progress/")["HX-Refresh"] == "true"


def test_a_photo_that_is_missing_on_the_disk_does_not_stop_the_rest(planted, manager, wuchang):
    with county_scope(wuchang):
        for photo in Photo.objects.all():
            photo.original.storage.delete(photo.original.name)
    inside = built(client_for(manager))
    assert inside.testzip() is None
    assert not [name for name in inside.namelist() if name.endswith("-原图")]


def test_progress_is_seen_while_the_building_is_not_yet_committed(
    transactional_db, wuchang, manager, settings, tmp_path
):
    """Another connection reads how far it is in the middle of the worker's transaction."""
    from django.db import connections, transaction

    from accounts.rights.county import Progress

    archive = archives.ask_for_county(wuchang, by=manager)
    apart = connections["default"].copy()
    with transaction.atomic():
        AuditEntry.objects.exists()
        Progress(archive, 7).begin("产品")
        with apart.cursor() as cursor:
            cursor.execute("SELECT state, step, total FROM public.accounts_archive WHERE id = %s", [archive.pk])
            assert cursor.fetchone() == ("building", "产品", 7)
    apart.close()
