"""`spanmeter provision` against a Grafana that behaves as the real one was seen to."""

import json
import subprocess

import pytest

from grafana import DEFAULTS, TOKEN, Grafana
from service import BINARY, ROOT, environment

BOARDS = {
    json.loads(path.read_text())["uid"]: path
    for path in sorted((ROOT / "Grafana/dashboards").rglob("*.json"))
}
FOLDERS = {f"spanmeter-{path.parent.name}" for path in BOARDS.values()}
TEAMS = """
grafana:
  teams:
    release_managers: [Release]
    engineers: [Engineers, Release]
    community_leads: [Community]
"""


@pytest.fixture
def grafana():
    server = Grafana()
    yield server
    server.stop()


@pytest.fixture
def provision(grafana, tmp_path):
    """Runs the command; `config` becomes its configuration."""
    (tmp_path / "token").write_text(TOKEN + "\n")

    def provision(*arguments, config="", token=True, url=None, variables=None):
        (tmp_path / "spanmeter.yaml").write_text(config)
        words = ["--grafana", url or grafana.url, *arguments]
        if token:
            words += ["--token-file", "token"]
        return subprocess.run(
            [BINARY, "provision", *words],
            cwd=tmp_path,
            env=environment() | (variables or {}),
            capture_output=True,
            text=True,
            timeout=120,
        )

    return provision


def succeeded(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wanted(uid):
    return json.loads(BOARDS[uid].read_text())


def content(board):
    return {name: value for name, value in board.items() if name not in ("id", "version", "folder")}


def test_an_empty_grafana_gets_every_folder_and_board(grafana, provision):
    output = succeeded(provision())
    assert set(grafana.folders) == FOLDERS
    assert set(grafana.boards) == set(BOARDS)
    for uid, board in grafana.boards.items():
        assert content(board) == content(wanted(uid))
        assert board["folder"] == f"spanmeter-{BOARDS[uid].parent.name}"
    assert f"made {len(FOLDERS) + len(BOARDS)} changes" in output
    assert "permissions stay as they are: grafana.teams names no team" in output
    assert all(permissions == DEFAULTS for permissions in grafana.permissions.values())


@pytest.mark.parametrize("kind", ["plain", "migrating", "migrating, history in an object"])
def test_a_second_run_changes_nothing_and_says_so(provision, kind):
    grafana = Grafana(migrates="migrating" in kind, wraps_history="object" in kind)
    try:
        succeeded(provision(config=TEAMS, url=grafana.url))
        grafana.requests.clear()
        output = succeeded(provision(config=TEAMS, url=grafana.url))
        assert grafana.writes == []
        assert output == f"nothing to do: {len(FOLDERS)} folders and {len(BOARDS)} boards are as wanted\n"
    finally:
        grafana.stop()


def test_a_dry_run_writes_nothing_and_plans_what_a_run_then_does(grafana, provision):
    config = TEAMS + "  roles: remove\n"
    plan = succeeded(provision("--dry-run", config=config))
    assert grafana.writes == []
    planned = [line.removeprefix("would ") for line in plan.splitlines() if line.startswith("would ")]
    assert f"{len(planned)} changes to make; nothing was changed" in plan
    done = succeeded(provision(config=config)).splitlines()
    words = {"created": "create", "updated": "update"}
    made = [" ".join([words.get(line.split()[0], line.split()[0]), *line.split()[1:]]) for line in done[:-1]]
    assert made == planned
    again = succeeded(provision("--dry-run", config=config))
    assert again.startswith("nothing to do")


def test_teams_get_what_the_configuration_says_and_everybody_keeps_theirs(grafana, provision):
    engineers = grafana.add_team("Engineers")
    others = grafana.add_team("Engineers of others")
    grafana.add_folder(
        "spanmeter-qa",
        "QA",
        [
            *DEFAULTS,
            ("team", others, 4),
            ("user", 7, 2),
            ("team", engineers, 1),
            ("team", others, 1, "inherited"),
        ],
    )
    output = succeeded(provision(config=TEAMS))
    release, community = grafana.teams["Release"], grafana.teams["Community"]
    assert sorted(grafana.permissions["spanmeter-qa"]) == sorted(
        [*DEFAULTS, ("team", others, 4), ("user", 7, 2), ("team", engineers, 2), ("team", release, 2)]
    )
    for uid in FOLDERS:
        levels = dict(item[1:] for item in grafana.permissions[uid] if item[0] == "team")
        expected = 1 if uid in ("spanmeter-executive", "spanmeter-operations") else None
        assert levels[engineers] == levels[release] == 2
        assert levels.get(community) == expected
    assert "let team Engineers edit in folder QA (so far: view)" in output
    assert "created team Community, without members" in output


def test_administrators_who_are_listed_are_not_sent_back(grafana, provision):
    grafana.add_folder("spanmeter-qa", "QA", [("role", "Admin", 4), *DEFAULTS])
    succeeded(provision(config=TEAMS))
    assert ("role", "Viewer", 1) in grafana.permissions["spanmeter-qa"]


def test_a_permission_that_is_not_understood_is_never_lost(grafana, provision):
    grafana.add_folder("spanmeter-qa", "QA", [*DEFAULTS, ("user", 7, 3)])
    done = provision(config=TEAMS)
    assert done.returncode == 1
    assert "folder QA has a permission that is not understood and would be lost" in done.stderr
    assert ("user", 7, 3) in grafana.permissions["spanmeter-qa"]


def test_roles_lose_the_folders_only_where_that_is_wanted(grafana, provision):
    succeeded(provision(config=TEAMS))
    output = succeeded(provision(config=TEAMS + "  roles: remove\n"))
    assert "let role Viewer do nothing in folder QA (so far: view)" in output
    for uid in FOLDERS:
        assert {kind for kind, *_ in grafana.permissions[uid]} == {"team"}


def test_roles_without_teams_would_lock_everybody_out(provision):
    done = provision(config="grafana: { roles: remove }\n")
    assert done.returncode == 2
    assert "grafana.roles is 'remove' and grafana.teams names nobody" in done.stderr


def test_a_board_that_somebody_has_edited_is_brought_back(grafana, provision):
    succeeded(provision())
    uid = next(iter(BOARDS))
    grafana.edit(uid, title="Mine")
    grafana.requests.clear()
    output = succeeded(provision())
    assert grafana.writes == [("POST", "/api/dashboards/db")]
    assert content(grafana.boards[uid]) == content(wanted(uid))
    assert f"updated board {wanted(uid)['title']} ({uid})" in output and "made 1 change\n" in output


def test_a_board_in_another_folder_is_moved(grafana, provision):
    succeeded(provision())
    uid = next(iter(BOARDS))
    home = grafana.boards[uid]["folder"]
    grafana.add_folder("elsewhere", "Elsewhere")
    grafana.boards[uid]["folder"] = "elsewhere"
    assert "moved from folder 'elsewhere'" in succeeded(provision())
    assert grafana.boards[uid]["folder"] == home


def test_a_board_that_is_saved_meanwhile_is_looked_at_again(grafana, provision):
    succeeded(provision())
    uid = next(iter(BOARDS))
    grafana.edit(uid, title="Mine")
    grafana.before_save = lambda: grafana.edit(uid, title="Mine, too")
    succeeded(provision())
    assert content(grafana.boards[uid]) == content(wanted(uid))
    assert grafana.writes[-2:] == [("POST", "/api/dashboards/db")] * 2


def test_boards_that_a_file_provisions_are_left_alone(grafana, provision):
    succeeded(provision())
    uid = next(iter(BOARDS))
    grafana.provisioned.add(uid)
    grafana.edit(uid, title="From a file")
    grafana.requests.clear()
    output = succeeded(provision())
    assert grafana.writes == []
    assert f"left alone, because a file provisions them: {wanted(uid)['title']}" in output


def test_a_board_of_the_same_title_is_named(grafana, provision):
    uid = next(iter(BOARDS))
    folder = f"spanmeter-{BOARDS[uid].parent.name}"
    grafana.add_folder(folder, "Any")
    grafana.boards["other"] = {
        "id": 1,
        "uid": "other",
        "version": 1,
        "folder": folder,
        "title": wanted(uid)["title"],
    }
    done = provision()
    assert done.returncode == 1
    assert "a board of this title in that folder has another uid: rename or remove it" in done.stderr


def test_a_folder_of_the_same_title_is_named(grafana, provision):
    grafana.add_folder("other", "QA")
    done = provision()
    assert done.returncode == 1
    assert "a folder of this title has another uid: rename or remove it" in done.stderr


def test_a_folder_that_somebody_has_renamed_keeps_its_title(grafana, provision):
    grafana.add_folder("spanmeter-qa", "Our tests")
    succeeded(provision())
    assert grafana.folders["spanmeter-qa"]["title"] == "Our tests"


@pytest.mark.parametrize(
    "fault",
    [(429, {"Retry-After": "1"}), (503, {}), (500, {}), (502, {"Retry-After": "0"}), "drop"],
    ids=["429", "503", "500", "502", "no answer"],
)
def test_what_cannot_be_answered_now_is_asked_again(grafana, provision, fault):
    grafana.faults = [fault] + [None] * 3 + [fault] + [None] * 3 + [fault]
    done = provision(config=TEAMS)
    succeeded(done)
    assert set(grafana.boards) == set(BOARDS)
    assert "trying again in" in done.stderr


def test_lost_answers_make_nothing_twice(grafana, provision):
    # Each request first loses its answer: every write arrives twice.
    grafana.faults = ["lose", None] * 60
    succeeded(provision(config=TEAMS))
    assert set(grafana.folders) == FOLDERS and set(grafana.boards) == set(BOARDS)
    assert set(grafana.teams) == {"Release", "Engineers", "Community"}
    assert all(board["version"] == 1 for board in grafana.boards.values())
    assert succeeded(provision(config=TEAMS)).startswith("nothing to do")


def test_a_server_that_never_answers_is_given_up(grafana, provision):
    grafana.faults = [(503, {"Retry-After": "0"})] * 50
    done = provision()
    assert done.returncode == 1
    assert len(grafana.requests) == 6
    assert ": 503, not now" in done.stderr


def test_a_wait_that_is_too_long_is_not_waited(grafana, provision):
    grafana.faults = [(429, {"Retry-After": "3600"})]
    done = provision()
    assert (done.returncode, len(grafana.requests)) == (1, 1)


def test_a_failure_in_the_middle_says_what_was_done(grafana, provision):
    grafana.faults = [None] * 4 + [(501, {})]
    done = provision()
    assert done.returncode == 1
    assert "stopped after" in done.stdout and "the same command does the rest" in done.stdout
    succeeded(provision())
    assert set(grafana.boards) == set(BOARDS)


def test_a_wrong_token_is_said_and_not_shown(provision):
    done = provision(token=False, variables={"SPANMETER_GRAFANA_TOKEN": "glsa_wrong"})
    assert done.returncode == 1
    assert "401, Invalid API key; the token or password is wrong, or no longer valid" in done.stderr
    assert "glsa_wrong" not in done.stderr + done.stdout


def test_the_token_may_come_from_the_environment(provision):
    succeeded(provision(token=False, variables={"SPANMETER_GRAFANA_TOKEN": TOKEN}))


def test_a_user_may_come_with_a_password(provision, tmp_path):
    (tmp_path / "token").write_text("right")
    succeeded(provision("--user", "admin"))


def test_a_token_without_rights_is_told_which_it_needs(grafana, provision):
    grafana.role = "Editor"
    done = provision(config=TEAMS)
    assert done.returncode == 1
    assert "403" in done.stderr and "wanted the token of a service account with the role Admin" in done.stderr
    assert grafana.boards == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--grafana", "localhost:3000"],
            "--grafana is 'localhost:3000'; wanted an address such as http://localhost",
        ),
        (["--token-file", "nowhere"], "cannot read the token: nowhere does not exist"),
        (["--ca", "nowhere.pem"], "cannot read certificates: nowhere.pem does not exist"),
        (["--user", "a:b"], "--user is 'a:b'; wanted the name of a user, without a colon"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_sent(grafana, provision, arguments, message):
    done = provision(*arguments, token="--token-file" not in arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert grafana.requests == []


def test_no_token_is_said(provision):
    done = provision(token=False)
    assert done.returncode == 2
    assert "wanted the variable SPANMETER_GRAFANA_TOKEN, or --token-file" in done.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of 127.0.0.1 that only itself vouches for, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]
    command += ["-subj", "/CN=grafana", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command += ["-out", files[0], "-keyout", files[1]]
    subprocess.run(command, check=True, capture_output=True)
    return files


def test_tls_is_checked_against_the_given_authority(provision, certificate, tmp_path):
    grafana = Grafana(certificate=certificate)
    try:
        refused = provision(url=grafana.url)
        assert refused.returncode == 1
        assert "cannot be trusted" in refused.stderr
        assert grafana.requests == []
        succeeded(provision("--ca", certificate[0], url=grafana.url))
        assert set(grafana.boards) == set(BOARDS)
        config = f"grafana: {{ ca_file: {certificate[0]} }}\n"
        assert succeeded(provision(url=grafana.url, config=config)).startswith("permissions stay")
    finally:
        grafana.stop()


def test_a_page_that_is_no_grafana_is_named(grafana, provision):
    grafana.answer = lambda *_: (200, b"<html>")
    done = provision()
    assert done.returncode == 1
    assert "is no Grafana: its answer is no JSON" in done.stderr


def test_nobody_there_is_said_in_the_end(provision):
    done = provision(url="http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "spanmeter: cannot reach http://127.0.0.1:9: connection refused"
