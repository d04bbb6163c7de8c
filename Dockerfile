# One image for web and queue; what it does is its command: `serve --only web` or `serve --only queue`.
FROM python:3.11-slim-trixie AS built
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

FROM python:3.11-slim-trixie
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HALOBRIDGE_BIND=0.0.0.0 \
    HALOBRIDGE_SANDBOX=0 \
    HALOBRIDGE_VAR=/data
# Backups: pg_dump has to be as new as the server in compose.yaml; this Debian has version 17.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home halobridge && install -d -o halobridge -m 700 /data
COPY --from=built /venv /venv
WORKDIR /app
COPY . .
USER halobridge
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
