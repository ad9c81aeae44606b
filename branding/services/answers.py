"""A 补正 or another official question: the village answers, the officer sends it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branding.case_rules import obj_of
from branding.errors import NothingAsked
from branding.models import Brand, BrandAnswer
from branding.services import desk
from branding.services.notices import due_of_question, locked, open_question
from kernel import audit, clock, papers
from kernel.errors import NoteMissing

ANSWER_PAPER = "answer"


@transaction.atomic
def answer_question(brand: Brand, *, by: Any, text: str, upload: Any = None) -> BrandAnswer:
    """The village's words and paper to the open question; a second one before it is sent replaces the first."""
    brand = locked(brand)
    asked = open_question(brand)
    if asked is None:
        raise NothingAsked(_("现在没有要答复的官方文件。"), state=brand.state)
    if not text.strip():
        raise NoteMissing(_("写一句怎么答复，例如：改为“蜂蜜；蜂王浆（非医用）”。"))
    before = asked.answers.filter(sent_at__isnull=True).first()
    paper_id = before.paper_id if before else None
    if upload is not None:
        paper = papers.keep(upload, kind=ANSWER_PAPER, obj=obj_of(brand), county=brand.county_code, by=by)
        paper_id = paper.pk
    answer = BrandAnswer.objects.create(
        brand=brand, notice=asked, text=text.strip(), paper_id=paper_id, by=by, by_name=str(by or ""), at=clock.now()
    )
    desk.answered(brand, by=by, due=due_of_question(brand))
    audit.record("brand.answer", by=by, county=brand.county_code, obj=obj_of(brand), title=str(brand))
    return answer


@transaction.atomic
def return_answer(brand: Brand, *, by: Any, note: str) -> BrandAnswer:
    """The officer asks the village for a better answer; the clock goes on."""
    brand = locked(brand)
    answer = waiting_answer(brand)
    if answer is None:
        raise NothingAsked(_("村里还没有交答复，没有可以退的。"), state=brand.state)
    if not note.strip():
        raise NoteMissing(_("写一句要改什么，再退回。"))
    answer.returned_note, answer.returned_at = note.strip(), clock.now()
    answer.save(update_fields=["returned_note", "returned_at"])
    desk.answer_returned(brand, by=by, due=due_of_question(brand))
    return answer


def waiting_answer(brand: Brand) -> BrandAnswer | None:
    """What the village wrote and nobody has sent or returned; the newest counts."""
    asked = open_question(brand)
    if asked is None:
        return None
    newest = asked.answers.first()
    return newest if newest and newest.sent_at is None and newest.returned_at is None else None


def last_answer(brand: Brand) -> BrandAnswer | None:
    asked = open_question(brand)
    return asked.answers.first() if asked else None
