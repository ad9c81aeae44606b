"""A case in the hands of the village and the officer, up to the filing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from branding import case_rules, checking, last_return, likeness, ports
from branding.case_rules import MOST_CANDIDATES, obj_of
from branding.errors import NotWithOfficer, Stopped, ThrownAway, TooMany, Unanswered, Unfinished, WithOfficer
from branding.models import EDITION, Brand, BrandCheck, BrandGood, SignKind
from branding.services import clocks, desk
from branding.states import BrandState
from kernel import audit, clock, papers, privacy
from kernel.errors import NoteMissing
from kernel.models import Paper
from kernel.sentences import together

MOST_GOODS = 60
MOST_PAPERS = 30
CASE_FIELDS = frozenset(
    {
        "sign_kind",
        "candidates",
        "meaning",
        "owner_kind",
        "owner_name",
        "owner_address",
        "credit_code",
        "id_number",
        "contact_name",
        "contact_phone",
        "producer_id",
        "village_id",
        "place",
    }
)
PAPER_KINDS = (
    case_rules.LICENCE,
    case_rules.LAND,
    case_rules.IDENTITY,
    case_rules.SPECIMEN,
    case_rules.POWER,
    "other",
)


@dataclass(frozen=True)
class Good:
    """One good: the owner's word, its class, and the table's words and 类似群 where known."""

    word: str
    nice_class: int
    formal: str = ""
    group: str = ""
    edition: str = EDITION


@transaction.atomic
def open_case(county_code: str, *, by: Any, **facts: Any) -> Brand:
    """A new draft in this county; with ``producer_id`` the owner's name and place come from there."""
    brand = Brand(county_code=county_code, opened_by=by, opened_at=clock.now(), saved_at=clock.now())
    _apply(brand, facts)
    brand.save()
    audit.record("brand.open", by=by, county=county_code, obj=obj_of(brand), title=str(brand))
    return brand


@transaction.atomic
def save_case(brand: Brand, *, by: Any, **facts: Any) -> Brand:
    """Keep what was typed, complete or not; raises WithOfficer once it was handed in."""
    brand = _village_row(brand)
    _apply(brand, facts)
    brand.saved_at = clock.now()
    brand.save()
    return brand


@transaction.atomic
def save_goods(brand: Brand, goods: Iterable[Good], *, by: Any) -> list[BrandGood]:
    """Make the case's goods exactly these; the classes follow."""
    brand = _village_row(brand)
    rows = list({(good.nice_class, good.word): good for good in goods}.values())
    if len(rows) > MOST_GOODS:
        raise TooMany(_("一件案子最多 %(most)s 样东西，先挑要紧的。") % {"most": MOST_GOODS})
    brand.goods.all().delete()
    made = BrandGood.objects.bulk_create(
        BrandGood(
            brand=brand,
            word=good.word.strip()[:40],
            formal=good.formal.strip()[:60],
            nice_class=good.nice_class,
            group=good.group,
            edition=good.edition,
            order=order,
        )
        for order, good in enumerate(rows)
    )
    brand.nice_classes = sorted({good.nice_class for good in rows})
    brand.edition = rows[0].edition if rows else EDITION
    brand.saved_at = clock.now()
    brand.save(update_fields=["nice_classes", "edition", "saved_at"])
    return made


@transaction.atomic
def add_paper(brand: Brand, upload: Any, *, kind: str, by: Any) -> Paper:
    """Keep a paper of the case: by the village while it has the case, by the officer before the filing."""
    brand = _before_filing(brand)
    if kind not in PAPER_KINDS:
        raise TypeError(f"no paper {kind}")
    if papers.of(obj_of(brand), brand.county_code).count() >= MOST_PAPERS:
        raise TooMany(_("文件太多了，先删掉不用的。"))
    allowed = papers.PICTURES if kind == case_rules.SPECIMEN else papers.PDF_OR_PICTURE
    kept = papers.keep(upload, kind=kind, obj=obj_of(brand), county=brand.county_code, by=by, allowed=allowed)
    if kind == case_rules.POWER:
        desk.power_came(brand, by=by)
    return kept


@transaction.atomic
def drop_paper(brand: Brand, paper: Paper, *, by: Any) -> None:
    """Take back a paper that is not needed; official documents stay for ever."""
    _before_filing(brand)
    papers.remove(paper, by=by)


@transaction.atomic
def submit_case(brand: Brand, *, by: Any, answers: Mapping[str, str] | None = None) -> Brand:
    """Hand the case in: whole, looked at by the pre-check, and nothing that would be refused.

    ``answers``: what the village says to a remark where it left the field as it was. Raises ``Unanswered`` where it
    neither changed anything nor says why.
    """
    brand = _village_row(brand)
    _answer(brand, answers or {})
    lacks = case_rules.missing(brand)
    if lacks:
        raise Unfinished(together([_("还差几样："), *lacks.values()]), missing=lacks)
    slip = _slip(brand, by)
    if brand.state == BrandState.IDEA:
        brand.move(
            BrandState.CHECKED,
            by=by,
            note=ngettext(
                "预检单 %(n)s 处提示",
                "预检单 %(n)s 处提示",
                len(slip.findings),
            )
            % {"n": len(slip.findings)},
        )
    brand.submitted_at, brand.returned_at, brand.remarks = clock.now(), None, {}
    brand.save(update_fields=["submitted_at", "returned_at", "remarks", "last_return"])
    clocks.start(brand, "brand.look", by=by)
    desk.handed_in(brand, by=by, due=clocks.end_of(brand, "brand.look"))
    return brand


@transaction.atomic
def return_case(brand: Brand, *, by: Any, note: str = "", remarks: dict[str, str] | None = None) -> Brand:
    """Send it back to the village with a note and remarks per field."""
    brand = _officer_row(brand)
    remarks = {name: words.strip() for name, words in (remarks or {}).items() if words.strip()}
    if not note.strip() and not remarks:
        raise NoteMissing(_("写一句要改什么，再退回。"))
    brand.submitted_at, brand.returned_at = None, clock.now()
    brand.remarks = {**remarks, **({"note": note.strip()} if note.strip() else {})}
    last_return.keep(brand, brand.remarks)
    brand.save(update_fields=["submitted_at", "returned_at", "remarks", "last_return"])
    clocks.stop(brand, "brand.look", by=by)
    desk.returned(brand, by=by)
    return brand


@transaction.atomic
def take_back_case(brand: Brand, *, by: Any) -> Brand:
    """拿回来改: with the village again until the officer sends it on, with what the officer said of it before.

    Raises NotWithOfficer.
    """
    brand = _locked(brand)
    if not case_rules.is_with_officer(brand):
        raise NotWithOfficer(_("它已经不在等省里看了，刷新页面看看走到了哪一步。"), state=brand.state)
    brand.submitted_at = None
    if brand.last_return:  # handed in again after a return: the remarks it answered stand beside the fields again
        brand.returned_at, brand.remarks = clock.now(), brand.last_return["remarks"]
    brand.save(update_fields=["submitted_at", "returned_at", "remarks"])
    clocks.stop(brand, "brand.look", by=by)
    desk.taken_back(brand, by=by)
    audit.record("brand.take_back", by=by, county=brand.county_code, obj=obj_of(brand), title=str(brand))
    return brand


@transaction.atomic
def prepare_case(brand: Brand, *, by: Any) -> Brand:
    """Send it on: everything the filing needs is there. Raises Unfinished with the whole list."""
    brand = _officer_row(brand)
    lacks = case_rules.missing_for_filing(brand)
    if lacks:
        raise Unfinished(together([_("还差几样，先补齐再往下送："), *lacks.values()]), missing=lacks)
    brand.move(BrandState.PREPARED, by=by)
    clocks.stop(brand, "brand.look", by=by)
    clocks.start(brand, "brand.file", by=by)
    desk.prepared(brand, by=by, due=clocks.end_of(brand, "brand.file"))
    return brand


@transaction.atomic
def link_producer(brand: Brand, producer_id: int, *, by: Any) -> Brand:
    """Say which of the county's producers the owner is, at any time: their goods carry the mark."""
    brand = _locked(brand)
    found = [one for one in ports.goods().producers(brand.county_code) if one.id == producer_id]
    if not found:
        raise Unfinished(_("县里没有这个生产者了，请重新选。"), producer=producer_id)
    desk.announce_mark(brand)
    brand.producer_id, brand.producer_name = found[0].id, found[0].name
    brand.save(update_fields=["producer_id", "producer_name"])
    desk.announce_mark(brand)
    audit.record("brand.link", by=by, county=brand.county_code, obj=obj_of(brand), title=str(brand))
    return brand


@transaction.atomic
def give_up(brand: Brand, *, by: Any, note: str) -> Brand:
    """The village gives a name up before it was filed. What is filed is withdrawn by a document."""
    brand = _locked(brand)
    if not note.strip():
        raise NoteMissing(_("写一句为什么不办了。"))
    if brand.filed_on:
        raise WithOfficer(_("已经递交国家局了，不办要省里递撤回申请。请在案子里留言。"))
    brand.move(BrandState.WITHDRAWN, by=by, note=note.strip())
    clocks.stop_all(brand, by=by)
    desk.closed(brand, by=by)
    return brand


def _apply(brand: Brand, facts: dict[str, Any]) -> None:
    unknown = facts.keys() - CASE_FIELDS
    if unknown:
        raise TypeError(f"not a case's fields: {sorted(unknown)}")
    if "producer_id" in facts:
        _take_producer(brand, facts.pop("producer_id"))
    for name, value in facts.items():
        setattr(brand, name, value.strip() if isinstance(value, str) else value)
    if "candidates" in facts:
        names = [name.strip()[:40] for name in facts["candidates"] if name.strip()]
        brand.candidates = list(dict.fromkeys(names))[:MOST_CANDIDATES]
        brand.name = brand.candidates[0] if brand.candidates else ""
    brand.credit_code = brand.credit_code.upper()[:18]
    brand.id_number = brand.id_number.upper()
    brand.contact_phone = privacy.plain_phone(brand.contact_phone)


def _take_producer(brand: Brand, producer_id: int | None) -> None:
    """The owner among the county's producers; raises Unfinished for one that is not there."""
    if producer_id is None:
        brand.producer_id, brand.producer_name = None, ""
        return
    found = [one for one in ports.goods().producers(brand.county_code) if one.id == producer_id]
    if not found:
        raise Unfinished(_("县里没有这个生产者了，请重新选。"), producer=producer_id)
    producer = found[0]
    brand.producer_id, brand.producer_name = producer.id, producer.name
    brand.village_id, brand.place = producer.village_id, producer.place
    brand.owner_name = brand.owner_name or producer.name
    brand.owner_kind = brand.owner_kind or producer.kind


def _answer(brand: Brand, answers: Mapping[str, str]) -> None:
    if not brand.returned_at:
        return
    said = {name: words.strip()[: last_return.LONGEST_ANSWER] for name, words in answers.items() if words.strip()}
    bare = last_return.unanswered(brand, said)
    if bare:
        names = _("、").join(last_return.label_of(name) for name in bare)
        raise Unanswered(
            _("省里说要改的还没有改：%(names)s。改好再交；不用改的，在那条意见下面写一句为什么。") % {"names": names},
            fields=bare,
        )
    brand.last_return = {**brand.last_return, "answers": said}


def _slip(brand: Brand, by: Any) -> BrandCheck:
    """The newest slip if it still speaks of these names and classes, else a new one; raises Stopped."""
    likeness.hold_hand_ins()
    kept = brand.checks.first()
    looked_at = checking.print_of(brand)
    with override(settings.LANGUAGE_CODE):  # kept in one language, or the same findings would look like others
        findings = checking.findings_of(brand)
    stops = [one for one in findings if one["severity"] == checking.STOP and one["name"] == brand.name]
    if stops and brand.sign_kind == SignKind.WORD:
        first = checking.retold(brand, stops)[0]
        raise Stopped(
            together([_("“%(name)s”注册不了：") % {"name": brand.name}, first["reason"], first["mend"]]), findings=stops
        )
    if kept and kept.print_of == looked_at and kept.findings == findings:
        return kept
    return BrandCheck.objects.create(
        brand=brand,
        names=list(brand.candidates) or [brand.name],
        nice_classes=brand.nice_classes,
        findings=findings,
        stops=len(stops),
        print_of=looked_at,
        by=by,
        by_name=str(by or ""),
        at=clock.now(),
    )


def _locked(brand: Brand) -> Brand:
    """The row as it stands, locked: what a caller holds may be older."""
    row = brand._locked().filter(pk=brand.pk).first()
    if row is None:
        raise ThrownAway(_("这件案子扔掉了。要办，重新开一件。"))
    return row


def _village_row(brand: Brand) -> Brand:
    row = _locked(brand)
    if not case_rules.is_open_to_village(row):
        raise WithOfficer(_("已经交到省里了，等省里看完再改。"), state=row.state)
    return row


def _officer_row(brand: Brand) -> Brand:
    row = _locked(brand)
    if not case_rules.is_with_officer(row):
        raise NotWithOfficer(_("这件案子现在不在省里手上，请刷新页面看看是不是别人已经处理了。"), state=row.state)
    return row


def _before_filing(brand: Brand) -> Brand:
    row = _locked(brand)
    if row.filed_on or row.state == BrandState.WITHDRAWN:
        raise WithOfficer(_("已经递交了，随案文件不再改。新的文件请跟着官方文件一起记。"), state=row.state)
    return row
