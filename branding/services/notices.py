"""An official notice, or a paper of our own, enters the case: it moves the state and turns the clocks."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branding import fees, notice_rules
from branding.case_rules import obj_of
from branding.errors import EnteredAlready, PaperMissing
from branding.models import Brand, BrandAnswer, BrandNotice
from branding.notice_kinds import ALL_CLOCKS, ANSWER_OF, NOTICE_KINDS, NoticeKind
from branding.services import clocks, desk
from branding.states import BrandState
from kernel import audit, clock, deadlines, papers, terms, workdays
from kernel.models import Paper

NOTICE_PAPER = "notice"
# The case's own fields that documents set (``_marks``).
MARKED = (
    "filed_on",
    "submitted_at",
    "application_no",
    "published_on",
    "registration_no",
    "registered_on",
    "valid_until",
    "nice_classes",
)
LATEST_END = frozenset({BrandState.WITHDRAWN, BrandState.LAPSED})


@transaction.atomic
def enter(
    brand: Brand,
    code: str,
    *,
    by: Any,
    dated: date,
    number: str = "",
    electronic: bool = True,
    sent_on: date | None = None,
    received_on: date | None = None,
    upload: Any = None,
    note: str = "",
    **facts: Any,
) -> BrandNotice:
    """Enter one document: ``code`` of notice_kinds, the date on it, its file, its particulars.

    Two officers with the same notice: the row is locked first, so the second is told that it is
    entered. Raises NotNow, EnteredAlready, WrongDate, FactMissing or PaperMissing; then nothing changed.
    """
    kind = NOTICE_KINDS[code]
    brand = locked(brand)
    number = notice_rules.plain_number(kind, number)
    notice_rules.must_be_new(brand, kind, number)
    notice_rules.must_fit(brand, kind)
    notice_rules.must_be_dated(brand, kind, dated)
    sent, received = notice_rules.days_of_receipt(
        kind, dated, electronic=electronic, sent_on=sent_on, received_on=received_on
    )
    checked = notice_rules.particulars(brand, kind, dated, facts)
    answer = _answer_to_send(brand, kind)
    paper = _kept(brand, kind, upload, answer, by)
    before = as_it_was(brand)
    notice = _written(brand, kind, number, dated, electronic, sent, received, paper, note, checked, by)
    _move(brand, kind, notice, by)
    _turn_clocks(brand, kind, notice, by)
    _tell(brand, kind, answer, by)
    _remember(brand, notice, before, answer)
    audit.record(
        "brand.notice", by=by, county=brand.county_code, obj=obj_of(brand), title=str(brand), kind=code, number=number
    )
    return notice


def locked(brand: Brand) -> Brand:
    return brand._locked().get(pk=brand.pk)


def open_question(brand: Brand) -> BrandNotice | None:
    """The official question nobody has answered yet: the newest asking notice without its answer after it."""
    rows = list(brand.notices.order_by("pk"))
    for row in reversed(rows):
        answer = ANSWER_OF.get(row.kind)
        if answer and row.to_state == brand.state:
            answered = any(later.kind == answer and later.pk > row.pk for later in rows)
            return None if answered else row
    return None


def as_it_was(brand: Brand) -> dict[str, Any]:
    return {
        "marks": {name: getattr(brand, name) for name in MARKED},
        "running": {one.pk for one in clocks.running(brand)},
    }


def _remember(brand: Brand, notice: BrandNotice, before: dict[str, Any], answer: BrandAnswer | None) -> None:
    """What this document changed, so that one entered by mistake can be taken back whole."""
    now = {one.pk for one in clocks.running(brand)}
    notice.before = {
        "marks": before["marks"],
        "stopped": sorted(before["running"] - now),
        "started": sorted(now - before["running"]),
        "answer": answer.pk if answer else None,
    }
    notice.save(update_fields=["before"])


def _answer_to_send(brand: Brand, kind: NoticeKind) -> BrandAnswer | None:
    """What the village wrote for the question this document answers."""
    asked = open_question(brand)
    if asked is None or ANSWER_OF.get(asked.kind) != kind.code:
        return None
    return asked.answers.filter(sent_at__isnull=True, returned_at__isnull=True).first()


def _kept(brand: Brand, kind: NoticeKind, upload: Any, answer: BrandAnswer | None, by: Any) -> Paper:
    if upload is not None:
        paper = papers.keep(
            upload, kind=f"{NOTICE_PAPER}.{kind.code}", obj=obj_of(brand), county=brand.county_code, by=by
        )
    elif answer is not None and answer.paper_id:
        paper = Paper.objects.get(pk=answer.paper_id)
    else:
        raise PaperMissing(
            _("把%(paper)s的照片或 PDF 一起传上来，没有文件不能往下走。") % {"paper": kind.name}, kind=kind.code
        )
    twice = brand.notices.filter(sha256=paper.sha256).first()
    if twice is not None:
        raise EnteredAlready(
            _("这份文件已经作为%(paper)s（%(day)s）记过了，看看是不是传错了。")
            % {"paper": NOTICE_KINDS[twice.kind].name, "day": twice.dated},
            notice=twice.pk,
            fact="file",
        )
    return paper


def _written(
    brand: Brand,
    kind: NoticeKind,
    number: str,
    dated: date,
    electronic: bool,
    sent: date | None,
    received: date | None,
    paper: Paper,
    note: str,
    facts: dict[str, Any],
    by: Any,
) -> BrandNotice:
    if kind.code == "filing":
        channel = fees.ONLINE if facts["online"] else fees.ON_PAPER
        classes = brand.goods.values_list("nice_class", flat=True)
        facts = {**facts, "fee_fen": fees.application_fee(classes, dated, channel)}
    try:
        with transaction.atomic():
            return BrandNotice.objects.create(
                brand=brand,
                kind=kind.code,
                number=number,
                dated=dated,
                electronic=electronic and kind.official,
                sent_on=sent,
                received_on=received,
                paper_id=paper.pk,
                sha256=paper.sha256,
                facts=facts,
                note=note.strip(),
                from_state=brand.state,
                to_state=kind.moves[brand.state],
                by=by,
                by_name=str(by or ""),
                at=clock.now(),
            )
    except IntegrityError as twice:  # another case's officer was a moment faster with this number
        raise EnteredAlready(_("这份%(paper)s刚刚有人记过了，请刷新页面。") % {"paper": kind.name}) from twice


def _move(brand: Brand, kind: NoticeKind, notice: BrandNotice, by: Any) -> None:
    marks = _marks(brand, kind, notice)
    if notice.to_state != notice.from_state or kind.code == "renewal":
        brand.move(notice.to_state, by=by, note=str(kind.name), **marks)
    elif marks:
        for name, value in marks.items():
            setattr(brand, name, value)
        brand.save(update_fields=list(marks))


def _marks(brand: Brand, kind: NoticeKind, notice: BrandNotice) -> dict[str, Any]:
    """The case's own fields that this document sets."""
    facts = notice.facts
    if kind.code == "filing":
        return {"filed_on": notice.dated, "submitted_at": None}
    if kind.code == "acceptance":
        return {"application_no": facts["application_no"]}
    if kind.code == "publication":
        return {"published_on": notice.dated}
    if kind.code == "certificate":
        registered_on = date.fromisoformat(facts["registered_on"])
        return {
            "registration_no": facts["registration_no"],
            "registered_on": registered_on,
            "valid_until": notice_rules.last_day_of(registered_on),
            "nice_classes": facts["nice_classes"],
        }
    if kind.code == "renewal" and brand.valid_until:
        years = terms.term("brand.certificate", brand.valid_until).length
        return {"valid_until": workdays.add_months(brand.valid_until, 12 * years)}
    return {}


def _turn_clocks(brand: Brand, kind: NoticeKind, notice: BrandNotice, by: Any) -> None:
    if ALL_CLOCKS in kind.stops:
        clocks.stop_all(brand, by=by, notice=notice)
        return
    for code in kind.stops:
        clocks.stop(brand, code, by=by, notice=notice)
    for code in _starting(brand, kind):
        clocks.start(brand, code, by=by, notice=notice)


def _starting(brand: Brand, kind: NoticeKind) -> tuple[str, ...]:
    """A review after an opposition has twelve months, one after a refusal nine."""
    asking = [asked for asked, answer in ANSWER_OF.items() if answer == kind.code]
    asked = brand.notices.filter(kind__in=asking).order_by("-pk").first()
    return kind.starts_after.get(asked.kind, kind.starts) if asked else kind.starts


def _tell(brand: Brand, kind: NoticeKind, answer: BrandAnswer | None, by: Any) -> None:
    if answer is not None:
        answer.sent_at = clock.now()
        answer.save(update_fields=["sent_at"])
    if kind.code == "filing":
        desk.filed(brand, by=by)
    if kind.code == "renewal":
        desk.renewed(brand, by=by)
    if kind.answer:
        desk.asked(brand, by=by, due=due_of_question(brand))
    elif open_question(brand) is None:
        desk.nothing_asked(brand, by=by)
    if brand.state in LATEST_END:
        desk.closed(brand, by=by)
    else:
        desk.announce_mark(brand)


def due_of_question(brand: Brand) -> Any:
    """The last moment of the village's clock that runs now, or None."""
    asked = [
        one
        for one in clocks.running(brand)
        if clocks.SPANS[one.code].owner == clocks.VILLAGE and one.code != "brand.use"
    ]
    return deadlines.last_moment(asked[0].due) if asked else None
