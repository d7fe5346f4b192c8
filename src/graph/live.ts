import type { InputFieldMap } from "@pothos/core";
import { type EventPosition, isAfter } from "../db/events/position.ts";
import type { StoredEvent } from "../db/events/read.ts";
import type { ModelName } from "../db/datamodel.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { loadEntity, scopeOf } from "./entities.ts";
import { requestError } from "./errors.ts";

/** The most ids that a stream can be narrowed to. */
const mostIds = 100;

export const afterArgument = {
  description:
    "Where to go on: the cursor of the last event that was seen, or `latestEventCursor`. Events since then come first. Without it the stream begins now.",
};

/** The cursor of a place in the stream of events. Cursors of all live fields and of `latestEventCursor` are alike. */
export function encodeEventCursor({ history, transaction, sequence }: EventPosition): string {
  return Buffer.from(JSON.stringify(["EVENT", transaction, sequence, history])).toString("base64url");
}

/** The place that a cursor stands for; throws INVALID_REQUEST for what is none. */
export function decodeEventCursor(cursor: string): EventPosition {
  const [kind, transaction, sequence, history = 1] = partsOf(cursor);
  const isCount = (value: unknown): value is string => typeof value === "string" && /^\d{1,18}$/.test(value);
  if (kind === "EVENT" && isCount(transaction) && isCount(sequence) && Number.isSafeInteger(history)) {
    return { history: history as number, transaction, sequence };
  }
  throw requestError("INVALID_REQUEST", "after: this is not the cursor of an event.");
}

/** Said of a cursor that means nothing in the database as it is now: what came behind it may be gone. */
const outlived = () =>
  requestError(
    "CURSOR_EXPIRED",
    "after: the database was restored since this cursor was given, and what happened in between may be gone. Ask for `latestEventCursor`, read again what you keep, and watch `after` that.",
  );

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

/** The events for which `wanted` holds, as they happen: after a cursor, or from the moment at which the promise is fulfilled. */
export async function liveEvents(
  { events }: Context,
  after: string | null | undefined,
  wanted: (event: StoredEvent) => boolean,
): Promise<AsyncGenerator<StoredEvent, void>> {
  const given = after == null ? undefined : decodeEventCursor(after);
  const now = await events.position();
  if (given && (given.history !== now.history || isAfter(given, now))) throw outlived();
  const position = given ?? now;
  return (async function* some() {
    for await (const event of events.listen(position)) {
      if (wanted(event)) yield event;
    }
  })();
}

/**
 * Adds a live field `<object>Changed`, whose events hold the object as it is when the event is told. Asks for the scope that
 * reading such objects asks for.
 */
export function liveChanges<M extends ModelName>(
  object: string,
  options: {
    readonly model: M;
    /** The `objectType` of its events. */
    readonly objectType: string;
    /** Whether such objects belong to customers, and streams can be narrowed to one. */
    readonly ofCustomer?: boolean;
    readonly description: string;
  },
): void {
  const { model, objectType, ofCustomer, description } = options;
  const title = object.replace(/^./, (letter) => letter.toUpperCase());
  const Change = builder.objectRef<StoredEvent>(`${title}Change`).implement({
    description: `What \`${object}Changed\` tells of one event.`,
    fields: (t) => ({
      cursor: t.string({
        description: "Where to go on after this event: `after` of the next stream.",
        resolve: ({ position }) => encodeEventCursor(position),
      }),
      eventId: t.id({ description: "The event's id, a UUID.", resolve: ({ id }) => id }),
      type: t.exposeString("type", { description: `What happened, such as \`${objectType}.updated\`.` }),
      occurredAt: t.field({
        type: "DateTime",
        description: "When it happened.",
        resolve: ({ createdAt }) => createdAt,
      }),
      [object]: t.field({
        type: model as never,
        nullable: true,
        description: "The object as it is now, which may be later than the event; null when it is gone.",
        authScopes: { scope: scopeOf(model) },
        resolve: ({ objectId }, _args, context) => loadEntity(context, model, objectId) as never,
      }),
    }),
  });
  builder.subscriptionField(`${object}Changed`, (t) =>
    t.field({
      type: Change,
      description,
      authScopes: { scope: scopeOf(model) },
      args: {
        ids: t.arg.idList({
          description: `Only these objects, at most ${mostIds}; all of them unless said.`,
        }),
        ...((ofCustomer && {
          customerId: t.arg.id({ description: "Only objects of the customer with this id." }),
        }) as InputFieldMap),
        after: t.arg.string(afterArgument),
      },
      subscribe: (_root, args, context) => {
        const { ids, after, customerId } = args as {
          ids?: readonly string[] | null;
          after?: string | null;
          customerId?: string | null;
        };
        if (ids && ids.length > mostIds) {
          throw requestError("INVALID_REQUEST", `ids: at most ${mostIds}, not ${ids.length}.`);
        }
        const only = ids && new Set(ids.map((id) => id.toLowerCase()));
        return liveEvents(
          context,
          after,
          (event) =>
            event.objectType === objectType &&
            (!only || only.has(event.objectId)) &&
            (customerId == null || event.data["customerId"] === customerId.toLowerCase()),
        );
      },
      resolve: (event) => event as unknown as StoredEvent,
    }),
  );
}
