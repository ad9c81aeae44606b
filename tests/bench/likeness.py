"""Likeness over 1 000, 10 000 and 100 000 marks: ``python -m tests.bench.likeness [COUNT …]``.

The whole pre-check as a phone asks for it, against the fair naive way: every name read from the table and
compared by the same rules, its sound and core worked out once and kept in memory.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator
from functools import cache

from tests import database

COUNTS = (1_000, 10_000, 100_000)
ASKED = 120
WALKED = 10
BATCH = 2_000
SIGNS = (
    "山水林田湖海河江川云雪雨风霜月星日春夏秋冬松柏椿椴桦柳杨梅兰竹菊莲稻谷麦粟米豆禾穗田园乡村屯岭峰谷泉溪源"
    "福禄寿喜瑞祥丰盛裕泰和顺安康宁乐欢欣荣华金银玉珠宝翠青红黄绿蓝白黑紫香甜鲜美真纯正元德仁义礼信诚"
    "龙凤鹤鹿雁鹰虎牛羊马蜂蝶鱼燕语情缘梦忆味道坊斋轩阁堂庄家人翁老小大新北东兴旺达成功业立"
)  # fmt: skip
GOODS = ("大米", "蜂蜜", "木耳", "酒", "")


def main(counts: list[int]) -> None:
    database.start_server()
    try:
        _measure(counts)
    finally:
        database.stop_server()


def _measure(counts: list[int]) -> None:
    import django

    django.setup()
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database.clone("bench_likeness")
    print(
        f"{'marks':>8}{'keys':>10}{'write s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'walk p50 ms':>13}{'ratio':>8}"
    )
    filled = 0
    kept: list[str] = []
    for count in counts:
        began = time.perf_counter()
        kept += fill(count - filled, seed=count)
        filled = count
        _report(count, kept, time.perf_counter() - began)
    connections.close_all()


def names(count: int, seed: int) -> Iterator[str]:
    """Names as villages choose them: two to five signs, some with a county or goods."""
    from django.conf import settings

    from tenants import register

    dice = random.Random(seed)
    counties = [one.name.rstrip("县市区") for one in register.divisions(settings.JIETI_PROVINCE) if len(one.name) > 2]
    for _number in range(count):
        length = dice.choices((2, 3, 4, 5), (20, 50, 25, 5))[0]
        name = "".join(dice.choices(SIGNS, k=length))
        before = dice.choice(counties) if dice.random() < 0.1 else ""
        yield before + name + (dice.choice(GOODS) if dice.random() < 0.2 else "")


def fill(count: int, seed: int) -> list[str]:
    """Cases and their keys, written as the services write them but in batches."""
    from django.db import connection

    from branding import likeness
    from branding.models import Brand, BrandKey
    from kernel import clock

    dice = random.Random(seed + 1)
    today = clock.today()
    made = list(names(count, seed))
    states = ("filed", "accepted", "examined", "registered", "idea", "lapsed")
    for first in range(0, count, BATCH):
        rows = Brand.objects.bulk_create(
            Brand(
                county_code="231086",
                state=dice.choice(states),
                name=name,
                owner_name=f"户{dice.randrange(count)}",
                nice_classes=[dice.choice((29, 30, 31, 32, 33))],
            )
            for name in made[first : first + BATCH]
        )
        BrandKey.objects.bulk_create(row for brand in rows for row in likeness.rows_of(brand.pk, brand.name, today))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE branding_brand, branding_brandkey")
    return made


def _report(count: int, kept: list[str], written: float) -> None:
    from branding import precheck
    from branding.models import BrandKey

    classes = frozenset({30})
    asked = [*names(ASKED // 2, seed=5), *random.Random(6).sample(kept, ASKED // 2)]
    precheck.check_name(asked[0], classes)
    ours = [_ms(lambda name=name: precheck.check_name(name, classes)) for name in asked]
    naive(asked[0], kept)  # the walk's own memory is warm, as the index is
    walked = [_ms(lambda name=name: naive(name, _all_names())) for name in asked[:WALKED]]
    p50, p95, p99 = statistics.median(ours), _at(ours, 95), _at(ours, 99)
    walk = statistics.median(walked)
    print(
        f"{count:>8}{BrandKey.objects.count():>10}{written:>9.0f}{p50:>9.1f}{p95:>9.1f}{p99:>9.1f}{walk:>13.1f}{walk / p50:>7.0f}×"
    )


def _all_names() -> list[str]:
    from branding.models import Brand

    return list(Brand.objects.values_list("name", flat=True))


def naive(typed: str, kept: list[str]) -> set[str]:
    """Every kept name that is like the typed one, by walking over all of them."""
    mine = _forms(typed)
    return {name for name in kept if _turned(mine, _forms(name)) or _alike(mine, _forms(name))}


@cache
def _forms(name: str) -> tuple[tuple[str, str], ...]:
    """The name and, where it differs, its core, each with its sound: worked out once, as the keys are."""
    from branding import signs, sounds
    from kernel import clock

    text = sounds.plain(name)
    core = signs.core(text, clock.today())
    forms = [text, core] if core != text and len(core) > 1 else [text]
    return tuple((form, sounds.toneless(form)) for form in forms if form) or (("", ""),)


def _turned(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]) -> bool:
    return any(len(first) > 1 and first[::-1] == second for first, _sound in mine for second, _other in theirs)


def _alike(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]) -> bool:
    return any(_near(*a, *b) for a in mine for b in theirs)


def _near(first: str, sound: str, second: str, other_sound: str) -> bool:
    if not first or not second:
        return False
    return first == second or sound == other_sound or _one_away(first, second)


def _one_away(first: str, second: str) -> bool:
    """One sign replaced, put in or taken out; two signs are too few to replace one of."""
    if abs(len(first) - len(second)) > 1 or min(len(first), len(second)) < 2:
        return False
    if len(first) == len(second):
        return len(first) > 2 and sum(a != b for a, b in zip(first, second, strict=True)) == 1
    short, long = sorted((first, second), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _at(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def _ms(call) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or list(COUNTS))
