"""The harness fails for variants of spanmeter that lack one guard."""

import pytest

import service
from mutations import PATCHES, Copy, seeds, still_applies
from rounds import Round, spec


def _id(patch):
    return patch.stem


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("copy"))


def test_there_is_a_mutation_for_each_guard():
    assert len(PATCHES) == 4


@pytest.mark.parametrize("patch", PATCHES, ids=_id)
def test_patch_still_applies(patch):
    assert not still_applies(patch)
    assert seeds(patch)


@pytest.mark.long
@pytest.mark.parametrize("patch", PATCHES, ids=_id)
def test_harness_finds_what_is_missing(patch, request, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "BINARY", request.getfixturevalue("copy").build(patch))
    for seed in seeds(patch):
        directory = tmp_path / str(seed)
        directory.mkdir()
        with pytest.raises(AssertionError, match="problems") as caught:
            Round(spec(seed), directory).run()
        print(caught.value)
