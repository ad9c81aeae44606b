"""What people do with consents: record one, withdraw it, say who is in a picture; and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.images import get_image_model
from wagtail.images.models import Rendition

from accounts.roles import COUNTY_EDITOR
from campaigns import services as campaigns
from campaigns.models import Endorser
from cms import cards, consent_rules
from cms.errors import ConsentMissing, NoLongerAgreed
from cms.everywhere import counties_where
from cms.models import Consent, PersonPage, PictureAnswer, StoryPage
from kernel import audit, clock, inbox, outbox, papers
from kernel.errors import CountyGone, NoteMissing
from tenants import migrating
from tenants.models import County
from tenants.scope import county_scope, current_county

ENDED = "consent.ended"
TAKEN_DOWN = "consent.taken_down"
PAPER = "consent.signed"
LONGEST = 3  # years


@dataclass(frozen=True)
class Agreed:
    """What the signed paper says."""

    name: str
    until: date
    given_on: date
    for_photo: bool = False
    for_name: bool = False
    for_story: bool = False
    phone: str = ""
    guardian: str = ""


def latest_end(given_on: date) -> date:
    """The same day three years later; of a 29 February the 28th."""
    leap = given_on.month == 2 and given_on.day == 29
    return given_on.replace(year=given_on.year + LONGEST, day=28 if leap else given_on.day)


def too_long(given_on: date) -> str:
    days = {"given": given_on.isoformat(), "latest": latest_end(given_on).isoformat()}
    return _("最长三年：%(given)s 签的，最晚写到 %(latest)s。") % days


@transaction.atomic
def record_consent(agreed: Agreed, paper: Any, *, by: Any) -> Consent:
    """Keep what somebody signed; without the paper there is no consent."""
    county, today = _county(), clock.today()
    if not (agreed.for_photo or agreed.for_name or agreed.for_story):
        raise ConsentMissing(_("照片、名字、故事，至少同意一样。"))
    if agreed.given_on > today:
        raise ConsentMissing(_("签字的日子不能在今天之后。"))
    if agreed.until < today:
        raise ConsentMissing(_("这天已经过了，写一个往后的日子。"))
    if agreed.until > latest_end(agreed.given_on):
        raise ConsentMissing(too_long(agreed.given_on))
    if paper is None:
        raise ConsentMissing(_("传上本人签了字的同意书，拍照也行。"))
    consent = Consent.objects.create(
        name=agreed.name.strip(),
        phone=agreed.phone,
        guardian=agreed.guardian.strip(),
        for_photo=agreed.for_photo,
        for_name=agreed.for_name,
        for_story=agreed.for_story,
        given_on=agreed.given_on,
        until=agreed.until,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    papers.keep(paper, kind=PAPER, obj=name_of(consent), county=county.code, by=by)
    audit.record("consent.record", by=by, county=county.code, obj=name_of(consent), title=consent.name)
    morning_after = datetime.combine(consent.until + timedelta(days=1), time(), clock.SHANGHAI)
    _announce_end(county, consent, at=morning_after)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Any, why: str) -> Consent:
    """At once: the next look at any page shows the person no more. The files follow through the outbox."""
    if not why.strip():
        raise NoteMissing(_("写一句谁来撤回的，例如 本人来电话。"))
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.withdrawn_at:
        raise NoLongerAgreed(_("这份同意已经撤回了。"))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = clock.now(), str(by or ""), why.strip()
    row.taken_down_at = None  # one that had ended was taken down without its files
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "taken_down_at"])
    county = _county()
    audit.record("consent.withdraw", by=by, county=county.code, obj=name_of(row), title=row.name)
    _announce_end(county, row)
    return row


@transaction.atomic
def answer_picture(image: Any, *, people: bool, consents: Iterable[Consent] = (), by: Any) -> PictureAnswer:
    """Who can be recognised in it. An answer that no consent covers takes the picture from the pages at once."""
    signed = list(consents)
    if people and not image.file.storage.exists(image.file.name):
        raise NoLongerAgreed(_("这张照片已经按撤回的同意删掉了，请重新传一张。"))
    answer, _new = PictureAnswer.objects.update_or_create(
        image=image, defaults={"people": people, "file_hash": image.get_file_hash(), "by": by, "at": clock.now()}
    )
    answer.consents.set(signed if people else [])
    county = _county()
    audit.record(
        "picture.answer",
        by=by,
        county=county.code,
        obj=("picture", str(image.pk)),
        title=image.title,
        people=people,
        consents=[consent.pk for consent in signed],
    )
    refresh_cards([image.pk])
    if image.pk in consent_rules.hidden_pictures():
        campaigns.take_portraits_down(county.code, urls=_addresses([image]))
    return answer


def take_down(consent: Consent) -> None:
    """Everything of the person that rests on an ended consent: pages, pictures' files, cards, the wall.

    For a consent that still holds, or that was taken down already, it does nothing: the outbox and the minute's
    look both come here, and the trail says it once.
    """
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.holds() or row.taken_down_at:
        return
    county = _county()
    images = [answer.image for answer in row.pictures.select_related("image")]
    urls = _addresses(images)  # before the files go
    for page in _pages_about(row):
        page.unpublish(log_action="wagtail.unpublish")
        _tell(county, page)
    for image in images:
        _remove_files(county, image, original=row.withdrawn_at is not None)
    refresh_cards([image.pk for image in images])
    campaigns.take_portraits_down(county.code, row.pk, urls=urls)
    row.taken_down_at = clock.now()
    row.save(update_fields=["taken_down_at"])
    audit.record("consent.take_down", county=county.code, obj=name_of(row), title=row.name, pictures=len(images))


def remove_renditions(image: Any) -> list[str]:
    """The files pages show; their addresses lead nowhere when this commits. Returns their names."""
    names = []
    for rendition in image.renditions.all():
        names.append(rendition.file.name)
        rendition.delete()
    return names


def _addresses(images: Iterable[Any]) -> list[str]:
    """Of what pages and the wall show of these pictures."""
    return [rendition.url for image in images for rendition in image.renditions.all()]


def refresh_cards(images: Iterable[int]) -> None:
    """The province's search and home page get each live story's picture of now."""
    for story in StoryPage.objects.live().filter(photo_id__in=list(images)):
        cards.show(story)


def portraits(consent: Consent) -> list[Endorser]:
    """First secretaries of this county of that name, who may show their face on the wall."""
    return list(Endorser.objects.filter(county_code=_county().code, name=consent.name))


@transaction.atomic
def show_on_the_wall(consent: Consent, image: Any, endorser: Endorser, *, by: Any) -> None:
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    of_us = endorser.county_code == _county().code and endorser.name == row.name
    if not (of_us and row.holds() and row.for_photo and row.pictures.filter(image=image).exists()):
        raise NoLongerAgreed(_("这张照片没有他本人有效的同意，不能上墙。"))
    if image.pk in consent_rules.hidden_pictures():
        raise NoLongerAgreed(_("照片里还有别人没同意，不能上墙。"))
    url = image.get_rendition("fill-360x480|format-jpeg").url
    campaigns.show_portrait(endorser, {"photo": {"small": url}}, consent=row.pk, by=by)


def name_of(consent: Consent) -> tuple[str, str]:
    return ("consent", str(consent.pk))


def paper_of(consent: Consent) -> Any:
    return papers.of(name_of(consent), county=_county().code).last()


def _pages_about(consent: Consent) -> list[Any]:
    persons = PersonPage.objects.live().filter(consent=consent)
    stories = StoryPage.objects.live().filter(told=consent)
    return [*persons, *stories]


def _remove_files(county: County, image: Any, *, original: bool) -> None:
    """PIPL art. 47: who takes their consent back is deleted. The row stays, so that pages know whose place it is.

    Through the outbox: a rollback keeps the files, and a worker killed behind the commit forgets none.
    """
    shown = remove_renditions(image)
    lying = {"original": image.file.name, "hash": image.file_hash} if original else {}
    outbox.announce(ENDED, {"image": image.pk, "shown": shown, **lying}, county=county.code)


def _tell(county: County, page: Any) -> None:
    inbox.open_item(
        TAKEN_DOWN,
        obj=("story", str(page.pk)),
        title=page.title,
        county=county.code,
        role=COUNTY_EDITOR,
        url=f"{county.prefix}desk/stories/{page.pk}/",
    )


def _announce_end(county: County, consent: Consent, at: datetime | None = None) -> None:
    """Without a key: a county that came back from a backup may withdraw the same one again."""
    outbox.announce(ENDED, {"consent": consent.pk}, county=county.code, at=at)


def _county() -> County:
    county = current_county()
    if county is None:
        raise CountyGone("consents are only touched inside a county")
    return county


def publish_in_one_piece() -> None:
    """The gates and the publishing are one transaction: what a gate holds is held until the page is out."""
    original = PublishPageRevisionAction.execute

    def execute(self: Any, skip_permission_checks: bool = False) -> Any:
        with transaction.atomic():
            return original(self, skip_permission_checks=skip_permission_checks)

    PublishPageRevisionAction.execute = execute


# Ended and still shown: an outbox row was given up, or the county came back from an older backup.
LEFT = (
    "EXISTS (SELECT 1 FROM {{schema}}.cms_consent WHERE taken_down_at IS NULL"
    " AND (withdrawn_at IS NOT NULL OR until < '{today}'))"
)


def end_due() -> int:
    """In every county, whatever of ended consents was left; returns how many there were."""
    ended = 0
    behind = frozenset(county.code for county in migrating.behind())
    for county in counties_where(LEFT.format(today=clock.today().isoformat()), without=behind):
        with transaction.atomic(), county_scope(county):
            left = list(consent_rules.over().filter(taken_down_at__isnull=True))
            for consent in left:
                take_down(consent)
            ended += len(left)
    return ended


@outbox.handles(ENDED)
def on_ended(payload: dict[str, Any], county_code: str) -> None:
    """First the consent, then a row of its own for each picture's files."""
    if "image" in payload:
        _delete_files(payload)
        return
    consent = Consent.objects.filter(pk=payload["consent"]).first()
    if consent is not None:
        take_down(consent)


def _delete_files(payload: dict[str, Any]) -> None:
    """Repeated after a crash it must not hit what was uploaded meanwhile under a name that had become free."""
    shown = set(payload["shown"])
    for name in shown.difference(Rendition.objects.filter(file__in=shown).values_list("file", flat=True)):
        default_storage.delete(name)
    name = payload.get("original")
    others = get_image_model().objects.filter(file=name).exclude(pk=payload["image"], file_hash=payload.get("hash"))
    if name and not others.exists():
        default_storage.delete(name)


def image_of(pk: int) -> Any:
    return get_image_model().objects.filter(pk=pk).first()
