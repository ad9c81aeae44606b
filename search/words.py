"""The one analysis of text: what a listing is indexed by and what a query asks for, in every engine.

NFKC and casefold, words by rjieba with our counties' and goods' names added, dialect words beside
their common name, and bigrams and single characters of every run of hanzi. The same text always gives
the same terms, on every machine.
"""

import csv
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, cast

import rjieba
from django.conf import settings

from tenants import register

DATA = Path(__file__).with_name("data")
LONGEST_TEXT = 5000
LONGEST_TERM = 40
OFTEN = 200_000
RUNS_KEPT = 4_000
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3005\u3007"
RUN = re.compile(f"[{HAN}]+|(?:(?![{HAN}])[^\\W_])+")
HANZI = re.compile(f"[{HAN}]+")
READ = re.compile(f"[{HAN}]+|[^{HAN}]+")
PIECE = re.compile(r"\d+|\D+")
UNHEARD = frozenset("的了和与及或在是有个这那吗呢吧啊")
COUNTY_TAILS = ("自治县", "自治旗", "林区", "特区", "市", "县", "区", "旗")
NATIONS = ("蒙古族", "达斡尔族", "鄂温克族", "朝鲜族", "满族", "回族", "土家族", "苗族")
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of a query: found by itself or by all its pairs of characters."""

    word: str
    pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query taken apart: units retrieve, parts and single characters score; ``across`` are the parts
    that stand in two words."""

    units: tuple[Unit, ...]
    parts: tuple[str, ...]
    singles: tuple[str, ...]
    across: tuple[str, ...] = ()

    def terms(self) -> set[str]:
        of_units = (term for unit in self.units for term in (unit.word, *unit.pairs))
        return {*of_units, *self.parts, *self.singles}


def plain(text: str) -> str:
    """Compatibility forms folded, small letters, no control characters, at most 5 000 characters."""
    kept = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    if not kept.isprintable():
        kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in kept)
    return " ".join(kept[:LONGEST_TEXT].split())


def runs(text: str) -> list[str]:
    """Runs of hanzi and runs of other letters and digits, in their order."""
    return RUN.findall(plain(text))


def is_hanzi(run: str) -> bool:
    return bool(HANZI.fullmatch(run))


def words(text: str) -> list[str]:
    """Words as they stand, dialect words by their common name."""
    return [word for run in runs(text) for word in _words_of(run)]


def terms(text: str) -> list[str]:
    """Everything a text is found by: words, words inside words, pairs and single characters."""
    return [term for run in runs(text) for term in _terms_of(run)]


@lru_cache(maxsize=RUNS_KEPT)
def _terms_of(run: str) -> tuple[str, ...]:
    """Goods are described in the same words over and over: a run that was taken apart is kept a while."""
    if not is_hanzi(run):
        return (run[:LONGEST_TERM], *_pieces(run))
    found: list[str] = []
    common = "".join(_words_of(run))
    for form in dict.fromkeys((run, common)):
        found += (word for word in _cutter().cut_for_search(form, False) if len(word) <= LONGEST_TERM)
        found += pairs(form)
        found += form
    return tuple(dict.fromkeys(found))


def _pieces(run: str) -> list[str]:
    """iphone6 → iphone, 6; nothing where there is only one kind of sign."""
    found = PIECE.findall(run[:LONGEST_TERM])
    return found if len(found) > 1 else []


def pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


@lru_cache(maxsize=1000)
def ask(text: str, *, literally: bool = False) -> Asked:
    """A query's terms; ``literally`` leaves dialect words as they are."""
    units: list[Unit] = []
    parts: list[str] = []
    singles: list[str] = []
    across: list[str] = []
    for run in runs(text):
        if not is_hanzi(run):
            units.append(Unit(run[:LONGEST_TERM], ()))
            parts += _pieces(run)
            continue
        chosen = _cut(run) if literally else list(_words_of(run))
        whole = "".join(chosen)
        joined = _joined(chosen)
        units += (Unit(word[:LONGEST_TERM], tuple(pairs(word))) for word in joined)
        parts += [*pairs(whole), whole[:LONGEST_TERM], *_cutter().cut_for_search(whole, False)]
        parts += (category_term(category_words()[word]) for word in joined if word in category_words())
        across += [pair for pair in pairs(whole) if not any(pair in word for word in joined)]
        singles += whole
    heard = [unit for unit in units if unit.word not in UNHEARD] or units
    return Asked(
        units=tuple(dict.fromkeys(heard)),
        parts=tuple(dict.fromkeys(part for part in parts if 1 < len(part) <= LONGEST_TERM or part.isascii())),
        singles=tuple(dict.fromkeys(single for single in singles if single not in UNHEARD)),
        across=tuple(dict.fromkeys(across)),
    )


def words_within(word: str) -> set[str]:
    """Shorter words that a word is made of: 响水大米 → 响水, 大米."""
    return {one for one in _cutter().cut_for_search(word, False) if 1 < len(one) < len(word)}


def made_of(word: str, known: Collection[str]) -> bool:
    """Do these words, one after another, make up the word?"""
    return not word or any(word.startswith(one) and made_of(word[len(one) :], known) for one in known)


def common_name(text: str) -> str:
    """苞米面 → 玉米面; other text comes back as ``plain`` made it."""
    return RUN.sub(lambda found: "".join(_words_of(found[0])), plain(text))


def short_county(name: str) -> str:
    """五常市 → 五常, 宾县 stays 宾县, 杜尔伯特蒙古族自治县 → 杜尔伯特."""
    for tail in COUNTY_TAILS:
        if name.endswith(tail) and len(name) - len(tail) > 1:
            name = name.removesuffix(tail)
            break
    for nation in NATIONS:
        name = name.removesuffix(nation) or name
    return name


@lru_cache(maxsize=20_000)
def pinyin(term: str) -> str:
    """五常大米 → wuchangdami; letters and digits stay, anything else is left out."""
    return "".join(_syllables(term))


@lru_cache(maxsize=20_000)
def initials(term: str) -> str:
    """五常大米 → wcdm."""
    return "".join(syllable[0] for syllable in _syllables(term) if syllable)


def _syllables(term: str) -> list[str]:
    """Hanzi are read run by run: what stands between them says nothing of how they sound."""
    return [syllable for run in READ.findall(term) for syllable in _syllables_of(run)]


@lru_cache(maxsize=RUNS_KEPT)
def _syllables_of(run: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    found = lazy_pinyin(run, errors=cast("Any", list), v_to_u=False)
    return tuple(one for one in ("".join(filter(str.isalnum, syllable)) for syllable in found) if one.isascii())


@lru_cache(maxsize=RUNS_KEPT)
def _words_of(run: str) -> tuple[str, ...]:
    if not is_hanzi(run):
        return (run[:LONGEST_TERM],)
    common = synonyms()
    return tuple(common.get(word, word) for word in _cut(run))


def _cut(run: str) -> list[str]:
    return [run] if run in synonyms() else list(_cutter().cut(run, False))


def _joined(chosen: list[str]) -> list[str]:
    """Single characters beside each other are one word that the dictionary does not have."""
    joined: list[str] = []
    loose = ""
    for word in chosen:
        if len(word) == 1 and word not in UNHEARD:
            loose += word
            continue
        joined += [loose] * bool(loose) + [word]
        loose = ""
    return joined + [loose] * bool(loose)


@lru_cache(maxsize=1)
def synonyms() -> dict[str, str]:
    """Dialect and second names → the common name."""
    with (DATA / "synonyms.csv").open(encoding="utf-8", newline="") as file:
        return {row["said"]: row["canonical"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """What an English reader calls goods → the word they are listed by."""
    with (DATA / "english_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["english"]: row["term"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _english_run() -> re.Pattern[str]:
    longest_first = sorted(english(), key=len, reverse=True)
    return re.compile(rf"(?<![a-z'])({'|'.join(map(re.escape, longest_first))})(?:e?s)?(?![a-z'])")


def english_in(text: str) -> list[str]:
    """The English names of goods in a plain text, as they stand in the table."""
    return [found[1] for found in _english_run().finditer(text)]


def from_english(text: str, but: Collection[str] = ()) -> str:
    """wuchang rice → wuchang 大米; those in ``but`` stay: goods bear them."""
    return _english_run().sub(lambda found: found[0] if found[1] in but else english()[found[1]], text)


@lru_cache(maxsize=1)
def category_words() -> dict[str, str]:
    """Common names of goods → the category they are sold in; as a term it is written ``category_term``."""
    with (DATA / "category_words.csv").open(encoding="utf-8", newline="") as file:
        return {word: row["category"] for row in csv.DictReader(file) for word in row["words"].split()}


def category_term(code: str) -> str:
    """No word of a text has this sign in it."""
    return f"={code}"


@lru_cache(maxsize=1)
def category_rows() -> tuple[dict[str, str], ...]:
    with (DATA / "categories.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def forget() -> None:
    """What was taken apart so far; call it when a table of words is another."""
    for kept in (_terms_of, _words_of, _syllables_of):
        kept.cache_clear()


def _cutter() -> rjieba.Jieba:
    with _lock:
        return _made_cutter()


@lru_cache(maxsize=1)
def _made_cutter() -> rjieba.Jieba:
    cutter = rjieba.Jieba()
    for word in sorted(_names()):
        cutter.add_word(word, OFTEN, "nz")
    return cutter


def _names() -> set[str]:
    """Names the general dictionary does not know: counties, goods, dialect words."""
    counties = {one.name for one in register.divisions(settings.JIETI_PROVINCE)}
    goods = {row["name"] for row in category_rows()}
    dialect = synonyms()
    brands = set((DATA / "names.txt").read_text(encoding="utf-8").split())
    names = counties | {short_county(name) for name in counties} | goods | set(dialect) | set(dialect.values()) | brands
    names |= set(category_words())
    return {name for name in names if len(name) > 1}
