"""Beside a running platform: publish COUNT listings one by one from FIRST on, and say how long each took to be found.

Prints one JSON line: seconds until Elasticsearch found each, and what stands in the inbox about the engine.
"""

import json
import sys
import time


def main(first: int, count: int, wait: bool) -> None:
    import django

    django.setup()
    from kernel.models import InboxItem, OutboxRow
    from search.engines.breaker import KIND
    from search.engines.elasticsearch import ElasticsearchEngine
    from search.ports import Query
    from tests.search import shelf

    lags = []
    engine = ElasticsearchEngine(patience=10)
    for number in range(first, first + count):
        shelf.publish(f"守望{number} 大米", product_id=number)
        began = time.monotonic()
        while wait and not engine.search(Query(text=f"守望{number}", literally=True)).total:
            if time.monotonic() - began > 30:
                raise SystemExit(f"{number} is not found: {list(OutboxRow.objects.order_by('-pk').values()[:2])}")
            time.sleep(0.02)
        lags.append(time.monotonic() - began)
        time.sleep(0.1)
    told = InboxItem.objects.filter(kind=KIND, done_at=None).count()
    print(json.dumps({"lags": lags, "inbox": told}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "wait")
