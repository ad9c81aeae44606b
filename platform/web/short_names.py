"""Place names as people say them: 五常市 is 五常, 杜尔伯特蒙古族自治县 is 杜尔伯特, 宾县 stays 宾县."""

import re

PROVINCE_TAILS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
PREFECTURE_TAILS = ("自治州", "地区", "盟", "市")
SELF_GOVERNED = ("自治县", "自治旗")
COUNTY_TAILS = ("特区", "市", "县", "区", "旗")
SHORTEST = 2

# The peoples named in the titles of self-governed counties, one or more at the end.
PEOPLES = re.compile(
    "(?:(?:蒙古|维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南"
    "|仡佬|锡伯|阿昌|普米|塔吉克|鄂温克|保安|裕固|独龙|鄂伦春|各)族?|[回藏苗彝壮满侗瑶白傣黎佤畲水土羌怒]族)+$"
)


def short_province(name: str) -> str:
    return _without(name, PROVINCE_TAILS)


def short_prefecture(name: str) -> str:
    return _without(name, PREFECTURE_TAILS)


def short_county(name: str) -> str:
    if name.endswith((*SELF_GOVERNED, "族区")):
        place = _without(name, (*SELF_GOVERNED, "区"))
        short = PEOPLES.sub("", place)
        return short if len(short) >= SHORTEST else place.removesuffix("族")
    short = _without(name, COUNTY_TAILS)
    return short if len(short) >= SHORTEST else name


def _without(name: str, tails: tuple[str, ...]) -> str:
    for tail in tails:
        if name.endswith(tail) and len(name) > len(tail):
            return name.removesuffix(tail)
    return name
