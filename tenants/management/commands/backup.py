"""``jieti backup``: one county into one file; every county with ``--all``."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tenants import backups
from tenants.models import County

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "备份县：backup 230184，或 backup --all"
    stealth_options = ("shelf",)  # whoever calls says whether files are sealed, and which of them stay

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", help="县代码")
        parser.add_argument("--all", action="store_true", dest="whole_province", help="每个开着的县")
        parser.add_argument("--to", type=Path, default=None, help="放在哪个文件夹，默认在数据目录的 backups 里")

    def handle(
        self,
        *args: Any,
        codes: list[str],
        whole_province: bool,
        to: Path | None,
        shelf: backups.Shelf | None = None,
        **options: Any,
    ) -> None:
        counties = County.objects.filter(schema_state__isnull=False).order_by("code")
        chosen = list(counties if whole_province else counties.filter(code__in=codes))
        missing = set(codes) - {county.code for county in chosen}
        if missing or not chosen:
            raise CommandError(_("没有这些县可备份：%(codes)s") % {"codes": " ".join(sorted(missing)) or "—"})
        folder = to or Path(settings.JIETI_VAR) / "backups"
        failed = []
        for place, county in enumerate(chosen, start=1):
            try:
                path = backups.back_up_county(county, shelf.drafts(folder) if shelf else folder)
                if shelf:
                    path = shelf.keep(path, folder)
            except Exception as trouble:  # one county's damage may not cost every county behind it tonight's file
                log.exception("county %s was not backed up", county.code)
                self.stderr.write(f"{county.code} {county.name} {trouble}")
                failed.append(county.code)
                continue
            size = path.stat().st_size / 1_000_000
            self.stdout.write(f"{county.code} {county.name} {path} {size:.1f} MB ({place}/{len(chosen)})")
        if failed:
            raise CommandError(_("这些县没有备份成：%(codes)s") % {"codes": " ".join(failed)})
