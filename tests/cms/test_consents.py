"""A person is shown only with a consent that holds, and gone everywhere when it ends."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tenants.scope import county_scope
from tests.cms import pictures
from tests.cms.pictures import DRAWING, answered, block, consent, image, run_outbox
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, *DRAWING]

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch, settings, tmp_path):
    """``today(days=3)`` moves the clock by so many days from noon of the 22nd."""
    from kernel import clock

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(**by))

    move()
    return move


@pytest.fixture
def inside(wuchang):
    with county_scope(wuchang):
        yield wuchang


def fetch(path):
    """A stranger's answer; afterwards we stand in the county again, where a request does not leave us."""
    from django.db import connection

    before = connection.tenant
    answer = client_for().get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    connection.set_tenant(before)
    return answer, body


def page_at(path, county="wuchang"):
    """What a stranger sees now; None where nothing is."""
    answer, body = fetch(f"/c/{county}/{path}")
    assert answer.status_code in {200, 404}
    return body.decode() if answer.status_code == 200 else None


def status(path):
    return fetch(path)[0].status_code


def photos_in(page):
    return re.findall(r'src="(/media/[^"]+)"', page)


class TestPublishing:
    def test_a_photo_nobody_answered_for_stops_the_page(self, inside, write):
        from cms.errors import NotReadyToShow
        from cms.models import StoryPage

        with pytest.raises(NotReadyToShow, match="还没答"):
            write(inside, photo=image(), live=True)
        assert not StoryPage.objects.live().exists()

    def test_a_photo_without_people_passes(self, inside, write):
        assert write(inside, photo=answered(image("稻田")), live=True).live

    @pytest.mark.parametrize("kind", ["picture", "gallery"])
    def test_a_person_deep_in_a_block_is_found(self, inside, write, kind):
        from cms.errors import NotReadyToShow

        with pytest.raises(NotReadyToShow, match="还没有同意书"):
            write(inside, body=[block(kind, answered(image(), people=True))], live=True)

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"for_photo": False}, "没有同意登照片"),
            ({"until": date(2026, 11, 21)}, "到期了"),
            ({"given_on": date(2026, 11, 23)}, "才开始"),
            ({"withdrawn_at": NOON}, "已经撤回"),
        ],
    )
    def test_a_consent_that_does_not_hold_stops_it_and_says_why(self, inside, write, fields, why):
        from cms.errors import NotReadyToShow

        with pytest.raises(NotReadyToShow, match=why):
            write(inside, photo=answered(image(), consent(**fields)), live=True)

    def test_everybody_in_the_picture_must_agree(self, inside, write):
        from cms.errors import NotReadyToShow

        picture = answered(image(), consent("赵福贵"), consent("钱桂英", until=date(2026, 11, 20)))
        with pytest.raises(NotReadyToShow, match="钱桂英"):
            write(inside, photo=picture, live=True)

    def test_with_the_consent_it_is_published_and_shown(self, inside, write):
        write(inside, photo=answered(image(), consent()), live=True)
        assert photos_in(page_at("river/"))

    def test_an_answer_for_another_file_counts_no_more(self, inside, write):
        from cms.errors import NotReadyToShow

        picture = answered(image("稻田"))
        picture.file_hash = "0" * 40
        picture.save()
        with pytest.raises(NotReadyToShow, match="还没答"):
            write(inside, photo=picture, live=True)

    def test_a_persons_page_needs_a_consent_for_name_and_story(self, inside, write):
        from cms.errors import NotReadyToShow
        from cms.models import PersonPage

        with pytest.raises(NotReadyToShow, match="还没有同意书"):
            write(inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="one", consent=None)
        with pytest.raises(NotReadyToShow, match="名字和故事"):
            write(
                inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="two", consent=consent(for_name=False)
            )
        assert write(inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="three", consent=consent()).live

    def test_a_story_about_somebody_needs_theirs(self, inside, write):
        from cms.errors import NotReadyToShow
        from cms.models import StoryPage

        page = write(inside)
        page.told.add(consent(until=date(2026, 11, 1)))
        with pytest.raises(NotReadyToShow, match="到期了"):
            page.save_revision().publish()
        page = StoryPage.objects.get(pk=page.pk)
        page.told.set([consent()])
        page.save_revision().publish()
        assert StoryPage.objects.get(pk=page.pk).live


@pytest.fixture
def shown(inside, write):
    """赵福贵 on a story's photo, in another's gallery, told about in a third, and with a page of his own."""
    from cms.models import PersonPage

    agreed = consent()
    picture = answered(image(), agreed)
    write(inside, photo=picture, live=True, slug="cover")
    write(inside, "一组照片", body=[block("gallery", picture), block("picture", picture)], live=True, slug="album")
    told = write(inside, "老赵的稻", slug="told")
    told.told.add(agreed)
    told.save_revision().publish()
    write(
        inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="zhao", consent=agreed, photo=picture,
    )  # fmt: skip
    return agreed, picture


def cards(slug):
    from search.models import StoryCard

    return StoryCard.objects.filter(url_path=f"{slug}/").first()


class TestWithdrawing:
    def test_first_shows_the_person_everywhere(self, shown):
        """Else the next tests would prove nothing."""
        for path in ("cover/", "album/", "told/", "zhao/"):
            assert page_at(path), path
        assert photos_in(page_at("cover/"))
        assert photos_in(page_at("album/"))
        assert "photo" in cards("cover").picture
        assert cards("told")

    def test_the_next_look_at_a_page_shows_the_surname_on_paper(self, shown, manager):
        from cms import consents

        agreed, _picture = shown
        address = photos_in(page_at("album/"))[0]
        assert status(address) == 200
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        album = page_at("album/")  # before the worker has done anything
        assert photos_in(album) == []
        assert '<span class="surname" aria-hidden="true">赵</span>' in album
        assert "田里的老赵" not in album
        assert photos_in(page_at("cover/")) == []
        assert status(address) == 404

    def test_the_worker_takes_pages_files_and_cards(self, shown, manager, settings):
        from cms import consents
        from kernel.models import InboxItem

        agreed, picture = shown
        page_at("album/"), page_at("cover/"), page_at("zhao/")
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        files = [Path(settings.MEDIA_ROOT) / one.file.name for one in picture.renditions.all()]
        original = Path(settings.MEDIA_ROOT) / picture.file.name
        assert len(files) >= 3
        assert all(path.exists() for path in [*files, original])
        with captured():
            run_outbox()
        assert not [path for path in [*files, original] if path.exists()]
        assert page_at("zhao/") is None
        assert page_at("told/") is None
        assert cards("told") is None
        assert cards("cover").picture == {"drawing": "place-village", "alt": "村庄"}
        assert set(InboxItem.objects.filter(kind="consent.taken_down").values_list("title", flat=True)) == {
            "赵福贵",
            "老赵的稻",
        }
        agreed.refresh_from_db()
        assert agreed.taken_down_at

    def test_search_finds_the_story_no_more(self, shown, manager):
        from cms import consents

        asked = "/search/?q=老赵的稻&tab=stories"
        assert 'href="/c/wuchang/told/"' in fetch(asked)[1].decode()
        consents.withdraw_consent(shown[0], by=manager, why="本人来电话")
        run_outbox()
        assert 'href="/c/wuchang/told/"' not in fetch(asked)[1].decode()

    def test_twice_is_refused_and_the_worker_may_repeat(self, shown, manager):
        from cms import consents
        from cms.errors import NoLongerAgreed
        from kernel.errors import NoteMissing

        agreed, _picture = shown
        with pytest.raises(NoteMissing):
            consents.withdraw_consent(agreed, by=manager, why=" ")
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        with pytest.raises(NoLongerAgreed):
            consents.withdraw_consent(agreed, by=manager, why="又来一次")
        run_outbox()
        consents.take_down(agreed)
        agreed.refresh_from_db()
        assert agreed.withdrawn_why == "本人来电话"

    def test_twice_taken_down_stands_in_the_trail_once(self, shown, manager):
        """The outbox and the minute's look both come; the mutant that forgets it wrote it down already writes twice."""
        from django.db import transaction

        from cms import consents
        from kernel.models import AuditEntry

        agreed, _picture = shown
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        told = AuditEntry.objects.filter(action="consent.take_down")
        for _time in range(2):
            with transaction.atomic():
                consents.take_down(agreed)
            assert told.count() == 1
        assert consents.end_due() == 0
        run_outbox()
        assert told.count() == 1
        type(agreed).objects.update(taken_down_at=None)
        consents.take_down(agreed)
        assert told.count() == 2

    def test_one_that_had_ended_is_taken_down_with_its_files_when_it_is_withdrawn(
        self, shown, manager, settings, today
    ):
        from cms import consents
        from kernel.models import AuditEntry

        agreed, picture = shown
        original = Path(settings.MEDIA_ROOT) / picture.file.name
        today(days=400)
        run_outbox()
        consents.end_due()
        assert original.exists()
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        run_outbox()
        assert not original.exists()
        assert AuditEntry.objects.filter(action="consent.take_down").count() == 2

    def test_a_rollback_keeps_the_files(self, shown, manager, settings):
        from django.db import transaction

        from cms import consents

        agreed, picture = shown
        page_at("cover/")
        lying = [Path(settings.MEDIA_ROOT) / name for name in (picture.file.name, picture.renditions.first().file.name)]
        with captured():
            with transaction.atomic():
                consents.withdraw_consent(agreed, by=manager, why="本人来电话")
                consents.take_down(agreed)
                transaction.set_rollback(True)
            run_outbox()
        assert all(path.exists() for path in lying)

    def test_a_worker_killed_behind_the_commit_forgets_no_file(self, shown, manager, settings):
        """Nothing that waits for the commit is done here: what goes, goes by the outbox."""
        from cms import consents

        agreed, picture = shown
        page_at("cover/")
        lying = [Path(settings.MEDIA_ROOT) / name for name in (picture.file.name, picture.renditions.first().file.name)]
        assert all(path.exists() for path in lying)
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        run_outbox()
        assert [path for path in lying if path.exists()] == []

    def test_repeated_late_it_spares_what_was_uploaded_meanwhile(self, shown, manager):
        """The name of a file that is gone is free again, and the same picture may be given another file."""
        from django.core.files.base import ContentFile
        from django.core.files.storage import default_storage

        from cms import consents
        from kernel.models import OutboxRow

        agreed, picture = shown
        page_at("cover/")
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        run_outbox()
        row = OutboxRow.objects.get(kind=consents.ENDED, payload__has_key="image")
        default_storage.save(picture.file.name, ContentFile(b"another"))
        type(picture).objects.filter(pk=picture.pk).update(file_hash="1" * 40)
        consents.on_ended(row.payload, "230184")
        assert default_storage.exists(picture.file.name)

    def test_another_persons_pages_stay(self, inside, shown, write, manager):
        from cms import consents
        from cms.models import PersonPage

        other = consent("钱桂英")
        write(inside, "钱桂英", kind=PersonPage, role="养蜂的", live=True, slug="qian", consent=other,
              photo=answered(image("钱桂英"), other))  # fmt: skip
        consents.withdraw_consent(shown[0], by=manager, why="本人来电话")
        run_outbox()
        assert photos_in(page_at("qian/"))

    def test_a_deleted_photo_cannot_be_brought_back_by_a_new_signature(self, shown, manager):
        from cms import consents
        from cms.errors import NoLongerAgreed

        agreed, picture = shown
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        with captured():
            run_outbox()
        with pytest.raises(NoLongerAgreed, match="重新传"):
            answered(picture, consent("赵福贵"))

    def test_the_face_leaves_the_wall(self, inside, shown, manager):
        from campaigns.models import Endorser
        from cms import consents

        agreed, picture = shown
        who = Endorser.objects.create(
            county_code=inside.code, name="赵福贵", title="第一书记", village_id=1, place="兴源村",
            term_from=date(2026, 1, 1), term_until=date(2027, 1, 1),
        )  # fmt: skip
        consents.show_on_the_wall(agreed, picture, who, by=manager)
        who.refresh_from_db()
        assert who.portrait["photo"]["small"].startswith("/media/c230184/images/")
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        run_outbox()
        who.refresh_from_db()
        assert (who.portrait, who.portrait_consent) == ({}, None)

    @pytest.mark.parametrize("how", ["withdrawn", "answered anew"])
    def test_a_picture_of_two_leaves_the_wall_when_the_second_takes_theirs_back(self, inside, manager, how):
        from campaigns.models import Endorser
        from cms import consents

        first, second = consent("赵福贵"), consent("钱桂英")
        both, alone = answered(image("两个人"), first, second), answered(image("一个人"), first)
        on_wall = [
            Endorser.objects.create(
                county_code=inside.code, name="赵福贵", title="第一书记", village_id=number, place="兴源村",
                term_from=date(2026, 1, 1), term_until=date(2027, 1, 1),
            )
            for number in (1, 2)
        ]  # fmt: skip
        for who, picture in zip(on_wall, (both, alone), strict=True):
            consents.show_on_the_wall(first, picture, who, by=manager)
        if how == "withdrawn":
            consents.withdraw_consent(second, by=manager, why="本人来电话")
            run_outbox()
        else:
            consents.answer_picture(both, people=True, consents=[], by=manager)
        for who in on_wall:
            who.refresh_from_db()
        assert (on_wall[0].portrait, on_wall[0].portrait_consent) == ({}, None)
        assert on_wall[1].portrait  # their own picture rests on their own consent

    def test_only_this_county_s_wall_is_cleared(self, inside, shown):
        from campaigns import services
        from campaigns.models import Endorser

        url = "/media/c230184/images/one.jpg"
        elsewhere = Endorser.objects.create(
            county_code="231086", name="赵福贵", title="第一书记", village_id=1, place="兴源村",
            term_from=date(2026, 1, 1), term_until=date(2027, 1, 1), portrait={"photo": {"small": url}},
        )  # fmt: skip
        assert services.take_portraits_down(inside.code, 7, urls=[url]) == 0
        elsewhere.refresh_from_db()
        assert elsewhere.portrait


class TestTheCalendar:
    def test_a_consent_that_ends_takes_the_person_down_the_next_morning(self, inside, write, editor, today, settings):
        from cms import consents
        from cms.models import PersonPage

        agreed = consents.record_consent(
            consents.Agreed(
                "赵福贵", date(2026, 11, 30), date(2026, 11, 1), for_photo=True, for_name=True, for_story=True
            ),
            pictures.paper(),
            by=editor,
        )
        picture = answered(image(), agreed)
        write(inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="zhao", consent=agreed, photo=picture)
        today(days=8, hours=11, minutes=59, seconds=59)  # 23:59:59 on the 30th
        run_outbox()
        assert photos_in(page_at("zhao/"))
        today(days=8, hours=12)
        assert photos_in(page_at("zhao/")) == []  # the photo goes with the day, the page with the worker
        with captured():
            run_outbox()
        assert page_at("zhao/") is None
        assert (Path(settings.MEDIA_ROOT) / picture.file.name).exists()  # ended, not withdrawn: it may be signed anew

    def test_what_was_left_is_found_each_minute(self, inside, write, today, manager):
        """An outbox row that was given up, or a county that came back from a backup."""
        from cms import consents
        from cms.models import PersonPage
        from kernel.models import OutboxRow

        agreed = consent(until=date(2026, 11, 30))
        write(inside, "赵福贵", kind=PersonPage, role="种稻的", live=True, slug="zhao", consent=agreed)
        OutboxRow.objects.all().delete()
        assert consents.end_due() == 0
        today(days=9)
        assert consents.end_due() == 1
        assert consents.end_due() == 0
        assert page_at("zhao/") is None

    def test_who_withdraws_again_after_a_restore_is_taken_down_again(self, inside, shown, manager, settings):
        from cms import consents
        from cms.models import Consent, PersonPage

        agreed, picture = shown
        original = Path(settings.MEDIA_ROOT) / picture.file.name
        kept = original.read_bytes()
        consents.withdraw_consent(agreed, by=manager, why="本人来电话")
        run_outbox()
        Consent.objects.update(withdrawn_at=None, taken_down_at=None)
        original.write_bytes(kept)
        PersonPage.objects.get(slug="zhao").get_latest_revision().publish()
        assert page_at("zhao/")
        consents.withdraw_consent(agreed, by=None, why="恢复备份以前本人已经撤回")
        run_outbox()
        assert page_at("zhao/") is None
        assert not original.exists()


class TestRecording:
    def test_keeps_the_paper_and_hides_the_phone(self, inside, editor):
        from django.db import connection

        from cms import consents
        from kernel import papers

        agreed = consents.record_consent(
            consents.Agreed("赵福贵", date(2027, 11, 1), date(2026, 11, 1), for_photo=True, phone="13912345678"),
            pictures.paper(),
            by=editor,
        )
        assert consents.paper_of(agreed).object_kind == "consent"
        assert papers.read(consents.paper_of(agreed)).startswith(b"\xff\xd8")
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM cms_consent")
            assert "13912345678" not in cursor.fetchone()[0]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"for_photo": False},
            {"given_on": date(2026, 11, 23)},
            {"until": date(2026, 11, 21)},
            {"until": date(2030, 11, 22)},
            {"until": date(2029, 11, 2)},
        ],
    )
    def test_refuses_what_is_no_consent(self, inside, editor, wrong):
        from cms import consents
        from cms.errors import ConsentMissing
        from cms.models import Consent

        told = {"name": "赵福贵", "until": date(2027, 11, 1), "given_on": date(2026, 11, 1), "for_photo": True, **wrong}
        with pytest.raises(ConsentMissing):
            consents.record_consent(consents.Agreed(**told), pictures.paper(), by=editor)
        with pytest.raises(ConsentMissing):
            consents.record_consent(
                consents.Agreed("赵福贵", date(2027, 11, 1), date(2026, 11, 1), for_photo=True), None, by=editor
            )
        assert not Consent.objects.exists()


class TestThePicturesAddress:
    def test_people_are_kept_for_a_minute_and_others_for_a_year(self, inside, write):
        write(inside, photo=answered(image(), consent()), live=True, slug="one")
        write(inside, photo=answered(image("稻田", color="#2A211B")), live=True, slug="two")
        kept = {}
        for slug in ("one", "two"):
            answer, _body = fetch(photos_in(page_at(f"{slug}/"))[0])
            kept[slug] = answer["Cache-Control"]
        assert kept == {"one": "public, max-age=60", "two": "public, max-age=31536000, immutable"}

    def test_a_file_that_is_no_rendition_of_ours_is_not_there(self, inside, settings):
        folder = Path(settings.MEDIA_ROOT) / "c230184" / "images"
        folder.mkdir(parents=True)
        (folder / "lost.jpg").write_bytes(b"x")
        assert status("/media/c230184/images/lost.jpg") == 404

    def test_one_replaced_by_another_file_is_hidden_until_somebody_looks(self, inside, write, editor):
        picture = answered(image("稻田"))
        write(inside, photo=picture, live=True)
        address = photos_in(page_at("river/"))[0]
        picture.file_hash = "0" * 40
        picture.save()
        assert photos_in(page_at("river/")) == []
        assert status(address) == 404


def test_wagtails_own_form_asks_who_is_in_the_picture(wuchang, editor):
    from cms.models import PictureAnswer
    from tests.catalog import goods

    with county_scope(wuchang):
        agreed = consent()
    client = client_for(editor)
    assert "照片里有认得出的人吗" in client.get("/c/wuchang/cms/images/add/").content.decode()
    told = {"title": "老赵", "file": goods.upload(goods.image(size=(80, 60))), "collection": 1}
    refused = client.post("/c/wuchang/cms/images/add/", told).content.decode()
    assert "答一下：照片里有认得出的人吗" in refused
    told = {**told, "file": goods.upload(goods.image(size=(80, 60))), "people": "yes", "consents": [agreed.pk]}
    assert client.post("/c/wuchang/cms/images/add/", told).status_code == 302
    with county_scope(wuchang):
        answer = PictureAnswer.objects.get()
        assert (answer.people, list(answer.consents.all()), answer.by) == (True, [agreed], editor)


@contextmanager
def captured():
    """What waits for the commit is done when the block ends: files are deleted only then."""
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
