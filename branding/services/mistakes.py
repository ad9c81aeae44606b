"""A document that was entered by mistake is taken back: the case stands as before it, and nothing is hidden."""

from typing import Any, cast

from django.db import transaction
from django.db.models import Field
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from branding.case_rules import obj_of
from branding.errors import FactMissing, NotNow
from branding.models import Brand, BrandAnswer, BrandMistake, BrandNotice
from branding.notice_kinds import kind_of
from branding.services import answers, clocks, desk, watching
from branding.services.notices import due_of_question, locked, open_question
from branding.states import CERTIFIED
from kernel import audit, clock, deadlines


def can_be_taken_back(brand: Brand) -> BrandNotice | None:
    """The last document entered, while the case still stands where it brought it."""
    last = brand.notices.order_by("-pk").first()
    return last if last is not None and last.before is not None and last.to_state == brand.state else None


@transaction.atomic
def take_back(brand: Brand, notice_id: int, *, by: Any, why: str) -> BrandMistake:
    """Only the last document, so that each later one still stands on what was before it.

    State, numbers, dates, clocks and to-dos are again what they were; the file is kept, and the ladder says who
    took what back and why. Raises FactMissing without a reason, NotNow for any other document; then nothing changed.
    """
    brand = locked(brand)
    notice = can_be_taken_back(brand)
    if notice is None or notice.pk != notice_id or notice.before is None:
        raise NotNow(
            _("只能收回最后记的那一份，后面已经有新的进展了。请刷新页面看看。"), state=brand.state, notice=notice_id
        )
    why = why.strip()[:200]
    if not why:
        raise FactMissing(_("写一句哪里记错了，例如 日期看错了一天。"), fact="why")
    kind, before = kind_of(notice.kind, notice.from_state), notice.before
    mistake = _written(brand, notice, why, by)
    _put_back(brand, notice, by, str(_("收回记错的%(paper)s") % {"paper": kind.name}))
    deadlines.undo(started=before["started"], stopped=before["stopped"], by=by)
    BrandAnswer.objects.filter(pk=before["answer"]).update(sent_at=None)
    notice.delete()
    asked = open_question(brand)
    answered = asked is not None and answers.waiting_answer(brand) is not None
    due = due_of_question(brand) or clocks.end_of(brand, "brand.file")
    desk.set_right(brand, by=by, asked=asked is not None, answered=answered, due=due)
    if brand.state in CERTIFIED:
        watching.begin_renewal(brand)
    audit.record(
        "brand.notice_back",
        by=by,
        county=brand.county_code,
        obj=obj_of(brand),
        title=str(brand),
        kind=kind.code,
        number=mistake.said["number"],
        reason=why,
    )
    return mistake


def _written(brand: Brand, notice: BrandNotice, why: str, by: Any) -> BrandMistake:
    answered = notice.answers.order_by("pk").values("text", "paper_id", "by_name", "at")
    said = {**model_to_dict(notice, exclude=["before"]), "at": notice.at, "answers": list(answered)}
    return BrandMistake.objects.create(
        brand=brand,
        kind=notice.kind,
        dated=notice.dated,
        paper_id=notice.paper_id,
        said=said,
        why=why,
        by=by,
        by_name=str(by or ""),
        at=clock.now(),
    )


def _put_back(brand: Brand, notice: BrandNotice, by: Any, note: str) -> None:
    kept = (notice.before or {})["marks"]
    marks = {name: cast(Field, Brand._meta.get_field(name)).to_python(value) for name, value in kept.items()}
    if notice.to_state != notice.from_state or notice.kind == "renewal":
        brand.take_back(notice.from_state, by=by, note=note, **marks)
    else:
        for name, value in marks.items():
            setattr(brand, name, value)
        brand.save(update_fields=list(marks))
