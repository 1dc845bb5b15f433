# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/portal
RUN python -m venv .venv
COPY requirements.txt ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md alembic.ini ./
COPY app app
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index -e .
COPY migrations migrations
COPY templates templates
COPY static static
COPY locales locales

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/portal portal \
    && mkdir -p /srv/portal/var \
    && chown portal /srv/portal/var
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
USER portal
ENV PATH=/srv/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_ENVIRONMENT=production
VOLUME /srv/portal/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/v1/pillars', timeout=2)"]
# PORTAL_SECRET_KEY and PORTAL_BASE_URL must be given. Migrations run at the start; of several containers one does the work.
CMD ["sh", "-c", "portal migrate && exec portal serve --host 0.0.0.0 --port 8000"]
