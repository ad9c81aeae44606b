"""A product from a phone, screen by screen, as it works without a script."""

import pytest
from django.core.exceptions import ValidationError

from tests.catalog import goods
from tests.factories.people import client_for, give_role, make_user


def products(county):
    from catalog.models import Product
    from tenants.scope import county_scope

    with county_scope(county):
        return list(Product.objects.select_related("producer").prefetch_related("variants"))


def packs(**typed):
    row = {"net": "2.5 kg", "name": "", "unit": "袋", "price": "32.50", "stock": "120"} | typed
    return {f"pack0-{name}": value for name, value in row.items()}


def test_a_team_lists_a_product_in_six_screens(wuchang, village, team):
    client = client_for(team)
    assert "第 1 步，共 6 步" in client.get(goods.here(wuchang, "products/new/")).content.decode()
    answer = client.post(goods.here(wuchang, "products/new/"), {"name": "稻花香大米", "category": "grain.rice"})
    address = answer["Location"].removesuffix("2/")
    for number, typed in {
        2: {"summary": "十月才碾。", "description": goods.DESCRIPTION, "season": ["9", "10"]},
        3: packs(),
        5: {
            "village": village.pk,
            "new_name": "兴源村 姜家",
            "new_kind": "household",
            "new_phone": "0451-55550109",
            "phone_agreed": "on",
        },
    }.items():
        page = client.get(f"{address}{number}/").content.decode()
        assert f"第 {number} 步，共 6 步" in page
        assert "已存" in page
        assert page.count("btn-step") == 1
        assert client.post(f"{address}{number}/", typed)["Location"] == f"{address}{number + 1}/"
    assert client.get(f"{address}4/").status_code == 200
    check = client.get(f"{address}6/").content.decode()
    assert "32.50" in check
    assert "交给县里" in check
    assert client.post(address.replace("edit/", "submit/")).status_code == 302
    (product,) = products(wuchang)
    assert (product.state, product.place, product.season) == ("submitted", "龙凤山镇兴源村", [9, 10])
    assert (product.producer.name, product.producer.business_phone) == ("兴源村 姜家", "0451-55550109")
    (variant,) = product.variants.all()
    assert (variant.name, variant.price_fen, variant.net_grams, variant.stock) == ("2.5\u00a0kg", 3250, 2500, 120)
    assert "交上去了" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"price": "0"}, "价钱写成了 0。写一个大于 0 的数，比如 32.50。"),
        ({"price": "三十"}, "价钱写成了 三十。"),
        ({"price": "1.005"}, "价钱写成了 1.005。"),
        ({"price": ""}, "写上价钱，例如 32.50。"),
        ({"net": "一袋"}, "净含量写成了 一袋。"),
        ({"unit": ""}, "写上卖的单位，例如 袋。"),
        ({"stock": "-3"}, "数量写成了 -3。"),
        ({"net": "", "name": ""}, "写上规格名或净含量，例如 2.5 kg。"),
    ],
)
def test_what_is_wrong_is_said_with_an_example_and_what_was_typed_stays(wuchang, finished, team, typed, sentence):
    before = goods.facts(wuchang, finished)
    answer = client_for(team).post(
        goods.here(wuchang, f"products/{finished.pk}/edit/3/"), packs(**{"unit": "麻袋"} | typed)
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert 'value="120"' in page or "stock" in typed
    assert goods.facts(wuchang, finished) == before


@pytest.mark.parametrize(
    ("typed", "fen"), [("32.5", 3250), ("32", 3200), ("¥32.05", 3205), ("３２。５０", 3250), ("1,032.00元", 103200)]
)
def test_yuan_is_read_as_people_type_it(typed, fen):
    from catalog.forms.typed import PriceField

    assert PriceField().clean(typed) == fen


@pytest.mark.parametrize("typed", ["45,5", "1,23", "1,2345", "1234,567", "12.345", "12..5"])
def test_a_price_that_may_be_two_is_asked_for_again(typed):
    from catalog.forms.typed import PriceField

    with pytest.raises(ValidationError, match="价钱写成了"):
        PriceField().clean(typed)


def test_a_name_that_only_says_the_net_content_follows_it(wuchang, village, team):
    """What the page shows is sent back with another net content: 1 kg must not be sold as 500 g."""
    from catalog.forms.steps import PacksForm
    from tenants.scope import county_scope

    client = client_for(team)
    first = client.post(goods.here(wuchang, "products/new/"), {"name": "稻花香大米", "category": "grain.rice"})
    step = first["Location"].replace("edit/2/", "edit/3/")
    for name, net, kept in (
        ("", "500 g", "500\u00a0g"),
        (None, "1 kg", "1\u00a0kg"),
        ("小袋", "1 kg", "小袋"),
        (None, "2 kg", "小袋"),
    ):
        if name is None:
            with county_scope(wuchang):
                shown = PacksForm(list(products(wuchang)[0].variants.all())).rows[0]["name"].value()
            name = shown
        client.post(step, packs(name=name, net=net))
        (variant,) = products(wuchang)[0].variants.all()
        assert variant.name == kept


@pytest.mark.parametrize(
    ("typed", "grams"),
    [("2.5 kg", 2500), ("500g", 500), ("5斤", 2500), ("２公斤", 2000), ("2.5\u00a0kg", 2500)],
)
def test_net_content_is_read_as_people_type_it(typed, grams):
    from catalog.forms.typed import WeightField, weight

    assert WeightField().clean(typed) == grams
    assert WeightField().clean(weight(grams)) == grams


@pytest.mark.parametrize(
    ("name", "net", "price", "said"),
    [
        ("", "500", "68", "是 500 克还是 500 公斤"),
        ("5斤装", "500 kg", "68", "规格名写的是 5斤装，净含量写的是 500"),
        ("", "500 kg", "68", "合 ¥0.07 / 500 g"),
        ("", "1 g", "9999.00", "合 ¥4999500.00 / 500 g"),
        ("", "2.5 kg", "399999999999", "太大了，最多 999999.99 元"),
        ("5斤装", "2.5 kg", "68", ""),
        ("250 g × 4 团", "1 kg", "32", ""),
        ("一支", "20 g", "20000", ""),  # an old root of wild ginseng
    ],
)
def test_a_slip_in_unit_or_price_is_asked_about(name, net, price, said):
    from catalog.forms.steps import PackForm

    form = PackForm({"name": name, "net": net, "unit": "袋", "price": price, "stock": "5"})
    told = " ".join(error for errors in form.errors.values() for error in errors)
    assert said in told
    assert bool(said) == bool(told)


def test_what_is_typed_is_kept_every_few_seconds_complete_or_not(wuchang, team):
    client = client_for(team)
    assert client.post(goods.here(wuchang, "products/new/save/"), {"name": " "}).json() == {"saved": ""}
    assert products(wuchang) == []
    first = client.post(goods.here(wuchang, "products/new/save/"), {"name": "大米"}).json()
    (product,) = products(wuchang)
    assert first["action"] == goods.here(wuchang, f"products/{product.pk}/edit/1/")
    again = client.post(first["autosave"], {"name": "稻花香大米", "category": "not a category"}).json()
    assert len(again["saved"]) == 5
    client.post(first["autosave"].replace("/1/", "/2/"), {"summary": "新米", "description": "短"})
    (product,) = products(wuchang)
    assert (product.name, product.category, product.summary, product.description) == ("稻花香大米", "", "新米", "")


def test_autosave_never_makes_a_producer_out_of_half_a_name(wuchang, village, finished, team):
    address = goods.here(wuchang, f"products/{finished.pk}/edit/5/save/")
    answer = client_for(team).post(address, {"village": village.pk, "new_name": "姜", "new_phone": "0451-5555"})
    assert answer.json()["saved"]
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(wuchang):
        assert list(Producer.objects.values_list("name", flat=True)) == ["兴源村稻乐合作社"]


def test_an_unfinished_product_goes_back_to_what_it_lacks(wuchang, team):
    client = client_for(team)
    client.post(goods.here(wuchang, "products/new/"), {"name": "大米", "category": "grain.rice"})
    (product,) = products(wuchang)
    address = goods.here(wuchang, f"products/{product.pk}/")
    assert client.get(address + "edit/")["Location"] == address + "edit/2/"
    before = goods.facts(wuchang, product)
    assert client.post(address + "submit/")["Location"] == address + "edit/6/"
    assert goods.facts(wuchang, product) == before
    assert "去补上" in client.get(address + "edit/6/").content.decode()


def test_a_team_without_a_village_yet_may_type_one(wuchang, finished):
    newcomer = give_role(make_user("孙队员"), "work_team", wuchang)
    client = client_for(newcomer)
    address = client.post(goods.here(wuchang, "products/new/"), {"name": "小米", "category": "grain.millet"})[
        "Location"
    ]
    typed = {"new_township": "小山子镇", "new_village": "胜利村", "producer": finished.producer_id, "new_kind": "farm"}
    assert client.post(address.replace("/2/", "/5/"), typed).status_code == 302
    assert [one.place for one in products(wuchang) if one.name == "小米"] == ["小山子镇胜利村"]


def test_the_office_adds_a_producer_in_a_village_typed_new(wuchang, manager):
    typed = {
        "name": "小山子家庭农场",
        "kind": "farm",
        "business_phone": "0451-55550120",
        "phone_agreed": "on",
        "new_township": "小山子镇",
        "new_village": "胜利村",
        "shop_url": "https://example.com/shop",
    }
    address = goods.here(wuchang, "producers/new/")
    wrong = client_for(manager).post(address, typed | {"business_phone": "12"})
    assert "写手机号或带区号的座机" in wrong.content.decode()
    assert client_for(manager).post(address, typed).status_code == 302
    page = client_for(manager).get(goods.here(wuchang, "producers/")).content.decode()
    assert "小山子镇胜利村" in page
    assert "已经有" in client_for(manager).post(address, typed).content.decode()


def test_of_name_and_weight_one_is_asked_and_the_stock_always(wuchang, finished, team):
    client = client_for(team)
    there = goods.here(wuchang, f"products/{finished.pk}/edit/3/")
    page = client.get(there).content.decode()
    first = page.split('<details class="pack"')[0]
    assert first.count("两样填一样") == 2
    assert "可以不填" not in first
    before = goods.facts(wuchang, finished)
    assert "写上有多少，例如 120；现在没货写 0。" in client.post(there, packs(stock="")).content.decode()
    assert goods.facts(wuchang, finished) == before
    assert client.post(there, packs(stock="0")).status_code == 302
    check = client.get(goods.here(wuchang, f"products/{finished.pk}/edit/6/")).content.decode()
    assert "没有库存" in check
    assert "有 0 袋" not in check
