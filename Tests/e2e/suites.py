"""Random test suites for pytest, and what its own log says of a run of them."""

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter

KINDS = {
    "passes": "def {name}(): pass",
    "fails": "def {name}(): assert {number} == 'wrong'",
    "is_skipped": "@pytest.mark.skip(reason='not today')\ndef {name}(): pass",
    "skips_itself": "def {name}(): pytest.skip('not here')",
    "is_a_known_bug": "@pytest.mark.xfail(reason='BUG')\ndef {name}(): assert False",
    "is_a_known_bug_gone": "@pytest.mark.xfail(reason='BUG')\ndef {name}(): pass",
    "cannot_begin": "def {name}(broken_begin): pass",
    "cannot_end": "def {name}(broken_end): pass",
    "fails_and_cannot_end": "def {name}(broken_end): raise ValueError('both')",
    "is_flaky": "def {name}(tmp_path_factory): again(__file__, '{name}', {number})",
    "has_subtests": "def {name}(subtests):\n    for number in range(3):\n"
    "        with subtests.test(number=number): assert number != {number}",
    "has_parameters": "@pytest.mark.parametrize('x', [1, 'a b', 'ü'])\ndef {name}(x): assert x != {number}",
}
COMMON = """
import os, pathlib
import pytest

@pytest.fixture
def broken_begin():
    raise RuntimeError("no broker")

@pytest.fixture
def broken_end():
    yield
    raise RuntimeError("file is still open")

def again(file, name, number):
    # Fails as often as the number says, in whichever process.
    seen = pathlib.Path(file).with_name(f"{name}.seen")
    count = len(seen.read_text()) if seen.exists() else 0
    seen.write_text("x" * (count + 1))
    assert count >= number % 3, f"lost the race {count} times"
"""


def write_suite(directory, random, file_count=3, test_count=8, without=()):
    """Writes a project of some files with tests of every kind but those of `without`."""
    kinds = [kind for kind in KINDS if kind not in without]
    (directory / "tests").mkdir(parents=True)
    (directory / "pytest.ini").write_text("[pytest]\n")
    (directory / "conftest.py").write_text(COMMON)
    for file in range(file_count):
        lines = ["import pytest", "from conftest import again"]
        for test in range(test_count):
            kind = random.choice(kinds)
            body = KINDS[kind].format(name=f"test_{test}_{kind}", number=random.randrange(5))
            if random.random() < 0.2:
                body = body.replace("():", "(self):", 1)
                for argument in ("broken", "tmp", "subtests)", "x)"):
                    body = body.replace(f"({argument}", f"(self, {argument}")
                body = f"class TestGroup{test}:\n" + "\n".join("    " + line for line in body.splitlines())
            lines.append(body)
        (directory / "tests" / f"test_{file}.py").write_text("\n\n".join(lines) + "\n")


def cases_of(log, is_stamped):
    """For each test of a pytest-reportlog the list of its attempts' outcomes.

    Without the plugin's stamp, spans cannot tell a skip inside a test and an expected failure from a pass.
    """
    hidden = "skipped" if is_stamped else "passed"
    cases = {}
    called = set()
    for line in log.read_text().splitlines():
        report = json.loads(line)
        if report["$report_type"] != "TestReport":
            continue
        nodeid = report["nodeid"]
        attempts = cases.setdefault(nodeid, [])
        # pytest-retry reports no second set-up, rerunfailures does.
        if report["when"] == "setup" or (report["when"] == "call" and nodeid in called):
            attempts.append("passed")
            called.discard(nodeid)
        bad = report["outcome"] in ("failed", "rerun", "retried")
        if report["when"] == "call":
            called.add(nodeid)
            if bad:
                attempts[-1] = "failed"
            elif report["outcome"] == "skipped":
                attempts[-1] = hidden
        elif bad and attempts[-1] != "failed":
            attempts[-1] = "error"
        elif report["when"] == "setup" and report["outcome"] == "skipped":
            attempts[-1] = "skipped"
    return cases


def result_of(attempts):
    if attempts[-1] == "passed" and {"failed", "error"} & set(attempts):
        return "flaky"
    return attempts[-1]


def results_of_junit(file):
    """For each test of pytest's JUnit XML how it ended; what was rescued by a rerun has passed there."""
    kinds = {}
    # A test that failed and could not end has an element for each.
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        kinds.setdefault((case.get("classname"), case.get("name")), set()).update(child.tag for child in case)
    return {
        name: next((JUNIT[tag] for tag in JUNIT if tag in tags), "passed") for name, tags in kinds.items()
    }


JUNIT = {"failure": "failed", "error": "error", "skipped": "skipped"}


def junit_name(nodeid):
    """The class name and the name under which pytest's JUnit XML has a test."""
    path, *parts = nodeid.split("::")
    return ".".join([path.removesuffix(".py").replace("/", "."), *parts[:-1]]), parts[-1]


def count_cases(cases):
    """What the counters of a page must say, by file: results, attempts, retries."""
    results, attempts, retries = Counter(), Counter(), Counter()
    for nodeid, outcomes in cases.items():
        suite = nodeid.split("::")[0]
        results[suite, result_of(outcomes)] += 1
        for outcome in outcomes:
            attempts[suite, outcome] += 1
        if len(outcomes) > 1:
            retries[suite, "true" if result_of(outcomes) == "flaky" else "false"] += len(outcomes) - 1
    return results, attempts, retries
