# The image of web, worker, beat and migrate alike: docs/deploy.md says how they go together.

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/run.txt
COPY . .
# The settings refuse to load with unsafe values; these are gone with this layer's process.
RUN DJANGO_SETTINGS_MODULE=loyalty_site.settings.production \
    SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop \
    ALLOWED_HOSTS=build.invalid PUBLIC_BASE_URL=https://build.invalid EMAIL_URL=smtp://build.invalid \
    DEFAULT_FROM_EMAIL=build@build.invalid \
    DATABASE_URL=postgresql://build.invalid/build REDIS_URL=redis://build \
    STATIC_ROOT=/app/collected VAR_DIR=/build \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim
# pg_dump and pg_restore, for backups.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --no-create-home loyalty \
 && install -d -o loyalty -g loyalty /data /backups
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=loyalty_site.settings.production \
    STATIC_ROOT=/app/collected \
    VAR_DIR=/data
USER loyalty
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# WEB_CONCURRENCY sets the processes, GUNICORN_CMD_ARGS anything else.
CMD ["gunicorn", "loyalty_site.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--threads", "16", "--limit-request-line", "8190", "--max-requests", "20000", \
     "--max-requests-jitter", "2000", "--no-control-socket"]
