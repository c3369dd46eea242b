"""A month of a team's life: what the ledger says of edits, experiments, costs and incidents; and the truth.

The month is made up from a seed, see month.py; SPANMETER_TEST_SEED takes another one, SPANMETER_TEST_LONG=1
three of them. Floors are those of the design: the sequential test is wrong in less than one of a hundred
edits that change nothing, and an effect of 15 points is all but sure to be found with the results that an
edition has here.
"""

import os

import pytest

import month
from kit import Window, answer, boards, queries
from month import DAY, HOUR, INCIDENTS, LARGE, MINUTE, NANO, TEAMS
from play_month import (
    CASES_MIN,
    P_VALUE_MAX,
    PlayedMonth,
    findings,
    one_of_each_skill,
    watched,
)
from scraped import alert
from service import IS_LONG, Spanmeter

SEED = int(os.environ.get("SPANMETER_TEST_SEED", 1))
SEEDS = range(SEED, SEED + 3) if IS_LONG else [SEED]
HALF_A_CENT = 0.005
RELEVANT = 0.05
PRECISION_MIN = 0.9
RECALL_MIN = 0.9
TODAY = "spanmeter_cost_usd_today"
MONTH_TO_DATE = "spanmeter_cost_usd_month_to_date"
RATE_LIMIT, SERVER_ERRORS = INCIDENTS


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed{seed}")
def played(request, tmp_path_factory):
    servers = []

    def start(**options):
        servers.append(Spanmeter(tmp_path_factory.mktemp("spanmeter"), **options))
        return servers[-1]

    print(f"\nseed {request.param}")
    try:
        yield PlayedMonth(start, tmp_path_factory.mktemp("month"), request.param).play()
    finally:
        for server in servers:
            server.kill()


@pytest.fixture(scope="module")
def prometheus(played, tmp_path_factory):
    """One that has seen the month."""
    prometheus = played.prometheus(tmp_path_factory.mktemp("prometheus"))
    yield prometheus
    prometheus.stop()


# Edits


def test_the_ledger_finds_the_edits_that_mattered(played):
    found = findings(played.evenings)
    edits = played.plan.edits
    relevant = [edit for edit in edits if abs(edit.effect) >= RELEVANT]
    right = [one for one in found.values() if one.is_right and abs(one.edit.effect) >= RELEVANT]
    print(f"\nseed {played.plan.seed}: {played.truth.spans:,} spans, {len(edits)} edits")
    print(f"{'effect':>22}  edits  found  expected of one look")
    sizes = [(LARGE, 1), (0.1, LARGE), (RELEVANT, 0.1), (0, RELEVANT)]
    recalls = {}
    for low, high in sizes:
        some = [edit for edit in edits if low <= abs(edit.effect) + 1e-9 < high + 1e-9]
        count = sum(edit.number in found for edit in some)
        recalls[low] = count / len(some)
        name = f"{100 * low:.0f} points or more" if low else "none"
        print(f"{name:>22}  {len(some):5}  {count:5}  {sum(edit.power for edit in some):8.1f}")
    precision = len(right) / len(found)
    print(f"precision {precision:.1%}, recall {len(right) / len(relevant):.1%}")
    for one in found.values():
        if one not in right:
            print(f"wrong: {one}")
    large = [edit for edit in edits if abs(edit.effect) + 1e-9 >= LARGE]
    # Else the design would be to blame.
    assert min(edit.power for edit in large) > 0.99
    assert precision >= PRECISION_MIN
    assert recalls[LARGE] >= RECALL_MIN


def test_the_alert_on_a_skill_says_what_the_page_says(played, prometheus):
    expression = alert("SkillChangeRegression")
    for evening in played.evenings:
        fired = {row["metric"]["skill"] for row in prometheus.query(expression, at=evening.at + 1)}
        impacts = one_of_each_skill(evening.page, "skill_change_impact")
        p_values = one_of_each_skill(evening.page, "skill_change_impact_p_value")
        changes = one_of_each_skill(evening.page, "skill_last_change_timestamp_seconds")
        wanted = {
            skill
            for skill, p_value in p_values.items()
            if p_value < P_VALUE_MAX
            and impacts[skill] < 0
            and min(total for (one, _), (_, total) in evening.editions.items() if one == skill) >= CASES_MIN
            and evening.at - changes[skill] < 7 * DAY
        }
        assert fired == wanted, evening.day


def test_every_change_is_counted_once_and_editions_are_those_of_the_repository(played):
    counted = played.growth.totals("skill_changes_total", "skill")
    assert counted == {(skill,): month.EDITS_PER_SKILL for skill in played.plan.skills}
    for named, wanted, _ in played.listed:
        assert named == wanted
    assert [skill["changes"] for skill in played.listed[-1][2]] == [month.EDITS_PER_SKILL] * 10


@pytest.mark.parametrize("told_by_cases", [False, True])
def test_the_time_of_a_change_is_the_commits_whoever_tells_of_it_first(played, told_by_cases):
    for evening in played.evenings:
        wanted = played.commits(evening.at, told_by_cases)
        said = one_of_each_skill(evening.page, "skill_last_change_timestamp_seconds")
        assert {skill: said.get(skill) for skill in wanted} == wanted, evening.day


def test_neither_experiments_nor_branches_spoil_what_is_said_of_production(played):
    # That each evening's counts of all editions are the truth was waited for.
    assert len(played.evenings) == month.DAYS
    for evening in played.evenings:
        ratios = {
            (have["skill"], have["version"]): value for have, value in evening.page.select("skill_pass_ratio")
        }
        wanted = {key: passed / total for key, (passed, total) in evening.editions.items()}
        assert ratios == pytest.approx(wanted)
    counted = {}
    for (service, arm, outcome), count in played.growth.totals(
        "routing_test_results_total", "service", "arm", "outcome"
    ).items():
        key = (service, arm == "treatment", outcome)
        counted[key] = counted.get(key, 0) + count
    assert counted == dict(played.truth.results)


# Experiments


def test_experiments_have_the_right_winners_and_no_others(played):
    final = played.evenings[-1].experiments
    truth = played.truth
    for one in played.plan.experiments:
        arms = [(one.name, variant) for variant in ("control", "treatment")]
        counts = ", ".join(f"{truth.arm_passes[arm]}/{truth.arms[arm]}" for arm in arms)
        days = [evening.day for evening in played.evenings if called(evening, one) is not None]
        print(f"{one.name}: {one.effect:+.0%}, {counts}: {final[one.name]}, a winner on days {days}")
    wanted = {"exp-better": ("winner", "treatment"), "exp-worse": ("winner", "control")}
    assert {name: final[name] for name in wanted} == wanted
    assert final["exp-lost-results"] == ("srm", None)
    wrong = {
        one.name
        for one in played.plan.experiments
        if one.name not in wanted and {called(evening, one) for evening in played.evenings} != {None}
    }
    # Each of them is called one in less than one of twenty months, however often somebody looks.
    assert len(wrong) <= 1
    for name in ("exp-same-1", "exp-same-2", "exp-same-3"):
        assert final[name][0] in ("running", "no_difference")


def called(evening, experiment):
    return evening.experiments.get(experiment.name, (None, None))[1]


def test_arms_count_what_was_sent(played):
    page = played.evenings[-1].page
    counts = {(have["experiment"], have["variant"]): value for have, value in page.select("experiment_cases")}
    assert counts == dict(played.truth.arms)
    ratios = {
        (have["experiment"], have["variant"]): value for have, value in page.select("experiment_pass_ratio")
    }
    wanted = {arm: played.truth.arm_passes[arm] / total for arm, total in played.truth.arms.items()}
    assert ratios == pytest.approx(wanted)


def test_the_alert_on_unequal_shares_is_true_of_one_experiment_only(played, prometheus):
    rows = prometheus.query(alert("ExperimentSampleRatioMismatch"), at=played.evenings[-1].at + 1)
    assert [row["metric"]["experiment"] for row in rows] == ["exp-lost-results"]


# Costs


def test_costs_are_the_truth_to_the_cent(played):
    said = {
        ("routing", *key): value
        for key, value in played.growth.totals(
            "routing_test_cost_usd_sum", "service", "model", "cost_source"
        ).items()
    }
    calls = played.growth.totals("gen_ai_client_cost_usd_total", "service", "model", "cost_source", "within")
    for (*key, within), value in calls.items():
        said["within" if within == "routing" else "genai", *key] = value
    truth = {key: cost / NANO for key, cost in played.truth.cost.items() if cost}
    assert said.keys() == truth.keys()
    for key, cost in sorted(truth.items()):
        print(f"{' '.join(key):>56}: {cost:11.6f} USD, off by {said[key] - cost:+.1e}")
    assert said == pytest.approx(truth, abs=HALF_A_CENT, rel=0)
    spent = [cost for key, cost in truth.items() if key[0] != "within"]
    told = [cost for key, cost in said.items() if key[0] != "within"]
    print(f"in all {sum(spent):.6f} USD, off by {sum(told) - sum(spent):+.1e}; {played.resent} sent twice")
    assert sum(told) == pytest.approx(sum(spent), abs=HALF_A_CENT, rel=0)
    # A kill, a change of prices, and answers that got lost.
    assert played.starts == 3 and played.resent > 50


def test_calls_without_a_price_are_counted_and_cost_nothing(played):
    counted = played.growth.totals("gen_ai_client_cost_unknown_total", "service", "model")
    assert counted == dict(played.truth.unpriced)
    assert not played.growth.totals("routing_test_cost_unknown_total", "service", "model")


def test_every_evening_budgets_know_the_day_and_the_month(played):
    for evening in played.evenings:
        for name, wanted in ((TODAY, evening.today), (MONTH_TO_DATE, evening.month_to_date)):
            said = dict.fromkeys(wanted, 0.0)
            for have, value in evening.page.select(name):
                said[have["service"], have["environment"]] += value
            truth = {owner: cost / NANO for owner, cost in wanted.items()}
            assert said == pytest.approx(truth, abs=HALF_A_CENT, rel=0), (name, evening.day)


# Incidents

INSIDE, OUTSIDE = "inside", "outside"
# How long a value of the last minutes still knows an incident that is over.
MEMORY = 11 * MINUTE
LONG_MEMORY = 31 * MINUTE


def points(rows):
    """{time: the highest value of these series then}."""
    highest = {}
    for row in rows:
        for at, value in row["values"]:
            highest[float(at)] = max(highest.get(float(at), float("-inf")), float(value))
    return highest


def panel(prometheus, title, window, letter="A", **labels):
    """What a panel of the board shows, as Grafana asks for it: {time: its highest series of these labels}."""
    (query,) = (
        query
        for query in queries("sre-operations", boards()["sre-operations"])
        if query.place == f"panel '{title}' {letter}"
    )
    rows = answer(prometheus, query, window)
    return points(
        row for row in rows if all(row["metric"].get(name, "") in some for name, some in labels.items())
    )


# (panel, labels of its series, from which value on it is seen, in which incidents)
SHOWN = [
    ("API calls repeated", {}, 0.1, [RATE_LIMIT, SERVER_ERRORS]),
    ("Rate limited (429)", {}, 0.05, [RATE_LIMIT]),
    ("Server errors (5xx)", {}, 0.02, [SERVER_ERRORS]),
    ("API latency p95", {}, 2, [SERVER_ERRORS]),
    ("Errors by type", {"error_type": ["429"]}, 0.5, [RATE_LIMIT]),
    ("Errors by type", {"error_type": ["500", "503"]}, 0.5, [SERVER_ERRORS]),
    ("Error ratio by type", {"error_type": ["429"]}, 0.05, [RATE_LIMIT]),
    ("Error ratio by type", {"error_type": ["500", "503"]}, 0.02, [SERVER_ERRORS]),
    ("Calls repeated by skill", {}, 0.2, [RATE_LIMIT, SERVER_ERRORS]),
]


# The highest of five skills with some 16 calls each in a window: three of them are repeated now and then.
NOISE = {"Calls repeated by skill": 0.05}


@pytest.mark.parametrize(
    ("title", "labels", "bound", "incidents"),
    SHOWN,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_incidents_show_on_the_board_and_nothing_else_does(prometheus, title, labels, bound, incidents):
    for incident, (begin, end) in zip(INCIDENTS, watched(), strict=True):
        window = Window(begin + 10 * MINUTE, end - MINUTE, step=MINUTE, scrape_interval=MINUTE)
        shown = panel(prometheus, title, window, **labels)
        inside, outside = parts(incident, shown, MEMORY)
        print(f"{title} at {incident.name}: {summary(inside)} inside, {summary(outside)} outside")
        if incident in incidents:
            assert len(inside) >= 100 and min(inside.values()) > bound
        else:
            assert not [value for value in inside.values() if value > bound]
        wrong = [value for value in outside.values() if value > bound]
        assert len(wrong) <= NOISE.get(title, 0) * len(outside)


def parts(incident, values, memory):
    """What was in the midst of an incident, and what before or behind it."""
    inside = {at: value for at, value in values.items() if incident.begin + memory <= at <= incident.end}
    outside = {at: value for at, value in values.items() if not incident.begin <= at <= incident.end + memory}
    return inside, outside


def summary(values):
    return f"{min(values.values()):.3g} to {max(values.values()):.3g}" if values else "nothing"


def test_the_boards_lamps_turn_red_in_the_midst_of_an_incident_only(prometheus):
    for title, incidents in (("API calls repeated", INCIDENTS), ("API latency p95", [SERVER_ERRORS])):
        for incident in INCIDENTS:
            for at, wanted in (
                (incident.begin - 5 * MINUTE, 1),
                ((incident.begin + incident.end) / 2, 0 if incident in incidents else 1),
                (incident.end + 40 * MINUTE, 1),
            ):
                window = Window(at - HOUR, at, step=MINUTE, scrape_interval=MINUTE)
                (query,) = (
                    query
                    for query in queries("sre-operations", boards()["sre-operations"])
                    if query.place == f"panel '{title}' C"
                )
                (row,) = answer(prometheus, query, window)
                assert float(row["value"][1]) == wanted, (title, incident.name, at)


ALERTS = [
    ("HighAPIRetryRate", MEMORY, [RATE_LIMIT, SERVER_ERRORS]),
    ("APIRateLimited", MEMORY, [RATE_LIMIT]),
    ("APIServerErrors", MEMORY, [SERVER_ERRORS]),
    ("APILatencyHigh", LONG_MEMORY, [SERVER_ERRORS]),
]


@pytest.mark.parametrize(("name", "memory", "incidents"), ALERTS, ids=[name for name, *_ in ALERTS])
def test_alerts_are_true_in_an_incident_and_false_in_the_rest_of_the_month(
    prometheus, name, memory, incidents
):
    expression = alert(name)
    services = {team.service for team in TEAMS}
    for incident, (begin, end) in zip(INCIDENTS, watched(), strict=True):
        true = moments(prometheus, expression, begin, end, MINUTE)
        for service in services:
            inside, outside = parts(incident, dict.fromkeys(true.get(service, ()), 1), memory)
            wanted = (incident.end - incident.begin - memory) // MINUTE + 1
            assert len(inside) == (wanted if incident in incidents else 0), (service, incident.name)
            assert not outside, (service, incident.name)
    for begin, end in (
        (month.BEGIN, watched()[0][0]),
        (watched()[0][1], watched()[1][0]),
        (watched()[1][1], END),
    ):
        assert moments(prometheus, expression, begin + HOUR, end, 10 * MINUTE) == {}


END = month.BEGIN + month.DAYS * DAY


def moments(prometheus, expression, begin, end, step):
    """At which of these times an expression is true, by service."""
    data = prometheus.get("query_range", query=expression, start=begin, end=end, step=step)
    return {row["metric"]["service"]: [float(at) for at, _ in row["values"]] for row in data["result"]}
