"""The cast: the people of the tests, by name and role."""

from app.models import Account, Role
from tests.builders import Make


def ha(make: Make) -> Account:
    return make.account("Hà", email="ha@example.org")


def minh(make: Make) -> Account:
    return make.account("Minh", Role.EXPERT, email="minh@example.org")


def lan(make: Make) -> Account:
    return make.account("Lan", Role.MODERATOR, email="lan@example.org")


def quan(make: Make) -> Account:
    return make.account("Quân", Role.ADMIN, email="quan@example.org")


def outsider(make: Make) -> Account:
    return make.account("Người dưng", email="nguoi.dung@example.org")
