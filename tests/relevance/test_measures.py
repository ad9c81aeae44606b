"""Measures and judgements are what they say; the general rule holds on titles with known answers."""

import math
import random

import pytest

from tests.relevance import collection, judged, province
from tests.relevance.measures import kappa, ndcg, quality, recall, reciprocal_rank, weighted_kappa

GRADES = {"a": 3, "b": 1}


def test_measures_by_hand():
    assert ndcg(GRADES, ["a", "b"]) == 1
    assert ndcg(GRADES, ["x", "b", "a"]) == pytest.approx((1 / math.log2(3) + 7 / 2) / (7 + 1 / math.log2(3)))
    assert recall(GRADES, ["x", "b"]) == 0.5
    assert reciprocal_rank(GRADES, ["x", "b"]) == 0.5
    assert quality([(GRADES, ["a", "b"]), (GRADES, [])]).as_json() == {"ndcg@10": 0.5, "recall@10": 0.5, "mrr@10": 0.5}


def test_agreement_by_hand():
    assert kappa([0, 0, 1, 1], [0, 0, 1, 1]) == 1
    assert kappa([0, 0, 1, 1], [0, 1, 0, 1]) == 0
    assert kappa([3, 3], [3, 3]) == 1
    assert weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3]) == 1
    assert weighted_kappa([0, 0, 3, 3], [0, 3, 0, 3]) == 0
    assert weighted_kappa([0, 0, 3, 3], [0, 0, 3, 2]) == pytest.approx(1 - (1 / 4) / (64 / 16))


def test_every_judged_good_is_on_the_shelf():
    queries, shelf = judged.first(), province.published()
    assert len(queries) >= 120
    assert {good for grades in queries.values() for good in grades} <= shelf.keys()
    assert all(max(grades.values()) == 3 for grades in queries.values())
    assert {good for _query, good, _grade in (*judged.second(), *judged.other_judge())} <= shelf.keys()


def test_queries_held_out_are_others_and_many():
    held, shelf = judged.held_out(), province.published()
    assert len(held) >= 60
    assert not held.keys() & judged.first().keys()
    assert {good for grades in held.values() for good in grades} <= shelf.keys()
    assert all(max(grades.values()) == 3 for grades in held.values())


def test_another_judge_read_enough_pairs_once():
    pairs = [(query, good) for query, good, _grade in judged.other_judge()]
    assert len(set(pairs)) == len(pairs) >= 300
    assert not {(query, good) for query, good, _grade in judged.second()} & set(pairs)


SAID = (
    "怎么",
    "哪里有",
    "免费",
    "高清",
    "最新",
    "下载",
    "多少钱",
    "图片大全",
    "视频教程",
    "官方网站",
    "好不好",
    "排行榜",
)


def titles(count: int, dice: random.Random) -> list[tuple[str, str, str]]:
    """(query, the title that answers it, a title that answers nothing): made-up names between common words."""
    found = []
    for _number in range(count):
        name = "".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _sign in range(3))
        model = f"{dice.choice('bdkmx')}{dice.randrange(100, 999)}"
        query = f"{dice.choice(SAID)}{name}{model}{dice.choice(SAID)}"
        answer = f"{name}-{model} {dice.choice(SAID)}{dice.choice(SAID)}_{dice.choice(SAID)}"
        found.append((query, answer, "".join(dice.choices(SAID, k=5))))
    return found


@pytest.mark.django_db
def test_a_sentence_finds_the_title_that_is_about_it():
    """No title has every word of its query, and every common word is in hundreds of them."""
    from search.engines.postgres import PostgresEngine
    from search.ports import Query

    made = titles(150, random.Random(4))
    texts = [answer for _query, answer, _noise in made] + [noise for *_pair, noise in made]
    collection.write(texts)
    answers = [
        ({str(number): 1}, [str(one) for one in PostgresEngine().search(Query(text=query, size=10)).listings])
        for number, (query, *_rest) in enumerate(made, 1)
    ]
    found = quality(answers)
    assert found.recall >= 0.95
    assert found.mrr >= 0.9


def test_a_folder_is_read_line_by_line(tmp_path):
    (tmp_path / "texts.jsonl").write_text('{"id": 7, "text": "大米\\t好"}\n\n', encoding="utf-8")
    (tmp_path / "judged.jsonl").write_text('{"query": "大米", "relevant": {"7": 2}}\n', encoding="utf-8")
    assert collection.read(tmp_path) == (["7"], ["大米\t好"], [("大米", {"7": 2})])
