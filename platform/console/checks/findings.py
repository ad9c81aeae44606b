"""What the facts mean: a sentence, since when, what to do and where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import effect_words
from console.checks.facts import HEARD_WITHIN, Facts
from console.checks.naming import place, stopped
from kernel import clock
from search.feed import INDEX

LAG, LONG_LAG = 120.0, 900.0  # seconds
FAILED, MANY_FAILED = 5, 50  # within the hour, in one county
SIGN_INS, MANY_SIGN_INS = 30, 200  # within the hour
DAYS, FEW_DAYS = 21, 7  # of a certificate
FULL, VERY_FULL = 0.10, 0.03  # free share of the disk
BUSY, VERY_BUSY = 0.80, 0.95  # share of the connections
UNSEALED = 600.0  # seconds


class Level(Enum):
    """``number`` is what the metric says."""

    BAD = "bad"
    LOOK = "look"
    GOOD = "good"
    UNSET = "unset"

    @property
    def number(self) -> int:
        return {"bad": 2, "look": 1}.get(self.value, 0)


@dataclass(frozen=True)
class Finding:
    """``address`` names one of the desk's pages, with what to ask it for."""

    code: str
    level: Level
    says: str
    do: str = ""
    since: datetime | None = None
    address: str = ""
    asked: str = ""


def worst(findings: list[Finding]) -> list[Finding]:
    """What must be mended first; within a level what has lasted longest."""
    order = list(Level)
    return sorted(findings, key=lambda one: (order.index(one.level), one.since.timestamp() if one.since else 0))


def judge(facts: Facts) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(facts)]


def _grade(value: float, look: float, bad: float) -> Level:
    if value >= bad:
        return Level.BAD
    return Level.LOOK if value >= look else Level.GOOD


def _ago(facts: Facts, seconds: float) -> datetime:
    return facts.now - timedelta(seconds=seconds)


def _part(facts: Facts, part: str, good: str, silent: str, do: str) -> Finding:
    silence = facts.silence(part)
    if silence is not None and silence < HEARD_WITHIN:
        if not (lost := facts.lost(part)):
            return Finding(part, Level.GOOD, good)
        says = _("%(part)s 少了 %(n)s 个（%(hosts)s），其余的还在做。") % {
            "part": part,
            "n": len(lost),
            "hosts": _("、").join(dict.fromkeys(lost)),
        }
        return Finding(part, Level.LOOK, says, _("在那台机器上看日志，重启它；不要了的，一天以后自己不再算。"))
    return Finding(part, Level.BAD, silent, do, facts.signs.get(part))


def _parts(facts: Facts) -> Iterator[Finding]:
    yield _part(
        facts,
        "beat",
        _("定时器在走。"),
        _("定时器没有动静：到期的提醒、定时发布都停着。"),
        _("在服务器上看 beat 是不是在运行，重启它；只能有一个。"),
    )
    yield _part(
        facts,
        "worker",
        _("后台在做事。"),
        _("后台没有动静：照片、短信、通知都停着，不会丢。"),
        _("在服务器上看 worker 是不是在运行，重启它；恢复以后会自己补做。"),
    )


def _effects(facts: Facts) -> Iterator[Finding]:
    level = _grade(facts.lag, LAG, LONG_LAG)
    if level is Level.GOOD:
        yield Finding("outbox", level, _("要做的事都及时做了。"))
    else:
        says = _("排队的事最早的等了 %(minutes)s 分钟，共 %(n)s 件。") % {
            "minutes": int(facts.lag // 60),
            "n": facts.waiting,
        }
        do = _("看是哪一种在排队；后台停了先恢复后台，太忙就再开一个 worker。")
        since = _ago(facts, facts.lag)
        yield Finding("outbox", level, says, do, since, "console:jobs", "state=waiting")
    if not facts.dead:
        yield Finding("dead_letters", Level.GOOD, _("没有放弃的事。"))
        return
    since = min(one.dead_since for one in facts.effects if one.dead_since)
    says = ngettext(
        "有 %(n)s 件事试了多次没有做成，已经放弃。",
        "有 %(n)s 件事试了多次没有做成，已经放弃。",
        facts.dead,
    ) % {"n": facts.dead}
    do = _("打开看原因，修好以后点“重做”。")
    yield Finding("dead_letters", Level.BAD, says, do, since, "console:jobs", "state=dead")


def _search(facts: Facts) -> Iterator[Finding]:
    engine = facts.engine
    if not engine.configured:
        yield Finding("search", Level.GOOD, _("由 PostgreSQL 搜索。"))
    elif engine.resting_since:
        says = _("Elasticsearch 没有回答，先由 PostgreSQL 搜索：%(trouble)s") % {"trouble": engine.trouble}
        do = _("看 Elasticsearch 的三个节点；恢复以后会自己换回来，不用做别的。")
        yield Finding("search", Level.LOOK, says, do, engine.resting_since)
    elif not engine.built:
        says = _("还没有索引，先由 PostgreSQL 搜索。")
        yield Finding("search", Level.LOOK, says, _("后台会自己建；等不及就运行 jieti search reindex。"))
    elif facts.index_lag >= LAG:
        says = ngettext(
            "搜索里的货比库里旧 %(minutes)s 分钟。",
            "搜索里的货比库里旧 %(minutes)s 分钟。",
            int(facts.index_lag // 60),
        ) % {"minutes": int(facts.index_lag // 60)}
        do = _("看“批量任务”里“%(kind)s”的原因；补不上就运行 jieti search verify。") % {
            "kind": effect_words.said(INDEX)
        }
        since = _ago(facts, facts.index_lag)
        yield Finding("search", Level.LOOK, says, do, since, "console:jobs", "state=waiting")
    else:
        yield Finding("search", Level.GOOD, _("由 Elasticsearch 搜索。"))


def _counties(facts: Facts) -> Iterator[Finding]:
    if facts.openings_stuck:
        says = ngettext(
            "有 %(n)s 个县开馆停住了：%(counties)s。",
            "有 %(n)s 个县开馆停住了：%(counties)s。",
            facts.openings_stuck,
        ) % {"n": facts.openings_stuck, "counties": stopped(facts)}
        do = _("在省台的“县”里打开它，按写的补上、修好，再点“重做这一步”。")
        yield Finding("openings", Level.BAD, says, do, facts.openings_since, "console:counties", "state=opening")
    else:
        yield Finding("openings", Level.GOOD, _("没有开馆停住的县。"))
    if facts.counties_troubled:
        says = ngettext(
            "有 %(n)s 个县的表没有升上来，还用旧的。",
            "有 %(n)s 个县的表没有升上来，还用旧的。",
            facts.counties_troubled,
        ) % {"n": facts.counties_troubled}
        do = _("在服务器上运行 jieti county list 看是哪几个县、为什么，再运行一次升级。")
        yield Finding("schemas", Level.BAD, says, do, None, "console:counties")
    else:
        yield Finding("schemas", Level.GOOD, _("各县的表都是新的。"))
    yield from _failing(facts)


def _failing(facts: Facts) -> Iterator[Finding]:
    count = max([one.count for one in facts.failing], default=0)
    level = _grade(count, FAILED, MANY_FAILED)
    if level is Level.GOOD:
        yield Finding("failures", level, _("一小时里没有哪个县常出错。"))
        return
    places = [one for one in facts.failing if one.count >= FAILED]
    codes = _("、").join(dict.fromkeys(place(one.county) for one in places[:5]))
    says = ngettext(
        "一小时里常出错的有 %(n)s 处：%(codes)s，最多的 %(most)s 次。",
        "一小时里常出错的有 %(n)s 处：%(codes)s，最多的 %(most)s 次。",
        len(places),
    ) % {
        "n": len(places),
        "codes": codes,
        "most": count,
    }
    do = _("在日志里按 county 和 status 500 找请求编号，看是哪一页、为什么。")
    yield Finding("failures", level, says, do, min(one.since for one in places))


def _people(facts: Facts) -> Iterator[Finding]:
    if facts.deadlines_late:
        says = ngettext(
            "有 %(n)s 个期限已经过了。",
            "有 %(n)s 个期限已经过了。",
            facts.deadlines_late,
        ) % {"n": facts.deadlines_late}
        since = _end_of(facts.deadlines_since) if facts.deadlines_since else None
        yield Finding(
            "deadlines", Level.LOOK, says, _("在待办里看“超期”，催或者改派。"), since, "console:inbox", "list=late"
        )
    else:
        yield Finding("deadlines", Level.GOOD, _("没有过了的期限。"))
    level = _grade(facts.sign_ins_failed + facts.sign_ins_locked, SIGN_INS, MANY_SIGN_INS)
    if level is Level.GOOD:
        yield Finding("sign_ins", level, _("登录没有异常。"))
        return
    says = _("一小时里登录失败 %(failed)s 次，锁住 %(locked)s 次。") % {
        "failed": facts.sign_ins_failed,
        "locked": facts.sign_ins_locked,
    }
    do = _("看“对象”一栏是不是同一个来源在试密码；是就在 nginx 的日志里找到它的地址挡住，并告诉安全管理员。")
    yield Finding("sign_ins", level, says, do, None, "console:audit", "action=sign_in.failed")


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.SHANGHAI)


def _trail(facts: Facts) -> Iterator[Finding]:
    since = facts.unsealed_since
    if since and (facts.due_now - since).total_seconds() >= UNSEALED:
        says = _("操作记录有一阵没有封了。")
        yield Finding(
            "trail", Level.LOOK, says, _("后台恢复以后会自己封；一直不动就看 worker 的日志。"), since, "console:audit"
        )
    else:
        yield Finding("trail", Level.GOOD, _("操作记录都封好了。"))


def _copies(facts: Facts) -> Iterator[Finding]:
    backup = facts.backup
    if backup is None or not backup.configured:
        yield Finding(
            "backup", Level.LOOK, _("没有设备份：盘坏了什么都找不回来。"), _("设 JIETI_BACKUP，再运行 jieti backup。")
        )
        return
    if backup.base_is_late:
        says = (
            ngettext(
                "整份备份是 %(hours)s 小时以前的。",
                "整份备份是 %(hours)s 小时以前的。",
                int(backup.base_age.total_seconds() // 3600),
            )
            % {"hours": int(backup.base_age.total_seconds() // 3600)}
            if backup.base_age
            else _("还没有一份备份。")
        )
        yield Finding("backup", Level.BAD, says, _("看备份的日志，马上运行一次 jieti backup。"), backup.base_at)
    else:
        yield Finding("backup", Level.GOOD, _("整份备份是新的。"))
    if backup.wal_is_late or backup.trouble:
        says = backup.trouble or _("日志存档落后了：现在盘坏，会丢最近的改动。")
        yield Finding(
            "wal", Level.BAD, says, _("看 jieti backup 的日志存档是不是在运行，备份盘满没满。"), backup.wal_at
        )
    elif backup.wal_is_to_come:
        says = _("日志存档刚开始，还没有第一份。")
        yield Finding(
            "wal", Level.LOOK, says, _("五分钟以后再看一次；还没有，就看 jieti backup 的日志存档是不是在运行。")
        )
    else:
        yield Finding("wal", Level.GOOD, _("日志存档跟得上。"))
    if backup.media_is_late or backup.media_trouble:
        says = backup.media_trouble or _("照片和文件一天多没有备份：现在盘坏，新的就没有了。")
        do = _("看日志存档的记录里为什么没有拷成；照片的盘挂上了没有。")
        yield Finding("media_backup", Level.BAD, says, do, backup.media_at)
    else:
        yield Finding("media_backup", Level.GOOD, _("照片和文件的备份是新的。"))


def _certificate(facts: Facts) -> Iterator[Finding]:
    certificate = facts.certificate
    if not certificate.configured:
        yield Finding(
            "certificate", Level.UNSET, _("没有告诉平台证书在哪，过期不会提醒。"), _("设 JIETI_CERTIFICATE。")
        )
    elif certificate.until is None:
        says = _("读不了证书：%(trouble)s") % {"trouble": certificate.trouble}
        yield Finding("certificate", Level.BAD, says, _("看 JIETI_CERTIFICATE 写得对不对、能不能读。"))
    else:
        days = (certificate.until - facts.now).days
        level = _grade(-days, -DAYS, -FEW_DAYS)
        says = (
            ngettext(
                "证书还有 %(days)s 天。",
                "证书还有 %(days)s 天。",
                days,
            )
            % {"days": days}
            if days >= 0
            else _("证书已经过期，浏览器打不开网站。")
        )
        do = "" if level is Level.GOOD else _("换新证书，让 nginx 重新读。")
        yield Finding("certificate", level, says, do)


def _machine(facts: Facts) -> Iterator[Finding]:
    free = facts.disk_free / facts.disk_size
    level = _grade(-free, -FULL, -VERY_FULL)
    says = _("数据盘还有 %(free)s%%，%(gigabytes)s GB。") % {
        "free": round(free * 100),
        "gigabytes": round(facts.disk_free / 1e9, 1),
    }
    yield Finding("disk", level, says, "" if level is Level.GOOD else _("腾地方或者加盘；满了以后什么都存不了。"))
    used = facts.connections / facts.connections_most
    level = _grade(used, BUSY, VERY_BUSY)
    says = _("数据库连接用了 %(used)s，最多 %(most)s。") % {"used": facts.connections, "most": facts.connections_most}
    do = "" if level is Level.GOOD else _("减少网站进程，或者调大 max_connections 再重启数据库。")
    yield Finding("connections", level, says, do)


CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _parts,
    _effects,
    _search,
    _counties,
    _people,
    _trail,
    _copies,
    _certificate,
    _machine,
)
