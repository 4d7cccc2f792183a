# A server on its own, for callers on other machines. It reads rollouts and types into terminals that are inside the container
# only, so agents run there too or are app threads without a terminal. Needs a token: docker run -e CONVEYOR_TOKEN=… -p 8797:8797
FROM node:24-bookworm-slim AS packed
WORKDIR /source
COPY . .
RUN npx --yes pnpm@12 install --frozen-lockfile && npx --yes pnpm@12 release:pack /packed

FROM node:24-bookworm-slim
RUN apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends tmux git lsof procps bubblewrap tini \
  && rm -rf /var/lib/apt/lists/*
COPY --from=packed /packed /packed
RUN npm install --global --no-audit --no-fund /packed/*.tgz && rm -rf /packed
USER node
ENV CONVEYOR_STATE_ROOT=/home/node/ledger
VOLUME /home/node/ledger
EXPOSE 8797
ENTRYPOINT ["tini", "--", "conveyor"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8797", "--allow-remote"]
