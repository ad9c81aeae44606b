"""``jieti demo code NAME``: the second-factor code of a demo account, refused outside the demo."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.models import User


class Command(BaseCommand):
    help = "演示账号的动态验证码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("code", help="动态验证码").add_argument("name")

    def handle(self, *args: Any, verb: str, name: str, **options: Any) -> None:
        if not settings.JIETI_DEMO:
            raise CommandError(_("这里不是演示省份，不给验证码。"))
        user = User.objects.filter(name=name, is_demo=True).order_by("pk").first()
        code = second_factor.current_code(user) if user else ""
        if not code:
            raise CommandError(_("演示里没有这个人，或者这个人不用动态验证码。"))
        self.stdout.write(code)
