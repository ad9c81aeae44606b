"""How worked the goods of a package probably are, told by their category and their name; nothing where neither says."""

import re
from datetime import date

from branding.compliance import Processing
from branding.compliance.tables import all_rows, row

# What goods of the category nearly always are, whatever they are called.
USUAL = {
    "fruit.frozen": Processing.FROZEN,
    "fruit.nut": Processing.SIMPLE,
    "fungus.wood-ear": Processing.SIMPLE,
    "grain.soybean": Processing.SIMPLE,
    "grain.bean": Processing.SIMPLE,
    "meat.egg": Processing.FRESH,
}
# The first sign that stands in the name says it: 炒熟的冻玉米 was cooked. 冻蘑 is a mushroom's name, 冻干 is dried.
SIGNS = (
    (re.compile("[炒腌熏卤烤炸酱]|熟|水煮|即食|罐头|饼干"), Processing.MADE),
    (re.compile("冻(?!蘑|干)|冰鲜"), Processing.FROZEN),
    (re.compile("干(?!净|锅)|晾|晒|去壳|剥壳|手剥"), Processing.SIMPLE),
    (re.compile("(?<!海)鲜(?!味|美)|活"), Processing.FRESH),
)


def likely_processing(category: str, name: str, on: date, *, farm_produce: bool) -> str:
    """A choice of ``Processing``, or nothing: a preset that is wrong is believed, an empty one is answered."""
    known = row("package_classes", on, category=category) or next(all_rows("package_classes", category=category), None)
    if known is None or not known["farm_when"] or not farm_produce:
        return Processing.MADE
    for sign, processing in SIGNS:
        if sign.search(name):
            return processing
    return USUAL.get(category, "")
