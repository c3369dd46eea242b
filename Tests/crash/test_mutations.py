"""The harness fails for variants of spanmeter that lack one guard."""

import pytest

import service
from mutations import PATCHES, build, check_applies, seeds
from rounds import Round
from specs import spec


def _id(patch):
    return patch.stem


def test_there_is_a_mutation_for_each_guard():
    assert len(PATCHES) == 6


@pytest.mark.parametrize("patch", PATCHES, ids=_id)
def test_patch_still_applies(patch):
    check_applies(patch)
    assert seeds(patch)


@pytest.mark.long
@pytest.mark.parametrize("patch", PATCHES, ids=_id)
def test_harness_finds_what_is_missing(patch, tmp_path, monkeypatch):
    """By one of the patch's rounds: where a kill falls is not the seed's alone."""
    monkeypatch.setattr(service, "BINARY", build(patch, tmp_path / "spanmeter"))
    found = []
    for seed in seeds(patch):
        directory = tmp_path / str(seed)
        directory.mkdir()
        try:
            Round(spec(seed), directory).run()
        except AssertionError as problems:
            assert "problems" in str(problems)
            print(problems)
            found.append(seed)
    print(f"{patch.stem}: found by seeds {found} of {seeds(patch)}")
    assert found
