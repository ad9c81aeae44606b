"""Names of divisions at county level and above in a sign (商标法 §10 (2)), for all of China.

The names come from the province's register of divisions; ``data/place_words.csv`` adds what the
register does not have (单字简称, 拼音, 港澳台) and the names that also mean something else.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from django.utils.translation import gettext as _

from branding import goods, sounds
from branding.findings import NOTE, STOP, WARN, Finding, article
from branding.sign_words import ADDED, words_on
from tenants import register

TABLE = Path(__file__).parent / "data" / "place_words.csv"
SPELLINGS = Path(__file__).parent / "data" / "place_spellings.csv"
PROVINCES = tuple(f"{number:02}" for number in range(11, 83))
FULL, SHORT, DISTRICT = "full", "short", "district"
TAILS = re.compile("(自治县|自治旗|自治州|自治区|林区|特区|地区|省|市|县|区|旗|盟)$")
OF_A_NATION = re.compile(
    "(.{2,}?)(?:哈尼族|傣族|藏族|彝族|苗族|侗族|布依族|土家族|壮族|回族|满族|蒙古族|蒙古|朝鲜族|白族|景颇族|傈僳族|羌族|柯尔克孜|哈萨克|维吾尔|达斡尔族|"
    "鄂温克族|鄂伦春|瑶族|黎族|畲族|水族|仡佬族|仫佬族|毛南族|拉祜族|佤族|纳西族|独龙族|怒族|普米族|布朗族|土族|撒拉族|东乡族|保安族|裕固族|锡伯|塔吉克|各族)+"
)
LONGEST = 15


@dataclass(frozen=True, slots=True)
class Place:
    """A division's name or its short form, with where it lies ("黑龙江省双鸭山市")."""

    name: str
    form: str
    whole: str


@dataclass(frozen=True, slots=True)
class PlaceWord:
    name: str
    kind: str
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def place_words() -> tuple[PlaceWord, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            PlaceWord(row["name"], row["kind"], date.fromisoformat(row["valid_from"]), row["source"])
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=64)
def words_of(kind: str, on: date) -> frozenset[str]:
    return frozenset(one.name for one in place_words() if one.kind == kind and one.valid_from <= on)


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[Place, ...]]:
    """Every name and short form of two hanzi and more → the divisions it names."""
    found: dict[str, dict[Place, None]] = defaultdict(dict)
    for place in _of_register():
        if len(place.name) > 1:
            found[place.name][place] = None
    return {name: tuple(which) for name, which in found.items()}


def _of_register() -> Iterator[Place]:
    for province in PROVINCES:
        for one in register.divisions(province):
            yield from _forms(one.province, one.province)
            if one.prefecture and one.prefecture != one.province:
                yield from _forms(one.prefecture, one.province + one.prefecture)
            whole = one.province + (one.prefecture if one.prefecture != one.province else "") + one.name
            yield from _forms(one.name, whole)


def _forms(name: str, whole: str) -> Iterator[Place]:
    yield Place(name, FULL, whole)
    short = short_name(name)
    if short != name:
        yield Place(short, DISTRICT if name.endswith("区") and not name.endswith("自治区") else SHORT, whole)


@lru_cache(maxsize=8192)
def short_name(name: str) -> str:
    """饶河县 → 饶河, 宾县 stays, 杜尔伯特蒙古族自治县 → 杜尔伯特, 广西壮族自治区 → 广西."""
    short = TAILS.sub("", name)
    if name.endswith(("自治县", "自治州", "自治区", "自治旗")) and (found := OF_A_NATION.fullmatch(short)):
        short = found[1]
    return short if len(short) > 1 else name


def named_in(text: str, on: date) -> list[tuple[int, str]]:
    """Place names inside a text with where they begin, the longest first, none inside another or inside a river's."""
    known, beyond = places(), words_of("beyond", on)
    rivers = naturals_in(text, on)
    taken = list(rivers)
    for length in range(min(LONGEST, len(text)), 1, -1):
        for begin in range(len(text) - length + 1):
            name = text[begin : begin + length]
            if (name in known or name in beyond) and not _covered(begin, length, taken):
                taken.append((begin, name))
    return sorted(set(taken) - set(rivers))


def naturals_in(text: str, on: date) -> list[tuple[int, str]]:
    """Rivers, lakes and mountains whose name holds a division's: 乌苏里江 is not the city of 乌苏."""
    return [(found.start(), found[0]) for found in _naturals(on).finditer(text)]


@lru_cache(maxsize=16)
def _naturals(on: date) -> re.Pattern[str]:
    """The longest first: 乌苏里江 before 乌苏里. Without any, what nothing fits."""
    return re.compile("|".join(sorted(words_of("natural", on), key=lambda name: (-len(name), name))) or "(?!)")


def _covered(begin: int, length: int, taken: list[tuple[int, str]]) -> bool:
    return any(at <= begin and begin + length <= at + len(name) for at, name in taken)


def check(name: str, on: date) -> list[Finding]:
    """What the division names in a sign mean for it."""
    text = sounds.plain(name)
    found = [_judge(name, text, begin, place, on) for begin, place in named_in(text, on)]
    rivers = dict.fromkeys(river for _begin, river in naturals_in(text, on))
    return [*found, *(_natural(name, river) for river in rivers), *_letters(name, text, on)]


def _natural(name: str, river: str) -> Finding:
    inside = next(
        part
        for size in range(len(river) - 1, 1, -1)
        for at in range(len(river) - size + 1)
        if (part := river[at : at + size]) in places()
    )
    return Finding(
        name,
        "place_natural",
        WARN,
        _("“%(river)s”是江河山湖的名字，里面的“%(place)s”也是%(where)s的地名，国家局会看整体是不是另一个意思。")
        % {"river": river, "place": inside, "where": _where(inside)},
        article("10.2"),
        _("江河的名字谁都能用，最好再加两个自己的字；在“名字的意思”里写清说的是哪条江、哪座山。"),
    )


def _judge(name: str, text: str, begin: int, place: str, on: date) -> Finding:
    where = _where(place)
    if place in words_of("meaning", on) and not _is_full(place):
        return Finding(
            name,
            "place_meaning",
            WARN,
            _("“%(place)s”是%(where)s的地名，也有别的意思，国家局会看哪个意思更强。")
            % {"place": place, "where": where},
            article("10.2"),
            _("最好再加两个和地名无关的字，让人一看就不是地名。"),
        )
    if _is_district(place):
        return Finding(
            name,
            "place_district",
            WARN,
            _("“%(place)s”是%(where)s的简称，市辖区的地名也不能做商标。") % {"place": place, "where": where},
            article("10.2"),
            _("换掉这两个字。有别的意思的话，写在“名字的意思”里给品牌专员看。"),
        )
    if len(place) == 2 and _may_be_read_otherwise(text, begin, on):
        return Finding(
            name,
            "place_inside",
            WARN,
            _("中间的“%(place)s”连起来是%(where)s的地名。") % {"place": place, "where": where},
            article("10.2"),
            _("连起来读不出地名就没事；读得出就换一个字。"),
        )
    return Finding(
        name,
        "place",
        STOP,
        _("“%(place)s”是%(where)s的地名，县级以上地名不能做商标。") % {"place": place, "where": where},
        article("10.2"),
        _("去掉“%(place)s”，换成山、水、人家的叫法。想用县名，请协会来办地理标志集体商标或证明商标。")
        % {"place": place},
    )


def _may_be_read_otherwise(text: str, begin: int, on: date) -> bool:
    """Two hanzi in the middle: 山饶河谷 need not name 饶河, while 老饶河蜂蜜 and 北大荒饶河大米 do.

    It may where a word of the language takes one of the two (好运城堡), or where on both sides something is
    left that is neither a description, nor goods, nor a word, nor what people put before a place.
    """
    before, after = text[:begin], text[begin + 2 :]
    if not before or not after:
        return False
    words = _words(text)
    if not {begin, begin + 2} <= set(accumulate(len(word) for word in words)):
        return True
    fillers = _fillers(on)
    known = before == words[0] and len(before) > 1
    return not known and not is_made_of(before, fillers | words_of("before", on)) and not is_made_of(after, fillers)


def _words(text: str) -> list[str]:
    """By the dictionary alone: what it does not know falls into single hanzi."""
    import rjieba  # its dictionary takes 20 MB, and few names have a place in the middle

    return list(rjieba.cut(text, False))


@lru_cache(maxsize=16)
def _fillers(on: date) -> frozenset[str]:
    """What stands beside a name without making it another: goods, descriptions, kinds of firms, other places."""
    goods_names = {word for word, _row in goods.names_on(on)}
    return frozenset(goods_names | {row.word for row in words_on(on) if row.kind in ADDED} | places().keys())


def is_made_of(text: str, words: frozenset[str]) -> bool:
    """Nothing is left when the text is cut into these words."""
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached |= {end for end in range(at + 1, min(len(text), at + LONGEST) + 1) if text[at:end] in words}
    return len(text) in reached


def _letters(name: str, text: str, on: date) -> list[Finding]:
    if text in words_of("letter", on):
        return [
            Finding(
                name,
                "place_letter",
                STOP,
                _("“%(place)s”是省、自治区、直辖市的简称，单独用不行。") % {"place": text},
                article("10.2"),
                _("换一个字，或者和别的字连成一个新词。"),
            )
        ]
    return _spelt(name, on)


def _spelt(name: str, on: date) -> list[Finding]:
    """Divisions spelt in Latin letters as words of their own, the longest first, none inside another."""
    found: list[Finding] = []
    taken: list[sounds.Run] = []
    for run in sounds.latin_runs(name):
        if any(one.stretch == run.stretch and one.begin <= run.begin and run.end <= one.end for one in taken):
            continue
        if one := _judge_letters(name, run, on):
            found.append(one)
            taken.append(run)
    return found


def _judge_letters(name: str, run: sounds.Run, on: date) -> Finding | None:
    whole, above = _foreign(on).get(run.text), _spelt_above(on).get(run.text)
    if whole and not above:
        reason = _("“%(text)s”是%(where)s的外文名，县级以上地名的外文也不行。") % {"text": run.text, "where": whole}
        return _stopped_letters(name, "place_foreign", reason)
    if above and not _may_be_other_syllables(run):
        reason = _("“%(text)s”是%(where)s的拼音，省、省会和有名旅游城市的拼音也不行。") % {
            "text": run.text,
            "where": above,
        }
        return _stopped_letters(name, "place_pinyin", reason)
    if whose := above or _spelt_counties().get(run.text):
        return Finding(
            name,
            "place_pinyin_county",
            NOTE,
            _("“%(text)s”和%(where)s的拼音一样。") % {"text": run.text, "where": whose},
            article("10.2"),
            _("有汉字的话把汉字写上，一起看。"),
        )
    return None


def _stopped_letters(name: str, code: str, reason: str) -> Finding:
    return Finding(name, code, STOP, reason, article("10.2"), _("换一个不是地名的拼音或外文。"))


def _may_be_other_syllables(run: sounds.Run) -> bool:
    """Da Lian Hua may be 大莲花: single syllables beside another syllable need not be read as the place."""
    words, syllables = run.stretch[run.begin : run.end], _syllables()
    beside = {*run.stretch[max(0, run.begin - 1) : run.begin], *run.stretch[run.end : run.end + 1]}
    return all(word in syllables for word in words) and bool(beside & syllables)


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """The syllables of all names of divisions: nearly all there are."""
    return frozenset(sounds.toneless(sign) for sign in {sign for name in places() for sign in name})


@lru_cache(maxsize=8)
def _foreign(on: date) -> dict[str, str]:
    """Harbin → 哈尔滨: names in use abroad that are no pinyin."""
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if date.fromisoformat(row["valid_from"]) <= on]
    return {row["spelling"]: row["place"] for row in rows}


@lru_cache(maxsize=8)
def _spelt_above(on: date) -> dict[str, str]:
    provinces = {short_name(one) for one in {register.province_name(code) for code in PROVINCES} if one}
    return {sounds.toneless(one): one for one in provinces | words_of("letters", on)}


@lru_cache(maxsize=1)
def _spelt_counties() -> dict[str, str]:
    return {
        sounds.toneless(name): which[0].whole
        for name, which in places().items()
        if any(place.form != FULL for place in which)
    }


def _where(place: str) -> str:
    known = places().get(place, ())
    if not known:
        return place
    more = len({one.whole for one in known}) - 1
    first = known[0].whole
    return _("%(first)s等 %(n)s 处") % {"first": first, "n": more + 1} if more else first


def _is_full(place: str) -> bool:
    return any(one.form == FULL for one in places().get(place, ()))


def _is_district(place: str) -> bool:
    known = places().get(place, ())
    return bool(known) and all(one.form == DISTRICT for one in known)
