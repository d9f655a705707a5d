# Two stages on one base, which brings the CA certificates. The first stage has pip, the second
# only what runs.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/llm-tutor
COPY requirements.lock ./
RUN python -m pip --python /opt/llm-tutor/bin/python install --no-cache-dir --no-compile \
        --disable-pip-version-check -r requirements.lock \
    && find /opt/llm-tutor/lib -type d -name tests -path '*/numpy/*' -prune -exec rm -r {} +
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY lessons lessons
COPY migrations migrations
RUN python -m pip --python /opt/llm-tutor/bin/python install --no-cache-dir --no-compile \
        --disable-pip-version-check --no-deps .
# Bytecode only of what is really imported: a fast start, and a third of the size of all of it.
RUN cd /tmp && DATA_DIR=/tmp/warm /opt/llm-tutor/bin/llm-tutor ask --offline "什么是 token？" \
    && echo /help | DATA_DIR=/tmp/warm /opt/llm-tutor/bin/llm-tutor chat \
    && /opt/llm-tutor/bin/python -c "import openai, adapters.telegram.channel, adapters.discord.channel, adapters.web"

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tutor \
    && install -d -o tutor -g tutor /data
COPY --from=build /opt/llm-tutor /opt/llm-tutor
ENV PATH=/opt/llm-tutor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
# No curl: Python asks. With HTTP_PORT=0 there is nothing to ask.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request; port = os.environ.get('HTTP_PORT') or '8080'; port == '0' or urllib.request.urlopen(f'http://127.0.0.1:{port}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["llm-tutor"]
CMD ["run"]
