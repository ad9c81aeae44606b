"""A mail address: optional, and worth nothing before its owner has read a code there."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import TooManyTries, WrongCode
from accounts.limits import Limit
from accounts.messages import send_mail
from accounts.models import User
from accounts.services import codes
from accounts.states import CodeKind
from kernel import audit, clock

CODES_PER_PERSON = Limit("mail-code", 5, 60 * 60)


@transaction.atomic
def set_mail(user: User, address: str) -> None:
    """Remember the address, unconfirmed, and send a code there. Empty takes it away."""
    address = address.strip()
    if address:
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise WrongCode(_("邮箱应像 lin@example.cn 这样写。")) from wrong
        if not CODES_PER_PERSON.take(str(user.pk)):
            raise TooManyTries(_("要得太多了，过一小时再来。"))
    User.objects.filter(pk=user.pk).update(mail=address, mail_confirmed_at=None)
    user.mail, user.mail_confirmed_at = address, None
    if address:
        send_mail("mail.code", address, to=user, code=codes.make(user, CodeKind.MAIL))
    else:
        audit.record("person.mail_gone", by=user, obj=("user", str(user.pk)), title=user.name)


def confirm_mail(user: User, code: str) -> None:
    """A wrong code counts as a try; after five the code is worth nothing."""
    if not user.mail or not codes.spend(user, code, (CodeKind.MAIL,)):
        raise WrongCode(_("验证码不对或过期了。请再看一眼，或者重新要一个。"))
    _confirm(user)


@transaction.atomic
def _confirm(user: User) -> None:
    user.mail_confirmed_at = clock.now()
    user.save(update_fields=["mail_confirmed_at"])
    audit.record("person.mail", by=user, obj=("user", str(user.pk)), title=user.name)
