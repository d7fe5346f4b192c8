# syntax=docker/dockerfile:1

# Pin it by digest for production: see SECURITY.md.
ARG NODE_IMAGE=node:24-slim

# Everything, with the tools that generate and compose.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node prisma/generate.ts \
  && node src/commands/compose.ts --url 'http://{subgraph}:4000/subgraph' --out supergraph.graphql \
  && npm prune --omit=dev

# A gateway over the subgraphs of compose.yaml: docker build --target gateway .
FROM ${NODE_IMAGE} AS gateway
ENV NODE_ENV=production
WORKDIR /app
COPY examples/federation/package.json examples/federation/package-lock.json ./
RUN npm ci
COPY examples/federation ./
COPY --from=build /app/supergraph.graphql ./
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/readiness').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not by npx, which does not pass on that it is to stop.
CMD ["node_modules/.bin/hive-gateway", "supergraph", "--port", "4000"]

# The server: the whole graph, or the subgraph that SUBGRAPH names.
FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/src ./src
RUN mkdir .data && chown node:node .data
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
