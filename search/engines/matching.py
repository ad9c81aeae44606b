"""Which listings match: tsqueries for every word of a query, and for enough of it."""

from search import lexicon, words
from search.documents import quoted
from search.engines.scoring import idf
from search.models import Term

ABOUT = ":AB"  # in the title, or in what a listing is about: its category, county, maker


def every_of(asked: words.Asked, where: str = "") -> str:
    """A tsquery for every word, each whole or by all its pairs."""
    return " & ".join(_whole(unit, where) for unit in asked.units)


def _whole(unit: words.Unit, where: str) -> str:
    if len(unit.pairs) < 2:
        return quoted(unit.word) + where
    return f"({quoted(unit.word)}{where} | ({' & '.join(quoted(pair) + where for pair in unit.pairs)}))"


def some_of(asked: words.Asked) -> str:
    """A tsquery for listings about enough of the query; empty if there is nothing of the kind."""
    return " | ".join(quoted(term) + ABOUT for term in carrying(asked))


def carrying(asked: words.Asked) -> list[str]:
    """The parts that speak for the query: words that goods are called by, or a word with most of its weight.

    A county's name speaks only where nothing else does: 五常特产 finds what 五常 has, 五常大米 no corn.
    """
    units = [unit.word for unit in asked.units]
    parts = [part for part in asked.parts if any(part in unit for unit in units)]
    known = lexicon.known([*units, *parts])
    listings, _average = lexicon.figures()
    weights = {unit: idf(known[unit][1] if unit in known else 0, listings) for unit in units}
    heavy = [unit for unit in units if unit in known and 2 * weights[unit] > sum(weights.values())]
    called = [term for term in dict.fromkeys([*units, *parts]) if len(term) > 1 and _is_word(known, term)]
    found = list(dict.fromkeys([*heavy, *called]))
    return [term for term in found if known[term][0] != Term.Kind.PLACE] or found


def _is_word(known: dict[str, tuple[str, int]], term: str) -> bool:
    return term in known and known[term][0] != Term.Kind.GRAM
