import { type ExecutionResult, type GraphQLSchema, createSourceEventStream } from "graphql";
import { Wanted } from "../../db/abandon.ts";
import type { Context } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import type { Soon } from "../../kit/soon.ts";
import type { Admission } from "../context.ts";
import type { Evaluate } from "./evaluate.ts";
import type { ReadyOperation } from "./execute.ts";
import type { ResultStream } from "./types.ts";

/** What a stream is made with. */
export interface FollowOptions {
  /** Makes the context of one event. */
  readonly contextFor: (admission: Admission) => Context;
  /** Pays for one event. */
  readonly charge: () => Soon<void>;
  /** Makes the result of one event. */
  readonly evaluate: Evaluate;
  /** The result as a caller may see it. */
  readonly shown: (result: ExecutionResult) => ExecutionResult;
}

/** How often it is looked whether who listens still may, in milliseconds. */
const checkEveryMs = 1_000;

/** The most streams that one key may have open in this process. */
const mostStreams = 100;

/** Opens streams of results, and knows how many each key has. All end when `closing` aborts. */
export function createFollower(schema: GraphQLSchema, closing: AbortSignal) {
  const open = new Map<string, number>();

  /** Takes one of the key's places, and gives what leaves it again. Throws when all are taken. */
  function enter(keyId: string): () => void {
    const count = open.get(keyId) ?? 0;
    if (count >= mostStreams) {
      const message = `This key has ${mostStreams} streams open already.`;
      throw requestError("RATE_LIMIT_EXCEEDED", message, { retryAfter: 1 });
    }
    open.set(keyId, count + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const rest = (open.get(keyId) ?? 1) - 1;
      if (rest) open.set(keyId, rest);
      else open.delete(keyId);
    };
  }

  /**
   * Opens a stream that has one result an event, each made with a context of its own. Gives errors instead where the stream cannot be
   * opened. It ends with an error when the key is no longer in force, or the server stops.
   */
  return async function follow(
    { document, operation, variableValues }: ReadyOperation,
    admission: Admission,
    { contextFor, charge, evaluate, shown }: FollowOptions,
  ): Promise<ExecutionResult | ResultStream> {
    const leave = enter(admission.viewer.keyId);
    const operationName = operation.name?.value;
    const args = { schema, document, variableValues, ...(operationName !== undefined && { operationName }) };
    const end = new AbortController();
    const signal = AbortSignal.any([admission.wanted.signal, end.signal]);
    const wanted = Wanted.until(signal);
    const contextOf = (): Context => contextFor({ ...admission, wanted });
    const source = await createSourceEventStream({ ...args, contextValue: contextOf() }).catch((error) => {
      leave();
      throw error;
    });
    if (!(Symbol.asyncIterator in source)) {
      leave();
      return shown(source);
    }
    // Nobody is told any more of one who hung up meanwhile.
    if (admission.wanted.reason) {
      leave();
      await (source as AsyncGenerator).return(undefined);
      throw admission.wanted.reason;
    }
    admission.stayOpen();

    let fault: unknown;
    const checking = setInterval(() => {
      admission.checkAgain().catch((error: unknown) => {
        fault = error;
        end.abort();
      });
    }, checkEveryMs);
    const finish = (): void => {
      clearInterval(checking);
      leave();
    };
    // Whoever hangs up early may have read nothing yet, and then nothing below runs.
    admission.wanted.signal.addEventListener("abort", finish);

    return (async function* results() {
      try {
        for await (const event of source) {
          await charge();
          yield shown(await evaluate(event as { readonly id: string }, wanted));
        }
        fault ??= closing.aborted ? stopping() : undefined;
      } catch (error) {
        // What ended the stream is why its last event was given up.
        fault ??= error;
      } finally {
        finish();
      }
      if (fault !== undefined && !admission.wanted.reason) yield shown({ errors: [fault as never] });
    })();
  };
}

const stopping = () =>
  requestError("SERVICE_UNAVAILABLE", "This server is stopping. Come back with the last cursor as `after`.", {
    retryAfter: 1,
  });
