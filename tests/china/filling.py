"""The counties and their listings."""

import subprocess
import time
from itertools import pairwise
from pathlib import Path

from tests.china import country
from tests.china.ledger import Ledger
from tests.china.machine import Pace, Peak, family
from tests.china.place import Place

HANDS = 2
LONGEST_STEP = 15.0  # seconds
BATCH = 50  # counties planned at once, as a coordinator would tick them
AHEAD = 30  # of them still to do when the next batch is planned


def open_counties(place: Place, ledger: Ledger, server: int, count: int) -> None:
    """Every county of the list through ``plan_counties`` and the outbox; those that are there stay as they are."""
    from tenants.models import County, Opening
    from tenants.states import OpeningState

    # Two counties came with the copied database: they make up the number where the whole country is wanted.
    wanted = [one.code for one in country.counties()][:count]
    working = Opening.objects.filter(state=OpeningState.WORKING)
    opened = County.objects.filter(code__in=wanted, state="open")
    done = opened.count()
    if done == len(wanted):
        return
    pace = Pace("开馆 counties", len(wanted), done)
    hands: list[subprocess.Popen[bytes]] = []
    with Peak(lambda: [*family(server), *(hand.pid for hand in hands)]) as peak:
        try:
            while done < len(wanted):
                _plan_next(wanted, working.count())
                _keep(hands, place, "open", 0)
                time.sleep(0.25)
                done = opened.count()
                pace.say(done)
                _must_go_on(ledger)
        finally:
            _end(hands)
    _note_peak(ledger, "open", peak)
    pace.say(done, now=True)


def _plan_next(wanted: list[str], working: int) -> None:
    from tenants.models import County
    from tenants.opening import Plan, plan_counties

    if working > AHEAD:
        return
    there = set(County.objects.values_list("code", flat=True))
    plans = [Plan(code, service_phone="010-55550000") for code in wanted if code not in there][:BATCH]
    if plans:
        plan_counties(plans)


def _must_go_on(ledger: Ledger) -> None:
    from tenants.models import Opening

    stuck = Opening.objects.filter(state="stuck").select_related("county").first()
    if stuck:
        raise SystemExit(f"{stuck.county} 停在 {stuck.step}：{stuck.trouble}")


def publish_listings(place: Place, ledger: Ledger, server: int, count: int) -> None:
    """By ``search.services.publish_many``, half the lots each; the index of words is made when they are all there."""
    there = _listings()
    if there < count:
        _drop_words()
        pace = Pace("上架 listings", count, there)
        hands: list[subprocess.Popen[bytes]] = []
        with Peak(lambda: [*family(server), *(hand.pid for hand in hands)]) as peak:
            try:
                _keep(hands, place, "list", count)
                while any(hand.poll() is None for hand in hands):
                    time.sleep(1.0)
                    pace.say(_listings())
            finally:
                _end(hands)
        _note_peak(ledger, "list", peak)
        pace.say(_listings(), now=True)
        if _listings() < count:
            raise SystemExit(f"上架没有做完，看 {place.folder}/logs/list-*.log")
        ledger.forget("settle_seconds")
    if "settle_seconds" not in ledger:
        began = time.monotonic()
        steps = _settle()
        ledger.note(settle_seconds=time.monotonic() - began, settle=steps)


def _settle() -> dict[str, float]:
    """What the worker does after publishing (terms counted, names in line), and the index of words in one go."""
    from django.db import connection

    from search import lexicon, naming

    took = {}
    with connection.cursor() as cursor:
        for name, sql in (
            ("words", "CREATE INDEX IF NOT EXISTS listing_words ON search_listingindex USING gin (tsv) WITH (fastupdate = off)"),
            ("vacuum", "VACUUM ANALYZE search_listing, search_listingindex, search_name, search_term"),
        ):  # fmt: skip
            began = time.monotonic()
            cursor.execute(sql)
            took[name] = time.monotonic() - began
            print(f"{name} {took[name]:.1f} s", flush=True)
    for name, work in (("terms", lexicon.count_terms), ("names", naming.bring_in_line)):
        began = time.monotonic()
        work()
        took[name] = time.monotonic() - began
        print(f"{name} {took[name]:.1f} s", flush=True)
    return took


def _drop_words() -> None:
    """Only here, where nobody searches yet: making it once is several times cheaper than row by row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS listing_words")


def _listings() -> int:
    from search.models import Listing

    return Listing.everything.count()


def _keep(hands: list[subprocess.Popen[bytes]], place: Place, what: str, count: int) -> None:
    """Two at work; one that ended because there was nothing to do for a moment is started again."""
    for number in range(HANDS):
        if number >= len(hands):
            hands.append(_hand(place, what, number, count))
        elif hands[number].poll() is not None:
            if hands[number].returncode:
                raise SystemExit(f"{what} {number} 出错了，看 {place.folder}/logs/{what}-{number}.log")
            hands[number] = _hand(place, what, number, count)


def _hand(place: Place, what: str, number: int, count: int) -> "subprocess.Popen[bytes]":
    return place.python("tests.china.hand", what, str(number), str(HANDS), str(count), log=f"{what}-{number}")


def _end(hands: list[subprocess.Popen[bytes]]) -> None:
    from config import processes

    for hand in hands:
        processes.end(hand, patience=20)


def _note_peak(ledger: Ledger, name: str, peak: Peak) -> None:
    ledger.note(**{f"{name}_peak": max(peak.most, ledger.get(f"{name}_peak", 0)), f"{name}_load": peak.load})


def worked(folder: Path, what: str) -> float:
    """Seconds from the first step to the last, without the pauses between runs: a killed run cannot tell its time."""
    at = sorted(
        float(line.split(",")[0])
        for path in folder.glob(f"{what}-*.csv")
        for line in path.read_text("utf-8").splitlines()
    )
    return sum(
        min(later - earlier, LONGEST_STEP) for earlier, later in pairwise(at) if later - earlier < 4 * LONGEST_STEP
    )


def costs(folder: Path, counties: int) -> dict[str, float]:
    """Of the first and the last fifty counties: seconds a county, and seconds of a processor (ours and PostgreSQL's)."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for number in range(HANDS):
        path = folder / f"open-{number}.csv"
        for line in path.read_text("utf-8").splitlines() if path.exists() else []:
            at, name, wall, ours, theirs = line.split(",")
            rows.setdefault(name, []).append((float(at), float(wall), float(ours) + float(theirs)))
    some = min(50, max(1, counties // 4))
    steps = [sorted(taken) for name, taken in rows.items() if name]
    # What a step costs the first time in a process (models, plans, the script) is no county's.
    steps = [taken[2 * HANDS :] if len(taken) > 4 * HANDS + some else taken for taken in steps]
    return {
        f"{name}_{which}": sum(sum(row[column] for row in part) / len(part) for part in parts)
        for which, parts in (("first", [one[:some] for one in steps]), ("last", [one[-some:] for one in steps]))
        for name, column in (("wall", 1), ("cpu", 2))
        if all(parts)
    }
