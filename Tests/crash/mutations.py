"""Variants of spanmeter that each lack one guard: patches in `mutations`, built in a copy of the checkout.

What stands before a patch says what is missing, and with `Seeds:` which rounds find it.
"""

import filecmp
import os
import re
import shutil
import subprocess
from pathlib import Path

from service import ROOT

PATCHES = sorted((ROOT / "Tests" / "crash" / "mutations").glob("*.patch"))
BUILD_SECONDS = 3_600


def seeds(patch):
    """The seeds of the rounds that find what the patch removes."""
    found = re.search(r"^Seeds: ([\d ]+)$", patch.read_text(), re.MULTILINE)
    assert found, f"{patch} names no seeds"
    return [int(seed) for seed in found.group(1).split()]


def still_applies(patch):
    """What is wrong with it; empty for nothing."""
    return _git(ROOT, "apply", "--check", str(patch)).stderr


class Copy:
    """A copy of the checkout in .build, which stays there: only the first build is a long one."""

    def __init__(self):
        self.directory = ROOT / ".build" / "mutations"
        for name in ("Package.swift", "Sources", "Tests"):
            _mirror(ROOT / name, self.directory / name)
        if not (self.directory / ".build").exists():
            # Sources of packages, so that nothing is fetched again.
            for name in ("Package.resolved", ".build/repositories", ".build/workspace-state.json"):
                _mirror(ROOT / name, self.directory / name)

    def build(self, patch):
        """The path of a binary with the patch."""
        done = _git(self.directory, "apply", str(patch))
        assert done.returncode == 0, done.stderr
        try:
            command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "spanmeter"]
            done = subprocess.run(
                command, cwd=self.directory, capture_output=True, text=True, timeout=BUILD_SECONDS
            )
            assert done.returncode == 0, done.stdout[-4_000:]
        finally:
            _git(self.directory, "apply", "--reverse", str(patch))
        target = self.directory / f"spanmeter-{patch.stem}"
        shutil.copy2(self.directory / ".build" / "release" / "spanmeter", target)
        return target


def _mirror(source, target):
    """Makes `target` what `source` is, and leaves alone what is the same already."""
    if not source.is_dir():
        if source.exists() and not (target.exists() and filecmp.cmp(source, target, shallow=False)):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        return
    target.mkdir(parents=True, exist_ok=True)
    names = {entry.name for entry in source.iterdir()} - {"__pycache__"}
    for old in target.iterdir():
        if old.name not in names:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in names:
        _mirror(source / name, target / name)


def _git(directory, *arguments):
    # Outside of any repository, `git apply` works on plain files.
    variables = {**os.environ, "GIT_CEILING_DIRECTORIES": str(Path(directory).parent)}
    return subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, env=variables)
