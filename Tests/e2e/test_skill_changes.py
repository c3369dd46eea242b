"""Skills in a git repository: their changes on /metrics, in the commands, and told by a webhook."""

import hashlib
import hmac
import json
import re

import pytest
import requests

import spans
from polling import wait_until
from repository import Repository
from service import run

CHANGES = "skill_changes_total"
CHANGED = "skill_last_change_timestamp_seconds"
COVERAGE = "routing_test_skill_cases"
SECRET = "a secret of the webhook"


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "a repository")
    repository.skill("finder", 1)
    repository.commit()
    return repository


def config(repository, interval="1s", **more):
    lines = [f"  {name}: {value}" for name, value in more.items()]
    return "\n".join(["skills:", f"  repository: '{repository.path}'", f"  interval: {interval}", *lines, ""])


def looked(server, result="ok", count=1):
    """The first page behind `count` more looks."""
    before = server.page().sum("spanmeter_skill_looks_total", result=result)
    return server.page_with(
        f"{count} looks",
        lambda page: page.sum("spanmeter_skill_looks_total", result=result) >= before + count,
    )


def refresh(server):
    answer = requests.post(server.scrape + "/-/skills/refresh", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def changes(server, **labels):
    return server.page().sum(CHANGES, **labels)


def send_case(server, edition=None, service="shop", skill="finder", test="TC1"):
    """One case of a suite that ran with an edition of a skill."""
    values = {"skill.name": skill, "expected_skill": skill, "actual_skill": skill}
    if edition is not None:
        values["skill.md.hash"] = edition
    attributes = b"".join(spans.string_attribute(key, value) for key, value in values.items())
    body = spans.request([spans.span(f"routing_test_{test}", attributes)], service)
    headers = {"Content-Type": "application/x-protobuf"}
    assert requests.post(server.http + "/v1/traces", body, headers=headers, timeout=30).status_code == 200


def cases(server, count, **labels):
    return server.page_with(
        f"{count} cases", lambda page: page.sum("skill_cases", **labels) >= count, seconds=30
    )


def test_a_change_is_counted_once_over_looks_restarts_and_kills(start, repository, tmp_path):
    data, text = tmp_path / "data", config(repository)
    server = start(data=data, config=text)
    looked(server)
    # What was before the first look is history.
    assert changes(server) == 0
    for version in range(2, 6):
        repository.skill("finder", version)
        repository.commit()
        server.page_with("the change", lambda page, count=version - 1: page.sum(CHANGES) == count)
        looked(server, count=2)
        assert changes(server) == version - 1
        if version % 2:
            server.kill()
        else:
            server.stop()
        server = start(data=data, config=text)
    page = looked(server, count=2)
    assert page.select(CHANGES, service="skills", skill="finder")[0][1] == 4
    assert page.select(CHANGED, service="skills", skill="finder")[0][1] == repository.time


def test_a_change_belongs_to_the_services_that_send_spans_of_the_skill(start, repository, tmp_path):
    first = repository.blob("finder/SKILL.md")
    server = start(data=tmp_path / "data", config=config(repository, interval="1h"))
    looked_at = refresh(server)
    assert looked_at == "new changes: 0\n" or looked_at == "new changes: 1\n"
    send_case(server, first)
    cases(server, 1, service="shop")
    repository.skill("finder", 2)
    repository.commit()
    refresh(server)
    server.page_with("the change", lambda page: page.sum(CHANGES, service="shop") == 1)
    assert changes(server) == 1
    # Cases of the new edition tell of no other change, however they call it.
    text = (repository.path / "finder" / "SKILL.md").read_bytes()
    blob = repository.blob("finder/SKILL.md")
    for edition in (blob, blob[:10], "sha256:" + hashlib.sha256(text).hexdigest()):
        send_case(server, edition)
    page = cases(server, 1, version="current", service="shop")
    assert page.sum(CHANGES) == 1
    # One that no repository knows does.
    send_case(server, "f" * 40)
    server.page_with("the other change", lambda page: page.sum(CHANGES, service="shop") == 2)


def test_cases_may_tell_of_a_change_before_the_repository_is_looked_at(start, repository, tmp_path):
    server = start(data=tmp_path / "data", config=config(repository, interval="1h"))
    refresh(server)
    send_case(server, repository.blob("finder/SKILL.md"))
    cases(server, 1)
    repository.skill("finder", 2)
    repository.commit()
    send_case(server, repository.blob("finder/SKILL.md"))
    server.page_with("the change", lambda page: page.sum(CHANGES) == 1)
    refresh(server)
    looked_again = server.page_with("a look", lambda page: page.sum("spanmeter_skill_looks_total") >= 2)
    assert looked_again.sum(CHANGES) == 1


def test_renames_merges_deletions_and_a_rewritten_history(start, repository, tmp_path):
    server = start(data=tmp_path / "data", config=config(repository, interval="1h"))
    refresh(server)
    repository.git("mv", "finder", "search")
    repository.commit()
    assert refresh(server) == "new changes: 1\n"
    assert changes(server) == 0
    repository.git("checkout", "-q", "-b", "topic")
    for version in (2, 3):
        repository.skill("finder", version, "search")
        repository.commit()
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    assert refresh(server) == "new changes: 1\n"
    server.page_with("the merge", lambda page: page.sum(CHANGES) == 1)
    repository.git("commit", "-q", "--amend", "-m", "other words")
    assert refresh(server) == "new changes: 0\n"
    (repository.path / "search" / "SKILL.md").write_bytes(b"\x00\xff\xfe binary")
    repository.commit()
    assert refresh(server) == "new changes: 1\n"
    repository.git("reset", "-q", "--hard", "HEAD~1")
    # A file that does not say what it is called is a skill of its directory's name.
    server.page_with("the binary file", lambda page: page.sum(CHANGES, skill="search") == 1)
    refresh(server)
    server.page_with("what was before", lambda page: page.sum(CHANGES) == 3)
    repository.git("rm", "-q", "-r", "search")
    repository.commit()
    assert refresh(server) == "new changes: 1\n"
    assert changes(server) == 3
    shown = json.loads(
        run("skills", "show", "finder", "--data", tmp_path / "data", "--format", "json").stdout
    )
    assert [edit["change"] for edit in shown[0]["edits"]] == [
        "deleted",
        "changed",
        "changed",
        "moved",
        "added",
    ]


def test_every_skill_has_as_many_cases_as_tests_expect_it(start, repository, tmp_path):
    data, text = tmp_path / "data", config(repository, interval="1h")
    repository.skill("lonely", 1)
    repository.commit()
    server = start(data=data, config=text)
    refresh(server)

    def coverage(wanted):
        server.page_with(
            f"the coverage {wanted}",
            lambda page: (
                {(labels["service"], labels["skill"]): value for labels, value in page.select(COVERAGE)}
                == wanted
            ),
            seconds=30,
        )

    coverage({("skills", "finder"): 0, ("skills", "lonely"): 0})
    # With an edition or without, each test counts once, whoever repeats it.
    for test, edition in (("TC1", None), ("TC2", "a" * 40), ("TC1", None), ("TC3", None)):
        send_case(server, edition, test=test)
    send_case(server, skill="unheard", test="TC4")
    coverage({("shop", "finder"): 3, ("shop", "unheard"): 1, ("skills", "lonely"): 0})
    server.kill()
    server = start(data=data, config=text)
    coverage({("shop", "finder"): 3, ("shop", "unheard"): 1, ("skills", "lonely"): 0})
    # A file that is gone needs no test; one that is new does.
    repository.git("rm", "-q", "-r", "lonely")
    repository.skill("newest", 1)
    repository.commit()
    refresh(server)
    coverage({("shop", "finder"): 3, ("shop", "unheard"): 1, ("skills", "newest"): 0})
    send_case(server, service="office", skill="newest", test="TC5")
    coverage({("shop", "finder"): 3, ("shop", "unheard"): 1, ("office", "newest"): 1})


def test_what_is_no_repository_is_said_once_and_nothing_else_happens(start, tmp_path):
    text = f"skills:\n  repository: {tmp_path}\n  interval: 1s\n"
    server = start(config=text)
    looked(server, "failed", 2)
    assert server.log.count("cannot be read") == 1
    assert "is in no git repository" in server.log
    answer = requests.post(server.scrape + "/-/skills/refresh", timeout=60)
    assert answer.status_code == 503 and "in no git repository" in answer.text
    send_case(server, "a" * 40)
    cases(server, 1)


def test_commands_show_changes_with_their_diffs_and_what_they_did(start, repository, tmp_path):
    data, text = tmp_path / "data", config(repository, interval="1h")
    server = start(data=data, config=text)
    refresh(server)
    send_case(server, repository.blob("finder/SKILL.md"))
    cases(server, 1)
    repository.skill("finder", 2)
    commit = repository.commit()
    file = server.directory / "spanmeter.yaml"
    asked = run("skills", "refresh", "--config", file, "--metrics", server.addresses["metrics"][0])
    assert (asked.returncode, asked.stdout) == (0, "new changes: 1\n"), asked.stderr
    send_case(server, repository.blob("finder/SKILL.md"))
    cases(server, 1, version="previous")
    (skill,) = json.loads(run("skills", "show", "finder", "--data", data, "--format", "json").stdout)
    newest = skill["edits"][0]
    assert newest["commit"] == commit and newest["counted"] and newest["time"] == repository.time
    assert (newest["results"], newest["passed"]) == (1, 1)
    assert newest["diff"].endswith("-version 1\n+version 2\n")
    shown = run("skills", "show", "finder", "--data", data)
    assert commit[:12] in shown.stdout and "+version 2\n" in shown.stdout
    print(shown.stdout)
    everything = shown.stdout + server.page().text + json.dumps(skill)
    assert "Ada" not in everything and "example.org" not in everything


def test_refresh_without_a_service_reads_into_the_data_directory(start, repository, tmp_path):
    data, text = tmp_path / "data", config(repository, interval="1h")
    (tmp_path / "spanmeter.yaml").write_text(text)
    flags = ("--config", tmp_path / "spanmeter.yaml", "--data", data, "--metrics", "127.0.0.1:1")
    for wanted in (1, 0):
        asked = run("skills", "refresh", *flags)
        assert (asked.returncode, asked.stdout) == (0, f"new changes: {wanted}\n"), asked.stderr
    repository.skill("finder", 2)
    repository.commit()
    assert run("skills", "refresh", *flags).stdout == "new changes: 1\n"
    listed = json.loads(run("skills", "list", "--data", data, "--format", "json").stdout)
    assert [(skill["skill"], skill["changes"]) for skill in listed] == [("finder", 1)]
    server = start(data=data, config=text)
    page = looked(server, count=0)
    assert server.page_with("the change", lambda page: page.sum(CHANGES) == 1) and page
    # Somebody has the directory, and is not at that address.
    locked = run("skills", "refresh", *flags)
    assert locked.returncode == 1 and "spanmeter: " in locked.stderr, locked.stderr
    without = run("skills", "refresh", "--data", tmp_path / "x", "--metrics", "127.0.0.1:1")
    assert without.returncode == 2 and "skills.repository is not set" in without.stderr


# The webhook


def deliver(server, body=b'{"ref":"refs/heads/main"}', secret=SECRET, delivery="1", event="push", **headers):
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    fields = {"X-Hub-Signature-256": signature, "X-GitHub-Delivery": delivery, "X-GitHub-Event": event}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {name: value for name, value in fields.items() if value is not None}
    return requests.post(server.scrape + "/webhooks/github", body, headers=fields, timeout=30)


@pytest.fixture
def hooked(start, repository, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    text = config(repository, "1h", webhook_secret_file=tmp_path / "secret")

    def again():
        return start(data=tmp_path / "data", config=text)

    return again


def test_a_signed_push_has_the_repository_looked_at(hooked, repository):
    server = hooked()
    refresh(server)
    repository.skill("finder", 2)
    repository.commit()
    assert deliver(server).status_code == 202
    server.page_with("the change", lambda page: page.sum(CHANGES) == 1)
    assert deliver(server, event="ping", delivery="2").status_code == 200


def test_wrong_missing_and_repeated_deliveries_are_refused(hooked, tmp_path):
    server = hooked()
    refresh(server)
    looks = server.page().sum("spanmeter_skill_looks_total")
    body = b'{"before":"a"}'
    good = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    wrong = [
        deliver(server, secret="another"),
        deliver(server, body=b"", secret="another"),
        *(
            deliver(server, body, X_Hub_Signature_256=signature)
            for signature in (
                "",
                "sha256=",
                good[:-1],
                good + "0",
                good[:-1] + "g",
                "sha1=" + good[7:],
                "x" * 9999,
            )
        ),
    ]
    assert {answer.status_code for answer in wrong} == {401}
    for name in ("X_Hub_Signature_256", "X_GitHub_Delivery", "X_GitHub_Event"):
        assert deliver(server, body, **{name: None}).status_code == 401
    assert requests.get(server.scrape + "/webhooks/github", timeout=30).status_code == 404
    assert server.page().sum("spanmeter_skill_looks_total") == looks
    assert deliver(server, body).status_code == 202
    # The id is not signed: the same body under another one is a repeat, too.
    assert deliver(server, body).status_code == 409
    assert deliver(server, body, delivery="other").status_code == 409
    assert deliver(server, b'{"before":"b"}').status_code == 409
    wait_until(lambda: "webhook_deliveries" in dump(tmp_path / "data"), "what is kept")
    server.kill()
    server = hooked()
    assert deliver(server, body).status_code == 409
    assert deliver(server, b'{"before":"c"}', delivery="3").status_code == 202
    results = server.page().sum_by("result", "spanmeter_webhook_deliveries_total")
    assert results["repeated"] == 1 and results["accepted"] == 1


def dump(data):
    import sqlite3

    with sqlite3.connect(f"file:{data}/spanmeter.db?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT key FROM meta")]


def test_a_large_body_is_refused_and_a_chunked_one_is_taken(hooked):
    server = hooked()
    body = b"x" * (26 << 20)
    try:
        assert deliver(server, body).status_code == 413
    except requests.ConnectionError:
        pass  # refused while it was being sent
    server.page_with(
        "the refusal",
        lambda page: page.sum("spanmeter_webhook_deliveries_total", result="too_large") == 1,
    )
    body = b"y" * (3 << 20)
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    fields = {"X-Hub-Signature-256": signature, "X-GitHub-Delivery": "9", "X-GitHub-Event": "push"}
    pieces = (body[place : place + 100_000] for place in range(0, len(body), 100_000))
    answer = requests.post(server.scrape + "/webhooks/github", pieces, headers=fields, timeout=30)
    assert answer.status_code == 202


def test_without_a_secret_there_is_no_webhook(start, server, repository, tmp_path):
    assert deliver(server).status_code == 404
    assert requests.post(server.scrape + "/-/skills/refresh", timeout=30).status_code == 404
    assert deliver(start(config=config(repository))).status_code == 404
    (tmp_path / "spanmeter.yaml").write_text(config(repository, webhook_secret_file=tmp_path / "none"))
    done = run(
        "serve",
        "--config",
        tmp_path / "spanmeter.yaml",
        "--data",
        tmp_path / "data",
        "--metrics",
        "127.0.0.1:0",
        "--otlp-http",
        "127.0.0.1:0",
        "--otlp-grpc",
        "127.0.0.1:0",
    )
    assert done.returncode == 1
    assert re.search(r"skills.webhook_secret_file is '.*none'; wanted a file", done.stderr)
