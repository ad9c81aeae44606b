"""``jieti keys``: turn a key while the platform serves (docs/operations/key-rotation.md)."""

import base64
import secrets
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import audit, clock, key_file, key_ring, turning
from kernel.key_file import HASH, PLACES, SESSION, TEXT, fingerprint
from kernel.models import AuditEntry

# Every process looks at the file once a second: before a key writes, all must have it to read with.
KNOWN_AFTER = timedelta(seconds=3)
VARIABLES = {
    TEXT: ("JIETI_KEYS", "JIETI_KEYS"),
    HASH: ("JIETI_HASH_KEY", "JIETI_HASH_KEY_FALLBACKS"),
    SESSION: ("SECRET_KEY", "SECRET_KEY_FALLBACKS"),
}
KINDS = {TEXT: "密文", HASH: "查找", SESSION: "会话"}


def new_key(what: str) -> str:
    if what == TEXT:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(48)


class Command(BaseCommand):
    help = "密钥：列出、添加、轮换、停用 / keys: list, add, turn, retire"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="现在有哪些密钥 / which keys there are")
        for verb, words in (
            ("add", "加一把新的，先只用来读 / add one that only reads yet"),
            ("turn", "新的开始写，旧的全部换过来 / let it write, and turn everything old"),
        ):
            one = verbs.add_parser(verb, help=words)
            one.add_argument("--what", choices=sorted(PLACES), default=TEXT)
        left = verbs.add_parser("check", help="旧的还剩多少 / what an old key still holds")
        retire = verbs.add_parser("retire", help="停用一把旧的 / take an old one away")
        for one in (left, retire):
            one.add_argument("fingerprint", help="十二位指纹，见 jieti keys list")

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[[], None]] = {
            "list": self._list,
            "add": lambda: self._add(options["what"]),
            "turn": lambda: self._turn(options["what"]),
            "check": lambda: self._check(options["fingerprint"]),
            "retire": lambda: self._retire(options["fingerprint"]),
        }
        acts[options["verb"]]()

    # --- list -----------------------------------------------------------------------------------
    def _list(self) -> None:
        held = key_ring.ring()
        for what in PLACES:
            for number, key in enumerate(held.of(what)):
                mark = fingerprint(key)
                state = _("在写") if number == 0 else _("等着轮换") if mark in held.waiting else _("只读旧的")
                self.stdout.write(f"{KINDS[what]}\t{what}\t{mark}\t{state}")

    # --- add ------------------------------------------------------------------------------------
    def _add(self, what: str) -> None:
        path, key = key_ring.file_path(), new_key(what)
        if path is None:
            return self._say_line(what, [*key_ring.ring().of(what), key], _("重启完了，再按下一步换过来。"))

        def append(held: dict[str, Any]) -> None:
            if any(fingerprint(one) in held["waiting"] for one in held[PLACES[what]]):
                raise CommandError(_("已经有一把在等着轮换，请先 jieti keys turn --what %(what)s。") % {"what": what})
            held[PLACES[what]].append(key)
            held["waiting"].append(fingerprint(key))
            held["added"][fingerprint(key)] = datetime.now(UTC).isoformat()

        key_file.change(path, append)
        audit.record("keys.add", by=None, title=fingerprint(key), what=what)
        self.stdout.write(_("加好了 %(mark)s，现在只用来读。") % {"mark": fingerprint(key)})
        self.stdout.write(_("几台机器的，先把 %(path)s 复制到每一台；再运行 jieti keys turn。") % {"path": path})
        return None

    def _say_line(self, what: str, keys: list[str], after: str) -> None:
        """Keys in the environment: what to write there, for a command cannot."""
        first, rest = VARIABLES[what]
        if first == rest:
            self.stdout.write(f"{first}={','.join(keys)}")
        else:
            self.stdout.write(f"{first}={keys[0]}\n{rest}={','.join(keys[1:])}")
        self.stdout.write(_("把上面的写进每台机器的环境变量，一台一台重启。") + after)

    # --- turn -----------------------------------------------------------------------------------
    def _turn(self, what: str) -> None:
        path = key_ring.file_path()
        if path is not None:
            self._let_write(what, path)
        keys = key_ring.ring().of(what)
        if len(keys) < 2:
            raise CommandError(_("只有一把密钥，没有可换的。先 jieti keys add。"))
        mark = fingerprint(keys[0])
        if not AuditEntry.objects.filter(action="keys.turn", title=mark).exists():
            audit.record("keys.turn", by=None, title=mark, what=what)
        turned = self._turned(what)
        self.stdout.write(
            ngettext(
                "换好了 %(count)d 处，现在都在 %(mark)s 下。",
                "换好了 %(count)d 处，现在都在 %(mark)s 下。",
                turned,
            )
            % {"count": turned, "mark": mark}
        )
        if what == TEXT and turning.unreadable:
            told = "\n".join(f"  {place}  {count}" for place, count in turning.unreadable.items())
            self.stderr.write(_("下面这些哪把密钥都读不出来，原样留着：\n%(left)s") % {"left": told})
        for old in keys[1:]:
            self.stdout.write(f"jieti keys retire {fingerprint(old)}")

    def _let_write(self, what: str, path: Any) -> None:
        """The waiting key goes first, once every process has had the time to read it."""
        held = key_file.load(path)
        waiting = [key for key in held[PLACES[what]] if fingerprint(key) in held["waiting"]]
        if not waiting:
            return
        added = datetime.fromisoformat(held["added"][fingerprint(waiting[0])])
        missing = (added + KNOWN_AFTER - datetime.now(UTC)).total_seconds()
        time.sleep(max(0, missing))

        def promote(held: dict[str, Any]) -> None:
            keys = held[PLACES[what]]
            keys.remove(waiting[0])
            keys.insert(0, waiting[0])
            held["waiting"].remove(fingerprint(waiting[0]))

        key_file.change(path, promote)
        key_ring.forget()
        # Whoever still writes with the old key has looked at the file when this is over.
        time.sleep(2 * key_ring.LOOKED_EVERY)

    def _turned(self, what: str) -> int:
        if what == TEXT:
            return turning.turn_text(self._progress)
        if what == HASH:
            return turning.turn_hashes(self._progress)
        # The floor knows no people: the settings name who marks their sessions.
        from django.conf import settings

        return turning.turn_sessions(self._progress, import_string(settings.SESSION_MARK))

    def _progress(self, place: str, done: int, whole: int) -> None:
        self.stdout.write(f"  {place}  {done}/{whole}" if whole else f"  {place}  {done}")
        self.stdout.flush()

    # --- retire ---------------------------------------------------------------------------------
    def _find(self, mark: str) -> tuple[str, str]:
        for what in PLACES:
            for number, key in enumerate(key_ring.ring().of(what)):
                if fingerprint(key) == mark:
                    if number == 0:
                        raise CommandError(_("这一把正在写。先 jieti keys add，再 jieti keys turn。"))
                    return what, key
        raise CommandError(_("没有这把密钥，请看 jieti keys list。"))

    def _left(self, mark: str) -> tuple[str, str, dict[str, int]]:
        what, key = self._find(mark)
        if what == TEXT:
            return what, key, turning.left_of_text(key)
        if what == SESSION:
            return what, key, turning.left_of_sessions()
        return what, key, turning.left_of_hashes(self._turned_at(what))

    def _turned_at(self, what: str) -> Any:
        newest = fingerprint(key_ring.ring().of(what)[0])
        told = AuditEntry.objects.filter(action="keys.turn", title=newest).order_by("pk").first()
        return told.at if told else clock.now()

    def _check(self, mark: str) -> None:
        _what, _key, left = self._left(mark)
        for place, count in left.items():
            self.stdout.write(f"{place}\t{count}")
        if not left:
            self.stdout.write(_("没有了，可以停用。"))

    def _retire(self, mark: str) -> None:
        what, key, left = self._left(mark)
        if left:
            told = "\n".join(f"  {place}  {count}" for place, count in left.items())
            raise CommandError(
                _(
                    "还有用这把密钥写的，现在停用就再也读不出来：\n%(left)s\n先 jieti keys turn；邀请和登录码等它们过期。"
                )
                % {"left": told}
            )
        path = key_ring.file_path()
        audit.record("keys.retire", by=None, title=mark, what=what)
        if path is None:
            keys = [one for one in key_ring.ring().of(what) if one != key]
            return self._say_line(what, keys, _("重启完了，旧密钥就停用了。"))

        def drop(held: dict[str, Any]) -> None:
            held[PLACES[what]].remove(key)
            held["added"].pop(mark, None)
            held["waiting"] = [one for one in held["waiting"] if one != mark]

        key_file.change(path, drop)
        self.stdout.write(_("停用了 %(mark)s。旧备份还要它：请和旧备份一起另存，备份到期再销毁。") % {"mark": mark})
        return None
