# syntax=docker/dockerfile:1
# Two stages: the first has pip, the second has what runs. Nothing is fetched at run time.

FROM debian:12-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv libgl1 libglib2.0-0 libxcb1 libzbar0 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml README.md ./
COPY scripts/constraints.txt scripts/constraints.txt
COPY service service
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir -c scripts/constraints.txt -e ".[prune]" \
 && .venv/bin/pip install --no-cache-dir -c scripts/constraints.txt --no-deps rapidocr
COPY models models
# Refuses to build an image whose models are not the pinned ones.
RUN .venv/bin/python -m service.reading.prune && HONMONO_DATA_DIR=/tmp/data .venv/bin/honmono doctor

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 libgl1 libglib2.0-0 libxcb1 libzbar0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin honmono \
 && install -d -o honmono -m 0700 /data
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    HONMONO_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["honmono"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
