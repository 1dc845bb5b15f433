"""Which tests of a parallel run go to the same worker, one after another.

xdist's own groups (its mark and `--dist loadgroup`) come to nothing with pytest 9.2, which keeps a test's name where xdist
does not look for it; every test then runs wherever there is room, and each worker starts each server. Here the name alone decides.
"""

from xdist.scheduler import LoadScopeScheduling

# They start servers and send them much at once; more of them at a time would only slow each other.
RACE = "race"
_RACING = (
    "test_race",
    "test_comment_race",
    "test_deletion_race",
    "test_durability",
    "test_logs",
    "test_sockets",
)
# Their files share a process that takes longer to start than they take.
_WHOLE = ("test_mail", "test_oidc", "test_demo")
_ENGINES = ("sqlite", "postgresql")


def group(name: str) -> str:
    """What goes together with the test of this name: the tests of the same group, or nothing but itself."""
    path, _, test = name.partition("::")
    file = path.rpartition("/")[2].removesuffix(".py")
    if file in _RACING:
        return RACE
    if "/browser/" in path:
        engines = [one for one in _ENGINES if one in test.rpartition("[")[2]]
        return " ".join(["browser", *engines])
    return path if file in _WHOLE else name


class Groups(LoadScopeScheduling):
    """Hands out groups, the largest first, and then single tests to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)
