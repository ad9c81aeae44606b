"""Whom a page shows and tells about, and whether each of them agrees today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from cms.models import Consent, PersonPage, PictureAnswer, StoryPage
from kernel import clock

KEPT = "hidden_pictures"


def holding() -> QuerySet[Consent]:
    today = clock.today()
    return Consent.objects.filter(withdrawn_at__isnull=True, given_on__lte=today, until__gte=today)


def over() -> QuerySet[Consent]:
    """Ended, withdrawn or by the calendar."""
    return Consent.objects.filter(Q(withdrawn_at__isnull=False) | Q(until__lt=clock.today()))


def pictures_of(page: Any) -> set[int]:
    """Every image the page would show: its photo and those in its streams, as deep as they go."""
    found: set[int] = set()
    for field in page._meta.get_fields():
        if field.many_to_one and issubclass(field.related_model, AbstractImage):
            found.add(getattr(page, field.attname))
        elif isinstance(field, StreamField):
            references = field.extract_references(field.value_from_object(page))
            found.update(int(pk) for model, pk, *_path in references if issubclass(model, AbstractImage))
    return found - {None}  # type: ignore[arg-type]


def gate(page: Any) -> list[str]:
    """What keeps this page from being shown, in sentences. Inside a transaction the consents are held:
    who withdraws one meanwhile waits, and then finds the page that was published."""
    pictures = pictures_of(page)
    answers = _answers(pictures)
    consents = _held(_wanted(page, answers))
    about_pictures = [sentence for _image, sentence in _lacking(pictures, answers, consents)]
    return [*about_pictures, *_about_persons(page, consents)]


def pictures_in_the_way(page: Any) -> list[Any]:
    """The images that keep this page from being shown, for whoever is led to each of them."""
    pictures = pictures_of(page)
    answers = _answers(pictures)
    return [image for image, _said in _lacking(pictures, answers, _held(_wanted(page, answers)))]


def consents_of(page: Any) -> list[Consent]:
    """Whose consent the page stands on, for whoever reviews it: the ones of its pictures and of whom it tells."""
    wanted = _wanted(page, _answers(pictures_of(page)))
    return list(Consent.objects.filter(pk__in=wanted).order_by("until", "pk"))


def _answers(images: Iterable[int]) -> dict[int, PictureAnswer]:
    rows = PictureAnswer.objects.filter(image_id__in=images).select_related("image").prefetch_related("consents")
    return {row.image_id: row for row in rows}


def _wanted(page: Any, answers: dict[int, PictureAnswer]) -> set[int]:
    found = {consent.pk for answer in answers.values() for consent in answer.consents.all()}
    return found | {consent_id for consent_id in _told(page) if consent_id}


def _told(page: Any) -> list[int | None]:
    if isinstance(page, PersonPage):
        return [page.consent_id]
    if isinstance(page, StoryPage):
        return [consent.pk for consent in page.told.all()]
    return []


def _held(consents: Iterable[int]) -> dict[int, Consent]:
    rows = Consent.objects.filter(pk__in=list(consents)).order_by("pk")
    if connection.in_atomic_block:
        rows = rows.select_for_update()
    return {row.pk: row for row in rows}


def _lacking(
    pictures: set[int], answers: dict[int, PictureAnswer], consents: dict[int, Consent]
) -> list[tuple[Any, str]]:
    """Images with the sentence of what each of them lacks."""
    images = get_image_model().objects.in_bulk(pictures)
    said = [(images[pk], _about_picture(images[pk], answers.get(pk), consents)) for pk in sorted(images)]
    return [(image, sentence) for image, sentence in said if sentence]


def _about_picture(image: Any, answer: PictureAnswer | None, consents: dict[int, Consent]) -> str:
    title = {"title": image.title}
    if answer is None or answer.file_hash != image.get_file_hash():
        return _("照片“%(title)s”还没答：里面有认得出的人吗？到“照片里的人”那一页答一下。") % title
    if not answer.people:
        return ""
    signed = [consents[consent.pk] for consent in answer.consents.all()]
    if not signed:
        return _("照片“%(title)s”里有人，还没有同意书。先请本人签一份，登记好再发。") % title
    for consent in signed:
        if not (consent.holds() and consent.for_photo):
            return _("照片“%(title)s”里的%(name)s：%(why)s。换一张照片，或者请本人再签一份。") % {
                **title,
                "name": consent.name,
                "why": _why_not(consent),
            }
    return ""


def _about_persons(page: Any, consents: dict[int, Consent]) -> list[str]:
    if isinstance(page, PersonPage):
        consent = consents.get(page.consent_id) if page.consent_id else None
        if consent is None:
            return [_("“%(name)s”的页还没有同意书。先请本人签一份，登记好，在页里选上。") % {"name": page.title}]
        return _about_person(consent, consent.for_name and consent.for_story, _("没有同意登名字和故事"))
    return [
        sentence
        for pk in _told(page)
        if pk and (consent := consents.get(pk))
        for sentence in _about_person(consent, consent.for_story, _("没有同意登故事"))
    ]


def _about_person(consent: Consent, covers: bool, lacks: str) -> list[str]:
    if consent.holds() and covers:
        return []
    why = _why_not(consent) if not consent.holds() else lacks
    return [_("%(name)s：%(why)s。请本人再签一份，或者把这个人从页里拿掉。") % {"name": consent.name, "why": why}]


def _why_not(consent: Consent) -> str:
    if consent.withdrawn_at:
        return _("同意已经撤回")
    if consent.given_on > clock.today():
        return _("同意书 %(day)s 才开始") % {"day": consent.given_on.isoformat()}
    if not consent.holds():
        return _("同意书 %(day)s 到期了") % {"day": consent.until.isoformat()}
    return _("没有同意登照片")


@dataclass(frozen=True)
class Hidden:
    """A picture that is not shown now; ``surname`` stands in its place where we know whose it is."""

    image_id: int
    surname: str


def hidden_pictures() -> dict[int, Hidden]:
    """Pictures of this county that must not be seen at this moment; one query, nearly always empty."""
    signed = PictureAnswer.consents.through.objects.filter(pictureanswer_id=OuterRef("pk"))
    lost = signed.exclude(consent__in=holding().filter(for_photo=True))
    unsure = ~Q(file_hash=F("image__file_hash"))
    shown_no_more = Q(people=True) & (~Exists(signed) | Exists(lost))
    rows = PictureAnswer.objects.filter(unsure | shown_no_more).annotate(
        whose=Subquery(lost.order_by("consent_id").values("consent__name")[:1])
    )
    return {pk: Hidden(pk, surname(name or "")) for pk, name in rows.values_list("image_id", "whose")}


def hidden_on(request: Any) -> dict[int, Hidden]:
    """The same, asked once for a page: its pictures, its share picture and its stories' are looked up together."""
    if request is None:
        return hidden_pictures()
    if not hasattr(request, KEPT):
        setattr(request, KEPT, hidden_pictures())
    found: dict[int, Hidden] = getattr(request, KEPT)
    return found


DOUBLE = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "夏侯", "令狐"})


def surname(name: str) -> str:
    return name[:2] if name[:2] in DOUBLE else name[:1]


def may_be_shown(image: Any) -> bool:
    return image.pk not in hidden_pictures()
