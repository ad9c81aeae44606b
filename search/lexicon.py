"""Which terms there are to be meant: learnt when a product is published, counted by the worker."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from kernel import clock
from kernel.outbox import announce
from search import words
from search.documents import analysis_mark, title_phrases
from search.facts import ListingFacts
from search.models import Category, Figures, Term

COUNT = "search.count_terms"
COUNT_EVERY = 60  # seconds: publishing a thousand products asks for one count a minute
LONGEST = 60


def learn(facts: ListingFacts, category: Category) -> None:
    """Add the product's terms that are new, in sorted order: two publishers never wait in a ring."""
    _write(terms_of(facts, category))


def learn_many(goods: Iterable[tuple[ListingFacts, Category]]) -> None:
    """The same of many products at once; where two call a term something else, the first is heard."""
    wanted: dict[str, str] = {}
    for facts, category in goods:
        for term, kind in terms_of(facts, category).items():
            wanted.setdefault(term, kind)
    _write(wanted)


def _write(wanted: dict[str, str]) -> None:
    known = set(Term.objects.filter(pk__in=wanted).exclude(kind=Term.Kind.GRAM).values_list("pk", flat=True))
    new = [
        Term(term=term, kind=wanted[term], pinyin=words.pinyin(term)[:200], initials=words.initials(term)[:60])
        for term in sorted(wanted.keys() - known)
    ]
    Term.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["term"], update_fields=["kind", "pinyin", "initials"]
    )
    ask_for_count()


def terms_of(facts: ListingFacts, category: Category) -> dict[str, str]:
    """Term → kind; the most telling kind wins."""
    short = words.short_county(facts.county_name)
    found: dict[str, str] = {}
    for word in words.words(facts.title):
        if len(word) > 1 and words.is_hanzi(word):
            found[word] = Term.Kind.WORD
    if facts.producer_name:
        found[words.plain(facts.producer_name)[:LONGEST]] = Term.Kind.MAKER
    for phrase in [*title_phrases(facts.title), short + category.name]:
        found.setdefault(phrase, Term.Kind.PHRASE)
    found[category.name] = Term.Kind.CATEGORY
    found |= dict.fromkeys((short, facts.county_name), Term.Kind.PLACE)
    return {term[:LONGEST]: kind for term, kind in found.items() if term}


def ask_for_count() -> None:
    """One count a minute, asked for after the commit: publishers never wait for each other's asking.

    The count is a whole recount, so one that is lost with its process is made up by the next.
    """
    if not any(waiting[1] is _announce_count for waiting in connection.run_on_commit):
        transaction.on_commit(_announce_count, robust=True)


def _announce_count() -> None:
    minute = int(clock.now().timestamp()) // COUNT_EVERY + 1
    announce(COUNT, {}, key=str(minute), at=datetime.fromtimestamp(minute * COUNT_EVERY, UTC))


@transaction.atomic
def count_terms() -> None:
    """Document frequencies of every term and the average length, counted anew.

    Counting takes no locks; only what changed is written, with publishers held back for that moment,
    because rows updated in another order than theirs would end in deadlocks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(avg(length), 1) FROM search_listingindex WHERE NOT hidden")
        listings, average = cursor.fetchone()
        for statement in COUNTING:
            cursor.execute(statement)
    told = {"listings": listings, "average_length": float(average), "counted_at": clock.now()}
    Figures.objects.update_or_create(pk=1, defaults=told, create_defaults={**told, "analysis": analysis_mark()})


COUNTING = (
    "DROP TABLE IF EXISTS pg_temp.counted",
    """CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
       SELECT term, max(n) AS n
         FROM (SELECT word AS term, ndoc AS n
                 FROM ts_stat('SELECT tsv FROM search_listingindex WHERE NOT hidden')
                UNION ALL
               SELECT lower(producer_name), count(*) FROM search_listing WHERE NOT hidden GROUP BY 1) found
        WHERE char_length(term) BETWEEN 1 AND 60
        GROUP BY term""",
    "SET LOCAL lock_timeout = '2s'",  # a long import is not waited for: the outbox tries again
    "LOCK TABLE search_term IN SHARE ROW EXCLUSIVE MODE",
    "SET LOCAL lock_timeout TO DEFAULT",
    """INSERT INTO search_term AS kept (term, kind, pinyin, initials, df)
       SELECT term, 'gram', '', '', n FROM counted
       ON CONFLICT (term) DO UPDATE SET df = excluded.df WHERE kept.df IS DISTINCT FROM excluded.df""",
    """UPDATE search_term SET df = 0
        WHERE df <> 0 AND NOT EXISTS (SELECT FROM counted WHERE counted.term = search_term.term)""",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the lexicon says of a query's terms, as last counted: (kind, listings it is in) of those in any."""

    listings: int
    average: float
    terms: dict[str, tuple[str, int]]
    asked: frozenset[str]

    def df(self, term: str) -> int:
        return self.terms[term][1] if term in self.terms else 0


def ask(terms: Iterable[str]) -> Told:
    """In one reading: a search asks for sixty terms, and each further round trip costs as much as all of them."""
    asked = frozenset(terms)
    with connection.cursor() as cursor:
        cursor.execute(ASKING, [sorted(asked)])
        rows = cursor.fetchall()
    listings, mean = next(((df, average) for _term, kind, df, average in rows if kind == FIGURES), NO_FIGURES)
    return Told(listings, mean, {term: (kind, df) for term, kind, df, _average in rows if kind != FIGURES}, asked)


def told_of(terms: set[str], already: Told | None) -> Told:
    """What was told ``already``, if it was asked for all of these; else asked now."""
    return already if already is not None and terms <= already.asked else ask(terms)


FIGURES, NO_FIGURES = "figures", (0, 30.0)
ASKING = f"""
SELECT term, kind, coalesce(df, 0), 0::float8 FROM search_term WHERE term = ANY(%s) AND df IS DISTINCT FROM 0
 UNION ALL
SELECT '', '{FIGURES}', listings, greatest(average_length, 1) FROM search_figures WHERE id = 1"""  # noqa: S608


def known(terms: list[str]) -> dict[str, tuple[str, int]]:
    """Kind and document frequency of those that are in some listing."""
    found = Term.objects.filter(pk__in=terms).exclude(df=0).values_list("term", "kind", "df")
    return {term: (kind, df or 0) for term, kind, df in found}


def figures() -> tuple[int, float]:
    """Number of listings and their average length, as last counted."""
    row = Figures.objects.filter(pk=1).first()
    return (row.listings, max(row.average_length, 1.0)) if row else (0, 30.0)
