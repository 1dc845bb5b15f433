"""The `portal` command of a build in which saving a name fails with an error that repeats what was typed."""

from typing import Any

from app.cli import main
from app.services import accounts


def rename(_session: Any, account: Any, name: str, _language: str) -> None:
    try:
        raise KeyError(account.email)
    except KeyError as error:
        raise RuntimeError(f"cannot call anybody {name}") from error


if __name__ == "__main__":
    accounts.rename = rename
    main()
