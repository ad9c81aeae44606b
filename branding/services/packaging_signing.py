"""From the passed check to the printer: three names under frozen files, the pack, the hand-over."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.models import PackageRequest, SignOff
from branding.packaging_errors import (
    NotCompliant,
    NothingToShow,
    NotYoursToSign,
    OtherFiles,
    PackageLocked,
)
from branding.packaging_states import PackageState, Side
from branding.ports import goods
from branding.services.packaging_check import must_be_in_time
from branding.services.packaging_desk import (
    all_done,
    clock_off,
    clock_on,
    done,
    locked,
    must_be,
    note,
    of_designer,
    of_village,
    tell_designer,
    tell_village,
    touch,
)
from branding.services.packaging_owner import must_be_of_the_house
from kernel import clock, deadlines, outbox, papers
from kernel.errors import NoteMissing
from kernel.models import Deadline

MAKE_PACK = "packaging.make_pack"
ASKED = {
    Side.VILLAGE: entries.SIGN_VILLAGE,
    Side.SUPERVISION: entries.SIGN_SUPERVISION,
    Side.OWNER: entries.SIGN_OWNER,
}


@transaction.atomic
def sign_off(case: PackageRequest, side: str, *, by: Any, seen: str) -> SignOff:
    """One side's name under the frozen files; ``seen`` is the hash of what the signer read.

    The third name moves the case on and has the printer's pack made.
    """
    case = locked(case)
    must_be(case, PackageState.COMPLIANCE)
    if seen != case.frozen_sha256:
        raise OtherFiles(_("看的这会儿，文件改过了。请看过新的文件，再签。"))
    if rules.passed_run(case) is None:
        raise NotCompliant(_("这些文件没有过合规检查，请设计师重新检查。"))
    must_be_in_time(case)
    if side not in Side.values or not rules.may_sign(by, case, side):
        raise NotYoursToSign(_("这一方不由你签。村里、县市场监管和品牌主各由一个人签。"))
    if side == Side.OWNER:
        must_be_of_the_house(case, by)
    if rules.signatures(case).filter(side=side).exists():
        raise PackageLocked(_("这一方已经签过了。"), side=side)
    signed = SignOff.objects.create(
        request=case, side=side, files_sha256=case.frozen_sha256, by=by, by_name=str(by), at=clock.now()
    )
    done(ASKED[Side(side)], case, by=by)
    note("sign", case, by=by, side=side, sha256=case.frozen_sha256)
    if rules.is_signed(case):
        _signed_off(case, by=by)
    else:
        touch(case)
    return signed


def _signed_off(case: PackageRequest, *, by: Any) -> None:
    case.move(PackageState.SIGNED_OFF, by=by, note=case.frozen_sha256[:12])
    done(entries.NAME_OWNER, case, by=by)
    clock_off(entries.TO_SIGN, case, by=by)
    due = clock_on(
        entries.TO_HAND_OVER,
        case,
        escalate_to=roles.PACKAGING_OFFICER,
        **of_designer(case),
    )
    tell_designer(entries.HAND_OVER, case, due=due)
    third = rules.signatures(case).last()
    outbox.announce(MAKE_PACK, {"request": case.pk}, key=f"{case.pk}:{third.pk if third else 0}")


@transaction.atomic
def refuse_sign(case: PackageRequest, side: str, *, by: Any, words: str) -> PackageRequest:
    """A side does not put its name: back to the designer with the reason, and the other names are void."""
    from branding.services.packaging_rounds import reopen_design

    case = locked(case)
    must_be(case, PackageState.COMPLIANCE)
    if not words.strip():
        raise NoteMissing(_("写一句为什么不签，设计师照着改。"))
    if side not in Side.values or not rules.may_sign(by, case, side):
        raise NotYoursToSign(_("这一方不由你签。村里、县市场监管和品牌主各由一个人签。"))
    return reopen_design(case, by=by, words=_("：").join((str(Side(side).label), words.strip())))


def void_signatures(case: PackageRequest, *, why: str, by: Any) -> int:
    """All three names and the pack are void, whoever signed; returns how many names were."""
    now = clock.now()
    count = case.sign_offs.filter(void_at__isnull=True).update(void_at=now, void_why=why[:300])
    case.packs.filter(void_at__isnull=True).update(void_at=now)
    for kind in (*ASKED.values(), entries.NAME_OWNER, entries.HAND_OVER, entries.ACCEPT, entries.PHOTO):
        done(kind, case, by=by)
    for code in (entries.TO_SIGN, entries.TO_HAND_OVER, entries.TO_ACCEPT):
        clock_off(code, case, by=by)
    if count:
        note("void", case, by=by, why=why, names=count)
    return count


@transaction.atomic
def hand_over(case: PackageRequest, *, by: Any, rights: bool, thanks: bool = False) -> PackageRequest:
    """The designer gives the files and the right to print them; the village has its days to look.

    ``rights`` is the designer's word that the rights pass to the brand's owner, ``thanks`` the
    consent to be named on the product's page.
    """
    case = locked(case)
    must_be(case, PackageState.SIGNED_OFF)
    if case.handed_over_at is None:
        must_be_in_time(case)
    if not rights:
        raise NoteMissing(_("勾上权利转让，才能交付。"))
    if not case.packs.filter(void_at__isnull=True, files_sha256=case.frozen_sha256).exists():
        raise NothingToShow(_("印刷包还在打，过一会儿刷新再交付。"))
    if case.handed_over_at is not None:
        raise PackageLocked(_("已经交付过了，等村里收下。"))
    touch(case, handed_over_at=clock.now(), thanks_agreed_at=clock.now() if thanks else None)
    done(entries.HAND_OVER, case, by=by)
    clock_off(entries.TO_HAND_OVER, case, by=by)
    due = clock_on(entries.TO_ACCEPT, case, escalate_to="", **of_village(case))
    tell_village(entries.ACCEPT, case, due=due)
    note("hand_over", case, by=by, rights=True, thanks=thanks)
    return case


@transaction.atomic
def accept_package(case: PackageRequest, *, by: Any) -> PackageRequest:
    """The village takes it."""
    case = locked(case)
    must_be(case, PackageState.SIGNED_OFF)
    return _deliver(case, by=by, words="")


@transaction.atomic
def object_to(case: PackageRequest, *, by: Any, words: str) -> PackageRequest:
    """The village found something wrong in time: back to the designer."""
    from branding.services.packaging_rounds import reopen_design

    case = locked(case)
    must_be(case, PackageState.SIGNED_OFF)
    if case.handed_over_at is None:
        raise PackageLocked(_("设计师还没有交付。"))
    return reopen_design(case, by=by, words=words)


def release_silent() -> int:
    """Hand-overs nobody answered within the term are released; returns how many."""
    over = Deadline.objects.filter(
        code=entries.TO_ACCEPT, object_kind="package", stopped_at__isnull=True, due__lt=clock.today()
    )
    return sum(_release(int(pk)) for pk in over.order_by("due", "pk").values_list("object_id", flat=True))


@transaction.atomic
def _release(pk: int) -> bool:
    """One of them, looked at again under its lock: the village may have answered a moment ago."""
    case = PackageRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if case is None or case.is_withdrawn or case.state != PackageState.SIGNED_OFF or case.handed_over_at is None:
        return False
    running = deadlines.of(case.name, case.county_code).filter(code=entries.TO_ACCEPT, stopped_at__isnull=True)
    if not running.filter(due__lt=clock.today()).exists():
        return False
    _deliver(case, by=None, words=_("到期没有回话，自动放行"))
    return True


def _deliver(case: PackageRequest, *, by: Any, words: str) -> PackageRequest:
    if case.handed_over_at is None:
        raise PackageLocked(_("设计师还没有交付。"))
    if not rules.is_signed(case) or rules.passed_run(case) is None:
        raise NotCompliant(_("文件和签字对不上了，不能放行。请设计师重新检查、三方重签。"))
    case.move(PackageState.DELIVERED, by=by, note=words, delivered_at=clock.now())
    all_done(case, by=by)
    tell_village(entries.PHOTO, case)
    note("deliver", case, by=by, words=words)
    return case


@transaction.atomic
def set_thanks(case: PackageRequest, *, by: Any, agreed: bool) -> PackageRequest:
    """The designer agrees to be named on the product's page, or takes that back, at any time."""
    case = locked(case)
    touch(case, thanks_agreed_at=clock.now() if agreed else None)
    note("thanks", case, by=by, agreed=agreed)
    return case


@transaction.atomic
def put_finished_photo(case: PackageRequest, upload: Any, *, by: Any) -> PackageRequest:
    """The finished package as it stands on the table: the first picture of the product's page."""
    case = locked(case)
    must_be(case, PackageState.DELIVERED)
    papers.keep(upload, kind=rules.FINISHED, obj=case.name, by=by, county=case.county_code, allowed=papers.PICTURES)
    upload.seek(0)
    goods().set_package_picture(case.county_code, case.product_id, upload, by=by)
    touch(case)
    done(entries.PHOTO, case, by=by)
    note("photo", case, by=by)
    return case
