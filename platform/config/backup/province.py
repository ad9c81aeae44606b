"""One backup of the province: room looked for, database and media written and read again, old ones forgotten."""

import importlib.metadata
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.backup import base as bases
from config.backup import keys, media, wal
from config.backup.age import BadSeal, Recipient
from config.backup.rule import Rule
from config.backup.source import Source, lsn, segment_of, source_of
from config.backup.store import FORMAT, MANIFEST, Base, Store, megabytes, stamp_of, write_json
from config.environment import Environment
from config.refusal import Refusal

Say = Callable[[str], None]
GROWTH = 1.2  # a new base against the last one
PACKS_TO = 0.5  # of the tables' size, where there is no base yet to go by


@dataclass(frozen=True)
class Plan:
    """Where to, from where, sealed for whom."""

    store: Store
    source: Source
    recipient: Recipient | None
    rule: Rule
    environment: Environment

    @property
    def roots(self) -> dict[str, Path]:
        return {"media": self.environment.media_folder, "private": self.environment.var / "private"}

    @property
    def known(self) -> Path:
        return self.environment.var / media.KNOWN


def plan_of(environment: Environment) -> Plan:
    """Raises Refusal when no folder is named, or the key to seal for is none."""
    if environment.backup is None:
        raise Refusal(
            "先说备份放在哪里：JIETI_BACKUP=/另一个盘/jieti jieti backup。",
            "Say where backups go: JIETI_BACKUP=/another/disk/jieti jieti backup.",
        )
    inside = environment.backup.resolve()
    if inside.is_relative_to(environment.cluster.resolve()) or inside.is_relative_to(
        environment.media_folder.resolve()
    ):
        raise Refusal("备份不能放进它要备份的文件夹里。", "A backup cannot lie inside what it is a backup of.")
    recipient = recipient_of(environment)
    store = Store(environment.backup)
    store.make()
    return Plan(store, source_of(environment), recipient, Rule.read(environment.backup_keep), environment)


def recipient_of(environment: Environment) -> Recipient | None:
    """Raises Refusal before years are sealed for nobody."""
    try:
        return Recipient(environment.backup_recipient) if environment.backup_recipient else None
    except BadSeal as wrong:
        raise Refusal(f"JIETI_BACKUP_RECIPIENT：{wrong}", "JIETI_BACKUP_RECIPIENT is no age1… key.") from wrong


def back_up(plan: Plan, about: dict[str, Any], say: Say, *, even_emptied: bool = False) -> Base:
    """``about``: what the database itself knows (counties, its name, its size). Raises Refusal or Damaged; then there is no new base."""
    began, clock = datetime.now(UTC), time.monotonic()
    name = stamp_of(began)
    with plan.store.taken("base"):
        _must_have_room(plan, about["database_bytes"])
        draft = plan.store.draft_of(name)
        try:
            facts = bases.write_base(plan.source, draft, name, plan.recipient)
            say(f"数据库 {megabytes(facts['data']['bytes'])}，{facts['files']} 个文件逐个核对过")
            copied = copy_media(plan, even_emptied=even_emptied)
            say(f"照片和文件 {copied.files} 个，新的 {copied.fresh} 个")
            size, system = plan.source.segment_size(), plan.source.system()
            write_json(
                draft / MANIFEST,
                {
                    "format": FORMAT,
                    "began": began.isoformat(),
                    "ended": datetime.now(UTC).isoformat(),
                    "release": importlib.metadata.version("jieti"),
                    "system": system.name,
                    "segment_bytes": size,
                    "first_segment": segment_of(facts["timeline"], lsn(facts["wal_start"]), size),
                    "last_segment": segment_of(facts["timeline"], lsn(facts["wal_end"]) - 1, size),
                    **facts,
                    "media": {"list": copied.name, "files": copied.files, "bytes": copied.bytes},
                    "sealed_for": plan.recipient.text if plan.recipient else "",
                    "key_prints": keys.keys_of(plan.environment).prints,
                    "seconds": round(time.monotonic() - clock, 1),
                    **about,
                },
            )
            draft.replace(plan.store.bases_folder / name)
        except BaseException as wrong:
            shutil.rmtree(draft, ignore_errors=True)
            if isinstance(wrong, OSError) and wrong.errno == 28:
                raise Refusal(
                    "备份盘写满了，没写完的已经删掉。", "The backup's disk is full; the unfinished one was removed."
                ) from wrong
            raise
        made = next(base for base in plan.store.bases() if base.name == name)
        forget(plan, say)
    return made


def copy_media(plan: Plan, *, even_emptied: bool = False) -> media.MediaCopy:
    now = datetime.now(UTC)
    return media.copy_media(plan.store, plan.roots, plan.recipient, now, plan.known, even_emptied=even_emptied)


def _must_have_room(plan: Plan, database_bytes: int) -> None:
    last = plan.store.bases()[-1:]
    wanted = last[0].facts["data"]["bytes"] * GROWTH if last else database_bytes * PACKS_TO
    plan.store.must_have_room(int(wanted))


def forget(plan: Plan, say: Say) -> None:
    """What the rule does not keep goes: bases, WAL before the oldest daily one, lists and files nobody names."""
    known = plan.store.bases()
    moments = [base.began for base in known]
    kept = plan.rule.kept(moments)
    for base in known:
        if base.began not in kept:
            shutil.rmtree(base.folder)
            say(f"按规则删去旧备份 {base.name}")
    since = min(plan.rule.daily_kept(moments))
    for base in known:
        if base.began == since:
            wal.forget_before(plan.store.wal(base.system), base.facts["first_segment"])
    with plan.store.taken("media", patience=600):
        media.forget_lists(plan.store, since, [base.ended for base in known if base.began in kept])
        media.forget_objects(plan.store)
