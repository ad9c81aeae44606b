"""Which listings match: those with every word of a query, and those about enough of it."""

import re

from search import lexicon, words
from search.documents import quoted
from search.engines.scoring import idf
from search.models import Term

ABOUT = ":AB"  # in the title, or in what a listing is about: its category, county, maker
SENTENCE = 3  # words: in so many the pairs across two words say something as well
ENOUGH, BROAD = 200, 5000  # where rarer terms have brought enough, commoner ones bring no more than this
MOST = 24
LETTERS = re.compile(r"[a-z]{2}|[a-z]\d|\d[a-z]")
MEASURE = re.compile(r"\d+(?:g|kg|mg|ml|l|cm|mm|m)", re.ASCII)


def every_of(asked: words.Asked, where: str = "") -> str:
    """A tsquery for every word, each whole or by all its pairs."""
    return " & ".join(_whole(unit, where) for unit in asked.units)


def _whole(unit: words.Unit, where: str) -> str:
    if len(unit.pairs) < 2:
        return quoted(unit.word) + where
    return f"({quoted(unit.word)}{where} | ({' & '.join(quoted(pair) + where for pair in unit.pairs)}))"


def most_of_every(asked: words.Asked) -> int:
    """No more listings have every word than the rarest of them has."""
    known = lexicon.document_frequencies([term for unit in asked.units for term in (unit.word, *unit.pairs)])
    return min(
        max(known.get(unit.word, 0), min((known.get(pair, 0) for pair in unit.pairs), default=0))
        for unit in asked.units
    )


def some_of(asked: words.Asked) -> str:
    """A tsquery for listings about enough of the query; empty if there is nothing of the kind."""
    return " | ".join(quoted(term) + ABOUT for term in carrying(asked))


def carrying(asked: words.Asked) -> list[str]:
    """The terms that each speak for the query, the rarest first."""
    return list(rarest(asked))


def rarest(asked: words.Asked) -> dict[str, int]:
    """What speaks for the query → in how many listings it is: words that goods are called by, names in
    letters, a word with most of the query's weight, pairs of a name that no good has; and in a sentence
    the pairs across its words, for a sentence is seldom written twice with the same words.

    A county's name speaks only where nothing else does: 五常特产 finds what 五常 has, 五常大米 no corn.
    Common terms only score where rarer ones have brought enough; what a shorter term finds anyway is left out.
    """
    units = [unit.word for unit in asked.units]
    known = lexicon.known([*units, *asked.parts])
    found = list(dict.fromkeys([*_heavy(units, known), *_called(asked, known), *_pairs(asked, known)]))
    said = [term for term in found if known[term][0] != Term.Kind.PLACE] or found
    chosen: dict[str, int] = {}
    for term in sorted(said, key=lambda term: (known[term][1], term))[:MOST]:
        if (brought := sum(chosen.values())) >= ENOUGH and brought + known[term][1] > BROAD:
            break
        chosen[term] = known[term][1]
    return {term: df for term, df in chosen.items() if not any(part != term and part in term for part in chosen)}


Known = dict[str, tuple[str, int]]


def _heavy(units: list[str], known: Known) -> list[str]:
    listings, _average = lexicon.figures()
    weights = {unit: idf(known[unit][1] if unit in known else 0, listings) for unit in units}
    return [unit for unit in units if unit in known and 2 * weights[unit] > sum(weights.values())]


def _called(asked: words.Asked, known: Known) -> list[str]:
    """Words in titles, whole or inside a longer word; names in letters as they are, but no 500g."""
    units = [unit.word for unit in asked.units]
    inside = [part for part in asked.parts if any(part in unit for unit in units)]
    hanzi = [term for term in (*units, *inside) if len(term) > 1 and _is_word(known, term)]
    return hanzi + [term for term in units if term in known and LETTERS.search(term) and not MEASURE.fullmatch(term)]


def _pairs(asked: words.Asked, known: Known) -> list[str]:
    strange = [unit for unit in asked.units if len(unit.word) > 2 and not _is_word(known, unit.word)]
    inside = [pair for unit in strange for pair in unit.pairs]
    across = asked.across if len(asked.units) >= SENTENCE else ()
    return [pair for pair in (*inside, *across) if pair in known]


def _is_word(known: Known, term: str) -> bool:
    return term in known and known[term][0] != Term.Kind.GRAM
