"""The season in words and in a picture."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.art import drawings
from web.solar_terms import nearest_term

NAMES = {
    "小寒": gettext_lazy("小寒"), "大寒": gettext_lazy("大寒"), "立春": gettext_lazy("立春"),
    "雨水": gettext_lazy("雨水"), "惊蛰": gettext_lazy("惊蛰"), "春分": gettext_lazy("春分"),
    "清明": gettext_lazy("清明"), "谷雨": gettext_lazy("谷雨"), "立夏": gettext_lazy("立夏"),
    "小满": gettext_lazy("小满"), "芒种": gettext_lazy("芒种"), "夏至": gettext_lazy("夏至"),
    "小暑": gettext_lazy("小暑"), "大暑": gettext_lazy("大暑"), "立秋": gettext_lazy("立秋"),
    "处暑": gettext_lazy("处暑"), "白露": gettext_lazy("白露"), "秋分": gettext_lazy("秋分"),
    "寒露": gettext_lazy("寒露"), "霜降": gettext_lazy("霜降"), "立冬": gettext_lazy("立冬"),
    "小雪": gettext_lazy("小雪"), "大雪": gettext_lazy("大雪"), "冬至": gettext_lazy("冬至"),
}  # fmt: skip
SPRING, SUMMER, AUTUMN, WINTER = (3, 1), (6, 1), (8, 20), (11, 22)
EVERY_YEAR = "autumn"


def season_title(today: date) -> str:
    """后天小雪，吃什么: the solar term that is near, else the one we are in."""
    term, days = nearest_term(today)
    name = {"term": NAMES[term.name]}
    if days == 0:
        return _("今天%(term)s，吃什么") % name
    if days == 1:
        return _("明天%(term)s，吃什么") % name
    if days == 2:
        return _("后天%(term)s，吃什么") % name
    if days > 0:
        return _("%(days)s 天后%(term)s，吃什么") % {**name, "days": days}
    return _("%(term)s前后，吃什么") % name


def season(today: date) -> str:
    """The season as the fields of the north-east know it: snow lies from late November on."""
    day = (today.month, today.day)
    if SPRING <= day < SUMMER:
        return "spring"
    if SUMMER <= day < AUTUMN:
        return "summer"
    return "autumn" if AUTUMN <= day < WINTER else "winter"


def home_picture(today: date) -> str:
    """The static file of the season's picture; the autumn one where a season has none."""
    name = f"home-{season(today)}"
    return f"art/{name if name in drawings() else f'home-{EVERY_YEAR}'}.svg"
