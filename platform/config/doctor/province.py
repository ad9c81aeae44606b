"""After the installation: the tables, the folders, and what the status page says."""

import time
from collections.abc import Iterator
from pathlib import Path

from config.doctor.line import GOOD, MEND, UNKNOWN, Line, good, mend
from config.doctor.machine import trouble_writing


def migrated() -> Iterator[Line]:
    from config import health

    trouble = health._migrations()
    if trouble:
        yield mend(
            "migrations",
            f"公共的表不是这个版本的：{trouble}。",
            f"The public tables are not this release's: {trouble}.",
            "运行 jieti prepare（试用的运行 jieti up）。",
            "Run jieti prepare (embedded: jieti up).",
        )
    else:
        yield good("migrations", "公共的表是这个版本的。", "The public tables are this release's.")


def keys() -> Iterator[Line]:
    """Do the keys fit what lies in the database? After a restore with others every reveal would fail, one by one."""
    from config import sealed_values

    _opened, troubles = sealed_values.open_some(all_counties=False)
    if troubles:
        yield mend(
            "keys",
            f"密钥读不了库里加密的东西：{'；'.join(troubles[:3])}。",
            f"The keys cannot read what is encrypted in the database ({len(troubles)} columns).",
            "换回这个库原来的 JIETI_KEYS（在 jieti backup keys 写的密钥文件里，不和备份放在一起）；不要生成新的。",
            "Bring back the JIETI_KEYS of this database: they are in the file jieti backup keys wrote, which lies apart from the backup. Do not make new ones.",
        )
    else:
        yield good("keys", "密钥和库里的东西对得上。", "The keys fit what lies in the database.")


def caches() -> Iterator[Line]:
    from django.core.cache import caches as all_caches

    mark = str(time.time())
    places = [all_caches["shared"], all_caches["default"]]
    for place in places:
        place.set("doctor", mark, 60)
    if all(place.get("doctor") == mark for place in places):
        yield good("cache", "缓存能写能读。", "The cache can be written and read.")
    else:
        yield mend(
            "cache",
            "缓存写了读不到。",
            "What the cache is given it does not give back.",
            "看 REDIS_URL，内存满没满。",
            "Look at REDIS_URL and its memory.",
        )


def media() -> Iterator[Line]:
    from django.conf import settings

    for code, place in (("media", Path(settings.MEDIA_ROOT)), ("private", Path(settings.PRIVATE_ROOT))):
        if trouble := trouble_writing(place):
            yield mend(
                code,
                f"写不进 {place}（{trouble}）。",
                f"Cannot write to {place} ({trouble}).",
                "让运行平台的用户拥有它。",
                "Let the platform's user own it.",
            )
        else:
            yield good(code, f"{place} 能写。", f"{place} can be written to.")


def findings() -> Iterator[Line]:
    """What the status page says, in both languages."""
    from django.utils import translation

    from console.checks import Level, judge, read_facts

    facts = read_facts()
    verdicts = {Level.BAD: MEND, Level.GOOD: GOOD}
    with translation.override("zh-hans"):
        chinese = judge(facts)
    with translation.override("en"):
        english = judge(facts)
    for one, other in zip(chinese, english, strict=True):
        verdict = verdicts.get(one.level, UNKNOWN)
        yield Line(f"status.{one.code}", verdict, one.says, other.says, one.do, other.do)


def counties() -> Iterator[Line]:
    """Every county's tables against the template's; a loop over schemas, so only when it is asked for."""
    from tenants import schemas
    from tenants.models import County

    wrong = [
        county
        for county in County.objects.filter(schema_state__isnull=False).defer("contact_phone")
        if schemas.differences(county.schema_name)
    ]
    if not wrong:
        yield good("counties", "各县的表都和模板一样。", "Every county's tables are the template's.")
    for county in wrong:
        yield mend(
            f"county.{county.code}",
            f"{county.code} {county.name} 的表和模板不一样。",
            f"The tables of {county.code} {county.name} are not the template's.",
            f"运行 jieti county check {county.code} 看差在哪，再运行 jieti county migrate。",
            f"Run jieti county check {county.code}, then jieti county migrate.",
        )
