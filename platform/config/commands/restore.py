"""``jieti restore FOLDER``: the whole province into an empty place; with a county's file, that county."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from config.backup.age import Opener
from config.backup.asking import passphrase_of
from config.backup.counties import opened
from config.backup.gone import GONE
from config.backup.keys import Keys, keys_of, read_file, read_identity, read_keys, read_old_keys
from config.backup.recovery import Reached, Running
from config.backup.restoring import (
    Done,
    Wish,
    bring_back,
    choose_base,
    must_be_empty,
    must_be_reachable,
    must_fit,
    stands_alone,
)
from config.backup.store import Base, Store
from config.commands.backup import Words, say
from config.commands.room import run_room_command
from config.environment import ROOT, read_environment, var_folder
from config.folder_lock import take_folder
from config.refusal import Refusal
from kernel.clock import SHANGHAI
from kernel.whole_files import make_sure

AGO = "%Y-%m-%d %H:%M:%S"


def restore(words: Sequence[str]) -> int:
    if words and not words[0].startswith("-") and not Path(words[0]).is_dir():
        return restore_county(words)
    options = _words().parse_args(list(words))
    begun = time.monotonic()
    store = Store(options.folder.expanduser().absolute())
    if not store.bases_folder.is_dir():
        raise Refusal(f"{options.folder} 不是备份文件夹。", f"{options.folder} is no backup folder.")
    server = bool(os.environ.get("DATABASE_URL", "").strip() or os.environ.get("DATABASE_URL_FILE", "").strip())
    var = var_folder(os.environ)
    wish = Wish(
        store=store,
        data=_data_folder(options.data, server, var, options.part),
        files=var,
        until=moment(options.until) if options.until else None,
        base=options.base,
        timeline=options.timeline,
        even_damaged=options.even_damaged,
        with_database=options.part != "media",
        with_media=options.part != "database",
        programs=options.programs,
    )
    base = choose_base(wish)
    must_be_reachable(wish, base)
    must_be_empty(wish)
    keys = _keys(options.keys, options.passphrase_file, server, var)
    identity = read_identity(options.identity, passphrase_of(options.passphrase_file)) if options.identity else None
    must_fit(base, keys, identity, say)
    openers: list[Opener] = [identity] if identity else []
    if server:
        done, sound = _restore_server(wish, base, openers)
    else:
        done, sound = _restore_var(wish, base, openers, keys)
    _tell(wish, done, time.monotonic() - begun)
    return 0 if sound else 1


def restore_county(words: Sequence[str]) -> int:
    """One county's file into a living province; sealed, or with keys that have gone since, if need be."""
    parser = Words("jieti restore")
    parser.add_argument("file", type=Path, help="县的备份 county-….zip")
    parser.add_argument("--identity", type=Path, default=None, help="加密的备份：jieti backup identity 写的私钥文件")
    parser.add_argument("--keys", type=Path, default=None, help="换过密钥：存着旧密钥的文件")
    parser.add_argument("--passphrase-file", type=Path, default=None, help="口令在这个文件里，不从键盘问")
    options = parser.parse_args(list(words))
    ask = lambda: passphrase_of(options.passphrase_file)  # noqa: E731
    identity = read_identity(options.identity, ask()) if options.identity else None
    old_keys = read_old_keys(options.keys, ask) if options.keys else []
    with opened(options.file, identity, var_folder(os.environ)) as plain:
        return run_room_command(["restore", str(plain)], old_keys=old_keys)


def _words() -> Words:
    parser = Words("jieti restore")
    parser.add_argument("folder", type=Path, help="备份文件夹（JIETI_BACKUP）")
    parser.add_argument("--until", default="", help="恢复到这一刻，例如 '2026-11-22 14:04:59'（北京时间）")
    parser.add_argument("--base", default="", help="用哪一份备份，默认最合适的一份")
    parser.add_argument("--keys", type=Path, default=None, help="jieti up 的平台：jieti backup keys 写的密钥文件")
    parser.add_argument("--identity", type=Path, default=None, help="加密的备份：jieti backup identity 写的私钥文件")
    parser.add_argument("--passphrase-file", type=Path, default=None, help="口令在这个文件里，不从键盘问")
    parser.add_argument("--even-damaged", action="store_true", help="日志缺了或坏了，就恢复到那里为止")
    parser.add_argument("--timeline", default="latest", help="走哪条时间线，默认最新的")
    parser.add_argument("--data", type=Path, default=None, help="正式服务器：空的 PostgreSQL 数据目录")
    parser.add_argument("--programs", type=Path, default=None, help="正式服务器：PostgreSQL 程序在哪里")
    parser.add_argument(
        "--part", choices=["all", "database", "media"], default="all", help="只恢复数据库，或只恢复照片和文件"
    )
    return parser


def moment(text: str) -> datetime:
    """A moment in China unless it says another zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Refusal(
            f"看不懂时间“{text}”，请写成 '2026-11-22 14:04:59'。",
            f"\"{text}\" is no moment: write '2026-11-22 14:04:59'.",
        ) from wrong
    return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _data_folder(named: Path | None, server: bool, var: Path, part: str) -> Path:
    if server and named is None and part != "media":
        raise Refusal(
            "正式服务器要说恢复到哪个数据目录：--data /var/lib/postgresql/18/main。",
            "On real servers name the data folder: --data /var/lib/postgresql/18/main.",
        )
    return named.absolute() if named and server else var / "postgres"


def _keys(file: Path | None, passphrase_file: Path | None, server: bool, var: Path) -> Keys | None:
    kept = var / "secrets.json"
    if server:
        if file is not None:
            raise Refusal(
                "正式服务器的密钥在设置里，不从 --keys 来：照 docs/operations/restore.md 一 填回 /etc/jieti/secrets，去掉 --keys。",
                "On real servers the keys are in the settings: put them back into /etc/jieti/secrets and leave --keys out.",
            )
        return keys_of(read_environment(os.environ))
    if file is not None:
        if kept.exists():
            raise Refusal(
                f"{kept} 已经在了，不会覆盖；去掉 --keys，或先把它挪开。",
                f"{kept} exists: leave --keys out or move it aside.",
            )
        return read_keys(file, passphrase_of(passphrase_file))
    if kept.exists():
        return read_file(kept)
    raise Refusal(
        "要密钥：--keys 文件（jieti backup keys 写的那个，在保险柜里）。没有它，手机号和证件都打不开。",
        "The keys are needed: --keys FILE, as jieti backup keys wrote it. Without them phones and papers stay closed.",
    )


def _restore_var(wish: Wish, base: Base, openers: list[Opener], keys: Keys | None) -> tuple[Done, bool]:
    with take_folder(wish.files):
        _say_begin(wish, base)
        with bring_back(wish, base, openers, say) as (done, _running):
            pass
        _put_keys(wish.files / "secrets.json", keys)
    return done, done.reached is None or _inspect({}, base, done.reached)


def _restore_server(wish: Wish, base: Base, openers: list[Opener]) -> tuple[Done, bool]:
    _say_begin(wish, base)
    with bring_back(wish, base, openers, say) as (done, running):
        sound = running is None or _inspect(_beside(base, running), base, running.reached)
    return done, sound


def _say_begin(wish: Wish, base: Base) -> None:
    end = f"它做完的时候（{_shown(base.ended)}），以后的日志按规则已经删去" if stands_alone(wish, base) else "最后一刻"
    say(f"用备份 {base.name}，恢复到{_shown(wish.until) if wish.until else end}")


def _put_keys(path: Path, keys: Keys | None) -> None:
    if path.exists() or keys is None:
        return
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(keys.held, file)
        file.flush()
        os.fsync(file.fileno())
    make_sure(path.parent)


def _beside(base: Base, running: Running) -> dict[str, str]:
    """The replayed server, before it becomes the real one."""
    user, database = quote(base.facts["user"]), quote(base.facts["database"])
    return {"DATABASE_URL": f"postgresql://{user}@/{database}?host={quote(str(running.sockets), safe='')}"}


def _inspect(more: Mapping[str, str], base: Base, reached: Reached) -> bool:
    last = reached.last_commit or base.ended
    surroundings = {
        **os.environ,
        **more,
        "PYTHONUTF8": "1",
        "JIETI_BACKUP": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    surroundings.pop("DATABASE_URL_FILE", None) if more else None
    surroundings["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    words = [sys.executable, "-m", "config.commands.restored", str(base.facts["counties"]), base.name, last.isoformat()]
    words.append(str(base.folder.parent.parent / GONE))
    return subprocess.run(words, cwd=ROOT, env=surroundings, check=False).returncode == 0


def _tell(wish: Wish, done: Done, seconds: float) -> None:
    for name in done.missing[:20]:
        say(f"没有恢复出来的文件：{name}")
    if done.missing:
        say(f"共 {len(done.missing)} 个文件没有恢复出来。")
    if done.reached:
        last = done.reached.last_commit
        if last is None:
            say(f"日志里没有更晚的改动：数据到备份做完为止（{_shown(done.base.ended)}）。")
        else:
            gap = (datetime.now(UTC) - last).total_seconds()
            say(f"最后一笔：{_shown(last)}，距现在 {gap:.0f} 秒。这一刻以后写的没有了，撤回同意书也在内，要对照重做。")
    say(
        f"恢复完成：{done.segments} 段日志，{done.files} 个文件，{seconds:.0f} 秒（{seconds / 60:.1f} 分钟）。"
        " 启动以后马上做一次 jieti backup。"
    )


def _shown(when: datetime) -> str:
    return f"北京时间 {when.astimezone(SHANGHAI):{AGO}}"
