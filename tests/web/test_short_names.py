import pytest

from tenants import register
from web.short_names import short_county, short_prefecture, short_province


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("五常市", "五常"),
        ("宾县", "宾县"),
        ("郊区", "郊区"),
        ("金林区", "金林"),
        ("杜尔伯特蒙古族自治县", "杜尔伯特"),
        ("梅里斯达斡尔族区", "梅里斯"),
        ("景谷傣族彝族自治县", "景谷"),
        ("巴里坤哈萨克自治县", "巴里坤"),
        ("东乡族自治县", "东乡"),
        ("土默特左旗", "土默特左"),
    ],
)
def test_a_county_is_called_as_people_call_it(name, short):
    assert short_county(name) == short


def test_no_two_counties_of_a_prefecture_of_heilongjiang_share_a_short_name():
    rows = register.divisions("23")
    assert len({(row.prefecture_code, short_county(row.name)) for row in rows}) == len(rows) == 121


def test_prefectures_and_provinces():
    assert short_prefecture("大兴安岭地区") == "大兴安岭"
    assert short_province("黑龙江省") == "黑龙江"
    assert short_province("广西壮族自治区") == "广西"
