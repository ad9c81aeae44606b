"""The story tab: stories by the same words, the complete matches first, then the newest."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from search import lexicon, words
from search.documents import quoted
from search.engines.matching import ABOUT, every_of, rarest
from search.highlight import highlight, passage
from search.models import StoryCard
from search.reading import Reading

PAGE = 20


@dataclass(frozen=True, slots=True)
class StoryHit:
    """A story with its title marked, and what it was found by: the standfirst, or a passage of its text."""

    card: StoryCard
    title: SafeString
    passage: SafeString


def find_stories(reading: Reading, counties: tuple[str, ...], first: int = 0) -> tuple[int, list[StoryHit]]:
    """How many there are, and a page of them from ``first`` on."""
    asked = words.ask(reading.text, literally=reading.literally)
    if reading.text and not asked.units:
        return 0, []
    values: list[Any]
    match, values = ("tsv @@ %s::tsquery", [_enough(asked, reading.told)]) if asked.units else ("TRUE", [])
    if counties:
        match, values = f"{match} AND county_code = ANY(%s)", [*values, list(counties)]
    order, order_values = ("tsv @@ %s::tsquery DESC,", [every_of(asked)]) if asked.units else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, count(*) OVER () FROM search_storycard WHERE NOT hidden AND {match}"  # noqa: S608
            f" ORDER BY {order} published_at DESC, id DESC LIMIT {PAGE:d} OFFSET %s",
            [*values, *order_values, first],
        )
        rows = cursor.fetchall()
    cards = StoryCard.objects.in_bulk([row[0] for row in rows])
    found = [_hit(cards[row[0]], reading.text) for row in rows if row[0] in cards]
    return (rows[0][1] if rows else 0), found


def _hit(card: StoryCard, text: str) -> StoryHit:
    title, standfirst = highlight(card.title, text), highlight(card.standfirst, text)
    told = "<mark>" in standfirst or "<mark>" in title
    return StoryHit(card, title, standfirst if told else passage(card.text, text) or standfirst)


def _enough(asked: words.Asked, told: lexicon.Told | None) -> str:
    some = [quoted(term) + ABOUT for term in rarest(asked, lexicon.told_of(asked.terms(), told))]
    return " | ".join([every_of(asked), *some])
