"""Search over 100 000 generated listings: ``python -m tests.bench.search [COUNT]``.

Every query of a mix is timed as a shopper asks it (read, ranked, with facets, titles fetched and marked), and
beside it, in the same round, the engine's own statements sent again as they are (matches, five facets, ranking:
what the database does for it) and the bare words, counted and no more. ``cpu`` is the time that the database's
process and ours spent, which other work on the machine does not lengthen so much.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable

from tests import database

COUNT = 100_000
ROUNDS = 3
BATCH = 1000
MIX = (
    "五常大米", "wcdm", "大米", "木耳", "东宁黑木耳", "dongningheimuer", "苞米", "五长大米", "椴树蜜 一斤", "50元以下的蜂蜜",
    "有机大豆 真空", "稻花香", "林下参", "猴头菇", "hailinhoutougu", "土鸡蛋", "礼盒", "当年 新货 真空", "饶河蜂蜜 椴树蜜", "",
)  # fmt: skip
GOODS = {
    "grain.rice": ("大米", "稻花香", "长粒香", "有机大米"),
    "grain.corn": ("玉米", "黏玉米", "玉米碴"),
    "grain.soybean": ("大豆", "高蛋白大豆", "豆腐皮"),
    "fungus.wood-ear": ("黑木耳", "秋木耳", "小碗耳"),
    "fungus.hericium": ("猴头菇", "猴头菇干"),
    "honey.honey": ("椴树蜜", "黑蜂蜜", "雪蜜"),
    "fruit.berry": ("蓝莓干", "蓝靛果汁", "树莓酱"),
    "meat.egg": ("土鸡蛋", "鹅蛋"),
    "herb.root": ("黄芪", "人参", "林下参"),
    "condiment.sauce": ("黄豆酱", "豆瓣酱"),
}
ADDED = (
    "真空装",
    "礼盒",
    "当年新货",
    "农家自产",
    "小袋",
    "一斤装",
    "有机",
    "富硒",
    "石磨",
    "手工",
    "冬储",
    "林下",
    "非转基因",
)
SAID = (
    "自家地里种的",
    "山上采的，晾了半个月",
    "头茬",
    "黑土地里长的",
    "不打药",
    "一年只收一季",
    "合作社统一收",
    "腊月里做的",
)


def main(count: int) -> None:
    database.start_server()
    try:
        _measure(count)
    finally:
        database.stop_server()


def _measure(count: int) -> None:
    import django

    django.setup()
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database.clone("bench_search")
    began = time.perf_counter()
    fill(count)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    _settle()
    print(f"{count} listings written in {filled:.0f} s, terms counted in {time.perf_counter() - began:.0f} s\n")
    _report()
    connections.close_all()


def fill(count: int) -> None:
    """Through the door for many, in batches."""
    from django.conf import settings
    from django.db import connection

    from search.services import publish_many
    from tenants import register

    counties = register.divisions(settings.JIETI_PROVINCE)
    dice = random.Random(3)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX listing_words")  # made again in one go: ten times faster
    for first in range(0, count, BATCH):
        publish_many([_facts(number, counties, dice) for number in range(first, min(first + BATCH, count))])


def _facts(number: int, counties, dice: random.Random):
    from datetime import UTC, datetime, timedelta

    from search import words
    from search.services import ListingFacts

    county = counties[min(int(dice.expovariate(0.04)), len(counties) - 1)]
    category = dice.choice(list(GOODS))
    good = dice.choice(GOODS[category])
    short = words.short_county(county.name)
    return ListingFacts(
        county_code=county.code,
        county_name=county.name,
        county_slug=county.slug,
        product_id=number,
        title=f"{short if dice.random() < 0.6 else ''}{good} {dice.choice(ADDED)}，{dice.choice(ADDED)} {dice.randrange(99)} 号",
        summary=dice.choice(SAID),
        description="，".join(dice.sample(SAID, 4)) + "。",
        producer_name=f"{short}{dice.choice('丰盛禾瑞春秋')}{dice.choice('源达泰田')}合作社",
        place=f"{dice.choice('东西南北')}{dice.choice('兴安山河')}镇",
        category=category,
        price_fen=dice.randrange(500, 30000),
        unit="袋",
        in_stock=dice.random() < 0.9,
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
    )


def _settle() -> None:
    from django.db import connection

    from search import lexicon

    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX listing_words ON search_listingindex USING gin (tsv) WITH (fastupdate = off)")
    lexicon.count_terms()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _report() -> None:
    from search.finding import find
    from search.forms import Wish

    times: dict[str, list[float]] = {"whole": [], "engine": [], "bare": []}
    spent: list[float] = []
    print(f"{'query':<18}{'total':>9}{'whole ms':>12}{'engine ms':>12}{'bare ms':>10}{'cpu ms':>10}")
    for text in MIX:
        found = find(Wish(q=text))
        sent = _statements(text)
        calls = {
            "whole": lambda text=text: find(Wish(q=text)),
            "engine": lambda sent=sent: _send(sent),
            "bare": lambda shown=found.shown_for: _bare(shown),
        }
        rounds = [{name: _ms(call) for name, call in calls.items()} for _round in range(ROUNDS)]
        for name in times:
            times[name] += [one[name] for one in rounds]
        best = {name: min(one[name] for one in rounds) for name in times}
        cpu = [_cpu(calls["whole"]) for _round in range(ROUNDS)]
        spent += cpu
        about = "~" * found.answer.approximate + str(found.answer.total)
        print(
            f"{text or '(all)':<18}{about:>9}{best['whole']:>12.1f}{best['engine']:>12.1f}{best['bare']:>10.1f}{min(cpu):>10.1f}"
        )
    for name, told in (*times.items(), ("cpu", spent)):
        print(f"{name}: p50 {statistics.median(told):.1f} ms, p99 {statistics.quantiles(told, n=100)[98]:.1f} ms")
    print(f"whole to engine, p50: {statistics.median(times['whole']) / statistics.median(times['engine']):.2f}")


def _statements(text: str) -> list[tuple[str, tuple]]:
    """What the engine sends to the database for this search."""
    from django.db import connection

    from search.engines.postgres import PostgresEngine
    from search.finding import query_of
    from search.forms import Wish
    from search.reading import read

    wish = Wish(q=text)
    sent: list[tuple[str, tuple]] = []

    def note(execute, sql, values, many, context):
        sent.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        PostgresEngine().search(query_of(wish, read(text)))
    return sent


def _send(sent: list[tuple[str, tuple]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql, values in sent:
            cursor.execute(sql, values)
            cursor.fetchall()


def _cpu(call: Callable[[], object]) -> float:
    """Milliseconds on a processor, of ours and of the database's process."""
    from pathlib import Path

    from django.db import connection

    clock = Path(f"/proc/{connection.connection.get_backend_pid()}/schedstat")
    began = time.process_time() + int(clock.read_text().split()[0]) / 1e9
    call()
    return (time.process_time() + int(clock.read_text().split()[0]) / 1e9 - began) * 1000


def _bare(text: str) -> None:
    from django.db import connection

    from search import words
    from search.engines.matching import every_of

    asked = words.ask(text)
    with connection.cursor() as cursor:
        if asked.units:
            match = every_of(asked)
            cursor.execute("SELECT count(*) FROM search_listingindex WHERE NOT hidden AND tsv @@ %s::tsquery", [match])
        else:
            cursor.execute("SELECT count(*) FROM search_listingindex WHERE NOT hidden")
        cursor.fetchall()


def _ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
