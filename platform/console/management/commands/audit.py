"""``jieti audit verify``: is the trail whole? Names the first broken link."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel import audit


class Command(BaseCommand):
    help = "核对操作记录"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        audit.seal()
        broken = audit.verify()
        if broken is not None:
            raise CommandError(_("操作记录在第 %(place)s 条断开了：这一条或前一条被改过。") % {"place": broken})
        self.stdout.write(_("操作记录完整。"))
