"""``jieti pages``: start the first pages of counties that lack them; may be repeated."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from cms.starting import counties_behind, start_pages
from tenants.models import County
from tenants.scope import SERVED


class Command(BaseCommand):
    help = "补齐各县的首页、样稿和审稿的路"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        start = verbs.add_parser("start", help="补齐缺的；不写县代码就是所有缺的县")
        start.add_argument("codes", nargs="*")

    def handle(self, *args: Any, verb: str, codes: list[str], **options: Any) -> None:
        counties = list(County.objects.filter(code__in=codes, state__in=SERVED)) if codes else counties_behind()
        done, failed = start_pages(counties)
        self.stdout.write(
            ngettext(
                "补了 %(done)s 个县。",
                "补了 %(done)s 个县。",
                len(done),
            )
            % {"done": len(done)}
        )
        if failed:
            raise CommandError("\n".join(f"{code} {trouble}" for code, trouble in sorted(failed.items())))
