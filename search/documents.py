"""A listing or a story as the terms it is found by, in PostgreSQL's own notation."""

import hashlib
from collections.abc import Iterable

from search import words
from search.facts import ListingFacts, StoryFacts
from search.models import Category

LABELS = "ABD"  # title, about it, description: how heavy a term is
LONGEST_PHRASE = 8
VERSION = 3  # raise it when the code here or in words.py changes what a text is found by
TABLES = ("synonyms.csv", "names.txt", "categories.csv", "category_words.csv")


def analysis_mark() -> str:
    """Tells one analysis from another: see ``analysing``."""
    told = hashlib.sha256(str(VERSION).encode())
    for name in TABLES:
        told.update((words.DATA / name).read_bytes())
    return told.hexdigest()[:16]


def listing_document(facts: ListingFacts, category: Category) -> tuple[str, int]:
    """The tsvector literal and the length in words."""
    above = category.parent.name if category.parent else ""
    short = words.short_county(facts.county_name)
    brands = [badge["name"] for badge in facts.badges if badge.get("kind") == "brand"]
    about = [facts.summary, facts.producer_name, facts.place, facts.county_name, short, category.name, above, *brands]
    phrases = [*brands, *title_phrases(facts.title), short + category.name, words.category_term(category.code)]
    return _document([facts.title], about, [facts.description], phrases)


def story_document(facts: StoryFacts) -> tuple[str, int]:
    about = [facts.standfirst, facts.county_name, words.short_county(facts.county_name)]
    return _document([facts.title], about, [facts.text], title_phrases(facts.title))


def text_document(text: str) -> tuple[str, int]:
    """Any text, all of it title."""
    return _document([text], (), (), ())


def title_phrases(title: str) -> list[str]:
    """五常大米 稻花香 2 号，当年新米 → 五常大米, 稻花香, 当年新米."""
    found = [run for run in words.runs(title) if words.is_hanzi(run)]
    return [run for run in found if 1 < len(run) <= LONGEST_PHRASE]


def _document(
    title: Iterable[str], about: Iterable[str], rest: Iterable[str], phrases: Iterable[str]
) -> tuple[str, int]:
    labels: dict[str, str] = {}
    length = 0
    for label, texts in zip(LABELS, (title, about, rest), strict=True):
        for text in texts:
            length += len(words.words(text))
            for term in words.terms(text):
                if label != LABELS[-1] or len(term) > 1:  # a long text has every character, which says nothing
                    labels.setdefault(term, label)
    for phrase in phrases:
        labels.setdefault(phrase, LABELS[1])
    return literal(labels), max(length, 1)


def literal(labels: dict[str, str]) -> str:
    """{"大米": "A"} → '大米':1A"""
    return " ".join(f"{quoted(term)}:1{label}" for term, label in sorted(labels.items()))


def quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
