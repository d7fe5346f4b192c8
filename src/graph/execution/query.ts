import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { answerTooLarge } from "./answer-size.ts";
import { askLevels, completeObject } from "./complete.ts";
import { JsonText } from "./json-text.ts";
import { type Piece, type Settled, settle } from "./pieces.ts";
import { type ObjectPlan, type Origin, type Variables, planRoot } from "./plan.ts";
import type { Run } from "./run.ts";
import { variableReader } from "./variables.ts";

/** Runs an operation. Its `data` is JSON already. */
export type RunOperation = (
  variables: Readonly<Record<string, unknown>>,
  context: unknown,
) => ExecutionResult | Promise<ExecutionResult>;

interface Plan {
  readonly origin: Origin;
  readonly root: ObjectPlan;
}

/** How many plans of one operation are kept, one for each combination of what its `@skip` and `@include` come to. */
export const mostPlans = 4;

/**
 * Makes ready a valid query, or a mutation of one field. What of it is the same for all runs is found out once: the fields of each type of object,
 * their resolvers and their arguments. A run calls resolvers as graphql-js would, and writes what they give as JSON at once.
 */
export function prepareOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  mostBytes = Number.POSITIVE_INFINITY,
): RunOperation {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const readVariables = variableReader(schema, operation.variableDefinitions ?? []);
  const conditions = conditionsIn(document);
  const plans = new LRUCache<string, Plan>({ max: mostPlans });

  const planFor = (variables: Variables): Plan => {
    const key = conditions.length ? JSON.stringify(conditions.map((name) => variables[name])) : "";
    let plan = plans.get(key);
    if (!plan) {
      const origin: Origin = { schema, operation, fragments, variables, fields: 0 };
      plan = { origin, root: planRoot(origin, schema.getRootType(operation.operation)!) };
      plans.set(key, plan);
    }
    return plan;
  };

  return (given, context) => {
    const { coerced, errors } = readVariables(given);
    if (errors) return { errors };
    const plan = planFor(coerced);
    const run: Run = {
      origin: plan.origin,
      variables: coerced,
      context,
      errors: [],
      arguments: [],
      levels: new Map(),
      left: mostBytes,
      pending: 0,
      whenDone: undefined,
    };
    return runPlan(run, plan.root, mostBytes);
  };
}

function runPlan(run: Run, root: ObjectPlan, mostBytes: number): ExecutionResult | Promise<ExecutionResult> {
  const piece = begin(run, root);
  const tooLarge = (): ExecutionResult => ({
    errors: [answerTooLarge(mostBytes, run.origin.operation.operation === OperationTypeNode.MUTATION)],
  });
  const tell = (): ExecutionResult => {
    const { errors } = run;
    if (run.left < 0) return tooLarge();
    const settled: Settled[] = [];
    const error = piece instanceof GraphQLError ? piece : settle(piece, errors, settled);
    if (error) return { errors: [...errors, error], data: null };
    const text = new JsonText(settled);
    // Characters were counted, of which some have up to three bytes.
    if ((mostBytes - run.left) * 3 > mostBytes && text.size() > mostBytes) return tooLarge();
    const data = text as unknown as Record<string, unknown>;
    return errors.length ? { errors, data } : { data };
  };
  if (run.pending === 0) return tell();
  return new Promise<void>((resolve) => {
    run.whenDone = resolve;
  }).then(tell);
}

function begin(run: Run, root: ObjectPlan): Piece | GraphQLError {
  try {
    const piece = completeObject(run, root, undefined, undefined, false);
    askLevels(run);
    return piece;
  } catch (error) {
    return error as GraphQLError;
  }
}

function conditionsIn(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== "skip" && name.value !== "include") return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
