"""What people do with endorsements: propose, approve, send back, end; and what the calendar does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.roles import COUNTY_EDITOR, COUNTY_MANAGER
from campaigns import rules, selectors
from campaigns.entries import MEND, REVIEW
from campaigns.errors import ChangedMeanwhile, Locked, TermElsewhere, Unfinished
from campaigns.models import EndorsedProduct, Endorsement, Endorser
from campaigns.signals import endorsements_changed
from campaigns.states import EDITABLE, Ending, EndorsementState
from kernel import audit, clock, inbox, outbox, papers
from kernel.errors import NoteMissing
from kernel.sentences import together
from search import selectors as search
from tenants.models import County, Village

TURN = "endorsement.turn"


@dataclass(frozen=True)
class Person:
    """Who endorses, as typed: the village is one of the county's, the term as the appointment letter has it."""

    name: str
    title: str
    village_id: int
    term_from: date
    term_until: date


@dataclass(frozen=True)
class Word:
    """What they say, for which goods, from when until when."""

    statement: str
    starts_on: date
    ends_on: date
    product_ids: tuple[int, ...] = ()
    unpaid: bool = False


@transaction.atomic
def propose_endorsement(county: County, person: Person, word: Word, *, by: Any, letter: Any = None) -> Endorsement:
    """A new draft; the letter is checked first, so that a bad file keeps nothing of it."""
    endorser = _endorser(county, person)
    endorsement = Endorsement.objects.create(
        endorser=endorser, county_code=county.code, created_by=by, saved_at=clock.now(), **_told(word)
    )
    _write_products(endorsement, word.product_ids)
    _keep_letter(endorser, letter, by=by)
    return endorsement


@transaction.atomic
def save_endorsement(
    endorsement: Endorsement, county: County, person: Person, word: Word, *, by: Any, letter: Any = None
) -> Endorsement:
    row = _locked(endorsement)
    if row.state not in EDITABLE:
        raise Locked(_("这条代言已经交上去了，等县里看完再改。"), state=row.state)
    row.endorser = _endorser(county, person, apart_from=row)
    for name, value in _told(word).items():
        setattr(row, name, value)
    row.saved_at = clock.now()
    row.save()
    _write_products(row, word.product_ids)
    _keep_letter(row.endorser, letter, by=by)
    return row


@transaction.atomic
def submit_endorsement(endorsement: Endorsement, *, by: Any) -> Endorsement:
    """Hand in what is whole; the county's manager decides."""
    row = _locked(endorsement)
    if row.state in EDITABLE:
        _must_be_whole(row)
    row.move(EndorsementState.SUBMITTED, by=by, submitted_at=clock.now(), remarks="", returned_at=None)
    county = County.objects.get(code=row.county_code)
    inbox.close_item(MEND, obj=_name(row), by=by, county=county.code)
    inbox.open_item(
        REVIEW,
        obj=_name(row),
        title=_title(row),
        county=county.code,
        role=COUNTY_MANAGER,
        url=f"{county.prefix}desk/endorsements/{row.pk}/",
    )
    return row


@transaction.atomic
def return_endorsement(endorsement: Endorsement, *, by: Any, note: str) -> Endorsement:
    if not note.strip():
        raise NoteMissing(_("写一句要改什么，再退回。"))
    row = _locked(endorsement)
    row.move(EndorsementState.DRAFT, by=by, note=note.strip(), remarks=note.strip(), returned_at=clock.now())
    county = County.objects.get(code=row.county_code)
    inbox.close_item(REVIEW, obj=_name(row), by=by, county=county.code)
    inbox.open_item(
        MEND,
        obj=_name(row),
        title=_title(row),
        county=county.code,
        role=COUNTY_EDITOR,  # a team sees only its own endorsements
        person=row.created_by,
        url=f"{county.prefix}desk/endorsements/{row.pk}/",
        returned_by=by,
    )
    audit.record("endorsement.return", by=by, county=county.code, obj=_name(row), title=_title(row))
    return row


@transaction.atomic
def approve_endorsement(endorsement: Endorsement, *, by: Any, seen: datetime | None = None) -> Endorsement:
    """Onto the wall and the products' pages, from its first day on. ``seen`` is the hand-in that was read."""
    row = _locked(endorsement)
    if seen and row.state == EndorsementState.SUBMITTED and row.submitted_at != seen:
        raise ChangedMeanwhile(_("看的这会儿，它退回去改过，又交上来了。再看一遍，再决定。"))
    if row.state == EndorsementState.SUBMITTED:
        _must_be_whole(row)
    row.move(EndorsementState.STANDING, by=by, approved_at=clock.now())
    _write_snapshots(row)
    inbox.close_item(REVIEW, obj=_name(row), by=by, county=row.county_code)
    audit.record("endorsement.approve", by=by, county=row.county_code, obj=_name(row), title=_title(row))
    _announce_turns(row)
    _say_changed(row)
    return row


@transaction.atomic
def end_endorsement(endorsement: Endorsement, *, by: Any, note: str) -> Endorsement:
    """The county's manager or a coordinator takes it down, saying why."""
    if not note.strip():
        raise NoteMissing(_("写一句为什么撤下。"))
    row = _locked(endorsement)
    _end(row, Ending.OFFICE, by=by, note=note.strip())
    return row


@transaction.atomic
def drop_endorsement(endorsement: Endorsement, *, by: Any) -> Endorsement:
    row = _locked(endorsement)
    row.move(EndorsementState.DROPPED, by=by)
    inbox.close_item(MEND, obj=_name(row), by=by, county=row.county_code)
    return row


@transaction.atomic
def change_term(endorser: Endorser, *, until: date, by: Any, note: str) -> Endorser:
    """Somebody stays longer or leaves earlier; what outlives the office ends now or on its last day."""
    if not note.strip():
        raise NoteMissing(_("写一句为什么改任期，例如 提前回原单位。"))
    row = Endorser.objects.select_for_update().get(pk=endorser.pk)
    if until < row.term_from:
        raise Unfinished(_("任期不能在开始之前结束，对一下任职文件。"), missing={"until": "before term_from"})
    row.term_until = until
    row.save(update_fields=["term_until"])
    audit.record(
        "endorser.term",
        by=by,
        county=row.county_code,
        obj=("endorser", str(row.pk)),
        title=row.name,
        until=until.isoformat(),
        note=note.strip(),
    )
    for endorsement in row.endorsements.filter(state=EndorsementState.STANDING).order_by("pk"):
        turn_endorsement(endorsement)
        _announce_turns(_locked(endorsement))
        _say_changed(endorsement)
    return row


@transaction.atomic
def turn_endorsement(endorsement: Endorsement) -> None:
    """What the calendar does on the first day and after the last one; harmless at any other time."""
    row = _locked(endorsement)
    if row.state != EndorsementState.STANDING:
        return
    today = clock.today()
    if row.endorser.term_until < today:
        _end(row, Ending.TERM, by=None, note="")
    elif row.ends_on < today:
        _end(row, Ending.DATE, by=None, note="")
    else:
        _say_changed(row)


def end_due() -> int:
    """End whatever the calendar has ended; returns how many. For the day when an outbox row was lost."""
    rows = list(selectors.due())
    for row in rows:
        turn_endorsement(row)
    return len(rows)


@transaction.atomic
def show_portrait(endorser: Endorser, picture: dict[str, Any], *, consent: int, by: Any) -> Endorser:
    """A picture for which the county has the person's consent; the caller has looked at it."""
    row = Endorser.objects.select_for_update().get(pk=endorser.pk)
    row.portrait, row.portrait_consent = picture, consent
    row.save(update_fields=["portrait", "portrait_consent"])
    audit.record(
        "endorser.portrait", by=by, county=row.county_code, obj=("endorser", str(row.pk)), title=row.name, on=True
    )
    _say_face_changed(row)
    return row


@transaction.atomic
def take_portraits_down(county_code: str, consent: int | None = None, *, urls: Iterable[str] = ()) -> int:
    """The consent, or the picture at these addresses, is gone: back to the surname on paper, in this transaction.

    A picture of two goes when either takes theirs back: the other's portrait would be a dead address.
    """
    gone = Q(portrait__photo__small__in=list(urls))
    if consent is not None:
        gone |= Q(portrait_consent=consent)
    rows = list(Endorser.objects.select_for_update().filter(gone, county_code=county_code).order_by("pk"))
    for row in rows:
        row.portrait, row.portrait_consent = {}, None
        row.save(update_fields=["portrait", "portrait_consent"])
        _say_face_changed(row)
    return len(rows)


def _endorser(county: County, person: Person, apart_from: Endorsement | None = None) -> Endorser:
    """The person's row, made on first need. Their term is not changed over standing words by the way."""
    village = Village.objects.select_related("township").filter(pk=person.village_id, county_code=county.code).first()
    if village is None:
        raise Unfinished(_("这个村不在本县，请重新选。"), missing={"village": person.village_id})
    told = {"title": person.title, "term_from": person.term_from, "term_until": person.term_until}
    endorser, is_new = Endorser.objects.select_for_update().get_or_create(
        county_code=county.code, village_id=village.pk, name=person.name, defaults={**told, "place": str(village)}
    )
    if is_new or all(getattr(endorser, name) == value for name, value in told.items()):
        return endorser
    others = endorser.endorsements.filter(state__in=[EndorsementState.STANDING, EndorsementState.SUBMITTED])
    if apart_from is not None:
        others = others.exclude(pk=apart_from.pk)
    if others.exists():
        raise TermElsewhere(
            _("%(name)s已经在代言，任期记的是 %(from)s 到 %(until)s。任期变了，请在那条代言里改任期。")
            % {"name": endorser.name, "from": endorser.term_from, "until": endorser.term_until}
        )
    for name, value in told.items():
        setattr(endorser, name, value)
    endorser.save(update_fields=list(told))
    return endorser


def _told(word: Word) -> dict[str, Any]:
    return {
        "statement": word.statement.strip(),
        "starts_on": word.starts_on,
        "ends_on": word.ends_on,
        "unpaid": word.unpaid,
    }


def _keep_letter(endorser: Endorser, letter: Any, *, by: Any) -> None:
    if letter is not None:
        obj = ("endorser", str(endorser.pk))
        papers.keep(letter, kind=rules.LETTER, obj=obj, county=endorser.county_code, by=by)


def _write_products(endorsement: Endorsement, product_ids: Iterable[int]) -> None:
    """Exactly these, as far as they are on sale in this county."""
    found = {one.product_id: one for one in search.listings_of(endorsement.county_code, product_ids)}
    if set(product_ids) - found.keys():
        raise Unfinished(_("选的产品里有已经下架的，去掉它。"), missing={"products": "gone"})
    endorsement.products.exclude(product_id__in=found).delete()
    for pk in sorted(found):
        EndorsedProduct.objects.update_or_create(
            endorsement=endorsement, product_id=pk, defaults={"snapshot": _snapshot(found[pk])}
        )


def _write_snapshots(endorsement: Endorsement) -> None:
    """What the word was given for, as it stood on the day of the approval."""
    _write_products(endorsement, list(endorsement.products.values_list("product_id", flat=True)))


def _snapshot(listing: Any) -> dict[str, Any]:
    return {
        "title": listing.title,
        "producer": listing.producer_name,
        "place": listing.place,
        "category": listing.category_id,
        "price_fen": listing.price_fen,
        "unit": listing.unit,
        "on": clock.today().isoformat(),
    }


def _must_be_whole(endorsement: Endorsement) -> None:
    lacks = rules.missing(endorsement)
    if lacks:
        raise Unfinished(together([_("还差几样："), *lacks.values()]), missing=lacks)


def _end(row: Endorsement, why: str, *, by: Any, note: str) -> None:
    row.move(EndorsementState.ENDED, by=by, note=note or str(Ending(why).label), ended_why=why)
    audit.record("endorsement.end", by=by, county=row.county_code, obj=_name(row), title=_title(row), why=why)
    _say_changed(row)


def _announce_turns(row: Endorsement) -> None:
    """The mornings on which kept pages change: the first day, and the day after the last."""
    for day in (row.starts_on, row.last_day + timedelta(days=1)):
        at = datetime.combine(day, time(), clock.SHANGHAI)
        if at > clock.now():
            outbox.announce(TURN, {"endorsement": row.pk}, key=f"{row.pk}:{day.isoformat()}", at=at)


def _say_changed(row: Endorsement) -> None:
    ids = list(row.products.values_list("product_id", flat=True))
    endorsements_changed.send(sender=Endorsement, county_code=row.county_code, product_ids=ids)


def _say_face_changed(endorser: Endorser) -> None:
    for row in endorser.endorsements.filter(state=EndorsementState.STANDING):
        _say_changed(row)


def _locked(endorsement: Endorsement) -> Endorsement:
    """The row as it stands, locked; its person too, so that a term cannot change between look and act."""
    person = Endorser.objects.select_for_update().get(endorsements__pk=endorsement.pk)
    row = Endorsement.objects.select_for_update(of=("self",)).get(pk=endorsement.pk)
    row.endorser = person
    return row


def _name(endorsement: Endorsement) -> tuple[str, str]:
    return ("endorsement", str(endorsement.pk))


def _title(endorsement: Endorsement) -> str:
    return f"{endorsement.endorser.name}，{endorsement.endorser.place}"
