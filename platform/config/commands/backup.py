"""``jieti backup``: the whole province, its changes as they are made, its keys apart; with codes, single counties."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from config import processes
from config.backup import keys, wal
from config.backup.asking import passphrase_of
from config.backup.checking import check_store
from config.backup.counties import county_shelf, files_in, noted, since_noted
from config.backup.gone import note_gone
from config.backup.packing import Damaged
from config.backup.province import Plan, back_up, copy_media, plan_of
from config.backup.store import Base, megabytes
from config.commands.parts import surroundings
from config.commands.room import reachable_database, run_room_command
from config.environment import ROOT, read_environment
from config.refusal import Refusal

EVEN_EMPTIED = "--even-emptied"
COUNTIES = "counties"  # in the backup's folder; the nightly unit names the same
COUNTIES_AGAIN = 3600.0  # not in the first hour, and after a failure not sooner
MEDIA_EVERY = 60.0
MEDIA_SHARE = 20  # looking through the files may take a twentieth of the time


def backup(words: Sequence[str]) -> int:
    """Exit code 0, or 1 when something written is damaged; Refusal when nothing was begun."""
    verbs = {"wal": keep_wal, "keys": write_keys, "identity": write_identity, "list": list_bases, "check": check}
    if words and words[0] in verbs:
        return verbs[words[0]](words[1:])
    if words and words[0] != EVEN_EMPTIED:
        return back_up_counties(words)
    return back_up_province(words)


def back_up_counties(words: Sequence[str]) -> int:
    with county_shelf(read_environment(os.environ)) as shelf:
        try:
            return run_room_command(["backup", *words], shelf=shelf)
        except Damaged as wrong:
            say(f"备份没有做成：{wrong}")
            return 1


def back_up_province(words: Sequence[str] = ()) -> int:
    parser = Words("jieti backup")
    parser.add_argument(EVEN_EMPTIED, action="store_true", help="照片文件夹真是清空的，不是没挂上的盘")
    options = parser.parse_args(list(words))
    environment = read_environment(os.environ)
    plan = plan_of(environment)
    with reachable_database(environment):
        _set_up_django()
        begun = time.monotonic()
        try:
            base = back_up(plan, _about(), say, even_emptied=options.even_emptied)
        except Damaged as wrong:
            say(f"备份没有做成，没有留下：{wrong}")
            return 1
        _note(base, plan)
    data = base.facts["data"]
    say(
        f"备份 {base.name} 写完、读回、核对过：{base.facts['counties']} 个县，{megabytes(data['bytes'])}，"
        f"{time.monotonic() - begun:.1f} 秒，{'已加密' if plan.recipient else '没有加密'}  {base.folder}"
    )
    return 0


def _note(base: Base, plan: Plan) -> None:
    """A backup of a database whose tables are of an earlier release is a backup all the same."""
    from django.db import DatabaseError

    from kernel import audit
    from tenants.province_backups import note_copy

    facts = base.facts
    size, sealed = facts["data"]["bytes"], plan.recipient is not None
    try:
        note_copy("base", base.began, name=base.name, bytes=size, seconds=facts["seconds"], encrypted=sealed)
        note_copy("media", base.began, files=facts["media"]["files"])
        audit.record("province.back_up", title=base.name, bytes=size, encrypted=sealed)
    except DatabaseError as trouble:
        say(f"备份做好了，但没有记到数据库里：{trouble}".strip())


def _about() -> dict[str, Any]:
    """What only the database itself knows of the province."""
    from django.db import connection

    from tenants.models import County

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_user, pg_database_size(current_database())")
        version, user, size = cursor.fetchone()
    return {
        "postgresql": version,
        "database": connection.settings_dict["NAME"],
        "user": user,
        "database_bytes": size,
        "counties": County.objects.filter(schema_state__isnull=False).count(),
    }


def _set_up_django() -> None:
    import django

    django.setup()


# --- every change ----------------------------------------------------------------------------------


def keep_wal(words: Sequence[str]) -> int:
    """Until it is stopped: receive the WAL, copy media, and what is older than ``--…-every`` anew."""
    parser = Words("jieti backup wal")
    parser.add_argument("--base-every", type=float, default=0, help="几小时做一次整份备份，0 是不做")
    parser.add_argument("--counties-every", type=float, default=0, help="几小时做一次每个县单独的备份，0 是不做")
    options = parser.parse_args(list(words))
    environment = read_environment(os.environ)
    plan = plan_of(environment)
    with reachable_database(environment), plan.store.taken("wal"):
        _set_up_django()
        rounds = Rounds(plan, base_every=options.base_every * 3600, counties_every=options.counties_every * 3600)
        keeper = wal.Keeper(plan.source, plan.store, plan.recipient, note=note_progress, between=rounds.look)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, keeper.stop)
        say(f"正在存日志：{plan.store.folder}")
        try:
            keeper.run()
        finally:
            rounds.end()
    return 0


def note_progress(progress: wal.Progress) -> None:
    """A database that is away is no reason to end: the receiver tries again by itself."""
    from django.db import DatabaseError, connection

    from tenants.province_backups import note_copy, note_trouble

    with contextlib.suppress(DatabaseError):
        if progress.trouble:
            note_trouble(progress.trouble)
        elif progress.safe_at:
            note_copy("wal", progress.safe_at, behind=progress.behind)
        return
    connection.close()


@dataclass
class Rounds:
    """What the keeper does beside receiving: files every minute or so, a whole base and each county once a day."""

    plan: Plan
    base_every: float = 0
    counties_every: float = 0
    _media_due: float = 0
    _base: "subprocess.Popen[bytes] | None" = None
    _base_tried: float = field(default=float("-inf"))
    _counties: "subprocess.Popen[bytes] | None" = None
    _counties_tried: float = field(default_factory=time.monotonic)

    def look(self, _keeper: wal.Keeper) -> None:
        self._look_at_media()
        if self.base_every and (self._base is None or self._base.poll() is not None):
            with contextlib.suppress(Refusal):  # the database is away: the receiver says so
                self._look_at_base()
        if self.counties_every:
            self._look_at_counties()

    def _look_at_media(self) -> None:
        begun = time.monotonic()
        if begun < self._media_due:
            return
        self._look_at_gone()
        from django.db import DatabaseError

        from tenants.models import SafeCopy
        from tenants.province_backups import note_copy, note_trouble

        began = datetime.now(UTC)
        try:
            copied = copy_media(self.plan)
        except (Refusal, Damaged, OSError) as trouble:
            say(f"照片和文件没有拷成：{trouble}")
            why = str(trouble).partition("\n")[0]
            with contextlib.suppress(DatabaseError):
                note_trouble(f"照片和文件没有拷成：{why}", SafeCopy.Kind.MEDIA)
        else:
            with contextlib.suppress(DatabaseError):
                note_copy(SafeCopy.Kind.MEDIA, began, files=copied.files)
        self._media_due = time.monotonic() + max(MEDIA_EVERY, MEDIA_SHARE * (time.monotonic() - begun))

    def _look_at_gone(self) -> None:
        from django.db import DatabaseError

        try:
            note_gone(self.plan.store)
        except (DatabaseError, OSError) as trouble:
            say(f"注销和撤回没有记到备份旁边：{trouble}".strip())

    def _look_at_base(self) -> None:
        if time.monotonic() - self._base_tried > min(600, self.base_every) and self._is_due():
            self._base_tried = time.monotonic()
            self._base = self._begin()

    def _look_at_counties(self) -> None:
        """Noted when all are made: a round that ended half-way is begun anew, not taken for the night's."""
        folder = self.plan.store.folder / COUNTIES
        if self._counties is not None:
            if (code := self._counties.poll()) is None:
                return
            if code == 0:
                noted(folder)
            self._counties = None
        pause = min(COUNTIES_AGAIN, self.counties_every)
        if time.monotonic() - self._counties_tried > pause and since_noted(folder) > self.counties_every:
            self._counties_tried = time.monotonic()
            self._counties = self._begin("--all", "--to", str(folder))

    def _begin(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "config.command", "backup", *words]
        return processes.start(command, env=surroundings(self.plan.environment), cwd=ROOT)

    def _is_due(self) -> bool:
        system = self.plan.source.system()
        ours = [
            base
            for base in self.plan.store.bases()
            if base.system == system.name and base.facts["timeline"] == system.timeline
        ]
        since = wal.chain_since(self.plan.store, system)
        return not ours or (since is not None and ours[-1].began < since) or _age(ours[-1]) > self.base_every

    def end(self) -> None:
        for one in (self._base, self._counties):
            if one is not None:
                processes.end(one, patience=30)


def _age(base: Base) -> float:
    return (datetime.now(UTC) - base.began).total_seconds()


# --- keys ------------------------------------------------------------------------------------------


def write_keys(words: Sequence[str]) -> int:
    options = _key_words("jieti backup keys").parse_args(list(words))
    environment = read_environment(os.environ)
    secret = passphrase_of(options.passphrase_file, new=True)
    keys.write_keys(options.to, keys.keys_of(environment), secret, environment.backup)
    say(f"密钥写进 {options.to}，用口令封着。文件放进保险柜，口令另放一处；换过密钥要再写一份。")
    return 0


def write_identity(words: Sequence[str]) -> int:
    options = _key_words("jieti backup identity").parse_args(list(words))
    environment = read_environment(os.environ)
    secret = passphrase_of(options.passphrase_file, new=True)
    recipient = keys.write_identity(options.to, secret, environment.backup)
    say(f"私钥写进 {options.to}，用口令封着，恢复时要它。以后的备份加密给它：")
    say(f"JIETI_BACKUP_RECIPIENT={recipient}")
    return 0


def _key_words(name: str) -> "Words":
    parser = Words(name)
    parser.add_argument("--to", type=Path, required=True, help="写到哪个文件，不能在备份文件夹里")
    parser.add_argument("--passphrase-file", type=Path, default=None, help="口令在这个文件里，不从键盘问")
    return parser


# --- looking ---------------------------------------------------------------------------------------


def list_bases(words: Sequence[str]) -> int:
    Words("jieti backup list").parse_args(list(words))
    plan = plan_of(read_environment(os.environ))
    found = plan.store.bases()
    for base in found:
        sealed = "已加密" if base.facts["sealed_for"] else "没有加密"
        say(
            f"{base.name}  {megabytes(base.facts['data']['bytes']):>12}  {base.facts['counties']} 个县  "
            f"PostgreSQL {base.facts['postgresql']}  {sealed}"
        )
    counties = files_in(plan.store.folder / COUNTIES)
    for code, days in counties.items():
        say(f"{code}  {len(days)} 份，最近一份 {days[-1]:%Y-%m-%d %H:%M}（北京时间）：{plan.store.folder / COUNTIES}")
    if not found and not counties:
        say("还没有备份。")
    return 0


def check(words: Sequence[str]) -> int:
    """Read everything again, or one base: what lies there is what was written."""
    parser = Words("jieti backup check")
    parser.add_argument("name", nargs="?", default="")
    options = parser.parse_args(list(words))
    plan = plan_of(read_environment(os.environ))
    troubles = check_store(plan.store, options.name, say)
    for trouble in troubles:
        say(trouble)
    say(f"{len(troubles)} 处坏了。" if troubles else "备份完好。")
    return 1 if troubles else 0


class Words(argparse.ArgumentParser):
    """Refuses as every command here does: with a sentence and exit code 2."""

    def __init__(self, name: str) -> None:
        super().__init__(prog=name)

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{self.prog}：{message}", self.format_usage().strip())


def say(text: str) -> None:
    print(text, flush=True)
