"""The pre-check of names while they are typed: places, words of the law, and likeness within the province.

Never a search of the national register and never legal advice: ``findings.disclaimer`` stands under it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from branding import likeness, places, signs, sounds
from branding.findings import NOTE, STOP, WARN, WEIGHT, Finding, article, sort
from branding.likeness import Alike
from branding.models import Brand, BrandNotice
from branding.states import CERTIFIED, BrandState, word_of
from kernel import clock, terms, workdays
from tenants import register

MOST_ALIKE = 5
LONGEST_NAME = 40
FILED = frozenset(set(BrandState) - {BrandState.IDEA, BrandState.CHECKED, BrandState.PREPARED})
ENDED = frozenset({BrandState.LAPSED, BrandState.WITHDRAWN})
FALLEN = ENDED | {BrandState.REFUSED, BrandState.REVIEW}
# How grave a likeness is where the goods meet, and where they do not.
TOGETHER = {
    likeness.SAME: STOP,
    likeness.CORE: STOP,
    likeness.TONED: STOP,
    likeness.SOUND: STOP,
    likeness.ONE: WARN,
    likeness.REVERSED: WARN,
    likeness.HALF: NOTE,
}
LONG_ENOUGH = 4  # of this many signs one more or less leaves the same name
APART = {likeness.SAME: WARN, likeness.CORE: NOTE, likeness.TONED: NOTE, likeness.SOUND: NOTE, likeness.ONE: NOTE}


def check(names: Sequence[str], classes: Iterable[int] = (), case: Brand | None = None) -> list[Finding]:
    """What stands against each name in these classes (none known: as if the goods met). Gravest first."""
    wanted = frozenset(classes)
    found = [one for name in names for one in check_name(name[:LONGEST_NAME], wanted, case)]
    return sort(found)


def check_name(name: str, classes: frozenset[int], case: Brand | None = None) -> list[Finding]:
    today = clock.today()
    by_place = places.check(name, today)
    if by_place and _is_registered_here(name, case):
        by_place = [_goes_on(one) for one in by_place]
    return sort([*by_place, *signs.check(name, today), *_alike(name, classes, case)])


def checker(names: Sequence[str], classes: frozenset[int], case_id: int | None) -> list[dict[str, Any]]:
    """As a case asks for it (``branding.checking``)."""
    case = Brand.objects.filter(pk=case_id).first() if case_id else None
    return [one.as_dict() for one in check(names, classes, case)]


def _is_registered_here(name: str, case: Brand | None) -> bool:
    """商标法 §10 (2): marks already registered with a place name go on."""
    if case is None or not case.producer_id:
        return False
    own = Brand.objects.filter(county_code=case.county_code, producer_id=case.producer_id, state__in=CERTIFIED)
    return own.filter(name=name.strip()).exists()


def _goes_on(one: Finding) -> Finding:
    return replace(
        one,
        severity=NOTE,
        mend=_("这家已经注册过同样的名字，已注册的继续有效；新申请要和它一致。"),
    )


def _alike(name: str, classes: frozenset[int], case: Brand | None) -> list[Finding]:
    others = _not_free_again(likeness.alike(name, but=case.pk if case else None))
    found = [(severity, other) for other in others if (severity := _severity(name, other, classes, case))]
    found.sort(key=lambda one: WEIGHT[one[0]])
    told = [_finding(name, severity, other, classes, case) for severity, other in found[:MOST_ALIKE]]
    if len(found) > MOST_ALIKE:
        told[-1] = replace(
            told[-1],
            reason=told[-1].reason + _("另外还有 %(n)s 个相近的。") % {"n": len(found) - MOST_ALIKE},
        )
    return told


def _not_free_again(others: list[Alike]) -> list[Alike]:
    """Without the registered names whose registration ended more than a year ago (商标法 §50)."""
    ended = [other.brand_id for other in others if _was_registered(other)]
    if not ended:
        return others
    closing = BrandNotice.objects.filter(brand_id__in=ended, to_state__in=ENDED).order_by("dated")
    closed = dict(closing.values_list("brand_id", "dated"))
    today = clock.today()
    barred = terms.term("brand.barred", today)
    return [
        other
        for other in others
        if other.brand_id not in closed or today <= workdays.end_of(closed[other.brand_id], barred)
    ]


def _was_registered(other: Alike) -> bool:
    return other.was_registered and other.state in ENDED


def _severity(name: str, other: Alike, classes: frozenset[int], case: Brand | None) -> str:
    """How grave; empty where it is nothing."""
    together = not classes or not other.nice_classes or bool(classes & other.nice_classes)
    severity = TOGETHER[other.how] if together else APART.get(other.how, "")
    if together and other.how == likeness.ONE and _is_long(name, other.name):
        severity = STOP
    if not severity:
        return ""
    return max(severity, _most_for(other, case), key=lambda one: WEIGHT[one])


def _is_long(name: str, other: str) -> bool:
    return min(len(sounds.plain(name)), len(sounds.plain(other))) >= LONG_ENOUGH


def _most_for(other: Alike, case: Brand | None) -> str:
    """The gravest this case can be: not handed in yet, fallen, or the owner's own."""
    if case is not None and _is_own(other, case):
        return NOTE
    if other.state in FALLEN or other.state == BrandState.IDEA:
        return WARN
    return STOP


def _is_own(other: Alike, case: Brand) -> bool:
    if other.county_code != case.county_code:
        return False
    return (case.producer_id is not None and other.producer_id == case.producer_id) or (
        bool(case.owner_name) and other.owner_name == case.owner_name
    )


def _finding(name: str, severity: str, other: Alike, classes: frozenset[int], case: Brand | None) -> Finding:
    which = article("50" if _was_registered(other) else "30" if other.state in FILED else "31")
    reason = _how(other.how) % {"name": name.strip(), "other": _who(other, case)} + _meets(other, classes)
    return Finding(name, f"like_{other.how}", severity, reason, which, _mend(severity, other, case))


def _how(how: str) -> str:
    return {
        likeness.SAME: _("“%(name)s”和%(other)s同名。"),
        likeness.CORE: _("去掉地名和品名，“%(name)s”和%(other)s是一个名字。"),
        likeness.TONED: _("“%(name)s”和%(other)s读音一样。"),
        likeness.SOUND: _("“%(name)s”和%(other)s读音相近，只差声调。"),
        likeness.ONE: _("“%(name)s”和%(other)s只差一个字。"),
        likeness.REVERSED: _("“%(name)s”倒过来就是%(other)s。"),
        likeness.HALF: _("“%(name)s”和%(other)s两个字里有一个一样。"),
    }[how]


def _who(other: Alike, case: Brand | None) -> str:
    """A filed mark is public and named; what another owner still prepares is not told."""
    if case is not None and _is_own(other, case):
        return _("自己家的“%(name)s”") % {"name": other.name}
    if other.state not in FILED:
        return _("省里另一个正在准备的名字")
    division = register.division(other.county_code)
    return _("%(county)s的“%(name)s”（%(state)s）") % {
        "county": division.name if division else other.county_code,
        "name": other.name,
        "state": word_of(other.state, registered=other.was_registered),
    }


def _meets(other: Alike, classes: frozenset[int]) -> str:
    if not other.nice_classes:
        return ""
    both = classes & other.nice_classes
    numbers = _("、").join(str(number) for number in sorted(both or other.nice_classes))
    if both:
        return _("都用在第 %(classes)s 类。") % {"classes": numbers}
    if classes:
        return _("它用在第 %(classes)s 类，和这件不是一类。") % {"classes": numbers}
    return _("它用在第 %(classes)s 类，东西还没写，先按同类看。") % {"classes": numbers}


def _mend(severity: str, other: Alike, case: Brand | None) -> str:
    if case is not None and _is_own(other, case):
        return _("是给老牌子加类别，就接着办；不是，就别重复开案。")
    if _was_registered(other):
        return _("失效不满一年的名字也不给注册，问一下品牌专员。")
    if other.state in FALLEN:
        return _("这个名字被驳回过，先问品牌专员是为什么。")
    if severity == STOP:
        return _("换两个以上的字，读音也要不一样；把第二个名字提上来也行。")
    return _("能换就换一个字，不换就等品牌专员看。")
