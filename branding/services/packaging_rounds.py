"""Rounds: the designer lays drafts before the village, the village pins remarks and chooses."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import roles
from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.models import PackageRequest, Pin, Round, RoundFile
from branding.packaging_errors import NothingToShow, PackageLocked, PinsOpen
from branding.packaging_states import FileKind, PackageState
from branding.services.packaging_desk import (
    clock_off,
    clock_on,
    done,
    locked,
    must_be,
    note,
    of_designer,
    of_village,
    paper_of,
    tell_check_again,
    tell_designer,
    tell_village,
    touch,
)
from kernel import clock, outbox, papers
from kernel.errors import NoteMissing

MOST_FILES = 12
PAPER_KIND = {FileKind.PICTURE: "package.round", FileKind.PRINT: "package.print"}


@transaction.atomic
def begin_round(case: PackageRequest, *, by: Any) -> Round:
    """The round the designer is filling; the first beginning says that the work has begun."""
    case = locked(case)
    must_be(case, PackageState.ASSIGNED, PackageState.WORKING)
    if case.state == PackageState.ASSIGNED:
        case.move(PackageState.WORKING, by=by)
    unfinished = case.rounds.filter(handed_in_at__isnull=True).first()
    if unfinished:
        return unfinished
    last = case.rounds.first()
    return Round.objects.create(
        request=case, number=last.number + 1 if last else 1, by=by, by_name=str(by), started_at=clock.now()
    )


@transaction.atomic
def add_round_file(round_: Round, upload: Any, *, by: Any, kind: str = FileKind.PICTURE) -> RoundFile:
    """A file of a round that is not handed in yet: PNG, JPEG or PDF, checked by content."""
    case = locked(round_.request)
    round_ = _unseen(round_)
    must_be(case, PackageState.WORKING)
    return _keep(case, round_, upload, kind, by=by)


@transaction.atomic
def remove_round_file(file: RoundFile, *, by: Any) -> None:
    case = locked(file.round.request)
    _unseen(file.round)
    must_be(case, PackageState.WORKING)
    _remove(case, file, by=by)


@transaction.atomic
def hand_in_round(round_: Round, *, by: Any, words: str = "") -> Round:
    """Lay it before the village. Every remark on the round before must have its answer."""
    case = locked(round_.request)
    round_ = _unseen(round_)
    must_be(case, PackageState.WORKING)
    if not rules.files_of(round_).filter(kind=FileKind.PICTURE).exists():
        raise NothingToShow(_("这一稿还没有效果图。先传一张 PNG、JPG 或 PDF，再交稿。"))
    waiting = Pin.objects.filter(round__request=case, resolved_at__isnull=True).count()
    if waiting:
        raise PinsOpen(
            ngettext(
                "还有 %(count)s 条意见没有答复，逐条答复以后再交稿。",
                "还有 %(count)s 条意见没有答复，逐条答复以后再交稿。",
                waiting,
            )
            % {"count": waiting},
            open=waiting,
        )
    round_.words, round_.handed_in_at = words.strip()[:500], clock.now()
    round_.by, round_.by_name = by, str(by)
    round_.save(update_fields=["words", "handed_in_at", "by", "by_name"])
    case.move(PackageState.HANDED_IN, by=by, note=_("第 %(number)s 稿") % {"number": round_.number})
    done(entries.DESIGN_IT, case, by=by)
    clock_off(entries.TO_DESIGN, case, by=by)
    due = clock_on(
        entries.TO_LOOK,
        case,
        escalate_to=roles.PACKAGING_OFFICER,
        **of_village(case),
    )
    tell_village(entries.LOOK, case, due=due)
    note("hand_in", case, by=by, round=round_.number, sha256=rules.files_sha256(round_))
    return round_


@transaction.atomic
def pin_remark(round_: Round, file_id: int, x: int, y: int, words: str, *, by: Any) -> Pin:
    """A remark on a spot of a picture, x and y in thousandths from the upper left corner."""
    case = locked(round_.request)
    must_be(case, PackageState.HANDED_IN, PackageState.CHOSEN)
    if not words.strip():
        raise NoteMissing(_("写一句要改什么，再钉上去。"))
    if not (0 <= x <= 1000 and 0 <= y <= 1000):
        raise PackageLocked(_("钉子要钉在图上，请在图上重新点一下。"), x=x, y=y)
    if round_.pk != _seen(case).pk:
        raise PackageLocked(_("这一稿后面已经有新稿了，请到新稿上提意见。"))
    file = rules.files_of(round_).filter(pk=file_id, kind=FileKind.PICTURE).first()
    if file is None:
        raise NothingToShow(_("这张图已经换掉了，请刷新页面。"))
    last = round_.pins.last()
    pin = Pin.objects.create(
        round=round_,
        file=file,
        number=last.number + 1 if last else 1,
        x=x,
        y=y,
        words=words.strip()[:300],
        by=by,
        by_name=str(by),
        at=clock.now(),
    )
    note("pin", case, by=by, round=round_.number, pin=pin.number)
    return pin


@transaction.atomic
def resolve_pin(pin: Pin, *, by: Any, answer: str = "") -> Pin:
    """One remark is dealt with: the designer says how, or the village takes it back."""
    case = locked(pin.round.request)
    pin = Pin.objects.select_for_update(of=("self",)).get(pk=pin.pk)
    if pin.resolved_at is not None:
        raise PackageLocked(_("这一条已经有人答复过了。"), pin=pin.number)
    if rules.is_designer(by, case) and not answer.strip():
        raise NoteMissing(_("写一句怎么改的，或者为什么不改。"))
    pin.answer, pin.resolved_at, pin.resolved_by_name = answer.strip()[:300], clock.now(), str(by)
    pin.save(update_fields=["answer", "resolved_at", "resolved_by_name"])
    note("resolve", case, by=by, pin=pin.number)
    return pin


@transaction.atomic
def ask_for_round(case: PackageRequest, *, by: Any, words: str = "") -> PackageRequest:
    """The village wants another round: what to change is pinned on the picture or written here."""
    case = locked(case)
    must_be(case, PackageState.HANDED_IN)
    if not words.strip() and not rules.open_pins(_seen(case)).exists():
        raise NoteMissing(_("在图上钉一条意见，或者写一句要改什么。"))
    case.move(PackageState.WORKING, by=by, note=words.strip())
    _looked(case, by=by)
    _to_designer(case, by=by)
    note("ask_again", case, by=by)
    return case


@transaction.atomic
def choose_round(case: PackageRequest, round_: Round, *, by: Any) -> PackageRequest:
    """This round it is. A remark still open on it would be forgotten: answer or take it back first."""
    case = locked(case)
    must_be(case, PackageState.HANDED_IN)
    round_ = case.rounds.filter(pk=round_.pk, handed_in_at__isnull=False).first() or _missing_round()
    waiting = rules.open_pins(round_).count()
    if waiting:
        raise PinsOpen(
            ngettext(
                "这一稿还有 %(count)s 条意见没了结，先撤掉或请设计师改。",
                "这一稿还有 %(count)s 条意见没了结，先撤掉或请设计师改。",
                waiting,
            )
            % {"count": waiting},
            open=waiting,
        )
    case.move(PackageState.CHOSEN, by=by, note=_("选第 %(number)s 稿") % {"number": round_.number}, chosen=round_)
    for pin in Pin.objects.filter(round__request=case, resolved_at__isnull=True):
        # A remark on a round that was not chosen needs no answer any more.
        pin.resolved_at, pin.resolved_by_name = clock.now(), str(by)
        pin.save(update_fields=["resolved_at", "resolved_by_name"])
    _looked(case, by=by)
    _to_check(case)
    note("choose", case, by=by, round=round_.number)
    return case


@transaction.atomic
def add_print_file(case: PackageRequest, upload: Any, *, by: Any) -> RoundFile:
    """The printer's file of the chosen round. After the check it makes check and names void."""
    case = locked(case)
    must_be(case, PackageState.CHOSEN, PackageState.COMPLIANCE, PackageState.SIGNED_OFF)
    file = _keep(case, _chosen(case), upload, FileKind.PRINT, by=by)
    _files_changed(case, _("加了印刷文件 %(name)s") % {"name": file.name}, by=by)
    return file


@transaction.atomic
def remove_print_file(file: RoundFile, *, by: Any) -> PackageRequest:
    """Take a printer's file back, to lay another in its place."""
    case = locked(file.round.request)
    must_be(case, PackageState.CHOSEN, PackageState.COMPLIANCE, PackageState.SIGNED_OFF)
    if file.kind != FileKind.PRINT or file.round_id != case.chosen_id:  # type: ignore[attr-defined]
        raise PackageLocked(_("交过的效果图不能换，要改就重新出一稿。"))
    _remove(case, file, by=by)
    _files_changed(case, _("撤了印刷文件 %(name)s") % {"name": file.name}, by=by)
    return case


@transaction.atomic
def reopen_design(case: PackageRequest, *, by: Any, words: str) -> PackageRequest:
    """Back to the drawing board, from wherever a round was chosen: check and names are void."""
    from branding.services.packaging_signing import void_signatures

    case = locked(case)
    must_be(case, PackageState.CHOSEN, PackageState.COMPLIANCE, PackageState.SIGNED_OFF, PackageState.DELIVERED)
    words = words.strip()
    if not words:
        raise NoteMissing(_("写一句为什么要改，三方都会看到。"))
    void_signatures(case, why=words, by=by)
    case.move(
        PackageState.WORKING,
        by=by,
        note=words,
        chosen=None,
        frozen_sha256="",
        handed_over_at=None,
        delivered_at=None,
    )
    done(entries.CHECK, case, by=by)
    done(entries.SECOND, case, by=by)
    _to_designer(case, by=by)
    note("reopen", case, by=by, words=words)
    return case


def _files_changed(case: PackageRequest, why: str, *, by: Any) -> None:
    """What was checked and signed is not what lies there now."""
    done(entries.SECOND, case, by=by)
    if case.state == PackageState.CHOSEN:
        touch(case)
        tell_check_again(case)
        return
    back_to_check(case, why, by=by)
    note("files_changed", case, by=by, why=why)


def back_to_check(case: PackageRequest, why: str, *, by: Any) -> None:
    """The chosen round stays; its check and the names under it are void."""
    from branding.services.packaging_signing import void_signatures

    void_signatures(case, why=why, by=by)
    case.move(PackageState.CHOSEN, by=by, note=why, frozen_sha256="", handed_over_at=None)
    _to_check(case)


def _to_designer(case: PackageRequest, *, by: Any) -> None:
    tell_designer(entries.DESIGN_IT, case, due=_designers_clock(case), returned_by=by)


def _to_check(case: PackageRequest) -> None:
    tell_designer(entries.CHECK, case, due=_designers_clock(case))


def _designers_clock(case: PackageRequest) -> Any:
    return clock_on(
        entries.TO_DESIGN,
        case,
        escalate_to=roles.PACKAGING_OFFICER,
        **of_designer(case),
    )


def _looked(case: PackageRequest, *, by: Any) -> None:
    done(entries.LOOK, case, by=by)
    clock_off(entries.TO_LOOK, case, by=by)


def _keep(case: PackageRequest, round_: Round, upload: Any, kind: str, *, by: Any) -> RoundFile:
    if rules.files_of(round_).count() >= MOST_FILES:
        raise PackageLocked(_("一稿最多 %(most)s 个文件，先删一个。") % {"most": MOST_FILES})
    paper = papers.keep(upload, kind=PAPER_KIND[FileKind(kind)], obj=case.name, by=by, county=case.county_code)
    outbox.announce("packaging.draw_preview", {"paper": str(paper.pk)}, key=str(paper.pk))
    return RoundFile.objects.create(
        round=round_,
        kind=kind,
        paper_id=paper.pk,
        name=paper.name,
        content_type=paper.content_type,
        size=paper.size,
        sha256=paper.sha256,
        at=clock.now(),
    )


def _remove(case: PackageRequest, file: RoundFile, *, by: Any) -> None:
    """A file somebody pinned a remark on, or signed, stays as a row; its paper goes only if unseen."""
    file.removed_at = clock.now()
    file.save(update_fields=["removed_at"])
    if file.round.handed_in_at is None:
        papers.remove(paper_of(case, file.paper_id), by=by)


def _unseen(round_: Round) -> Round:
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.handed_in_at is not None:
        raise PackageLocked(_("这一稿已经交了，要改就等村里看完再出一稿。"))
    return round_


def _seen(case: PackageRequest) -> Round:
    return rules.latest_round(case) or _missing_round()


def _chosen(case: PackageRequest) -> Round:
    return case.chosen or _missing_round()


def _missing_round() -> Round:
    raise NothingToShow(_("这一稿不在了，请刷新页面。"))
