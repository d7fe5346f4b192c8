import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
} from "graphql";
import type { Context, Tally } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import { measure } from "../../graph/measure.ts";
import { largestSize } from "../../graph/pages.ts";
import { type GraphDatabase, adminReader, contextOn } from "../context.ts";
import { publicError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { checkMeasure, checkVariables } from "./checks.ts";
import { extraTokens, withCost } from "./cost.ts";
import { InvalidDocument, createDocuments, operationOf } from "./documents.ts";
import { requestFingerprint } from "./fingerprint.ts";
import { keyOf } from "./idempotency-key.ts";
import { documentFinder } from "./persisted.ts";
import { runOnce } from "./run-once.ts";
import type {
  OperationAnswer,
  OperationParams,
  OperationReport,
  OperationRequest,
  Operations,
} from "./types.ts";

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly database: GraphDatabase;
  readonly logger: Logger;
  /** Told of every operation when it has been answered. */
  readonly observe?: ((report: OperationReport) => void) | undefined;
}

/** The way of every operation, whichever door it came in by. */
export function createOperations({ schema, database, logger, observe }: OperationsOptions): Operations {
  const documents = createDocuments(schema);
  const findDocument = documentFinder(adminReader(database));

  async function run(operation: ReadyOperation, contextValue: Context): Promise<ExecutionResult> {
    const { document, operationName, variableValues } = operation;
    const result = await execute({
      schema,
      document,
      variableValues,
      contextValue,
      hideSuggestions: true,
      ...(operationName !== undefined && { operationName }),
    });
    if (!result.errors) return result;
    const errors = result.errors.map((error) => publicError(error, contextValue.requestId, logger));
    return { ...result, errors };
  }

  const answer = async (
    params: OperationParams,
    request: OperationRequest,
    watched: Watched,
  ): Promise<OperationAnswer> => {
    const { admission } = request;
    const { text, keep } = await findDocument(params, admission);
    const valid = documents(text);
    keep?.();
    const operation = operationOf(valid, params.operationName);
    if (!schema.getRootType(operation.operation)) {
      throw requestError("INVALID_REQUEST", `This graph has no ${operation.operation} operations.`);
    }
    watched.type = operation.operation;
    watched.name = operation.name?.value;
    const variableValues = params.variables ?? {};
    checkVariables(variableValues);
    const measured = measure(schema, valid.document, operation, variableValues, largestSize);
    checkMeasure(measured);
    const isMutation = operation.operation === OperationTypeNode.MUTATION;
    if (isMutation && request.readOnly) throw requestError("METHOD_NOT_ALLOWED", "Send mutations by POST.");
    if (params.extensions?.["dryRun"] === true) {
      const dry = { data: null, extensions: { dryRun: true } };
      return { result: withCost(dry, measured.cost, admission, null), replayed: undefined };
    }
    await admission.charge(extraTokens(measured.cost));

    const operationName = operation.name?.value;
    const ready = { document: valid.document, operationName, variableValues };
    const key = isMutation ? keyOf(request, params) : undefined;
    if (key === undefined) {
      const context = contextOn(database, admission, watched.tally);
      const result = await run(ready, context);
      if (!isMutation && isAway(result)) return { result: withoutData(result), replayed: undefined };
      return { result: withCost(result, measured.cost, admission, context.tally), replayed: undefined };
    }
    const { environmentId } = admission.viewer;
    const fingerprint = requestFingerprint(valid.fingerprint, operationName, variableValues);
    const keyed = { environmentId, key, fingerprint, several: hasSeveral(operation) };
    const once = await runOnce(database, keyed, (host) =>
      run(ready, contextOn({ ...database, ...host }, admission, watched.tally)),
    );
    return { ...once, result: withCost(once.result, measured.cost, admission, null) };
  };

  return async (params, request) => {
    const watched: Watched = { type: "unknown", name: undefined, tally: { statements: 0, rows: 0 } };
    const began = performance.now();
    let status = "ok";
    try {
      const answered = await answer(params, request, watched);
      const [error] = answered.result.errors ?? [];
      if (error) status = codeOf(error);
      return answered;
    } catch (error) {
      status = codeOf(error);
      throw error;
    } finally {
      const { type, name, tally } = watched;
      const seconds = (performance.now() - began) / 1_000;
      observe?.({ type, name, status, seconds, statements: tally.statements });
    }
  };
}

/** What is known of an operation so far. */
interface Watched {
  type: OperationReport["type"];
  name: string | undefined;
  readonly tally: Tally;
}

/** Whether an operation may have more than one field: by a fragment it can. */
function hasSeveral({ selectionSet: { selections } }: OperationDefinitionNode): boolean {
  return selections.length > 1 || selections[0]?.kind !== Kind.FIELD;
}

function codeOf(error: unknown): string {
  if (error instanceof InvalidDocument) return "INVALID_REQUEST";
  return error instanceof GraphQLError ? String(error.extensions["code"]) : "INTERNAL_ERROR";
}

/** Whether something is missing because the database was away: such a query is to be asked again as a whole. */
function isAway({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => extensions["code"] === "SERVICE_UNAVAILABLE") ?? false;
}

function withoutData({ errors }: ExecutionResult): ExecutionResult {
  return { errors: errors ?? [] };
}

/** An operation that may run. */
interface ReadyOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
}
