"""What somebody meant: pinyin, initials, slips of the pen and prices, understood before an engine is asked."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q

from search import lexicon, words
from search.lexicon import Told
from search.models import Term
from search.ports import Band

LONGEST_QUERY = 80
LONGEST_READ = 30
FEWEST_LETTERS = 2
LEAST_BARE = 5  # yuan: 1-2 without a unit is a number of something
LATIN = re.compile(r"[a-z][a-z0-9' ]*")
NUMBER = r"(?:\d{1,6}|[一二两三四五六七八九十百千]{1,7})"
TO = r"\s*[-–—~至到]\s*"
PRICE = re.compile(
    rf"(?P<before>低于|少于|不到|不超过|不高于|最多|超过|高于|不低于|至少)?\s*(?P<sign>[¥￥])?\s*"
    rf"(?<!\d)(?:(?P<low>{NUMBER}){TO}(?:{NUMBER}{TO})*)?(?P<last>{NUMBER})\s*(?P<unit>元钱|元|块钱|块)?\s*"
    r"(?P<how>以下|以内|之内|以上|左右)?\s*的?"
)
# What stands behind a number that is no price: 50-100 g, 5-6 月, 3 年以上.
NO_PRICE = re.compile(
    r"\s*(?:[\d.%/年月日天斤两克千公枚个度毫升袋盒箱瓶只条头亩户岁号厘米]|kg|g\b|ml|cm|mm)", re.IGNORECASE
)
ABOVE = frozenset({"以上", "超过", "高于", "不低于", "至少"})
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
TIMES = {"十": 10, "百": 100, "千": 1000}
KINDS = ("category", "phrase", "place", "word", "maker")


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` is what is searched; ``others`` are further things it may mean."""

    asked: str
    text: str
    prices: tuple[Band, ...] = ()
    others: tuple[str, ...] = field(default=())
    literally: bool = False
    told: Told | None = field(default=None, compare=False, repr=False)

    @property
    def changed(self) -> bool:
        return self.text != words.plain(self.asked)


def read(asked: str, *, literally: bool = False) -> Reading:
    text = words.plain(asked[: LONGEST_QUERY * 2])[:LONGEST_QUERY].strip()
    if literally or not text:
        return Reading(asked, text, literally=literally)
    text, prices = without_price(text)
    text = _english_meant(text)
    told = lexicon.ask(_terms_asked(text))
    meant, others = _meant(text, told)
    return Reading(asked, meant, prices, others, told=told)


def _terms_asked(text: str) -> set[str]:
    """Every term by which a text is read, and by which it is searched if it means what it says."""
    runs = words.runs(text)
    return words.ask(words.common_name(text)).terms().union([text], runs, *map(_terms_within, runs))


def without_price(text: str) -> tuple[str, tuple[Band, ...]]:
    """50 元以下的蜂蜜, 五十块以内的蜂蜜, 不超过 50 的蜂蜜, 蜂蜜 30-50 → 蜂蜜 and a band in yuan, both ends inclusive."""
    for found in PRICE.finditer(text):
        if _is_price(found, text[found.end() :]):
            rest = " ".join((text[: found.start()] + " " + text[found.end() :]).split())
            return rest, (_band(found),)
    return text, ()


def _is_price(found: re.Match[str], after: str) -> bool:
    """It says a bound, and that it means money: by a unit or sign, or in digits that measure nothing else."""
    low, last = found["low"], found["last"]
    if not (low or found["how"] or found["before"] or found["sign"]):
        return False
    if found["unit"] or found["sign"]:
        return True
    in_digits = last.isdecimal() and (low is None or low.isdecimal())
    return in_digits and not NO_PRICE.match(after) and (low is None or int(low) >= LEAST_BARE)


def _band(found: re.Match[str]) -> Band:
    fen, how = yuan_of(found["last"]) * 100, found["how"] or found["before"]
    if found["low"]:
        first, last = sorted((yuan_of(found["low"]) * 100, fen))
        return Band(first, last + 1)
    if how in ABOVE:
        return Band(fen, None)
    if how == "左右":
        return Band(fen * 4 // 5, fen * 6 // 5 + 1)
    return Band(None, fen + 1)


def yuan_of(said: str) -> int:
    """ "50" → 50, "五十" → 50, "一百二" → 120, "两千五百" → 2500."""
    if said.isdecimal():
        return int(said)
    total, digit, last = 0, 0, 1
    for sign in said:
        if sign in TIMES:
            total, last, digit = total + (digit or 1) * TIMES[sign], TIMES[sign], 0
        else:
            digit = DIGITS[sign]
    return total + digit * (last // 10 if last > 10 else 1)


def _meant(text: str, told: Told) -> tuple[str, tuple[str, ...]]:
    """The words meant by a text, the whole first, else run by run; and what else it may be."""
    if LATIN.fullmatch(text) and len(text) >= FEWEST_LETTERS:
        found = _by_letters(re.sub(r"[' ]", "", text), text, told)
        if found:
            return found[0], tuple(found[1:4])
    runs = words.runs(text)
    read_runs = [_run_meant(run, told) for run in runs]
    if read_runs == runs:
        return words.common_name(text), ()
    return words.common_name(" ".join(read_runs)), ()


def _english_meant(text: str) -> str:
    """black fungus → 木耳, unless goods really bear these letters."""
    names = words.english_in(text)
    if not names:
        return text
    borne = set(Term.objects.filter(pk__in=names, df__gt=0).values_list("pk", flat=True))
    return words.from_english(text, but=borne)


def _run_meant(run: str, told: Told) -> str:
    if words.is_hanzi(run):
        return _by_slip(run, told) or run
    if LATIN.fullmatch(run) and len(run) >= FEWEST_LETTERS:
        return next(iter(_by_letters(run, run, told)), run)
    return run


# --- letters -----------------------------------------------------------------------------------


def _by_letters(letters: str, written: str, told: Told) -> list[str]:
    """Terms written so in pinyin or initials; nothing if goods really bear these letters (NFC, A2)."""
    letters = letters[:LONGEST_READ]
    if told.df(written):
        return []
    exact = _best("t.pinyin = %s OR t.initials = %s", [letters, letters], letters)
    return exact or _dialect(letters) or _in_two(letters) or _begun(letters) or _misspelt(letters)


def _dialect(letters: str) -> list[str]:
    """tudou: a dialect word, which no good is listed by, but its common name."""
    common = sorted({common for said, common in words.synonyms().items() if words.pinyin(said) == letters})
    return sorted(set(common) & lexicon.known(common).keys())


def _best(condition: str, values: list[Any], letters: str) -> list[str]:
    """Whole pinyin before initials, then the most frequent, then the shortest."""
    sql = f"""
        SELECT t.term FROM search_term t
         WHERE t.kind <> 'gram' AND (t.df IS NULL OR t.df > 0) AND ({condition})
         ORDER BY (t.pinyin = %s) DESC, coalesce(t.df, 0) DESC, char_length(t.term), t.term LIMIT 4"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, letters])
        return [row[0] for row in cursor.fetchall()]


def _in_two(letters: str) -> list[str]:
    """wuchang + dami, wc + dm: a place or word and another, each known by its letters."""
    if len(letters) < 2 * FEWEST_LETTERS:
        return []
    cuts = range(FEWEST_LETTERS, len(letters) - FEWEST_LETTERS + 1)
    pieces = sorted({piece for at in cuts for piece in (letters[:at], letters[at:])})
    rows = Term.objects.exclude(kind=Term.Kind.GRAM).exclude(df=0).filter(_written(pieces))
    by_piece: dict[str, tuple[int, int, str]] = {}
    for term, pinyin, initials, df in rows.values_list("term", "pinyin", "initials", "df"):
        for piece, rank in ((pinyin, 1), (initials, 0)):
            by_piece[piece] = max(by_piece.get(piece, (-1, -1, "")), (rank, df or 0, term))
    found = [
        (min(by_piece[letters[:at]], by_piece[letters[at:]])[:2], by_piece[letters[:at]][2] + by_piece[letters[at:]][2])
        for at in cuts
        if letters[:at] in by_piece and letters[at:] in by_piece
    ]
    return [max(found)[1]] if found else []


def _written(pieces: list[str]) -> Q:
    return Q(pinyin__in=pieces) | Q(initials__in=pieces)


def _begun(letters: str) -> list[str]:
    """wuchangda → 五常大米."""
    if len(letters) < 4:
        return []
    return _best("t.pinyin LIKE %s", [letters + "%"], letters)


def _misspelt(letters: str) -> list[str]:
    """One letter wrong, missing or too many (two in a long word)."""
    if len(letters) < 5:
        return []
    allowed = 1 if len(letters) < 9 else 2
    return _nearest(
        letters,
        allowed,
        "char_length(t.pinyin) BETWEEN %s AND %s AND (t.pinyin LIKE %s OR t.pinyin LIKE %s)",
        [len(letters) - allowed, len(letters) + allowed, letters[:2] + "%", "%" + letters[-3:]],
    )


def _nearest(letters: str, allowed: int, condition: str, values: list[Any]) -> list[str]:
    sql = f"""
        SELECT t.term, t.pinyin, coalesce(t.df, 0) FROM search_term t
         WHERE t.kind <> 'gram' AND (t.df IS NULL OR t.df > 0) AND ({condition})"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ranked = [
            (away, -df, term)
            for term, pinyin, df in cursor.fetchall()
            if (away := distance(letters, pinyin, allowed)) <= allowed
        ]
    return [term for _away, _df, term in sorted(ranked)[:4]]


# --- hanzi -------------------------------------------------------------------------------------


def _by_slip(run: str, told: Told) -> str | None:
    """五长大米 → 五常大米: the term with the same sound, or with one character written otherwise."""
    if not 2 <= len(run) <= 12 or _known(run, told):
        return None
    patterns = [f"{run[:at]}_{run[at + 1 :]}" for at in range(len(run))]
    sound = words.pinyin(run)
    found = _best("t.pinyin = %s OR t.term LIKE ANY(%s)", [sound, patterns if len(run) > 2 else []], sound)
    near = found or (_misspelt(sound) if len(run) > 2 else [])
    return next((term for term in near if len(set(term) & set(run)) * 2 >= min(len(run), len(term))), None)


def _known(run: str, told: Told) -> bool:
    """Is every word of the run in some listing, or in the lexicon?"""
    if words.common_name(run) != run:
        return True
    counted = told.terms.keys()
    return run in counted or all(
        unit.word in counted
        or (unit.pairs and counted >= set(unit.pairs))
        or words.made_of(unit.word, counted & words.words_within(unit.word))
        for unit in words.ask(run).units
    )


@lru_cache(maxsize=1000)
def _terms_within(run: str) -> frozenset[str]:
    """The terms that ``_known`` looks for."""
    units = words.ask(run).units
    return frozenset(term for unit in units for term in (unit.word, *unit.pairs, *words.words_within(unit.word)))


def nearest_reading(text: str) -> str | None:
    """For a query that found nothing: the nearest term by sound, further off than a slip."""
    sound = "".join(words.pinyin(run) for run in words.runs(text))[:LONGEST_READ]
    if len(sound) < 3:
        return None
    allowed = max(2, len(sound) // 3)
    found = _nearest(
        sound,
        allowed,
        "char_length(t.pinyin) BETWEEN %s AND %s AND left(t.pinyin, 1) = %s AND t.kind <> 'maker'",
        [len(sound) - allowed, len(sound) + allowed, sound[0]],
    )
    by_letters = LATIN.fullmatch(text) is not None  # hanzi that sound alike and share no sign are another thing
    return next((term for term in found if term != text and (by_letters or set(term) & set(text))), None)


def distance(one: str, other: str, limit: int) -> int:
    """Levenshtein's distance, or ``limit + 1`` when it is farther."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != against)))
        if min(now) > limit:
            return limit + 1
        before = now
    return before[-1]
