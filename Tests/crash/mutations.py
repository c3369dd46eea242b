"""Variants of spanmeter that each lack one guard: patches in `mutations`, built in a copy of the checkout.

What stands before a patch says what is missing, and with `Seeds:` which rounds find it.
"""

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
    """A copy of the checkout in `directory`, with what is built already."""

    def __init__(self, directory):
        self.directory = directory
        for name in ("Package.swift", "Package.resolved"):
            if (ROOT / name).exists():
                shutil.copy2(ROOT / name, directory)
        for name in ("Sources", "Tests", ".build"):
            # Modules of the compiler remember where they were made.
            ignored = shutil.ignore_patterns("ModuleCache", "debug", "python", "prometheus*", "test-results")
            shutil.copytree(ROOT / name, directory / name, symlinks=True, ignore=ignored)

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
        target = self.directory / patch.stem
        shutil.copy2(self.directory / ".build" / "release" / "spanmeter", target)
        return target


def _git(directory, *arguments):
    # Outside of any repository, `git apply` works on plain files.
    variables = {**os.environ, "GIT_CEILING_DIRECTORIES": str(Path(directory).parent)}
    return subprocess.run(
        ["git", *arguments], cwd=directory, capture_output=True, text=True, env=variables
    )
