"""The file system below SQLite that forgets what was not synced and fails on demand: Tests/CTestVFS."""

import os
from pathlib import Path

from service import ROOT

LIBRARY = Path(os.environ.get("SPANMETER_TESTVFS_LIBRARY", ROOT / ".build" / "release" / "libtestvfs.so"))


class TestVFS:
    """How a program is started on it."""

    __test__ = False

    @staticmethod
    def variables(plan):
        """`plan` as Tests/CTestVFS/include/CTestVFS.h describes it."""
        return {"LD_PRELOAD": str(LIBRARY), "SPANMETER_TESTVFS": plan}
