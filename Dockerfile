# The image of a worker: for Runpod, or for any computer with a card of NVIDIA. It has none of an
# instance's keys; COVESHOT_INSTANCE and COVESHOT_WORKER_TOKEN say whom it works for. Tests read this
# file and do not build it.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04

# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --no-log-init --uid 10001 --create-home --home-dir /var/lib/coveshot coveshot

WORKDIR /opt/coveshot
COPY pyproject.toml constraints.txt README.md CHANGELOG.md LICENSE NOTICE main.py ./
COPY auth ./auth
COPY storage ./storage
COPY inference ./inference
COPY ui ./ui
COPY assets ./assets
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir -c constraints.txt '.[gpu,runpod]'

# Every model that the instance offers: a worker without one fails the photos that ask for it.
ENV COVESHOT_MODELS=/opt/coveshot/models
RUN .venv/bin/coveshot models get u2netp && .venv/bin/coveshot models get recommended

ENV COVESHOT_HOME=/var/lib/coveshot
USER 10001
ENTRYPOINT ["/opt/coveshot/.venv/bin/coveshot"]
CMD ["serverless"]
