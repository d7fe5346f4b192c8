import type { Operation } from "../workloads/workload.ts";
import type { Target } from "./wire.ts";

/** Asks once and gives the data; throws whatever is no good answer. */
export async function ask<D = unknown>(target: Target, operation: Operation): Promise<D> {
  const response = await fetch(target.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...target.headers },
    body: JSON.stringify(operation),
  });
  const text = await response.text();
  if (response.status !== 200)
    throw new Error(`${operation.operationName}: ${response.status} ${text.slice(0, 500)}`);
  const { data, errors } = JSON.parse(text) as { data: D; errors?: unknown[] };
  if (errors?.length)
    throw new Error(`${operation.operationName}: ${JSON.stringify(errors[0]).slice(0, 500)}`);
  return data;
}
