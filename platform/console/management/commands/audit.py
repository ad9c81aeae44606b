"""``jieti audit``: is the trail whole? A signed copy of it, and whether such a copy is a true one."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel import audit, audit_export
from kernel.errors import DomainError


class Command(BaseCommand):
    help = "操作记录：核对、导出、核对导出的文件 / the audit trail: verify, export, verify-export"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("verify", help="核对操作记录 / verify the trail")
        export = verbs.add_parser("export", help="导出一段，签好名 / a signed copy")
        export.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="2026-01-01")
        export.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="2026-06-30")
        export.add_argument("file", type=Path)
        check = verbs.add_parser("verify-export", help="核对导出的文件 / verify an exported file")
        check.add_argument("file", type=Path)
        check.add_argument("--public-key", default="", help="base64；不写就用本省的 / ours when absent")
        verbs.add_parser("public-key", help="核对用的公钥，可以公开 / to check with; no secret")
        verbs.add_parser("new-key", help="新的签名密钥，写进 JIETI_SIGNING_KEY / a new signing key")

    def handle(self, *args: Any, **options: Any) -> None:
        acts = {
            "verify": self._verify,
            "export": lambda: self._export(options["first"], options["last"], options["file"]),
            "verify-export": lambda: self._verify_export(options["file"], options["public_key"]),
            "public-key": lambda: self.stdout.write(audit_export.public_key()),
            "new-key": lambda: self.stdout.write(audit_export.new_key()),
        }
        try:
            acts[options["verb"]]()
        except (DomainError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _verify(self) -> None:
        audit.seal()
        broken = audit.verify()
        if broken is not None:
            raise CommandError(_("操作记录在第 %(place)s 条断开了：这一条或前一条被改过。") % {"place": broken})
        self.stdout.write(_("操作记录完整。"))

    def _export(self, first: date, last: date, path: Path) -> None:
        """Whole or not at all, and never over a file that is there."""
        draft = path.with_name(f"{path.name}.part")
        if path.exists():
            raise CommandError(_("%(path)s 已经有了，请换个名字。") % {"path": path})
        try:
            with draft.open("xb") as file:
                done = audit_export.export(first, last, file)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(
            _("导出第 %(first)d 到 %(last)d 条，SHA-256 %(sum)s。")
            % {"first": done.first, "last": done.last, "sum": done.sha256}
        )

    def _verify_export(self, path: Path, trusted: str) -> None:
        with path.open("rb") as file:
            done = audit_export.verify(file, trusted=trusted)
        self.stdout.write(
            _("签名和每一环都对：第 %(first)d 到 %(last)d 条。") % {"first": done.first, "last": done.last}
        )
