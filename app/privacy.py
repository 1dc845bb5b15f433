"""Privacy: what the portal keeps about people. The version is that of the privacy page to which people agree."""

PRIVACY_VERSION = "2026-11-25"
