import pytest

from web.hanzi import hanzi


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (9, "九"),
        (10, "十"),
        (12, "十二"),
        (36, "三十六"),
        (100, "一百"),
        (110, "一百一十"),
        (121, "一百二十一"),
        (305, "三百零五"),
        (1012, "一千零一十二"),
        (10000, "10000"),
    ],
)
def test_a_number_is_written_as_people_write_it(number, written):
    assert hanzi(number) == written
