"""Skills that nearly always pass: what an edit did to them is not surer than the results are."""

import random

import pytest
from scipy import stats

import spans
from sender import post

CASES = 40
P_VALUE_MAX = 0.01


def send(server, edition, passed, total):
    """Results of an edition, of as many runs of the suite as it takes; chance says which of them failed."""
    failed = set(random.Random(edition).sample(range(total), total - passed))
    sent = []
    for number in range(total):
        is_passed = number not in failed
        said = {
            "test.case.id": f"refund-{number % CASES}",
            "test.run.sequence": number // CASES,
            "skill.name": "refund",
            "expected_skill": "refund",
            "actual_skill": "refund" if is_passed else "escalation",
            "skill.md.hash": edition * 40,
        }
        attributes = b"".join(spans.attribute(key, value) for key, value in said.items())
        sent.append(spans.span("routing_test_refund", attributes, 1 if is_passed else 2))
    assert post(server.http, spans.request(sent, "billing-routing")) == 0


def compared(start, before, behind):
    """The page of a server that knows an edition by some results, and the next one by others."""
    server = start(config="tests: { fold_timeout: 100ms }\n")
    send(server, "a", *before)
    server.page_with("the first edition", lambda page: page.sum("skill_cases") == before[1], seconds=30)
    send(server, "b", *behind)
    counts = [before[1], behind[1]]

    def is_whole(page):
        return [page.sum("skill_cases", version=version) for version in ("previous", "current")] == counts

    return server.page_with("the second edition", is_whole, seconds=30)


def one(page, name, **labels):
    ((_, value),) = page.select(name, service="billing-routing", skill="refund", **labels)
    return value


# (passed, of how many before an edit; behind it)
NEARLY_ALL = [((40, 40), (970, 1000)), ((1164, 1200), (40, 40))]


@pytest.mark.parametrize(("before", "behind"), NEARLY_ALL)
def test_forty_passes_in_a_row_of_a_skill_that_passes_97_of_100_times_prove_nothing(start, before, behind):
    page = compared(start, before, behind)
    table = [[passed, total - passed] for passed, total in (before, behind)]
    fisher = stats.fisher_exact(table).pvalue
    p_value = one(page, "skill_change_impact_p_value")
    print(f"\n{before} to {behind}: p {p_value:.2g} at every look; Fisher, who looks once, {fisher:.2g}")
    assert fisher > 0.5
    assert p_value >= P_VALUE_MAX


def test_many_failures_of_a_skill_that_always_passed_prove_something(start):
    page = compared(start, (200, 200), (150, 200))
    assert one(page, "skill_change_impact") == pytest.approx(-0.25)
    assert one(page, "skill_change_impact_p_value") < P_VALUE_MAX
