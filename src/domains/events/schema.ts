import type { StoredEvent } from "../../db/events/read.ts";
import { builder } from "../../graph/builder.ts";
import { requestError } from "../../graph/errors.ts";
import { afterArgument, encodeEventCursor, liveEvents } from "../../graph/live.ts";
import { mayRead } from "./scopes.ts";
import { wrongWithType } from "./types.ts";

const EventType = builder.objectRef<StoredEvent>("Event").implement({
  description: "Something that happened to an object, told in the transaction in which it happened.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id, a UUID." }),
    cursor: t.string({
      description: "Where to go on after this event: `after` of the next stream.",
      resolve: ({ position }) => encodeEventCursor(position),
    }),
    type: t.exposeString("type", { description: "What happened, such as `customer.updated`." }),
    objectType: t.exposeString("objectType", { description: "What it happened to, such as `customer`." }),
    objectId: t.exposeID("objectId", { description: "The id of what it happened to." }),
    data: t.field({
      type: "JSONObject",
      description:
        "The object after the change. Whole numbers of minor units, decimals and instants are texts.",
      resolve: ({ data }) => data,
    }),
    previousAttributes: t.field({
      type: "JSONObject",
      nullable: true,
      description: "The values before the change of what was changed; null unless the object was updated.",
      resolve: ({ previousAttributes }) => previousAttributes,
    }),
    requestId: t.exposeString("requestId", {
      nullable: true,
      description: "The `x-request-id` of the request that did it; null for what the passing of time did.",
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "When it happened.",
      resolve: (event) => event.createdAt,
    }),
  }),
});

const mostTypes = 50;

builder.subscriptionField("events", (t) =>
  t.field({
    type: EventType,
    description:
      "All events of the environment as they happen, of those objects that the key may read: `events:read` and the read scope of what it happened to.",
    authScopes: { scope: "events:read" },
    args: {
      types: t.arg.stringList({
        description: `Only events of these types, at most ${mostTypes}, such as \`invoice.paid\`, or \`invoice.*\` for all about invoices; all of them unless said. A type that there is not is refused.`,
      }),
      after: t.arg.string(afterArgument),
    },
    subscribe: (_root, { types, after }, context) => {
      const { scopes } = context.viewer;
      for (const type of types ?? []) checkType(type, scopes);
      if (types && types.length > mostTypes) {
        throw requestError("INVALID_REQUEST", `types: at most ${mostTypes}, not ${types.length}.`);
      }
      const wanted = types && new Set(types);
      return liveEvents(
        context,
        after,
        ({ type, objectType }) =>
          mayRead(scopes, objectType) &&
          (!wanted || wanted.has(type) || wanted.has(`${type.slice(0, type.indexOf("."))}.*`)),
      );
    },
    resolve: (event) => event,
  }),
);

function checkType(type: string, scopes: readonly string[]): void {
  const wrong = wrongWithType(type);
  if (wrong) {
    throw requestError("INVALID_REQUEST", `types: ${JSON.stringify(type.slice(0, 100))}: ${wrong}.`);
  }
  if (mayRead(scopes, type.slice(0, type.indexOf(".")))) return;
  throw requestError("PERMISSION_DENIED", `This key may not read what events of the type ${type} are about.`);
}

builder.queryField("latestEventCursor", (t) =>
  t.string({
    nullable: true,
    description:
      "Where the stream of events is now. Ask for it first, then for what is to be shown, and then watch `after` it: nothing in between is missed.",
    authScopes: { scope: "events:read" },
    resolve: async (_root, _args, context) => encodeEventCursor(await context.events.position()),
  }),
);
