import { timingSafeEqual } from "node:crypto";
import { type IncomingMessage, type Server, createServer } from "node:http";
import { text } from "node:stream/consumers";
import { graphql } from "graphql";
import type { Members } from "./members.ts";
import { createSchema } from "./schema.ts";

/** GraphQL over HTTP for one gateway, which is known by its token. Not yet listening. */
export function createPartner(members: Members, token: string): Server {
  const schema = createSchema(members);
  return createServer((request, response) => {
    const send = (status: number, answer: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    };
    if (!isGateway(request, token)) {
      const message = "This door is for the gateway.";
      return send(401, { errors: [{ message, extensions: { code: "UNAUTHENTICATED" } }] });
    }
    text(request)
      .then((body) => JSON.parse(body) as { query: string; variables?: Record<string, unknown> })
      .then(({ query, variables }) => graphql({ schema, source: query, variableValues: variables ?? null }))
      .then(
        (answer) => send(200, answer),
        () => send(400, { errors: [{ message: "Send a GraphQL request as JSON." }] }),
      );
  });
}

function isGateway({ headers: { authorization = "" } }: IncomingMessage, token: string): boolean {
  const [given, wanted] = [Buffer.from(authorization), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
