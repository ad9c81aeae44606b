"""What 东宁 has and 五常 must never be shown: goods, stories, pictures, files and people with telling names."""

from dataclasses import dataclass
from typing import Any

from tests.catalog import goods
from tests.factories.people import give_role, make_user

WORD = "金丝雀"
PHONE = "19988887766"
BUSINESS_PHONE = "0453-55559977"
CANARIES = (WORD, PHONE, BUSINESS_PHONE)
FAR = 7_000_001  # rows of one county start here, so that no number of its own is also a neighbour's


@dataclass(frozen=True)
class Planted:
    """A county's rows by the parameter names of the addresses that ask for them."""

    county: Any
    values: dict[str, Any]


def plant(county: Any, word: str, phone: str, business_phone: str, *, by: Any, first: int) -> Planted:
    from tenants.services import add_village

    village = add_village(county, f"{word}镇", f"{word}村")
    _start_numbers(county, first)
    product, photo = _goods(county, village, word, business_phone, by)
    pages = _pages(county, word, by)
    people = _people(county, village, word, phone, by)
    spoken = _endorsements(county, village, word, product["sold"], by)
    brand = _brand(county, village, word, phone, by)
    packages = _packages(county, village, word, product["sold"], by)
    agreed = _consents(county, word, phone, pages["image_id"], by)
    return Planted(county, {**product, **photo, **pages, **people, **spoken, **agreed, **brand, **packages})


def _packages(county: Any, village: Any, word: str, product_id: int, by: Any) -> dict[str, Any]:
    """A draft with a photo, one whose round waits for the village, one that waits for names."""
    from uuid import uuid4

    from branding.models import PackageRequest, Pin, Round, RoundFile
    from branding.packaging_rules import PHOTO
    from kernel import clock, papers

    now = clock.now()

    def request(state: str, **more: Any) -> Any:
        return PackageRequest.objects.create(
            county_code=county.code,
            village_id=village.pk,
            place=f"{word}村",
            product_id=product_id,
            product_name=f"{word}木耳",
            must_have=f"{word}木耳",
            state=state,
            created_by=by,
            saved_at=now,
            **more,
        )

    def with_round(case: Any) -> Any:
        made = Round.objects.create(request=case, number=1, words=word, started_at=now, handed_in_at=now)
        sheet = {"name": f"{word}.png", "content_type": "image/png", "size": 1, "sha256": "0" * 64, "at": now}
        file = RoundFile.objects.create(round=made, paper_id=uuid4(), **sheet)
        Pin.objects.create(round=made, file=file, number=1, x=1, y=1, words=f"{word}字大一点", by_name=word, at=now)
        return made

    draft = request("draft")
    paper = papers.keep_bytes(
        b"x",
        f"{word}.jpg",
        kind=PHOTO,
        obj=draft.name,
        by=by,
        county=county.code,
        facts={"content_type": "image/jpeg"},
    )
    waiting = request("handed_in", submitted_at=now)
    with_round(waiting)
    signing = request("compliance", submitted_at=now, frozen_sha256="f" * 64)
    PackageRequest.objects.filter(pk=signing.pk).update(chosen=with_round(signing))
    return {
        "package_draft": draft.pk,
        "package_round": waiting.pk,
        "package_sign": signing.pk,
        "package_paper": paper.pk,
    }


def _brand(county: Any, village: Any, word: str, phone: str, by: Any) -> dict[str, Any]:
    from branding.services import cases
    from kernel import papers

    kept = cases.open_case(
        county.code, by=by, candidates=[f"{word}牌"], owner_name=f"{word}合作社", contact_phone=phone, place=f"{word}村"
    )
    cases.save_goods(kept, [cases.Good(word=f"{word}蜂蜜", nice_class=30)], by=by)
    paper = papers.keep_bytes(
        b"x", "licence.jpg", kind="licence", obj=("brand", str(kept.pk)), county=county.code, by=by,
        facts={"content_type": "image/jpeg"},
    )  # fmt: skip
    return {"brand": kept.pk, "paper_pk": paper.pk}


def _endorsements(county: Any, village: Any, word: str, product_id: int, by: Any) -> dict[str, Any]:
    from campaigns.models import Endorsement
    from campaigns.services import Person, Word, propose_endorsement
    from kernel import clock

    today = clock.today()
    who = Person(f"{word}书记", "驻村第一书记", village.pk, today, today)
    kept = [propose_endorsement(county, who, Word(f"{word}代言", today, today, (product_id,)), by=by) for _ in range(2)]
    Endorsement.objects.filter(pk=kept[1].pk).update(state="standing")
    return {"word_draft": kept[0].pk, "word_standing": kept[1].pk}


def _consents(county: Any, word: str, phone: str, image_id: int, by: Any) -> dict[str, Any]:
    """Somebody's consent, who also stands on the wall and is in the county's picture."""
    from campaigns.models import Endorser
    from cms.models import Consent, PictureAnswer
    from kernel import clock
    from tenants.scope import county_scope

    today = clock.today()
    with county_scope(county):
        consent = Consent.objects.create(
            name=f"{word}同意", phone=phone, for_photo=True, given_on=today, until=today, recorded_by=by,
            recorded_at=clock.now(),
        )  # fmt: skip
        answer = PictureAnswer.objects.create(image_id=image_id, people=True, file_hash="", by=by, at=clock.now())
        answer.consents.add(consent)
    Endorser.objects.create(
        county_code=county.code, name=f"{word}同意", title="第一书记", village_id=0, place="村", term_from=today,
        term_until=today,
    )  # fmt: skip
    return {"consent": consent.pk, "image_pk": image_id}


def _start_numbers(county: Any, first: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [county.schema_name])
        for (name,) in cursor.fetchall():
            if name.startswith(("catalog_", "wagtail", "cms_")):
                cursor.execute(f'ALTER SEQUENCE "{county.schema_name}"."{name}" RESTART WITH {first}')


def _goods(county: Any, village: Any, word: str, phone: str, by: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from catalog.models import Photo, Producer
    from kernel import clock
    from tenants.scope import county_scope

    sold = goods.publish(
        county, goods.hand_in(county, goods.finished(county, village, by=by, name=f"{word}木耳"), by=by), by=by
    )
    waiting = goods.hand_in(county, goods.finished(county, village, by=by, name=f"{word}候审"), by=by)
    draft = goods.finished(county, village, by=by, name=f"{word}草稿")
    with county_scope(county):
        Producer.objects.update(business_phone=phone)
        photo = Photo.objects.create(product=draft, token=f"{draft.pk:032d}", added_at=clock.now())
    producer = {"producer": draft.producer_id, "sold": sold.pk, "waiting": waiting.pk, "draft": draft.pk}
    return producer, {"photo_pk": photo.pk, "product_id": sold.pk}


def _pages(county: Any, word: str, by: Any) -> dict[str, Any]:
    from django.core.files.base import ContentFile
    from wagtail.documents.models import Document
    from wagtail.images.models import Image
    from wagtail.models import Task

    from cms.models import CountyHome, StoryPage
    from tenants.scope import county_scope

    with county_scope(county):
        home = CountyHome.objects.get()
        story = StoryPage(title=f"{word}的故事", slug=f"story-{county.slug}", standfirst=f"{word}写在前面")
        home.add_child(instance=story)
        revision = story.save_revision(user=by)
        revision.publish()
        unseen = StoryPage(title=f"{word}没写完", slug=f"draft-{county.slug}", live=False)
        home.add_child(instance=unseen)
        unseen.save_revision(user=by)
        picture = ContentFile(goods.image(size=(60, 40)), f"{word}.jpg")
        image = Image.objects.create(title=f"{word}照片", file=picture, uploaded_by_user=by)
        image.tags.add(word)
        document = Document.objects.create(title=f"{word}文件", file=ContentFile(b"x", "x.txt"), uploaded_by_user=by)
        task = Task.objects.first()
        site_id = home.get_site().pk
        return {
            "home": home.pk,
            "page_id": story.pk,
            "unseen": unseen.pk,
            "revision_id": revision.pk,
            "image_id": image.pk,
            "document_id": document.pk,
            "task": task.pk,
            "site": site_id,
        }


def _people(county: Any, village: Any, word: str, phone: str, by: Any) -> dict[str, Any]:
    from accounts.models import Invitation, Membership
    from accounts.services import invite

    person = give_role(make_user(f"{word}队员", phone=phone), "work_team", county, villages=[village])
    invited = invite(
        phone="199" + phone[3:][::-1], name=f"{word}受邀人", role="work_team", county_code=county.code, by=by
    )
    return {
        "person": person.pk,
        "seat": Membership.objects.get(user=person).pk,
        "invitation": Invitation.objects.get(pk=invited.invitation.pk).pk,
        "token": invited.link.rstrip("/").rsplit("/", 1)[-1],
    }
