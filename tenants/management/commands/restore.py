"""``jieti restore``: a county back from its file, while the province goes on."""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel.asking import agrees
from kernel.clock import SHANGHAI
from kernel.errors import DomainError
from tenants import backups


class Command(BaseCommand):
    help = "把一个县恢复成备份时的样子：restore county-230184-….zip"
    stealth_options = ("old_keys",)  # secrets are never among the words of a command

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, old_keys: Iterable[str] = (), **options: Any) -> None:
        if file.exists() and not agrees(_("恢复会换掉这个县现在的产品、故事和照片，备份以后写的都没有了。恢复吗？")):
            return
        begun = time.monotonic()
        try:
            done = backups.restore_county(file, by=None, old_keys=old_keys)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        facts = {
            "name": done.county.name,
            "at": _("北京时间 %(at)s") % {"at": f"{done.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"},
            "files": done.files,
            "seconds": f"{time.monotonic() - begun:.1f}",
        }
        words = _("%(name)s恢复到 %(at)s 的样子，放回 %(files)s 个文件，用了 %(seconds)s 秒") % facts
        self.stdout.write(f"{done.county.code} {words}")
        if done.turned:
            words = _("换成现在的密钥：%(number)s 处") % {"number": done.turned}
            self.stdout.write(f"{done.county.code} {words}")
        for line in done.dangling:
            self.stdout.write(f"{done.county.code}   {line}")
