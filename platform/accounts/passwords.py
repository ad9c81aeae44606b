"""What a guesser tries first here: the platform's own name, and the person's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PLATFORM_WORDS = ("jieti", "借梯", "dianshang", "zhucun")


class LongEnough(MinimumLengthValidator):
    """Django's, in words that the Chinese pages have: its own sentence comes in English."""

    def get_error_message(self) -> str:
        return _("密码太短了，至少写 %(n)s 个字。") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return self.get_error_message()


class NoOwnWords:
    """A password with the platform's name, one's own name or one's own phone in it is refused.

    Nothing is asked of the kinds of signs: long and not guessable is what counts.
    """

    def validate(self, password: str, user: Any = None) -> None:
        said = password.casefold()
        own = [getattr(user, "phone", ""), getattr(user, "name", "")]
        if any(word and len(word) > 1 and word.casefold() in said for word in (*PLATFORM_WORDS, *own)):
            raise ValidationError(
                _("密码里不要有自己的姓名、手机号或平台的名字，别人最先试的就是这些。"), code="own_words"
            )

    def get_help_text(self) -> str:
        return _("不要有自己的姓名、手机号或平台的名字。")
