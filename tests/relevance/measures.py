"""How good a ranking is. Grades are 0 to 3; what nobody graded is 0."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEPTH = 10
Grades = Mapping[str, int]


@dataclass(frozen=True)
class Quality:
    """Means over the queries: nDCG@10 (gain 2^grade - 1), recall@10 (found of what fits on ten places), MRR@10."""

    ndcg: float
    recall: float
    mrr: float
    queries: int

    def as_json(self) -> dict[str, float]:
        return {f"ndcg@{DEPTH}": self.ndcg, f"recall@{DEPTH}": self.recall, f"mrr@{DEPTH}": self.mrr}


def quality(answers: Sequence[tuple[Grades, Sequence[str]]]) -> Quality:
    """``answers`` are pairs of a query's grades and the ids found, best first."""
    number = max(len(answers), 1)
    means = [
        round(sum(measure(grades, found[:DEPTH]) for grades, found in answers) / number, 4)
        for measure in (ndcg, recall, reciprocal_rank)
    ]
    return Quality(*means, len(answers))


def ndcg(grades: Grades, found: Sequence[str]) -> float:
    ideal = _gain(sorted(grades.values(), reverse=True)[:DEPTH])
    return _gain([grades.get(one, 0) for one in found]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def recall(grades: Grades, found: Sequence[str]) -> float:
    """Of the relevant ones, at most as many as there are places."""
    relevant = {one for one, grade in grades.items() if grade > 0}
    return len(relevant & set(found)) / min(len(relevant), DEPTH) if relevant else 0.0


def reciprocal_rank(grades: Grades, found: Sequence[str]) -> float:
    return next((1 / place for place, one in enumerate(found, 1) if grades.get(one, 0) > 0), 0.0)


def kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Cohen's: how far two judges agree beyond chance."""
    number = len(one)
    same = sum(a == b for a, b in zip(one, other, strict=True)) / number
    chance = sum(one.count(grade) * other.count(grade) for grade in {*one, *other}) / number**2
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def weighted_kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Cohen's with squared weights: 3 against 2 is a small quarrel, 3 against 0 a great one."""
    number = len(one)
    quarrel = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) / number
    by_chance = sum((a - b) ** 2 for a in one for b in other) / number**2
    return 1 - quarrel / by_chance if by_chance else 1.0
