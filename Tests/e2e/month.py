"""A month of a team's life, made up from a seed: what two teams and an app send, and the truth beside it.

Ten skills, forty edits of which some change how often a skill's cases pass, six experiments, a change of
prices and two incidents of the API. Nothing here knows a clock or a server: `play_month.py` does. Money is
counted in whole nano-USD, so that the truth has no rounding.
"""

import hashlib
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import NormalDist

import spans

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Tuesday, 2026-03-17, 00:00 UTC: the month turns on day 15.
BEGIN = 1_773_705_600
DAYS = 30
FIRST_WEEKDAY = 1
NEW_MONTH = 15
NANO = 1_000_000_000

CASES = 40
# Hours of the day at which whole suites run; on Saturdays and Sundays fewer do.
RUNS = (2, 8.5, 10.75, 13.5, 16.5)
WEEKEND_RUNS = (2, 11, 16.5)
BRANCH_RUN = 15
APP_RUNS = (7, 12, 19)
EVENING = 23 * HOUR + 40 * MINUTE

# In points. The others are rewordings that change nothing.
HARMFUL = (-25, -20, -18, -15, -15, -12, -10, -10, -8, -8)
HELPFUL = (20, 15, 15, 12, 10, 8, 5, 5)
EDITS = 40
EDITS_PER_SKILL = 4
# Between two edits of a skill, and before the first and behind the last of them.
EDIT_PAUSE = 4.75 * DAY
LARGE = 0.15
# Within these, no case of a skill is sure to pass or to fail.
PASS_RATIO_MIN, PASS_RATIO_MAX = 0.55, 0.86
CASE_SPREAD = 0.12

PRICE_CHANGE = BEGIN + 16 * DAY + 12 * HOUR + 30 * MINUTE
# Which run of which day is the last thing that the server hears before it is killed.
KILL = (13, 3)
# USD per million tokens: input, output, cache read.
PRICES = {
    "2026-01-01": {
        "small-model-*": (0.15, 0.6, 0.075),
        "large-model-*": (3, 15, 0.3),
        "embedder": (0.02, 0, 0.02),
    },
    "2026-04-02": {
        "small-model-*": (0.12, 0.5, 0.06),
        "large-model-*": (2.5, 12, 0.25),
        "embedder": (0.02, 0, 0.02),
    },
}
APP = "checkout-app"
APP_ENVIRONMENT = "production"


@dataclass(frozen=True)
class Team:
    service: str
    environment: str
    skills: tuple
    # Models with their shares.
    models: tuple
    # Whether its spans say what they cost; else the table of prices does.
    reports_cost: bool
    # How often a case's span has the call of the model below it.
    inner_calls: float


TEAMS = (
    Team(
        "support-routing",
        "ci",
        ("ticket-create", "ticket-search", "ticket-close", "knowledge-base", "escalation"),
        (("small-model-1", 1.0),),
        True,
        0.1,
    ),
    Team(
        "billing-routing",
        "staging",
        ("invoice-find", "invoice-send", "refund", "tax-report", "payment-plan"),
        (("large-model-2", 0.8), ("small-model-1", 1.0)),
        False,
        0.25,
    ),
)


@dataclass(frozen=True)
class Edit:
    number: int
    skill: str
    at: float
    # What it adds to the probability that a case passes.
    effect: float
    # How sure a look at the end of the edition is to find it, by the normal approximation.
    power: float


@dataclass(frozen=True)
class Experiment:
    name: str
    skill: str
    effect: float
    begin: float
    end: float
    # The share of the treatment's results that never arrive.
    lost: float = 0.0

    def runs_at(self, at):
        return self.begin <= at < self.end


@dataclass(frozen=True)
class Incident:
    name: str
    begin: float
    end: float


INCIDENTS = (
    Incident("rate limit", BEGIN + 9 * DAY + 13 * HOUR, BEGIN + 9 * DAY + 15 * HOUR),
    Incident("server errors", BEGIN + 22 * DAY + 10 * HOUR, BEGIN + 22 * DAY + 12 * HOUR),
)
# How long before and behind them somebody looks each minute.
AROUND = 60 * MINUTE
# Cases of a team in a minute of these hours.
CASES_PER_MINUTE = 20


def day_of(at):
    return int((at - BEGIN) // DAY)


def is_weekend(day):
    return (FIRST_WEEKDAY + day) % 7 >= 5


def incident_at(at):
    return next((one for one in INCIDENTS if one.begin <= at < one.end), None)


def run_times(day):
    hours = WEEKEND_RUNS if is_weekend(day) else RUNS
    # A bit earlier each day: what comes a day and some seconds behind the last time is a test of its own.
    return [BEGIN + day * (DAY - MINUTE) + hour * HOUR for hour in hours]


def results_between(begin, end):
    """How many results a skill has of the suites that run between two times."""
    return CASES * sum(begin <= at < end for day in range(DAYS) for at in run_times(day))


class Plan:
    """What will happen; all of it follows from the seed."""

    def __init__(self, seed):
        self.seed = seed
        rng = random.Random(f"plan {seed}")
        self.skills = [skill for team in TEAMS for skill in team.skills]
        self.passes, self.edits = self._edits(rng)
        self.spreads = {
            skill: [CASE_SPREAD * (2 * (place + 0.5) / CASES - 1) for place in range(CASES)]
            for skill in self.skills
        }
        self.experiments = self._experiments(rng)

    def _edits(self, rng):
        """(the pass ratio with which each skill begins, the edits in the order of their times)"""
        effects = [points / 100 for points in (*HARMFUL, *HELPFUL)]
        effects += [0.0] * (EDITS - len(effects))
        room = PASS_RATIO_MAX - PASS_RATIO_MIN
        while True:
            rng.shuffle(effects)
            hands = [effects[place :: len(self.skills)] for place in range(len(self.skills))]
            ways = [[sum(hand[:count]) for count in range(len(hand) + 1)] for hand in hands]
            if all(max(way) - min(way) <= room for way in ways):
                break
        passes, edits = {}, []
        for skill, hand, way in zip(self.skills, hands, ways, strict=True):
            start = rng.uniform(PASS_RATIO_MIN - min(way), PASS_RATIO_MAX - max(way))
            passes[skill] = start
            times = self._times(rng)
            limits = [BEGIN, *times, BEGIN + DAYS * DAY]
            for place, (at, effect) in enumerate(zip(times, hand, strict=True)):
                before = results_between(limits[place], at)
                behind = results_between(at, limits[place + 2])
                power = power_of(start + way[place], effect, before, behind)
                edits.append((at, skill, effect, power))
        return passes, [
            Edit(number, skill, at, effect, power)
            for number, (at, skill, effect, power) in enumerate(sorted(edits))
        ]

    def _times(self, rng):
        slack = DAYS * DAY - (EDITS_PER_SKILL + 1) * EDIT_PAUSE
        shares = sorted(rng.uniform(0, slack) for _ in range(EDITS_PER_SKILL))
        # Whole minutes, and odd ones: never the minute of a run.
        return [
            BEGIN + (share + (place + 1) * EDIT_PAUSE) // (2 * MINUTE) * 2 * MINUTE + MINUTE
            for place, share in enumerate(shares)
        ]

    def _experiments(self, rng):
        kinds = [
            ("better", 0.1, 0),
            ("worse", -0.12, 0),
            ("same-1", 0, 0),
            ("same-2", 0, 0),
            ("same-3", 0, 0),
        ]
        kinds.append(("lost-results", 0, 0.25))
        skills = rng.sample(self.skills, len(kinds))
        experiments = []
        for (name, effect, lost), skill in zip(kinds, skills, strict=True):
            begin = BEGIN + rng.randint(2, DAYS - 11) * DAY
            experiments.append(Experiment(f"exp-{name}", skill, effect, begin, begin + 9 * DAY, lost))
        return experiments

    def experiment_of(self, skill, at):
        return next((one for one in self.experiments if one.skill == skill and one.runs_at(at)), None)


def power_of(ratio, effect, before, behind, alpha=0.01):
    """How sure the sequential test finds an effect, looked at once, by the normal approximation."""
    if not effect or not before or not behind:
        return 0.0
    log = -2 * math.log(0.05)
    information = (before + behind) * (log + math.log(log + 1)) / 400
    needed = 2 * (information + 1) / information * (math.log(information + 1) / 2 - math.log(alpha))
    other = ratio + effect
    error = math.sqrt(ratio * (1 - ratio) / before + other * (1 - other) / behind)
    return NormalDist().cdf(abs(effect) / error - math.sqrt(needed))


@dataclass
class Edition:
    """What cases of production said of one edition of a skill."""

    # None for the one that the month began with.
    edit: Edit | None
    name: str
    passed: int = 0
    total: int = 0


@dataclass
class Truth:
    # By (where, service, model, source); where: routing, genai, within.
    cost: Counter = field(default_factory=Counter)
    # By (day, service, environment): what a budget is held against.
    days: Counter = field(default_factory=Counter)
    # By (service, model).
    unpriced: Counter = field(default_factory=Counter)
    # By skill; the current one is the last.
    editions: dict = field(default_factory=lambda: defaultdict(list))
    # By (service, whether of a treatment, outcome).
    results: Counter = field(default_factory=Counter)
    # By (experiment, variant): results; and those that passed.
    arms: Counter = field(default_factory=Counter)
    arm_passes: Counter = field(default_factory=Counter)
    spans: int = 0

    def month_to_date(self, day, service, environment):
        first = NEW_MONTH if day >= NEW_MONTH else 0
        return sum(self.days[one, service, environment] for one in range(first, day + 1))


class Life:
    """Makes requests, in the order of their times, and keeps the truth of them."""

    def __init__(self, plan):
        self.plan = plan
        self.truth = Truth()
        self.rng = random.Random(f"life {plan.seed}")
        self.passes = dict(plan.passes)
        self.prices = next(iter(PRICES.values()))
        self._editions = {}
        self._sequence = 0

    def put_in_force(self, skill, name, edit=None):
        """From here on cases run with this edition; `name` is what their spans call it."""
        self._editions[skill] = (edit, name)
        if edit:
            self.passes[skill] += edit.effect

    def price(self, model, *counts):
        """What tokens cost by the table, in nano-USD; nil where nobody knows. Input, output, cached input."""
        for pattern, prices in self.prices.items():
            if model == pattern or pattern.endswith("*") and model.startswith(pattern[:-1]):
                return sum(count * round(price * 1_000) for count, price in zip(counts, prices, strict=False))
        return None

    # Suites

    def suite(self, team, at, branch="main"):
        """A run of all cases of a team."""
        self._sequence += 1
        sent = []
        for skill in team.skills:
            for number in range(CASES):
                sent += self._case(team, skill, number, at, branch)
                experiment = self.plan.experiment_of(skill, at)
                if experiment and branch == "main":
                    sent += self._case(team, skill, number, at, branch, experiment)
        return self._request(team, sent, branch)

    def minute(self, team, at):
        """A few cases that somebody runs in this minute."""
        self._sequence += 1
        sent = []
        for _ in range(CASES_PER_MINUTE):
            skill, number = self.rng.choice(team.skills), self.rng.randrange(CASES)
            # Not a part of any experiment: each case of these runs in both arms.
            sent += self._case(team, skill, number, at, "main", plain=True)
        return self._request(team, sent, "main")

    def _request(self, team, sent, branch):
        self.truth.spans += len(sent)
        resource = {
            "service.version": f"{self._sequence:040x}",
            "deployment.environment.name": team.environment,
            "vcs.ref.head.name": branch,
        }
        return spans.request(sent, team.service, resource)

    def _case(self, team, skill, number, at, branch, treated=None, plain=False):
        """The spans of one case; of the treatment of an experiment where `treated`."""
        rng = self.rng
        experiment = treated or (None if plain else self.plan.experiment_of(skill, at))
        if branch != "main":
            experiment = None
        ratio = self.passes[skill] + self.plan.spreads[skill][number]
        if treated:
            ratio += treated.effect
        if branch != "main":
            # Work that is not done yet.
            ratio -= 0.35
        is_passed = rng.random() < ratio
        retries, error, latency, is_dead = self._weather(at)
        if treated and rng.random() < treated.lost:
            return []
        outcome = "error" if is_dead else "passed" if is_passed else "misrouted"
        edit, edition = self._editions[skill]
        if treated or branch != "main":
            edition = f"{hash_of(treated.name if treated else branch):040x}"
        model = next(model for model, share in team.models if rng.random() < share)
        tokens_in, tokens_out = rng.randint(600, 2_400), rng.randint(20, 220)
        said = {
            "test.case.id": f"{skill}-{number:02}",
            "test.run.sequence": self._sequence,
            "skill.name": skill,
            "expected_skill": skill,
            "skill.md.hash": edition,
            "retry_count": retries,
            "api_latency": latency,
            "token_input": tokens_in,
            "token_output": tokens_out,
            "model": model,
            "worker_id": f"gw{number % 4}",
            "confidence": rng.uniform(0.5, 1),
        }
        if error:
            said["error_type"] = error
        if outcome != "error":
            others = [other for other in team.skills if other != skill]
            said["actual_skill"] = skill if is_passed else rng.choice(others)
        if experiment:
            said["experiment.id"] = experiment.name
            said["experiment.variant"] = "treatment" if treated else "control"
        by_table = self.price(model, tokens_in, tokens_out)
        cost, source = by_table, "computed"
        if team.reports_cost:
            # A contract of their own.
            cost, source = by_table * 9 // 10, "reported"
            said["cost_usd"] = cost / NANO
        self._spend("routing", team.service, team.environment, model, source, cost, at)
        self._count(team, skill, edit, edition, experiment, treated, outcome, branch)
        identity = spans.new_identity()
        end = at - rng.uniform(0, 60)
        attributes = b"".join(spans.attribute(key, value) for key, value in said.items())
        sent = [
            spans.span(
                f"routing_test_{skill}",
                attributes,
                1 if outcome == "passed" else 2,
                identity,
                end=end,
                seconds=1.1 * latency + 0.05,
            )
        ]
        if rng.random() < team.inner_calls:
            sent.append(self._call(team.service, model, tokens_in, tokens_out, end, identity))
            self._spend("within", team.service, team.environment, model, "computed", by_table, at)
        return sent

    def _weather(self, at):
        """(retries, their error, latency, whether all was in vain) of an API call at this time."""
        rng, incident = self.rng, incident_at(at)
        chance, latency = rng.random(), rng.uniform(0.2, 0.9)
        if incident is None:
            return (1, "timeout", latency, False) if chance < 0.01 else (0, None, latency, False)
        if incident.name == "rate limit":
            return (rng.randint(1, 3), "429", latency, False) if chance < 0.4 else (0, None, latency, False)
        if chance < 0.3:
            return rng.randint(1, 2), rng.choice(("500", "503")), 5 * latency, chance < 0.03
        return 0, None, 5 * latency, False

    def _count(self, team, skill, edit, edition, experiment, treated, outcome, branch):
        self.truth.results[team.service, bool(treated), outcome] += 1
        if experiment:
            arm = (experiment.name, "treatment" if treated else "control")
            self.truth.arms[arm] += 1
            self.truth.arm_passes[arm] += outcome == "passed"
        if treated or branch != "main":
            return
        editions = self.truth.editions[skill]
        if not editions or editions[-1].name != edition:
            editions.append(Edition(edit, edition))
        editions[-1].total += 1
        editions[-1].passed += outcome == "passed"

    def _spend(self, where, service, environment, model, source, cost, at):
        self.truth.cost[where, service, model, source] += cost
        if where != "within":
            self.truth.days[day_of(at), service, environment] += cost

    # The app

    def _call(self, service, model, tokens_in, tokens_out, end, parent=None, **more):
        embeds = model == "embedder"
        said = {
            "gen_ai.operation.name": "embeddings" if embeds else "chat",
            "gen_ai.provider.name": "a-provider",
            "gen_ai.request.model": model,
            "gen_ai.usage.input_tokens": tokens_in,
            "gen_ai.usage.output_tokens": tokens_out,
            **{key.replace("__", "."): value for key, value in more.items()},
        }
        attributes = b"".join(spans.attribute(key, value) for key, value in said.items())
        return spans.span(
            f"chat {model}", attributes, 0, parent=parent, end=end, seconds=0.2, kind=spans.CLIENT
        )

    def app(self, at, count=60):
        """Model calls of an app that has nothing to do with tests."""
        sent = []
        for _ in range(count):
            sent.append(self._app_call(at))
        self.truth.spans += len(sent)
        return spans.request(sent, APP, {"deployment.environment.name": APP_ENVIRONMENT})

    def _app_call(self, at):
        rng = self.rng
        model = rng.choice(("small-model-1", "large-model-2", "large-model-2", "embedder", "unlisted"))
        tokens_in = rng.randint(200, 9_000)
        tokens_out = 0 if model == "embedder" else rng.randint(10, 900)
        end = at - rng.uniform(0, 60)
        if model == "unlisted":
            self.truth.unpriced[APP, model] += 1
            return self._call(APP, model, tokens_in, tokens_out, end)
        if rng.random() < 0.1:
            cost = rng.randint(1, 90_000) * 1_000
            self._spend("genai", APP, APP_ENVIRONMENT, model, "reported", cost, at)
            return self._call(APP, model, tokens_in, tokens_out, end, gen_ai__usage__cost=cost / NANO)
        cached = rng.randint(0, tokens_in) if model == "large-model-2" and rng.random() < 0.4 else 0
        cost = self.price(model, tokens_in - cached, tokens_out, cached)
        self._spend("genai", APP, APP_ENVIRONMENT, model, "computed", cost, at)
        more = {"gen_ai__usage__cache_read__input_tokens": cached} if cached else {}
        return self._call(APP, model, tokens_in, tokens_out, end, **more)


def hash_of(text):
    """A number of 160 bits, as a commit or a blob has one."""
    return int.from_bytes(hashlib.sha1(text.encode()).digest(), "big")
