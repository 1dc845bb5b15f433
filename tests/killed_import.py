"""An import that is killed in its middle: python -m tests.killed_import FILE [--commits-early]."""

import os
import signal
import sys
from pathlib import Path

from app.database import make_engine, session_scope
from app.services import pabulib
from app.settings import get_settings

CHUNKS_BEFORE_THE_END = 2


def main(path: Path, *, commits_early: bool) -> None:
    """Import a file and die by SIGKILL after some chunks of its votes. Committing before that is the bad build."""
    written = 0
    with session_scope(make_engine(get_settings()), writes=True) as session:

        def advance(_count: int) -> None:
            nonlocal written
            written += 1
            if written == CHUNKS_BEFORE_THE_END:
                if commits_early:
                    session.commit()
                os.kill(os.getpid(), signal.SIGKILL)

        pabulib.load(session, pabulib.read_file(path), advance=advance)


if __name__ == "__main__":
    main(Path(sys.argv[1]), commits_early="--commits-early" in sys.argv)
