"""What people type to come in and to keep each other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import phones, roles, rules, selectors
from accounts.models import User
from tenants.models import Village


class PhoneField(forms.CharField):
    """A mobile number in one spelling, however it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("max_length", 40)
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        number = phones.normal_phone(super().clean(value))
        if not phones.is_mobile(number):
            raise forms.ValidationError(_("手机号应是 11 位数字，例如 13812345678。"))
        return number


def code_field(label: Any) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


def _password(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, **kwargs)


class SignInForm(forms.Form):
    phone = PhoneField()
    password = _password(_("密码"), "current-password")


class PhoneForm(forms.Form):
    phone = PhoneField()


class NewPhoneForm(PhoneForm):
    phone = PhoneField(label=_("新手机号"))


class CodeForm(forms.Form):
    code = code_field(_("验证码"))


class SecondFactorForm(forms.Form):
    code = code_field(_("动态验证码"))


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password = _password(_("新密码"), "new-password", help_text=_("至少 10 个字，不要全是数字，也不要用常见的密码。"))
    again = _password(_("再写一遍"), "new-password")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            password_validation.validate_password(password, getattr(self, "user", None))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "again" in cleaned and cleaned["again"] != self.data.get(self.add_prefix("password"), ""):
            self.add_error("again", _("两遍写的不一样。"))
        return cleaned


class ChangePasswordForm(PasswordForm):
    """The old password once more, unless there is none or a code stood in for it."""

    field_order = ("old", "password", "again")
    old = _password(_("现在的密码"), "current-password")

    def __init__(self, *args: Any, user: User, asks_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not asks_old:
            del self.fields["old"]

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("现在的密码不对。"))
        return str(self.cleaned_data["old"])


class AgainForm(forms.Form):
    """Who sits here? Asked once more before an act that a passer-by at an open screen must not do."""

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        if asks == "code":
            self.fields["again"] = code_field(_("动态验证码"))
        elif asks:
            self.fields["again"] = _password(_("您的密码"), "current-password")


class InvitationForm(PasswordForm):
    """Who is invited says their name and chooses how to come in next time."""

    field_order = ("name", "password", "again", "code")
    name = forms.CharField(label=_("姓名"), max_length=60)

    def __init__(self, *args: Any, asks_second_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_second_factor:
            self.fields["code"] = code_field(_("应用里的六位数字"))
            return
        self.fields["password"].required = self.fields["again"].required = False
        self.fields["password"].help_text = _("也可以不设，以后用短信验证码登录。至少 10 个字，不要全是数字。")


class ConfirmForm(forms.Form):
    """One more role for somebody who has an account."""

    def __init__(self, *args: Any, asks_second_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_second_factor:
            self.fields["code"] = code_field(_("应用里的六位数字"))


class SeatForm(forms.Form):
    """A role that the actor may give in this place, and the villages that go with it."""

    role = forms.ChoiceField(label=_("角色"))
    villages = forms.ModelMultipleChoiceField(
        Village.objects.none(),
        label=_("负责的村"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("驻村工作队选自己的村，别的角色不用选。"),
    )

    def __init__(self, *args: Any, by: User, county_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.code, role.name) for role in rules.roles_to_hand_on(by, county_code)
        ]
        villages = villages_of(county_code)
        if villages.exists():
            self.fields["villages"].queryset = villages  # type: ignore[attr-defined]
        else:
            del self.fields["villages"]


class InviteForm(SeatForm):
    """What is unusual is asked about once, beside its field: a second role, a team without a village."""

    field_order = ("phone", "second_role", "name", "role", "villages", "no_village")
    phone = PhoneField()
    name = forms.CharField(label=_("姓名"), max_length=60)

    def __init__(self, *args: Any, by: User, county_code: str, **kwargs: Any) -> None:
        super().__init__(*args, by=by, county_code=county_code, **kwargs)
        self.county_code = county_code

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        number, role = typed.get("phone"), typed.get("role")
        if number and role:
            self._ask_about_the_phone(number, role)
        if role and roles.ROLES[role].has_villages and "villages" in typed and not typed["villages"]:
            self._ask_about_villages()
        return typed

    def _ask_about_the_phone(self, number: str, role: str) -> None:
        invited = {one.role: one for one in selectors.open_invitations(number, self.county_code)}
        held = selectors.roles_here(number, self.county_code)
        if role in held:
            self.add_error("phone", gettext("这个人在这里已经是%(role)s了，不用再请。") % {"role": roles.name_of(role)})
        elif role in invited:
            until = {"role": roles.name_of(role), "until": timezone.localdate(invited[role].expires_at).isoformat()}
            said = gettext(
                "这个手机号已经请过做%(role)s，邀请到 %(until)s 有效。没收到的，在“还没接受的邀请”里点“再发一次”；请错了的，点“收回”。"
            )
            self.add_error("phone", said % until)
        elif held or invited:
            names = {"others": gettext("、").join(map(roles.name_of, held or invited))}
            said = (
                gettext("这个人在这里已经是%(others)s。真要再加一个角色，勾上下面那一格，再发。")
                if held
                else gettext("这个手机号已经请过做%(others)s，还没接受。真要再加一个角色，勾上下面那一格，再发。")
            )
            self._ask_about_a_second_role(number, role, said % names)

    def _ask_about_a_second_role(self, number: str, role: str, said: str) -> None:
        """The tick is for this phone: with another one typed the question comes again."""
        sure = gettext("对，再请他做%(role)s") % {"role": roles.name_of(role)}
        field = forms.MultipleChoiceField(
            label=_("再加一个角色"), choices=[(number, sure)], required=False, widget=forms.CheckboxSelectMultiple
        )
        self._show("second_role", field)
        if number not in self["second_role"].value():
            self.add_error("phone", said)

    def _ask_about_villages(self) -> None:
        self._show("no_village", forms.BooleanField(label=_("还没定是哪个村，先请进来，以后再选"), required=False))
        if not self["no_village"].value():
            self.add_error(
                "villages", _("选上他负责的村。一个村也不选，全县的村他都能写；真的还没定，勾上下面那一格，再发。")
            )

    def _show(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        self.order_fields(self.field_order)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("为什么重设"), max_length=200, help_text=_("例如：换了手机。"))


def villages_of(county_code: str) -> Any:
    mine = Village.objects.filter(county_code=county_code or "-")
    return mine.select_related("township").order_by("township__name", "name")
