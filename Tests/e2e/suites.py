"""Random test suites for pytest, and what its own log says of a run of them."""

import json
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


def write_suite(directory, random, file_count=3, test_count=8):
    """Writes a project of some files with tests of every kind."""
    (directory / "tests").mkdir(parents=True)
    (directory / "pytest.ini").write_text("[pytest]\n")
    (directory / "conftest.py").write_text(COMMON)
    for file in range(file_count):
        lines = ["import pytest", "from conftest import again"]
        for test in range(test_count):
            kind = random.choice(list(KINDS))
            body = KINDS[kind].format(name=f"test_{test}_{kind}", number=random.randrange(5))
            if random.random() < 0.2:
                body = body.replace("def ", "def ").replace("()", "(self)", 1)
                body = body.replace("(broken", "(self, broken").replace("(tmp", "(self, tmp").replace("(x)", "(self, x)")
                body = f"class TestGroup{test}:\n" + "\n".join("    " + line for line in body.splitlines())
            lines.append(body)
        (directory / "tests" / f"test_{file}.py").write_text("\n\n".join(lines) + "\n")


def cases_of(log, is_stamped):
    """For each test of a pytest-reportlog the list of its attempts' outcomes.

    Without the plugin's stamp, spans cannot tell a skip inside a test and an expected failure from a pass.
    """
    hidden = "skipped" if is_stamped else "passed"
    cases = {}
    for line in log.read_text().splitlines():
        report = json.loads(line)
        if report["$report_type"] != "TestReport":
            continue
        attempts = cases.setdefault(report["nodeid"], [])
        if report["when"] == "setup":
            attempts.append("passed")
        bad = report["outcome"] in ("failed", "rerun")
        if report["when"] == "call":
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
