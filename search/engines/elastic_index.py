"""What Elasticsearch keeps of a listing, and the names its indices bear.

Every term comes from ``search/words.py`` by way of the listing's tsvector, separated by spaces: no analyzer
of a cluster has a say. ``title`` holds the terms of label A, ``about`` those of A and B, ``words`` all of them,
so a term in the title is in all three. The three ``lift`` fields are what BM25 gives a term for its place and
the length of the text, times the static score (``scoring.py``): in ``words`` for being there at all, in
``about`` and ``title`` what these add to it. A score is then the sum of a query's weights times the lifts,
the same as the PostgreSQL engine's, and needs no script.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from elasticsearch.dsl import Boolean, Document, Float, Integer, Keyword, Long, MetaField, Short, Text

from search.engines import scoring
from search.models import EngineIndex

REFRESH = "500ms"  # also keeps an index that nobody asks from falling asleep
DAY = "1d"


def _terms(**more: Any) -> Text:
    return Text(analyzer="whitespace", index_options="docs", norms=False, **more)


class ListingDocument(Document):
    withdrawn = Boolean()
    shown = Boolean()
    county = Keyword()
    product = Long()
    listing = Long()
    category = Keyword()
    categories = Keyword()
    price_fen = Integer()
    in_stock = Boolean()
    published = Long()
    standing = Short()
    length = Integer()
    version = Long()
    checksum = Long()
    title = _terms(copy_to=["about", "words"])
    told = Text(index=False, copy_to=["about", "words"])
    rest = Text(index=False, copy_to=["words"])
    about = _terms()
    words = _terms()
    lift_words = Float()
    lift_about = Float()
    lift_title = Float()

    class Meta:
        dynamic = MetaField("strict")


def index_body(index: EngineIndex, shards: int) -> dict[str, Any]:
    """Settings, mapping and the writers' entrance of a new index."""
    return {
        "settings": {
            "number_of_shards": shards,
            "auto_expand_replicas": "0-1",
            "refresh_interval": REFRESH,
            "gc_deletes": DAY,  # we never delete; should somebody, a late message finds the trace for a day
        },
        "mappings": ListingDocument._doc_type.mapping.to_dict(),
        "aliases": {index.entrance: {}},
    }


def identity(county_code: str, product_id: int) -> str:
    return f"c{county_code}:{product_id}"


# --- from a row to a document -------------------------------------------------------------------

CHECKSUM = """('x' || left(md5(concat_ws('|', l.county_code, l.product_id, i.listing_id, i.category_code, i.price_fen,
    i.in_stock, i.hidden, extract(epoch FROM i.published_at), i.standing, i.length, i.tsv::text)), 8))::bit(32)::bigint"""
FIELDS = (
    "listing", "county", "product", "category", "price_fen", "in_stock", "hidden", "published", "standing",
    "length", "version", "checksum", "title", "told", "rest",
)  # fmt: skip
ROWS = f"""
SELECT i.listing_id, l.county_code, l.product_id, i.category_code, i.price_fen, i.in_stock, i.hidden,
       (extract(epoch FROM i.published_at) * 1000000)::bigint, i.standing, i.length, i.version, {CHECKSUM},
       {", ".join(f"array_to_string(tsvector_to_array(ts_filter(i.tsv, '{{{label}}}')), ' ')" for label in "abd")}
  FROM search_listingindex i JOIN search_listing l ON l.id = i.listing_id
"""  # noqa: S608

Row = dict[str, Any]


def rows_where(condition: str, values: Sequence[Any]) -> list[Row]:
    """Listings as they are now; ``condition`` is our own text over ``i`` and ``l``."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ROWS} WHERE {condition}", values)
        return [dict(zip(FIELDS, row, strict=True)) for row in cursor.fetchall()]


def document(row: Row, average_length: float) -> dict[str, Any]:
    hidden = row["hidden"]
    told = {name: value for name, value in row.items() if name != "hidden"}
    category = row["category"]
    return {
        **told,
        "withdrawn": False,
        "shown": not hidden,
        "categories": sorted({category, category.split(".")[0]}),
        **_lifts(row["length"], row["standing"], average_length),
    }


def _lifts(length: int, standing: int, average_length: float) -> dict[str, float]:
    norm = scoring.K1 * (1 - scoring.B) + scoring.K1 * scoring.B / max(average_length, 1.0) * length
    rest, about, title = (
        tf / (tf + norm) * standing / 1000 for tf in (scoring.DESCRIPTION, scoring.ABOUT, scoring.TITLE)
    )
    return {
        "lift_words": round(rest, 7),
        "lift_about": round(about - rest, 7),
        "lift_title": round(title - about, 7),
    }


def tombstone(county_code: str, product_id: int, version: int) -> dict[str, Any]:
    return {"withdrawn": True, "shown": False, "county": county_code, "product": product_id, "version": version}


def operations(documents: Iterable[dict[str, Any]], index: str, *, again: bool = False) -> list[dict[str, Any]]:
    """The lines of a bulk request. ``again`` also writes over the same version, to mend what differs."""
    lines: list[dict[str, Any]] = []
    for one in documents:
        action = {
            "_index": index,
            "_id": identity(one["county"], one["product"]),
            "version": one["version"],
            "version_type": "external_gte" if again else "external",
            "require_alias": True,
        }
        lines += [{"index": action}, one]
    return lines
