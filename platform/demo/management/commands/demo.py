"""``jieti demo code NAME``: a demo account's second-factor code. ``jieti demo shift DAYS``: move the demo's clock.

Both are refused outside the demo.
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import second_factor
from accounts.models import SmsMessage, User
from kernel import clock, deadlines
from kernel.models import InboxItem

FARTHEST = 4000  # days: a certificate is good for ten years


class Command(BaseCommand):
    help = "演示账号的动态验证码；拨动演示的日期"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("code", help="动态验证码").add_argument("name")
        shift = verbs.add_parser("shift", help="把演示的日期拨到真实日期之后多少天，再跑一遍期限")
        shift.add_argument("days", type=int)

    def handle(self, *args: Any, verb: str, name: str = "", days: int = 0, **options: Any) -> None:
        if not settings.JIETI_DEMO:
            raise CommandError(_("这里不是演示省份，不给验证码，也不能拨日期。"))
        if verb == "shift":
            self._shift(days)
            return
        user = User.objects.filter(name=name, is_demo=True).order_by("pk").first()
        code = second_factor.current_code(user) if user else ""
        if not code:
            raise CommandError(_("演示里没有这个人，或者这个人不用动态验证码。"))
        self.stdout.write(code)

    def _shift(self, days: int) -> None:
        """So many days after the real date, for every process; the clocks are swept as beat would."""
        if abs(days) > FARTHEST:
            raise CommandError(
                _("最多拨 %(most)s 天，十年出头：期限一响就写下来了，拨回来不退回。") % {"most": FARTHEST}
            )
        clock.shift(timedelta(days=days))
        rung = deadlines.sweep()
        self.stdout.write(
            ngettext(
                "现在是 %(today)s，%(n)s 个期限有了动静。",
                "现在是 %(today)s，%(n)s 个期限有了动静。",
                rung,
            )
            % {"today": clock.today(), "n": rung}
        )
        self._tell_what_stays()

    def _tell_what_stays(self) -> None:
        """Going back takes nothing back: what was written while the date stood ahead keeps its date."""
        now = clock.now()
        texts = SmsMessage.objects.filter(created_at__gt=now).count()
        items = InboxItem.objects.filter(Q(since__gt=now) | Q(done_at__gt=now)).count()
        if not texts and not items:
            return
        facts = {"texts": texts, "items": items, "var": settings.JIETI_VAR}
        self.stdout.write(
            _("日期拨快时写下的不退回，还写着那时的日子，单子上标着：短信 %(texts)s，待办 %(items)s。") % facts
        )
        self.stdout.write(_("要一个干净的演示：停下平台，删掉 %(var)s，再运行 jieti up。") % facts)
