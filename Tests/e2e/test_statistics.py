"""The formulas of module Statistics against SciPy and statsmodels."""

import math
import random
import subprocess

import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportion_confint,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

from service import ROOT

SEED = 20261121
CASES = 1_000
TOLERANCE = 1e-9


def build():
    command = ["swift", "build", "-j", "1", "--product", "experiments"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return ROOT / ".build/debug/experiments"


@pytest.fixture(scope="module")
def ask():
    """Gives questions to the program; a list of numbers for each comes back."""
    binary = build()

    def ask(questions):
        text = "".join(" ".join(str(word) for word in question) + "\n" for question in questions)
        run = subprocess.run([binary, "--answer"], input=text, capture_output=True, text=True, check=True)
        answers = [[float(word) for word in line.split()] for line in run.stdout.splitlines()]
        assert len(answers) == len(questions)
        return answers

    return ask


def compare(ask, name, questions, oracle):
    print(f"seed {SEED}")
    worst = 0.0
    for question, answer in zip(questions, ask([(name, *question) for question in questions]), strict=True):
        wanted = oracle(*question)
        assert len(answer) == len(wanted), question
        for ours, theirs in zip(answer, wanted, strict=True):
            error = abs(ours - theirs) / max(1, abs(theirs))
            assert error <= TOLERANCE, (question, ours, theirs)
            worst = max(worst, error)
    print(f"{name}: {len(questions)} cases, worst error {worst:.1e}")


def two_arms(rng, size_max=2_000):
    """Counts of two arms, of all sizes, with neither all passed nor all failed over both."""
    while True:
        first, second = (round(math.exp(rng.uniform(0, math.log(size_max)))) for _ in range(2))
        chance = rng.choice([0.05, 0.3, 0.5, 0.8, 0.95])
        a = sum(rng.random() < chance for _ in range(first))
        b = sum(rng.random() < chance + rng.choice([-0.04, 0, 0.04]) for _ in range(second))
        if 0 < a + b < first + second:
            return a, first, b, second


@pytest.fixture
def rng():
    return random.Random(SEED)


def test_two_proportions_and_newcombe(ask, rng):
    def oracle(a, n, b, m):
        z, p = proportions_ztest([b, a], [m, n])
        low, high = confint_proportions_2indep(b, m, a, n, method="newcomb", compare="diff")
        return z, p, b / m - a / n, low, high

    compare(ask, "two_proportion", [two_arms(rng) for _ in range(CASES)], oracle)


def test_fisher(ask, rng):
    def oracle(a, n, b, m):
        return [stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue]

    compare(ask, "fisher", [two_arms(rng) for _ in range(CASES)], oracle)


def test_mcnemar(ask, rng):
    def oracle(b, c):
        table = [[0, b], [c, 0]]
        # statsmodels corrects 0 to −1 where both are equal.
        corrected = 1 if b == c else mcnemar(table, exact=False, correction=True).pvalue
        return mcnemar(table, exact=True).pvalue, corrected

    cases = []
    while len(cases) < CASES:
        b, c = (rng.randrange(rng.choice([3, 30, 300])) for _ in range(2))
        if b + c > 0:
            cases.append((b, c))
    compare(ask, "mcnemar", cases, oracle)


def test_sample_ratio(ask, rng):
    def counts():
        mean = rng.choice([10, 100, 5_000])
        return tuple(rng.randint(mean * 8 // 10, mean * 12 // 10) for _ in range(rng.randint(2, 8)))

    def oracle(*counts):
        return [stats.chisquare(counts).pvalue]

    compare(ask, "srm", [counts() for _ in range(CASES)], oracle)


def test_sample_ratio_of_unequal_shares(ask, rng):
    def question():
        shares = [rng.uniform(0.1, 10) for _ in range(rng.randint(2, 6))]
        total = rng.randint(20, 5_000)
        counts = [max(1, round(total * share / sum(shares) * rng.uniform(0.8, 1.2))) for share in shares]
        return *counts, *shares

    def oracle(*numbers):
        half = len(numbers) // 2
        counts, shares = numbers[:half], numbers[half:]
        return [stats.chisquare(counts, [sum(counts) * share / sum(shares) for share in shares]).pvalue]

    compare(ask, "shares", [question() for _ in range(CASES)], oracle)


def test_power(ask, rng):
    def question():
        return rng.uniform(0.02, 0.98), rng.uniform(0.02, 0.98), rng.randint(5, 3_000), rng.randint(5, 3_000)

    def oracle(p, q, n, m):
        result = power_proportions_2indep(q - p, p, nobs1=m, ratio=n / m, alpha=0.05)
        return [result.power]

    compare(ask, "power", [question() for _ in range(CASES)], oracle)


def test_count_of_each_arm(ask, rng):
    def question():
        p = rng.uniform(0.05, 0.9)
        return p, min(0.99, p + rng.uniform(0.02, 0.3))

    def oracle(p, q):
        wanted = {"power": 0.8, "ratio": 1, "alpha": 0.05, "alternative": "two-sided"}
        return [math.ceil(samplesize_proportions_2indep_onetail(q - p, p, **wanted))]

    compare(ask, "count", [question() for _ in range(CASES)], oracle)


def test_smallest_difference(ask, rng):
    def oracle(p, n, m):
        return [(stats.norm.isf(0.025) + stats.norm.isf(0.2)) * math.sqrt(p * (1 - p) * (1 / n + 1 / m))]

    questions = [(rng.random(), rng.randint(1, 5_000), rng.randint(1, 5_000)) for _ in range(CASES)]
    compare(ask, "mde", questions, oracle)


def test_wilson(ask, rng):
    def oracle(count, total):
        return proportion_confint(count, total, method="wilson")

    totals = [rng.randint(1, 5_000) for _ in range(CASES)]
    compare(ask, "wilson", [(rng.randint(0, total), total) for total in totals], oracle)


def test_points_of_the_normal_distribution(ask, rng):
    probabilities = [10 ** rng.uniform(-300, 0) for _ in range(CASES // 2)]
    probabilities += [rng.random() for _ in range(CASES // 2)]
    compare(ask, "point", [(p,) for p in probabilities], lambda p: [stats.norm.isf(p)])


def test_sequential(ask, rng):
    """The formulas of the literature, written down once more: there is no other implementation to ask."""

    def oracle(difference, error, count, tuned):
        alpha = 0.05
        rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tuned)
        square = difference**2 * count / error**2
        spread = count * rho**2 + 1
        likelihood = math.exp(min(700, rho**2 * square / (2 * spread))) / math.sqrt(spread)
        scale = error * math.sqrt(count)
        half = scale * math.sqrt(2 * spread * math.log(math.sqrt(spread) / alpha) / (count * rho) ** 2)
        return min(1, 1 / likelihood), half

    def question():
        count = rng.randint(2, 20_000)
        error = rng.uniform(0.2, 1) / math.sqrt(count)
        return rng.uniform(-6, 6) * error, error, count, rng.choice([100, 400, 5_000])

    compare(ask, "sequential", [question() for _ in range(CASES)], oracle)
