"""Typing help over 100 000 generated listings: ``python -m tests.bench.suggest [COUNT]``.

Each name is typed sign by sign, in hanzi, pinyin and initials, as a person does, through the whole view; beside it
the bare look-up of the same beginnings in the table of names.
"""

import statistics
import sys
import time

from tests import database
from tests.bench.search import COUNT, _cpu, _ms, _settle, fill

TYPED = (
    "五常大米", "wuchangdami", "wcdm", "东宁黑木耳", "dongning", "dnhme", "苞米", "tuji", "饶河", "猴头菇", "houtougu",
    "五常丰源合作社", "wcfy", "蓝莓干", "lanmeigan", "椴树蜜", "dsm", "a", "w", "大",
)  # fmt: skip


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

    from search import naming

    connections["default"].settings_dict["NAME"] = database.clone("bench_suggest")
    fill(count)
    began = time.perf_counter()
    learnt = naming.bring_in_line()
    print(f"{learnt} names of {count} listings learnt in {time.perf_counter() - began:.0f} s")
    _settle()
    _report()
    connections.close_all()


def _report() -> None:
    from django.test import RequestFactory

    from search import pace
    from search.suggest_api import suggestions

    requests = RequestFactory()
    whole, bare, cpu = [], [], []
    for name in TYPED:
        for end in range(1, len(name) + 1):
            typed = name[:end]
            pace.forget()

            def ask(typed=typed):
                assert suggestions(requests.get("/api/suggest", {"q": typed})).status_code == 200

            whole += [_ms(ask) for _round in range(3)]
            bare += [_ms(lambda typed=typed: _bare(typed)) for _round in range(3)]
            cpu.append(_cpu(ask))
    for title, times in (("typing help", whole), ("the bare look-up", bare), ("cpu of typing help", cpu)):
        found = statistics.quantiles(times, n=100)
        print(f"{title:<22} p50 {statistics.median(times):>6.1f} ms   p99 {found[98]:>6.1f} ms   of {len(times)}")


def _bare(typed: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for column in ("plain", "pinyin", "initials"):
            cursor.execute(
                f"SELECT name FROM search_name WHERE kind = 'product' AND {column} LIKE %s LIMIT 8", [f"{typed}%"]
            )
            cursor.fetchall()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
