"""From what somebody asked to what they see: read, search, fetch, mark."""

from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from search import services, showing, words
from search.engines import choice
from search.forms import Wish
from search.highlight import highlight
from search.models import Listing
from search.ports import Answer, Band, Engine, Query
from search.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Hit:
    listing: Listing
    highlight: SafeString


@dataclass(frozen=True, slots=True)
class Found:
    wish: Wish
    reading: Reading
    answer: Answer
    hits: list[Hit]

    @property
    def shown_for(self) -> str:
        return self.reading.text

    @property
    def reads_it_otherwise(self) -> bool:
        """Worth saying; but not where the best hit bears the very words: 福泉村黄蘑, though 黄蘑 is also 冻蘑."""
        best = words.plain(self.hits[0].listing.title) if self.hits else ""
        return self.reading.changed and bool(self.shown_for) and words.plain(self.wish.q) not in best

    @property
    def next(self) -> str | None:
        place = self.answer.next
        return self.wish.end(place, self.wish.seen + len(self.hits)) if place else None


def engine() -> Engine:
    return choice.engine()


def find(wish: Wish) -> Found:
    reading = read(wish.q, literally=wish.exact)
    answer = engine().search(query_of(wish, reading))
    listings = showing.by_number(answer.listings)
    hits = [
        Hit(listings[number], highlight(listings[number].title, reading.text))
        for number in answer.listings
        if number in listings
    ]
    return Found(wish, reading, answer, hits)


def note_missed(found: Found, method: str | None) -> None:
    """What a real search found nowhere: no HEAD, no further page, nothing that only a filter left out;
    on one county's shelf it is that county's to know."""
    wish = found.wish
    if method == "GET" and found.reading.text and not (found.hits or wish.after or wish.narrowed_within):
        services.note_nothing_found(wish.q, wish.counties[0] if wish.counties else "")


def query_of(wish: Wish, reading: Reading) -> Query:
    return Query(
        text=reading.text,
        literally=reading.literally,
        counties=wish.counties,
        categories=wish.categories,
        prices=_both(wish.prices, reading.prices),
        in_stock=wish.in_stock,
        sort=wish.sort,
        after=wish.after,
        told=reading.told,
    )


def _both(chosen: tuple[Band, ...], said: tuple[Band, ...]) -> tuple[Band, ...]:
    """Bands chosen in the filter, inside the price that was said."""
    if not (chosen and said):
        return chosen or said
    return tuple(
        replace(one, low=max(one.low or 0, other.low or 0), high=min(_open(one.high), _open(other.high)))
        for one in chosen
        for other in said
    )


def _open(high: int | None) -> int:
    return 2**31 - 1 if high is None else high


def near_goods(reading: Reading, nearest: str | None = None, count: int = 8) -> list[Listing]:
    """For a search that found nothing: the same words without any filter, else what the nearest words find
    if they share a sign with it, else the newest goods."""
    akin = nearest if nearest and set(nearest) & set(reading.text) else None
    for text in (reading.text, akin, ""):
        if text is not None and (found := engine().search(Query(text=text, size=count, in_stock=True)).listings):
            break
    listings = showing.by_number(found)
    return [listings[number] for number in found if number in listings]
