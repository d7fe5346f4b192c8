import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import type { Context, Tally } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import { withinSize } from "../../graph/execution/answer-size.ts";
import { priceRows } from "../../graph/input-rows.ts";
import { measurer } from "../../graph/known-measures.ts";
import type { Measure } from "../../graph/measure.ts";
import { largestSize } from "../../graph/pages.ts";
import { type Soon, andThen } from "../../kit/soon.ts";
import { type Admission, type GraphDatabase, adminReader, contextOn } from "../context.ts";
import { publicError } from "../errors.ts";
import { type LoadGate, isSmall } from "../load/gate.ts";
import type { Logger } from "../logger.ts";
import { checkMeasure, checkVariables } from "./checks.ts";
import { extraTokens, withCost } from "./cost.ts";
import { InvalidDocument, createDocuments, operationOf } from "./documents.ts";
import { createEvaluator } from "./evaluate.ts";
import { requestFingerprint } from "./fingerprint.ts";
import { keyOf, keyOfPart } from "./idempotency-key.ts";
import { type ReadyOperation, executor, hasSeveral } from "./execute.ts";
import { createFollower } from "./follow.ts";
import { introspectionMeasure } from "./introspection.ts";
import { limits } from "./limits.ts";
import { type WantedDocument, documentFinder } from "./persisted.ts";
import { runOnce } from "./run-once.ts";
import { payInFractions } from "./stream-cost.ts";
import {
  type OperationAnswer,
  type OperationParams,
  type OperationReport,
  type OperationRequest,
  type Operations,
  isStream,
} from "./types.ts";

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly database: GraphDatabase;
  readonly logger: Logger;
  /** Says when an operation runs. */
  readonly load: LoadGate;
  /** Whether callers are gateways, whose requests can be parts of one request. False unless said. */
  readonly inParts?: boolean | undefined;
  /** The most bytes of an answer; 16 MB unless said. */
  readonly answerBytes?: number | undefined;
  /** Told of every operation when it has been answered. */
  readonly observe?: ((report: OperationReport) => void) | undefined;
}

/** The way of every operation, whichever door it came in by. */
export function createOperations(options: OperationsOptions): Operations {
  const { schema, database, logger, load, inParts, observe } = options;
  const { answerBytes = limits.answerBytes } = options;
  const documents = createDocuments(schema);
  const findDocument = documentFinder(adminReader(database));
  const measureOf = measurer(schema, largestSize);

  const execution = executor(schema, answerBytes);
  const follow = createFollower(schema, database.events.closing);
  const evaluator = createEvaluator(schema, load);

  const shown = (result: ExecutionResult, requestId: string): ExecutionResult =>
    result.errors
      ? { ...result, errors: result.errors.map((error) => publicError(error, requestId, logger)) }
      : result;

  /** The measure of a mutation with what the rows in its inputs cost, and their answers. */
  const withRows = (
    measured: Measure,
    ...given: [DocumentNode, OperationDefinitionNode, Variables]
  ): Measure => {
    const { cost, times } = priceRows(schema, ...given);
    return { ...measured, cost: Math.ceil(measured.cost * times) + cost };
  };

  const run = (operation: ReadyOperation, contextValue: Context): Soon<ExecutionResult> =>
    andThen(execution(operation, contextValue), (result) => shown(result, contextValue.requestId));

  const answer = (
    { text, registered, keep }: WantedDocument,
    params: OperationParams,
    request: OperationRequest,
    watched: Watched,
  ): Soon<OperationAnswer> => {
    const { admission } = request;
    const valid = documents(text);
    keep?.();
    const operation = operationOf(valid, params.operationName);
    if (!schema.getRootType(operation.operation)) {
      throw requestError("INVALID_REQUEST", `This graph has no ${operation.operation} operations.`);
    }
    watched.type = operation.operation;
    watched.fingerprint = valid.fingerprint;
    watched.registered = registered ?? false;
    watched.name = operation.name?.value;
    const variableValues = params.variables ?? {};
    checkVariables(variableValues);
    const { standardIntrospection } = valid;
    const answered = standardIntrospection
      ? introspectionMeasure
      : measureOf(valid.document, operation, variableValues);
    checkMeasure(answered);
    const isMutation = operation.operation === OperationTypeNode.MUTATION;
    const measured = isMutation ? withRows(answered, valid.document, operation, variableValues) : answered;
    if (isMutation) checkMeasure(measured);
    if (isMutation && request.readOnly) throw requestError("METHOD_NOT_ALLOWED", "Send mutations by POST.");
    if (operation.operation === OperationTypeNode.SUBSCRIPTION && !request.streams) {
      throw requestError(
        "INVALID_REQUEST",
        "Ask for a live stream with the header accept: text/event-stream.",
      );
    }
    const { cost } = measured;
    if (params.extensions?.["dryRun"] === true) {
      const dry = { data: null, extensions: { dryRun: true } };
      return { result: withCost(dry, cost, admission, null), replayed: undefined };
    }
    const kept = standardIntrospection ? valid.fingerprint : undefined;
    const ready = { document: valid.document, operation, variableValues, kept };
    return andThen(admission.charge(extraTokens(cost)), () => {
      if (operation.operation === OperationTypeNode.SUBSCRIPTION)
        return watch(ready, admission, cost, watched);
      const { wanted, viewer } = admission;
      const errand = { environmentId: viewer.environmentId, cost, writes: isMutation, wanted };
      return load.run(errand, () => {
        const key = isMutation ? keyOf(request, params) : undefined;
        if (key !== undefined) return writeOnce(ready, key, valid.fingerprint, admission, cost, watched);
        const context = contextOn({ ...database, small: isSmall(cost) }, admission, watched.tally);
        return andThen<ExecutionResult, OperationAnswer>(run(ready, context), (result) => ({
          result: isAway(result, isMutation)
            ? withoutData(result)
            : withCost(result, cost, admission, context.tally),
          replayed: undefined,
        }));
      });
    });
  };

  const watch = async (
    ready: ReadyOperation,
    admission: Admission,
    cost: number,
    { tally }: Watched,
  ): Promise<OperationAnswer> => {
    const pay = payInFractions(admission.charge);
    const contextFor = (to: Admission): Context =>
      contextOn({ ...database, small: isSmall(cost) }, to, tally);
    const result = await follow(ready, admission, {
      contextFor,
      charge: () => pay(cost),
      evaluate: evaluator({ ready, cost, admission, contextFor }),
      shown: (one) => shown(withinSize(one, answerBytes, false), admission.requestId),
    });
    return { result, replayed: undefined };
  };

  const writeOnce = async (
    ready: ReadyOperation,
    key: string,
    document: string,
    admission: Admission,
    cost: number,
    { tally }: Watched,
  ): Promise<OperationAnswer> => {
    const { operation, variableValues } = ready;
    const { viewer } = admission;
    const { environmentId } = viewer;
    const fingerprint = requestFingerprint(viewer, document, operation.name?.value, variableValues);
    const counted = inParts ? keyOfPart(key, operation) : key;
    const keyed = { environmentId, key: counted, fingerprint, several: hasSeveral(operation) };
    const kept = { ...database, small: isSmall(cost), wanted: admission.wanted };
    const once = await runOnce(kept, keyed, async (host) =>
      run(ready, contextOn({ ...database, ...host }, admission, tally)),
    );
    if (!once.replayed) database.announce?.(environmentId);
    return { ...once, result: withCost(once.result, cost, admission, null) };
  };

  return (params, request) => {
    const watched: Watched = {
      type: "unknown",
      name: undefined,
      fingerprint: undefined,
      registered: false,
      tally: { statements: 0, rows: 0 },
    };
    const began = performance.now();
    const tell = (status: string): void => {
      const { tally, ...known } = watched;
      const seconds = (performance.now() - began) / 1_000;
      observe?.({ ...known, status, seconds, statements: tally.statements });
    };
    const ended = (answered: OperationAnswer): OperationAnswer => {
      const [error] = (!isStream(answered.result) && answered.result.errors) || [];
      tell(error ? codeOf(error) : "ok");
      return answered;
    };
    const failed = (error: unknown): never => {
      tell(codeOf(error));
      throw error;
    };
    try {
      const found = findDocument(params, request.admission);
      const answered = andThen(found, (wanted) => answer(wanted, params, request, watched));
      return answered instanceof Promise ? answered.then(ended, failed) : ended(answered);
    } catch (error) {
      return failed(error);
    }
  };
}

type Variables = Readonly<Record<string, unknown>>;

/** What is known of an operation so far. */
interface Watched {
  type: OperationReport["type"];
  name: string | undefined;
  fingerprint: string | undefined;
  registered: boolean;
  readonly tally: Tally;
}

function codeOf(error: unknown): string {
  if (error instanceof InvalidDocument) return "INVALID_REQUEST";
  return error instanceof GraphQLError ? String(error.extensions["code"]) : "INTERNAL_ERROR";
}

/**
 * Whether something is missing because the database was away, so that the operation is to be sent again as a whole. A mutation is only
 * where none of its fields came to an answer: one whose payload could not be read has taken effect.
 */
function isAway({ errors, data }: ExecutionResult, isMutation: boolean): boolean {
  const away = errors?.filter(({ extensions }) => extensions["code"] === "SERVICE_UNAVAILABLE") ?? [];
  if (!away.length || !isMutation) return away.length > 0;
  return (
    away.every(({ path }) => path?.length === 1) && Object.values(data ?? {}).every((one) => one === null)
  );
}

function withoutData({ errors }: ExecutionResult): ExecutionResult {
  return { errors: errors ?? [] };
}
