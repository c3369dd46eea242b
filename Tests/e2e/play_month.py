"""Plays the month of `month.py` into a spanmeter under a clock that is set, and looks as its people would."""

import hashlib
import json
import subprocess
from dataclasses import dataclass, field

import requests
import yaml

import month
from exposition import Page
from month import DAY, EVENING, HOUR, MINUTE, TEAMS
from polling import wait_until
from repository import Repository
from scraped import Growth, Scrapes
from sender import post
from service import BINARY, environment
from week import Clock

# Whose rules the board of the API needs.
RULE_GROUP = "spanmeter-routing-tests"
COUNTED = (
    "routing_test_cost_usd_sum",
    "routing_test_cost_unknown_total",
    "gen_ai_client_cost_usd_total",
    "gen_ai_client_cost_unknown_total",
    "routing_test_results_total",
    "skill_changes_total",
)
P_VALUE_MAX = 0.01
CASES_MIN = 20


@dataclass
class Evening:
    """What people see at the end of a day."""

    day: int
    at: float
    page: Page
    # (skill, version): (passed, total), as the truth has them now.
    editions: dict
    # What was spent: by (service, environment), today and in the calendar's month; nano-USD.
    today: dict
    month_to_date: dict
    # The edit in force of each skill, that cases ran with; None before the first.
    edits: dict
    # By experiment: (state, variant that is called the winner or None).
    experiments: dict = field(default_factory=dict)


class PlayedMonth:
    """Everything that was seen in the month, and what was true."""

    def __init__(self, start, directory, seed):
        self._start = start
        self._directory = directory
        self.plan = month.Plan(seed)
        self.life = month.Life(self.plan)
        self.truth = self.life.truth
        self.growth = Growth(COUNTED)
        self.scrapes = Scrapes()
        self.evenings = []
        self.resent = 0
        self.starts = 0
        self.listed = []
        self._posts = 0
        self._version = next(iter(month.PRICES))
        self.clock = Clock(directory, month.BEGIN)
        self.repository = Repository(directory / "skills")
        for skill in self.plan.skills:
            self.repository.skill(skill, 0)
        self.repository.time = month.BEGIN - HOUR
        self.repository.commit()
        self._put_in_force(self.plan.skills)
        self.server = None
        self.restart()

    # The server

    def restart(self, kills=False):
        if self.server is not None:
            if kills:
                self.server.kill()
            else:
                assert self.server.stop() == 0, self.server.log
        self.starts += 1
        self.server = self._start(
            data=self._directory / "data",
            config=self._config(),
            # As in week.py: the clock's library changes the environment of the first process.
            through=["bash", "-c", 'exec "$0" "$@"'],
            variables=self.clock.variables | {"SPANMETER_ZERO_FIRST": "60s", "SPANMETER_LINGER": "0s"},
        )

    def _config(self):
        models = {
            pattern: dict(zip(("input", "output", "cache_read"), prices, strict=True))
            for pattern, prices in month.PRICES[self._version].items()
        }
        return yaml.safe_dump(
            {
                "skills": {"repository": str(self.repository.path), "interval": "1h"},
                "prices": {"version": self._version, "source": "a contract", "models": models},
                # Pages are read some hundred times, and nobody asks for single tests here.
                "tests": {"max_exposed": 20},
            }
        )

    def ask(self, *arguments):
        """What a command prints as JSON, on the same day."""
        done = subprocess.run(
            ["bash", "-c", 'exec "$0" "$@"', BINARY, *map(str, arguments), "--format", "json"],
            env=environment() | self.clock.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _post(self, body):
        self._posts += 1
        assert post(self.server.http, body) == 0
        # An answer that got lost: the client sends it all again.
        if self._posts % 16 == 0:
            self._repeat(body)

    def _repeat(self, body):
        self.resent += 1
        assert post(self.server.http, body) == 0

    def look(self):
        """A scrape."""
        answer = requests.get(self.server.scrape + "/metrics", timeout=60)
        answer.raise_for_status()
        self.growth.see(self.scrapes.add(self.clock.now, answer.text))
        return answer.text

    # The month

    def play(self):
        for at, _, act in sorted(self._agenda(), key=lambda event: event[:2]):
            self.clock.set(at)
            act(at)
        self.server.kill()
        return self

    def _agenda(self):
        """(when, order at one time, what happens) of everything."""
        for day in range(month.DAYS):
            midnight = month.BEGIN + day * DAY
            earlier = day * MINUTE
            for at in month.run_times(day):
                yield at, 1, self._suites
            if not month.is_weekend(day):
                yield midnight + month.BRANCH_RUN * HOUR - earlier, 1, self._branch
            for hour in month.APP_RUNS:
                yield midnight + hour * HOUR - earlier, 1, self._app
            yield midnight + EVENING, 1, self._evening
        for edit in self.plan.edits:
            yield edit.at, 0, lambda at, edit=edit: self._edit(edit)
        for incident in month.INCIDENTS:
            at = incident.begin - month.AROUND
            while at <= incident.end + month.AROUND:
                yield at + 1, 2, self._minute
                at += MINUTE
        yield month.PRICE_CHANGE, 0, self._change_prices

    def _look_twice(self, at):
        """New series show 0 first, and their values a minute later."""
        self.look()
        # Somebody looks each minute then.
        if any(begin <= at <= end for begin, end in watched()):
            return
        self.clock.set(at + MINUTE)
        self.look()

    def _suites(self, at):
        bodies = [self.life.suite(team, at) for team in TEAMS]
        for body in bodies:
            self._post(body)
        if at == month.run_times(month.KILL[0])[month.KILL[1]]:
            # All was answered, but to one client that did not hear it.
            self.restart(kills=True)
            self._repeat(bodies[-1])
        self._look_twice(at)

    def _branch(self, at):
        for team in TEAMS:
            self._post(self.life.suite(team, at, branch="topic/rewrite"))
        self._look_twice(at)

    def _minute(self, at):
        for team in TEAMS:
            self._post(self.life.minute(team, at))
        self.look()

    def _app(self, at):
        self._post(self.life.app(at))
        self._look_twice(at)

    def _change_prices(self, at):
        self.look()
        self._version = list(month.PRICES)[-1]
        self.life.prices = month.PRICES[self._version]
        self.restart()
        self.clock.set(at + MINUTE)
        versions = Page(self.look()).sum_by("version", "spanmeter_price_table_info")
        assert set(versions) == {self._version}

    def _edit(self, edit):
        self.repository.skill(edit.skill, edit.number + 1)
        self.repository.time = int(edit.at) - MINUTE
        self.repository.commit()
        self._put_in_force([edit.skill], edit)
        if not self.is_told_by_cases(edit):
            self._refresh()

    def is_told_by_cases(self, edit):
        """Whether cases run with it before somebody looks into the repository."""
        runs = [at for at in month.run_times(month.day_of(edit.at)) if at >= edit.at]
        if edit.number % 3 or not runs:
            return False
        return not any(other.number % 3 and edit.at < other.at <= runs[0] for other in self.plan.edits)

    def commits(self, at, told_by_cases):
        """When each skill was changed last, of those of which cases told first, or the repository."""
        last = {edit.skill: edit for edit in self.plan.edits if edit.at < at}
        return {
            skill: edit.at for skill, edit in last.items() if self.is_told_by_cases(edit) == told_by_cases
        }

    def _refresh(self):
        answer = requests.post(self.server.scrape + "/-/skills/refresh", timeout=60)
        assert answer.status_code == 200, answer.text

    def _put_in_force(self, skills, edit=None):
        for skill in skills:
            file = f"{skill}/SKILL.md"
            # One team's suite knows the blob, the other one's the content.
            name = self.repository.blob(file)
            if skill in TEAMS[1].skills:
                name = "sha256:" + hashlib.sha256((self.repository.path / file).read_bytes()).hexdigest()
            self.life.put_in_force(skill, name, edit)

    def _evening(self, at):
        self._refresh()
        wanted = {skill: editions[-2:] for skill, editions in self.truth.editions.items()}
        commits = self.commits(at, told_by_cases=False)

        def is_settled():
            page = self.server.page()
            changed = one_of_each_skill(page, "skill_last_change_timestamp_seconds")
            assert counts_of(page) == tallies_of(wanted)
            assert {skill: changed.get(skill) for skill in commits} == commits
            return True

        # Upkeep takes a turn each second.
        wait_until(is_settled, "every result to be counted", 60, pause=0.3)
        page = Page(self.look())
        day = month.day_of(at)
        owners = {key[1:] for key in self.truth.days}
        self.evenings.append(
            Evening(
                day,
                at,
                page,
                tallies_of(wanted),
                {owner: self.truth.days[day, *owner] for owner in owners},
                {owner: self.truth.month_to_date(day, *owner) for owner in owners},
                {skill: editions[-1].edit for skill, editions in wanted.items()},
                experiments_of(page),
            )
        )
        # The commands take a second each, so not every day.
        if day % 7 == 0 or day == month.DAYS - 1:
            skills = self.ask("skills", "list", "--data", self._directory / "data")
            names = {one["skill"]: [edition["name"] for edition in one["editions"]] for one in skills}
            self.listed.append((names, {one: [e.name for e in wanted[one]] for one in wanted}, skills))

    def prometheus(self, directory):
        """One that has seen the month, and evaluated the rules around the incidents."""
        return self.scrapes.prometheus(directory, RULE_GROUP, watched())


def watched():
    """The hours around the incidents in which somebody looks each minute."""
    return [(one.begin - month.AROUND, one.end + month.AROUND) for one in month.INCIDENTS]


def tallies_of(editions):
    """(skill, version): (passed, total), as the gauges say it."""
    tallies = {}
    for skill, two in editions.items():
        names = ("previous", "current") if len(two) == 2 else ("current",)
        for version, edition in zip(names, two, strict=True):
            tallies[skill, version] = (edition.passed, edition.total)
    return tallies


def counts_of(page):
    """The same of a page."""
    ratios = {(have["skill"], have["version"]): value for have, value in page.select("skill_pass_ratio")}
    return {
        key: (round(ratios[key] * total), round(total))
        for key, total in (
            ((have["skill"], have["version"]), value) for have, value in page.select("skill_cases")
        )
        if total and key in ratios
    }


def experiments_of(page):
    states = {
        have["experiment"]: have["state"] for have, value in page.select("experiment_state") if value == 1
    }
    winners = {
        have["experiment"]: have["variant"] for have, value in page.select("experiment_winner") if value == 1
    }
    return {name: (state, winners.get(name)) for name, state in states.items()}


@dataclass(frozen=True)
class Finding:
    edit: month.Edit
    day: int
    impact: float
    p_value: float

    @property
    def is_right(self):
        return self.edit is not None and self.edit.effect * self.impact > 0


def findings(evenings):
    """What a team finds that looks every evening: of each edit the first time that the ledger is sure."""
    found = {}
    for evening in evenings:
        impacts = one_of_each_skill(evening.page, "skill_change_impact")
        p_values = one_of_each_skill(evening.page, "skill_change_impact_p_value")
        for skill, p_value in p_values.items():
            counts = [value for have, value in evening.page.select("skill_cases") if have["skill"] == skill]
            if p_value >= P_VALUE_MAX or min(counts) < CASES_MIN or not impacts[skill]:
                continue
            edit = evening.edits[skill]
            found.setdefault(edit.number, Finding(edit, evening.day, impacts[skill], p_value))
    return found


def one_of_each_skill(page, name):
    return {have["skill"]: value for have, value in page.samples.get(name, [])}
