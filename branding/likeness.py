"""Likeness with every case of the province: same hanzi, same sound, one sign away, reversed.

Each name is kept under a few keys (``BrandKey``), so that looking is a query by index. The keys are
written in the transaction that saves the case, under the lock of its row, which keeps two savers apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from branding import signs, sounds
from branding.models import Brand, BrandKey
from branding.models.likeness import LONGEST_KEY, KeyKind
from branding.states import BrandState
from kernel import clock

SAME, CORE, TONED, SOUND, ONE, REVERSED, HALF = "same", "core", "toned", "sound", "one", "reversed", "half"
NEARNESS = {kind: rank for rank, kind in enumerate((SAME, CORE, TONED, SOUND, ONE, REVERSED, HALF))}
SEVERAL_NAMES = frozenset({BrandState.IDEA, BrandState.CHECKED, BrandState.PREPARED})
NAMELESS = frozenset({BrandState.WITHDRAWN})
LONGEST = 12  # longer names are compared whole only
SHORTEST_LATIN = 5  # shorter words differ by a letter everywhere
MOST_HALVES = 40
GAP = "?"
HAND_IN_LOCK = 0x4C494B45  # one number for the whole province: hand-ins are rare


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case whose name is near: how near, and what it stands for."""

    how: str
    brand_id: int
    name: str
    state: str
    county_code: str
    producer_id: int | None
    owner_name: str
    nice_classes: frozenset[int]
    was_registered: bool


@dataclass(frozen=True, slots=True)
class Key:
    kind: str
    of_core: bool
    key: str


def names_of(brand: Brand) -> list[str]:
    """The names a case stands for: every candidate until it is filed, then only the filed one.

    A name given up before its registration is free; one that was registered still bars others (商标法 §50).
    """
    if brand.state in NAMELESS and brand.registered_on is None:
        return []
    several = brand.candidates if brand.state in SEVERAL_NAMES else []
    return [name for name in dict.fromkeys([brand.name, *several]) if sounds.plain(name)]


def keys_of(name: str, on: date) -> list[Key]:
    """Every key a name is kept under."""
    text = sounds.plain(name)
    core = signs.core(text, on)
    found = list(_keys(text, of_core=False))
    if core != text and len(core) > 1:
        found += _keys(core, of_core=True)
    return found


def _keys(text: str, *, of_core: bool) -> Iterator[Key]:
    yield Key(KeyKind.HANZI, of_core, text[:LONGEST_KEY])
    if not text.isascii():
        yield Key(KeyKind.TONED, of_core, sounds.toned(text)[:LONGEST_KEY])
    yield Key(KeyKind.PLAIN, of_core, sounds.toneless(text)[:LONGEST_KEY])
    for gap in _gaps(text):
        yield Key(KeyKind.GAP, of_core, gap)
    for shorter in _deletions(text):
        yield Key(KeyKind.DELETION, of_core, shorter)


def _gaps(text: str) -> list[str]:
    return [text[:at] + GAP + text[at + 1 :] for at in range(len(text))] if _is_comparable(text, 2) else []


def _deletions(text: str) -> list[str]:
    if not _is_comparable(text, 3):
        return []
    return list(dict.fromkeys(text[:at] + text[at + 1 :] for at in range(len(text))))


def _is_comparable(text: str, least: int) -> bool:
    return (SHORTEST_LATIN if text.isascii() else least) <= len(text) <= LONGEST


def keep(brand: Brand) -> None:
    """Make the case's keys those of its names. Call it inside the transaction that saved the case."""
    wanted = names_of(brand)
    kept = set(brand.keys.values_list("name", flat=True))
    gone = kept - set(wanted)
    if gone:
        brand.keys.filter(name__in=gone).delete()
    today = clock.today()
    BrandKey.objects.bulk_create(row for name in wanted if name not in kept for row in rows_of(brand.pk, name, today))


def rows_of(brand_id: int, name: str, on: date) -> Iterator[BrandKey]:
    for one in keys_of(name, on):
        yield BrandKey(brand_id=brand_id, name=name, kind=one.kind, of_core=one.of_core, key=one.key)


def keep_saved(sender: type[Model], instance: Brand, update_fields: Iterable[str] | None, **_: Any) -> None:
    """After a case's row was saved, in the same transaction.

    The row is locked and read again: outside a transaction the save's own lock is gone by now, and of
    two savers the keys must be those of the row that stayed.
    """
    if update_fields is None or {"name", "candidates", "state"} & set(update_fields):
        with transaction.atomic():
            keep(Brand.objects.select_for_update().get(pk=instance.pk))


def rebuild() -> int:
    """Every case's keys anew; returns the number of cases."""
    BrandKey.objects.all().delete()
    for brand in Brand.objects.iterator():
        keep(brand)
    return Brand.objects.count()


def keep_up() -> int:
    """Keys that today's tables would write otherwise are written anew; returns of how many cases.

    A release brings other words and rows come into force: without this an old case is looked up by what its
    name was kept under years ago. Case by case, each under its lock, while everybody goes on looking.
    """
    today = clock.today()
    # Going back to an older release asks too: only columns that every release has.
    cases = Brand.objects.only("state", "name", "candidates", "registered_on")
    stale = [one.pk for one in cases.prefetch_related("keys").iterator(chunk_size=500) if not _is_up(one, today)]
    for pk in stale:
        with transaction.atomic():
            for brand in cases.select_for_update().filter(pk=pk):
                brand.keys.all().delete()
                keep(brand)
    return len(stale)


def _is_up(brand: Brand, today: date) -> bool:
    kept = {(row.name, row.kind, row.of_core, row.key) for row in brand.keys.all()}
    wanted = {(name, one.kind, one.of_core, one.key) for name in names_of(brand) for one in keys_of(name, today)}
    return kept == wanted


def hold_hand_ins() -> None:
    """One hand-in at a time until the commit: of two cases with one name the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HAND_IN_LOCK])


def alike(name: str, *, but: int | None = None, on: date | None = None) -> list[Alike]:
    """Other cases with a name like this one, the nearest first, each case once."""
    text = sounds.plain(name)
    if not text:
        return []
    wanted = _wanted(text, signs.core(text, on or clock.today()))
    nearest: dict[int, Alike] = {}
    for row, how in _matches(wanted, but):
        one = _alike(how, row)
        known = nearest.get(one.brand_id)
        if known is None or NEARNESS[one.how] < NEARNESS[known.how]:
            nearest[one.brand_id] = one
    return sorted(nearest.values(), key=lambda one: (NEARNESS[one.how], one.name, one.brand_id))


Wanted = dict[tuple[str, bool, str], str]


def _wanted(text: str, core: str) -> Wanted:
    """(kind, of_core, key) to look for → how near that is; the nearest reading of a key wins."""
    wanted: Wanted = {(KeyKind.HANZI, False, text[:LONGEST_KEY]): SAME}
    forms = [text, core] if core != text and len(core) > 1 else [text]
    readings = [one for form in forms for one in (*_same(form), *_one_away(form))]
    readings += [(KeyKind.HANZI, form[::-1], REVERSED) for form in forms if _is_comparable(form, 2)]
    for kind, key, how in sorted(readings, key=lambda one: NEARNESS[one[2]]):
        for of_core in (False, True):
            wanted.setdefault((kind, of_core, key[:LONGEST_KEY]), how)
    return wanted


def _same(form: str) -> Iterator[tuple[str, str, str]]:
    yield KeyKind.HANZI, form, CORE
    if not form.isascii():
        yield KeyKind.TONED, sounds.toned(form), TONED
    yield KeyKind.PLAIN, sounds.toneless(form), SOUND


def _one_away(form: str) -> Iterator[tuple[str, str, str]]:
    for gap in _gaps(form):
        yield KeyKind.GAP, gap, HALF if len(form) == 2 else ONE
    for shorter in _deletions(form):
        yield KeyKind.HANZI, shorter, ONE
    if _is_comparable(form, 2):
        yield KeyKind.DELETION, form, ONE


COLUMNS = (
    "kind",
    "of_core",
    "key",
    "brand_id",
    "name",
    "brand__state",
    "brand__county_code",
    "brand__producer_id",
    "brand__owner_name",
    "brand__nice_classes",
    "brand__registered_on",
)


def _matches(wanted: Wanted, but: int | None) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Rows of the index with how they are near. Two-sign names share a sign with many: a few are enough."""
    halves = {place: how for place, how in wanted.items() if how == HALF}
    strong = {place: how for place, how in wanted.items() if how != HALF}
    for places, most in ((strong, None), (halves, MOST_HALVES)):
        found = BrandKey.objects.filter(key__in={key for _kind, _of_core, key in places})
        found = found.exclude(brand_id=but) if but else found
        for row in found.values_list(*COLUMNS)[:most]:
            if how := places.get(row[:3]):
                yield row, how


def _alike(how: str, row: tuple[Any, ...]) -> Alike:
    _kind, _of_core, _key, brand_id, name, state, county_code, producer_id, owner_name, classes, registered_on = row
    return Alike(
        how,
        brand_id,
        name,
        state,
        county_code,
        producer_id,
        owner_name,
        nice_classes=frozenset(classes),
        was_registered=registered_on is not None,
    )
