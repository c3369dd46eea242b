"""Failed routing cases by what their inputs have in common: on /metrics, over kills, with no word kept."""

import random

import requests

import spans

FAILURES = "routing_test_input_pattern_failures_total"
INFO = "routing_test_input_pattern_info"
INVOICES = "show me all of the open invoices that were sent to the customer "


def send(server, text, actual="other", key="input.text", service="shop", **attributes):
    """One routing case, misrouted unless `actual` is finder."""
    values = {"skill.name": "finder", "expected_skill": "finder", "actual_skill": actual, **attributes}
    if text is not None:
        values[key] = text
    encoded = b"".join(spans.string_attribute(name, value) for name, value in values.items())
    status = 1 if actual == "finder" else 2
    body = spans.request([spans.span("routing_test_TC1", encoded, status)], service)
    headers = {"Content-Type": "application/x-protobuf"}
    assert requests.post(server.http + "/v1/traces", body, headers=headers, timeout=30).status_code == 200


def with_failures(server, count):
    return server.page_with(f"{count} failures", lambda page: page.sum(FAILURES) == count, seconds=30)


def words_of(server, pattern, words):
    return server.page_with(
        f"the words of {pattern}",
        lambda page: [labels.get("words", "") for labels, _ in page.select(INFO, pattern=pattern)] == [words],
        seconds=30,
    )


def kept(directory):
    """Everything that the process wrote: its data, and what it said."""
    return {
        str(file): file.read_bytes().lower()
        for file in directory.rglob("*")
        if file.is_file() and file.name != "spanmeter.yaml"
    }


def test_inputs_that_are_alike_are_one_pattern_over_kills_and_restarts(start, tmp_path):
    data = tmp_path / "data"
    server = start(data=data)
    secrets = [f"{name}{random.randrange(10**6)}" for name in ("kessler", "amira", "Wolfram")]
    keys = ["input.text", "test.input", "user_input", "input.value", "gen_ai.prompt", "query", "prompt"]
    wanted = {"input-1": 0, "input-2": 0}
    for number, key in enumerate(keys):
        send(server, INVOICES + secrets[number % 3], key=key)
        send(server, "restart the staging server", key=key)
        wanted = {"input-1": wanted["input-1"] + 1, "input-2": wanted["input-2"] + 1}
        page = with_failures(server, sum(wanted.values()))
        assert page.sum_by("pattern", FAILURES) == wanted, key
        if number % 3 == 2:
            server.kill()
            server = start(data=data)
            assert with_failures(server, sum(wanted.values())).sum_by("pattern", FAILURES) == wanted
    # What passed, or says which pattern it is of, or nothing, is in no cluster.
    send(server, INVOICES + "nobody", actual="finder")
    send(server, INVOICES + "nobody", **{"input.pattern": "invoices"})
    send(server, None)
    send(server, "restart the staging server", service="office")
    page = with_failures(server, sum(wanted.values()) + 2)
    assert page.sum_by("pattern", FAILURES) == wanted | {"invoices": 1, "input-3": 1}
    words_of(server, "input-1", "all customer invoices open")
    # One text, however often, shares its words with nobody.
    words_of(server, "input-2", "")
    text = server.page().text
    server.stop()
    for secret in [*secrets, "kessler", "amira", "wolfram", "nobody", "staging"]:
        for file, content in kept(tmp_path).items():
            assert secret.lower().encode() not in content, (secret, file)
        assert secret.lower() not in text.lower()
    assert any(b"invoices" in content for content in kept(data).values())


def test_fifty_patterns_of_a_service_are_labels_and_the_rest_is_other(start, tmp_path):
    seed = random.randrange(2**32)
    print("seed", seed)
    source = random.Random(seed)
    server = start(data=tmp_path / "data")

    def unlike():
        return " ".join("".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(8))

    texts = [unlike() for _ in range(70)]
    for number, text in enumerate(texts):
        send(server, text)
        if number % 10 == 9:
            with_failures(server, number + 1)
    page = with_failures(server, 70)
    counts = page.sum_by("pattern", FAILURES)
    assert counts.pop("other") == 20
    assert counts == {f"input-{number}": 1 for number in range(1, 51)}
    assert page.sum(INFO) == 50
    assert page.sum("spanmeter_ledger_rows", table="input_patterns") == 70
    server.kill()
    server = start(data=tmp_path / "data")
    for text in texts[:5]:
        send(server, text.upper() + "!")
    counts = with_failures(server, 75).sum_by("pattern", FAILURES)
    assert [counts[f"input-{number}"] for number in range(1, 7)] == [2, 2, 2, 2, 2, 1]
