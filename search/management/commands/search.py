"""``jieti search``: the second engine built anew, looked at, compared with the tables and mended."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.models import OutboxRow
from kernel.outbox import NotNow
from search import feed, rebuilding, verifying
from search.engines import breaker, elastic_client
from search.models import EngineIndex, EngineRest, ListingIndex

SAY_EVERY = 1.0  # seconds


class Command(BaseCommand):
    help = "搜索引擎：重建、查看、核对"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="现在谁在回答，建到哪了")
        verbs.add_parser("reindex", help="在旁边建一个新的索引，建好一下换上")
        verify = verbs.add_parser("verify", help="和库里逐县核对，不一样的补上")
        verify.add_argument("--every-row", action="store_true", help="每一件都比，不只比数目和校验和")
        verify.add_argument("--only-look", action="store_true", help="只看，不补")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if not feed.configured():
            self.stdout.write(_("没有设 ELASTICSEARCH_URL，由 PostgreSQL 搜索，没有别的引擎要管。"))
            return
        try:
            getattr(self, f"do_{verb}")(**options)
        except (NotNow, *elastic_client.TROUBLES) as trouble:
            raise CommandError(
                _("Elasticsearch 没有回答：%(trouble)s。购物的人不受影响，由 PostgreSQL 回答；等它回来再试。")
                % {"trouble": str(trouble)[:300]}
            ) from trouble

    # --- status ------------------------------------------------------------------------------

    def do_status(self, **_options: Any) -> None:
        live, building = rebuilding.live(), rebuilding.building()
        self.stdout.write(self._who_answers(live))
        if building:
            self.stdout.write(self._progress(building))
        waiting = OutboxRow.objects.filter(kind=feed.INDEX)
        self.stdout.write(
            _("要告诉它的还有 %(waiting)s 条，放弃了的 %(dead)s 条。")
            % {
                "waiting": waiting.filter(state=OutboxRow.State.WAITING).count(),
                "dead": waiting.filter(state=OutboxRow.State.DEAD).count(),
            }
        )
        if live:
            told = sum(one.documents for one in verifying.their_sums(live).values())
            self.stdout.write(
                _("库里 %(ours)s 件，%(name)s 里 %(theirs)s 件。")
                % {"ours": ListingIndex.objects.count(), "name": live.name, "theirs": told}
            )

    def _who_answers(self, live: EngineIndex | None) -> str:
        rest = EngineRest.objects.filter(pk=feed.prefix()).first()
        if live is None:
            return _("还没有索引，先由 PostgreSQL 搜索；运行 jieti search reindex，或等后台自己建。")
        if rest:
            return _("Elasticsearch 从 %(since)s 起没有回答，先由 PostgreSQL 搜索：%(trouble)s") % {
                "since": rest.since.isoformat(timespec="seconds"),
                "trouble": rest.trouble,
            }
        return _("由 Elasticsearch 的 %(name)s 搜索。") % {"name": live.name}

    def _progress(self, index: EngineIndex) -> str:
        share = 100 * index.done // max(index.total, 1)
        return _("正在建 %(name)s：%(done)s / %(total)s（%(share)s%%）。") % {
            "name": index.name,
            "done": index.done,
            "total": index.total,
            "share": min(share, 100),
        }

    # --- reindex -----------------------------------------------------------------------------

    def do_reindex(self, **_options: Any) -> None:
        under_way = rebuilding.building()
        index = rebuilding.begin()
        if under_way:
            self.stdout.write(_("接着建上次没建完的。") + self._progress(index))
        said = time.monotonic()

        def say(moved: EngineIndex) -> None:
            nonlocal said
            if time.monotonic() - said >= SAY_EVERY:
                said = time.monotonic()
                self.stdout.write(self._progress(moved))

        rebuilding.run(index, say=say)
        index.refresh_from_db()
        breaker.forget()
        self.stdout.write(_("%(name)s 建好，换上了，共 %(done)s 件。") % {"name": index.name, "done": index.done})
        rebuilding.drop_retired()

    # --- verify ------------------------------------------------------------------------------

    def do_verify(self, every_row: bool, only_look: bool, **_options: Any) -> None:
        index = rebuilding.live()
        if index is None:
            raise CommandError(_("还没有索引可以核对；先运行 jieti search reindex。"))
        verifying.wait_for_feed()
        found = list(verifying.differences(index, every_row=every_row))
        for difference in found:
            self.stdout.write(self._described(difference))
        if found and not only_look:
            mended = sum(verifying.mend(difference, index) for difference in found)
            self.stdout.write(_("补了 %(mended)s 件，再核对一遍。") % {"mended": mended})
            found = list(verifying.differences(index, every_row=every_row))
        if found:
            raise CommandError(
                ngettext(
                    "有 %(number)s 个县和库里不一样。",
                    "有 %(number)s 个县和库里不一样。",
                    len(found),
                )
                % {"number": len(found)}
            )
        self.stdout.write(_("%(name)s 和库里一样。") % {"name": index.name})

    def _described(self, difference: verifying.Difference) -> str:
        return _(
            "%(county)s：库里 %(ours)s 件，引擎里 %(theirs)s 件；缺 %(missing)s，旧 %(stale)s，多 %(left)s，超前 %(ahead)s。"
        ) % {
            "county": difference.county,
            "ours": difference.ours.documents,
            "theirs": difference.theirs.documents,
            "missing": len(difference.missing),
            "stale": len(difference.stale),
            "left": len(difference.left_over),
            "ahead": len(difference.ahead),
        }
