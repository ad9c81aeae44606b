"""Another mobile number: worth nothing before its owner has read a code there.

The code is good for the number it was sent to and no other. Of a number that has an account already nothing
is told: the same answer, and no code.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import limits, phones
from accounts.errors import TooManyTries, WrongCode, WrongPhone
from accounts.messages import send
from accounts.models import OneTimeCode, User
from accounts.services import codes
from accounts.states import CodeKind
from kernel import audit, clock

CODES_PER_PERSON = limits.Limit("phone-code", 5, 60 * 60)


@transaction.atomic
def ask_for_phone(user: User, number: str) -> None:
    """Text a code to the new number. Raises WrongPhone, TooManyTries."""
    if not phones.is_mobile(number):
        raise WrongPhone(_("手机号应是 11 位数字，例如 13812345678。"))
    if number == user.phone:
        raise WrongPhone(_("这就是您现在的手机号。"))
    if not (CODES_PER_PERSON.take(str(user.pk)) and limits.CODE_PER_PHONE.take(phones.phone_hash(number))):
        raise TooManyTries(_("要得太多了，过一小时再来。"))
    if User.objects.with_phone(number) is None:
        send("phone.code", number, to=user, code=codes.make(user, CodeKind.PHONE, about=number))


def change_phone(user: User, number: str, code: str) -> User:
    """The number is theirs from now on; every session ends, and the old number is told. Raises WrongCode."""
    if not codes.spend(user, code, (CodeKind.PHONE,), about=number):
        raise WrongCode(_("验证码不对或过期了。请再看一眼，或者重新要一个。"))
    try:
        return _change(user, number)
    except IntegrityError as taken:  # somebody else was quicker
        raise WrongCode(_("这个手机号刚刚有了账号。请换一个，或者找管理员。")) from taken


@transaction.atomic
def _change(user: User, number: str) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    old = user.phone
    user.set_phone(number)
    user.session_round += 1
    user.save(update_fields=["phone", "phone_hash", "session_round"])
    # Whoever holds the old phone must not come in by a code that was sent there a moment ago.
    waiting = OneTimeCode.objects.filter(user=user, kind=CodeKind.SMS, used_at__isnull=True)
    waiting.filter(expires_at__gt=clock.now()).update(expires_at=clock.now())
    if old:
        send("phone.changed", old, to=user, day=clock.today().isoformat())
    audit.record("person.phone", by=user, obj=("user", str(user.pk)), title=user.name)
    return user
