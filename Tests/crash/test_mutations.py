"""The harness fails for variants of spanmeter that lack one guard."""

import pytest

import service
from mutations import PATCHES, Copy, seeds, still_applies
from rounds import Round
from specs import spec


def _id(patch):
    return patch.stem


@pytest.fixture(scope="module")
def copy():
    return Copy()


def test_there_is_a_mutation_for_each_guard():
    assert len(PATCHES) == 4


@pytest.mark.parametrize("patch", PATCHES, ids=_id)
def test_patch_still_applies(patch):
    assert not still_applies(patch)
    assert seeds(patch)


@pytest.mark.long
@pytest.mark.parametrize("patch", PATCHES, ids=_id)
# One copy, so one process.
@pytest.mark.xdist_group("mutations")
def test_harness_finds_what_is_missing(patch, copy, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "BINARY", copy.build(patch))
    for seed in seeds(patch):
        directory = tmp_path / str(seed)
        directory.mkdir()
        with pytest.raises(AssertionError, match="problems") as caught:
            Round(spec(seed), directory).run()
        print(caught.value)
