"""Words the law forbids of any goods are said to the team that writes and to the county that passes them."""

import pytest

from catalog import rules
from catalog.models import Product
from kernel.models import AuditEntry
from tenants import services
from tenants.scope import county_scope
from tests.catalog import goods
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "summary", "description", "article"),
    [
        ("最好吃的五常小米", "", "", "广告法第九条第三项"),
        ("小米", "国家级品质", "", "广告法第九条第三项"),
        ("蜂蜜", "", "山里的蜂蜜，能治疗咳嗽。", "广告法第十七条、第十八条（保健食品）；食品安全法第七十一条"),
    ],
)
def test_it_is_found_wherever_it_stands(name, summary, description, article):
    found = rules.claims(Product(name=name, summary=summary, description=description))
    assert [one.article for one in found] == [article]


@pytest.mark.parametrize("name", ["秋木耳", "第一书记代言的小米", "最高温 80 度烘的木耳", "头茬韭菜"])
def test_plain_words_are_left_alone(name):
    assert rules.claims(Product(name=name)) == ()


def test_the_team_reads_it_before_handing_in_and_the_county_before_passing_it(wuchang, manager, team_member):
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    page, step = f"/c/wuchang/desk/products/{product.pk}/", f"/c/wuchang/desk/products/{product.pk}/edit/6/"
    assert "广告法" not in client_for(manager).get(page).content.decode()
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(name="最好吃的小米")
    for path in (page, step):
        shown = client_for(manager).get(path).content.decode()
        assert "“最好”：广告里不能用" in shown, path
        assert "广告法第九条第三项" in shown


def test_it_is_not_passed_without_a_word_of_why_and_the_word_is_kept(wuchang, manager):
    village = services.add_village(wuchang, "龙凤山镇", "兴源村")
    product = goods.hand_in(wuchang, goods.finished(wuchang, village, by=manager), by=manager)
    page = f"/c/wuchang/desk/products/{product.pk}/"
    browser = client_for(manager)
    assert 'name="despite"' not in browser.get(page).content.decode()
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(name="最好村的小米")
    before = goods.facts(wuchang, product)
    for said in ("", "   ", "。", "……！", "可以", "12345", "好好好好"):
        answer = browser.post(f"{page}publish/", {"despite": said})
        assert answer.status_code == 400
        assert "里面有法律不让用的词" in answer.content.decode()
        assert answer.content.decode().count(" autofocus") == 1, "a long page shows what is wrong"
    assert goods.facts(wuchang, product) == before
    browser.post(f"{page}publish/", {"despite": "“最好”是村名"})
    with county_scope(wuchang):
        assert Product.objects.get(pk=product.pk).state == "published"
    assert AuditEntry.objects.get(action="product.publish").facts["despite"] == "“最好”是村名"
    assert "“最好”是村名" in browser.get(page).content.decode()


@pytest.mark.parametrize(
    "said",
    [
        "能治高血压",
        "专治老胃病",
        "治好了糖尿病",
        "治疗失眠",
        "喝它治关节炎",
        "预防心脏病",
        "预防血栓",
        "治便秘",
        "抗肿瘤",
        "治癌",
        "软化血管",
        "缓解便秘",
        "防病治病",
    ],
)
def test_an_illness_that_food_is_said_to_heal_is_found(said):
    (found,) = rules.claims(Product(name="山里的蜂蜜", description=f"老人都说它{said}。"))
    assert (found.article, found.field) == ("广告法第十七条、第十八条（保健食品）；食品安全法第七十一条", "description")


@pytest.mark.parametrize(
    "said",
    [
        "不打药，人工防治病虫害",
        "预防稻瘟病靠轮作",
        "治沙三十年，沙地里长的沙棘",
        "村里治水修的渠",
        "血压高的人少放盐",
        "自治县头一家合作社",
        "法治感冒药店旁边那家",
        "治理好的河边种的",
        "病虫害少",
    ],
)
def test_what_is_said_of_the_field_is_left_alone(said):
    assert rules.claims(Product(name="沙棘", description=said)) == ()


def test_the_warning_comes_with_the_next_page_and_names_its_field(wuchang, manager, team_member):
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    there = f"/c/wuchang/desk/products/{product.pk}/edit/"
    browser = client_for(manager)
    typed = {"summary": "最好的大米", "description": "老人都说它能治高血压，天天吃。"}
    answer = browser.post(f"{there}2/", typed)
    for path, link in ((answer["Location"], True), (f"{there}2/", False), (f"{there}6/", True)):
        shown = browser.get(path).content.decode()
        assert "一句话里写了“最好”：广告里不能用" in shown, path
        assert "说明里写了“治高血压”：食品不能说能防病治病" in shown, path
        assert (f'<a href="{there}2/">改说明</a>' in shown) is link, path
    assert "里写了“" not in browser.get(f"{there}1/").content.decode()
    assert "里写了“" not in browser.get(f"{there}5/").content.decode()
    review = browser.get(f"/c/wuchang/desk/products/{product.pk}/").content.decode()
    assert "说明里写了“治高血压”" in review


def test_what_was_just_typed_is_judged_not_what_was_kept_before(wuchang, manager, team_member):
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(summary="最好的大米", storage="最佳温度")
    there, browser = f"/c/wuchang/desk/products/{product.pk}/edit/", client_for(manager)
    mended = browser.post(f"{there}2/", {"summary": "九月收，十月才碾。", "description": "短"}).content.decode()
    assert "里写了“" not in mended
    wrong = browser.post(f"{there}2/", {"summary": "国家级大米", "description": "短"}).content.decode()
    assert "一句话里写了“国家级”" in wrong
    assert "最好" not in wrong
    packs = browser.post(f"{there}3/", {"pack0-name": "降血压装", "pack0-unit": ""}).content.decode()
    assert "规格和价钱里写了“降血压”" in packs


def test_the_first_screen_judges_a_name_before_there_is_a_product(wuchang, manager):
    shown = client_for(manager).post("/c/wuchang/desk/products/new/", {"name": "最好吃的小米"}).content.decode()
    assert "产品名里写了“最好”" in shown


@pytest.mark.parametrize("said", ["降血压", "治高血压", "增强免疫力"])
def test_what_goods_are_said_to_heal_is_never_passed(wuchang, manager, said):
    """食品安全法 §73: no reason that anybody writes makes it allowed."""
    village = services.add_village(wuchang, "龙凤山镇", "兴源村")
    product = goods.hand_in(wuchang, goods.finished(wuchang, village, by=manager), by=manager)
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(description=f"常吃能{said}，头茬米。")
    browser, page = client_for(manager), f"/c/wuchang/desk/products/{product.pk}/"
    shown = browser.get(page).content.decode()
    assert "写什么理由都不能发布" in shown
    assert "通过并发布" not in shown
    assert "退回补正" in shown
    answer = browser.post(f"{page}publish/", {"despite": "县里的老中医都这样说，可以写"})
    assert answer.status_code == 400
    assert "写什么理由都不能发布" in answer.content.decode()
    with county_scope(wuchang):
        assert Product.objects.get(pk=product.pk).state == "submitted"


def test_the_team_cannot_hand_it_in_and_is_led_to_where_it_stands(wuchang, manager, team_member):
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    with county_scope(wuchang):
        product.variants.update(name="降血压装")
    before = goods.facts(wuchang, product)
    page, browser = f"/c/wuchang/desk/products/{product.pk}/", client_for(manager)
    check = browser.get(f"{page}edit/6/").content.decode()
    assert "规格和价钱里写了“降血压”" in check
    assert f'<a class="btn btn-step" href="{page}edit/3/">' in check
    assert "交给县里</button>" not in check
    assert "写什么理由都不能发布" in browser.post(f"{page}submit/", follow=True).content.decode()
    assert goods.facts(wuchang, product) == before


def test_a_producers_words_which_nobody_reads_before_heal_nothing(wuchang, manager):
    typed = {"name": "姜家蜂场", "kind": "farm", "business_phone": "0451-55550120", "phone_agreed": "on"}
    typed |= {"new_township": "小山子镇", "new_village": "胜利村", "intro": "他家的蜜能治咳嗽。"}
    there, browser = "/c/wuchang/desk/producers/new/", client_for(manager)
    answer = browser.post(there, typed)
    assert "“治咳嗽”" in answer.content.decode()
    assert "他家的蜜能治咳嗽" in answer.content.decode()
    assert browser.post(there, typed | {"intro": "三代人养蜂。"}).status_code == 302
