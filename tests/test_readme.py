"""The README stays true: its settings, commands, targets and links are those of the code."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import cli
from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_settings_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `PORTAL_(\w+)` \| (?:`([^`]*)`|none) \|", README, re.M))
    expected = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert rows.keys() == expected.keys()
    for name, default in expected.items():
        if name != "DATABASE_URL":  # Its default lies in the checkout, wherever that is.
            shown = json.dumps(default) if isinstance(default, dict) else getattr(default, "value", default)  # fmt: skip
            assert rows[name] == str(shown)


def test_the_commands_are_those_of_the_code() -> None:
    named = set(re.findall(r"`portal ([a-z-]+)", README))
    assert named == set(get_command(cli).commands)  # type: ignore[attr-defined]


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/decisions.md", "docs/plan.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert ((ROOT / name).parent / target).exists(), target


def test_no_file_names_a_registry_or_this_machine() -> None:
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "pyproject.toml",
        "Makefile",
        "Dockerfile",
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(
            r"pypi\.|files\.pythonhosted|registry\.npmjs|/root/|--index-url", text
        ), name
