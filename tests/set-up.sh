#!/bin/sh
# Gets what the tests need beyond Python packages: Chromium, for the browser tests. Says plainly what will be skipped.
set -u

if command -v chromium >/dev/null 2>&1; then
    exit 0
fi

if [ "$(id -u)" != 0 ]; then
    echo "Browser tests will be skipped: Chromium is missing and only root may install it (apt-get install chromium)."
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Browser tests will be skipped: Chromium is missing and there is no apt-get to install it with."
    exit 0
fi

echo "Installing Chromium for the browser tests …"
if DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then
    echo "Chromium is installed."
else
    echo "Browser tests will be skipped: apt-get could not install Chromium (is there a network?)."
fi
exit 0
