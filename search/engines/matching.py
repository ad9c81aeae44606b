"""Which listings match: those with every word of a query, and those about enough of it."""

import re

from search import words
from search.documents import quoted
from search.engines.scoring import idf
from search.lexicon import Told
from search.models import Term

TITLE = ":A"
ABOUT = ":AB"  # in the title, or in what a listing is about: its category, county, maker
PHRASE, SENTENCE = 2, 3  # words: in so many the pairs across two words, numbers and letters say something as well
ENOUGH, BROAD = 200, 2000  # where rarer terms have brought enough, commoner ones bring no more than this
MOST = 24
LETTERS = re.compile(r"[a-z]{2}|[a-z]\d|\d[a-z]")
MEASURE = re.compile(r"\d+(?:g|kg|mg|ml|l|cm|mm|m)", re.ASCII)


def every_of(asked: words.Asked, where: str = "") -> str:
    """A tsquery for every word, each whole or by all its pairs."""
    return " & ".join(_whole(unit, where) for unit in asked.units)


def called(asked: words.Asked) -> str:
    """A tsquery for what every word names: a good's word stands in the title or is what it is sold as, for a
    pickle of a rice growers' co-operative is no rice; any other word may stand in what it is about."""
    return " & ".join(_named(unit) for unit in asked.units)


def _named(unit: words.Unit) -> str:
    sold_as = words.category_words().get(unit.word)
    if sold_as is None:
        return _whole(unit, ABOUT)
    return f"({_whole(unit, TITLE)} | {quoted(words.category_term(sold_as))})"


def _whole(unit: words.Unit, where: str) -> str:
    if len(unit.pairs) < 2:
        return quoted(unit.word) + where
    return f"({quoted(unit.word)}{where} | ({' & '.join(quoted(pair) + where for pair in unit.pairs)}))"


def most_of_every(asked: words.Asked, told: Told) -> int:
    """No more listings have every word than the rarest of them has."""
    return min(max(told.df(unit.word), min((told.df(pair) for pair in unit.pairs), default=0)) for unit in asked.units)


def rarest(asked: words.Asked, told: Told) -> dict[str, int]:
    """What speaks for the query → in how many listings it is: words that goods are called by, names in
    letters, a word with most of the query's weight, pairs of a name that no good has; in a phrase also
    the pairs across its words, and in a sentence its numbers and single letters, for a sentence is seldom
    written twice with the same words.

    A county's name speaks only where nothing else does: 五常特产 finds what 五常 has, 五常大米 no corn.
    Common terms only score where rarer ones have brought enough; what a shorter term finds anyway is left out.
    """
    units = [unit.word for unit in asked.units]
    known = told.terms
    found = list(dict.fromkeys([*_heavy(units, told), *_called(asked, known), *_pairs(asked, known)]))
    said = [term for term in found if known[term][0] != Term.Kind.PLACE] or found
    chosen: dict[str, int] = {}
    for term in sorted(said, key=lambda term: (known[term][1], term))[:MOST]:
        if (brought := sum(chosen.values())) >= ENOUGH and brought + known[term][1] > BROAD:
            break
        chosen[term] = known[term][1]
    return {term: df for term, df in chosen.items() if not any(part != term and part in term for part in chosen)}


Known = dict[str, tuple[str, int]]


def _heavy(units: list[str], told: Told) -> list[str]:
    weights = {unit: idf(told.df(unit), told.listings) for unit in units}
    return [unit for unit in units if unit in told.terms and 2 * weights[unit] > sum(weights.values())]


def _called(asked: words.Asked, known: Known) -> list[str]:
    """Words in titles, whole or inside a longer word; names in letters as they are, but no 500g."""
    units = [unit.word for unit in asked.units]
    inside = [part for part in asked.parts if any(part in unit for unit in units)]
    hanzi = [term for term in (*units, *inside) if len(term) > 1 and _is_word(known, term)]
    measures = [unit for unit in units if MEASURE.fullmatch(unit)]
    signs = [
        term
        for term in dict.fromkeys((*units, *inside))
        if term in known and term.isascii() and not any(term in measure for measure in measures)
    ]
    return hanzi + [term for term in signs if LETTERS.search(term) or len(units) >= SENTENCE]


def _pairs(asked: words.Asked, known: Known) -> list[str]:
    strange = [unit for unit in asked.units if len(unit.word) > 2 and not _is_word(known, unit.word)]
    inside = [pair for unit in strange for pair in unit.pairs]
    across = asked.across if len(asked.units) >= PHRASE else ()
    return [pair for pair in (*inside, *across) if pair in known]


def _is_word(known: Known, term: str) -> bool:
    return term in known and known[term][0] != Term.Kind.GRAM
