# The same two commands as everywhere: `make` installs from the lock file, `vierklang serve` runs.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 vierklang \
    && install --directory --owner vierklang --group vierklang /srv/vierklang /var/lib/vierklang
USER vierklang
WORKDIR /srv/vierklang
COPY --chown=vierklang:vierklang Makefile pyproject.toml README.md LICENSE ./
COPY --chown=vierklang:vierklang requirements requirements
COPY --chown=vierklang:vierklang app app
COPY --chown=vierklang:vierklang prompts prompts
COPY --chown=vierklang:vierklang guardrails guardrails
COPY --chown=vierklang:vierklang eval eval
RUN make install
ENV VIERKLANG_DATA_DIR=/var/lib/vierklang VIERKLANG_HOST=0.0.0.0 VIERKLANG_LOG_FORMAT=json
EXPOSE 8400
CMD [".venv/bin/vierklang", "serve"]
