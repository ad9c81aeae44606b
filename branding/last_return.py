"""What the officer wrote when a case was last sent back, how it read then, and what the village says to it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from branding import case_rules
from branding.models import Brand
from branding.papers_of_case import named
from kernel import clock, papers, privacy

NOTE = "note"  # the officer's words on the whole case
LONGEST_ANSWER = 300


def labels() -> dict[str, str]:
    """What an officer remarks on, in the order a reader reads."""
    return {
        "name": _("名字"),
        "goods": _("用在哪些东西上"),
        "owner": _("商标归谁"),
        "papers": _("文件"),
        "contact": _("联系人"),
    }


def said_of(brand: Brand) -> dict[str, str]:
    """Field → what the case says there; numbers of a person are left out."""
    owner = [brand.owner_name, brand.get_owner_kind_display(), brand.owner_address, brand.credit_code]
    return {
        "name": _("、").join(brand.candidates) or brand.name,
        "goods": _("；").join(
            _("第 %(n)s 类：%(words)s") % {"n": n, "words": _("、").join(words)} for n, words in by_class(brand).items()
        ),
        "owner": _("，").join(part for part in owner if part),
        "papers": _("、").join(f"{name} {clock.day_of(one.at)}" for one, name in named(_papers(brand))),
        "contact": brand.contact_name,
    }


def by_class(brand: Brand) -> dict[int, list[str]]:
    """Class → the words the goods are applied for under."""
    found: dict[int, list[str]] = {}
    for good in brand.goods.all():
        found.setdefault(good.nice_class, []).append(str(good))
    return found


def keep(brand: Brand, remarks: Mapping[str, str]) -> None:
    """Remember on the row how everything reads now, beside what is wanted otherwise; earlier returns stay behind it."""
    marks = {name: privacy.keyed_hash(text) for name, text in _whole(brand).items()}
    brand.last_return = {
        "remarks": dict(remarks),
        "said": _said_in_one_language(brand),
        "marks": marks,
        "answers": {},
        "on": clock.today().isoformat(),
        "earlier": _earlier(brand.last_return),
    }


def _earlier(before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every return so far with what the village said to it, the oldest first."""
    if not before.get("remarks"):
        return []
    round_of_it = {"on": before.get("on", ""), "remarks": before["remarks"], "answers": before.get("answers", {})}
    return [*before.get("earlier", []), round_of_it]


def earlier(brand: Brand) -> list[dict[str, Any]]:
    """The returns before the last one, the newest first: field, remark, answer."""
    return [
        {
            "on": one["on"],
            "said": [(label_of(name), words, one["answers"].get(name, "")) for name, words in one["remarks"].items()],
        }
        for one in reversed(brand.last_return.get("earlier", []))
    ]


def changed(brand: Brand) -> set[str]:
    """The fields that read otherwise than at the last return."""
    marks = brand.last_return.get("marks", {})
    now = _whole(brand)
    return {name for name, text in now.items() if name in marks and marks[name] not in privacy.keyed_hashes(text)}


def unanswered(brand: Brand, answers: Mapping[str, str]) -> list[str]:
    """The remarks after which nothing was changed and nothing is said. Words on the whole ask for a change anywhere."""
    remarks = brand.last_return.get("remarks", {})
    touched = changed(brand)
    fields = [name for name in remarks if name != NOTE and name not in touched and not answers.get(name)]
    if set(remarks) == {NOTE} and not touched and not answers.get(NOTE):
        return [NOTE]
    return fields


def label_of(name: str) -> str:
    return labels().get(name) or _("总的意见")


def told(brand: Brand) -> dict[str, dict[str, Any]]:
    """Field → for its reader: the remark, how it read then, the village's answer, and what has changed.

    ``is_unseen``: it changed in what no page shows, a phone number or a photo taken anew.
    """
    kept = brand.last_return
    # Sent back before anything of it was remembered: the remarks stand on the case alone.
    remarks = kept.get("remarks") or (brand.remarks if brand.returned_at else {})
    touched, now, then = changed(brand), _said_in_one_language(brand), kept.get("said", {})
    return {
        name: {
            "given": remarks.get(name, ""),
            "then": then.get(name),
            "answer": kept.get("answers", {}).get(name, ""),
            "is_changed": name in touched,
            "is_unseen": name in touched and then.get(name) == now.get(name),
        }
        for name in (*labels(), NOTE)
    }


def _said_in_one_language(brand: Brand) -> dict[str, str]:
    """Kept and compared in the first language, or the same words would look like others to another reader."""
    with override(settings.LANGUAGE_CODE):
        return said_of(brand)


def _whole(brand: Brand) -> dict[str, str]:
    """Field → all of it, also what no page shows: only its keyed hash is kept."""
    kept = _papers(brand)
    specimens = [one.pk for one in kept if one.kind == case_rules.SPECIMEN]
    goods = [(one.word, one.formal, one.nice_class) for one in brand.goods.all()]
    owner = (brand.owner_name, brand.owner_kind, brand.owner_address, brand.credit_code, brand.id_number)
    parts: dict[str, Any] = {
        "name": (brand.sign_kind, brand.candidates, brand.name, brand.meaning, specimens),
        "goods": goods,
        "owner": (*owner, brand.producer_id),
        "papers": sorted(one.pk for one in kept),
        "contact": (brand.contact_name, brand.contact_phone),
    }
    return {name: repr(part) for name, part in parts.items()}


def _papers(brand: Brand) -> list[Any]:
    kept = papers.of(case_rules.obj_of(brand), brand.county_code)
    return [one for one in kept if not one.kind.startswith("notice.")]
