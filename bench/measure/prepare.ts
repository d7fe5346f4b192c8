import { ask } from "../load/ask.ts";
import { requestBytes } from "../load/wire.ts";
import type { Server } from "../servers/server.ts";
import type { Running } from "../servers/start.ts";
import { walk } from "../workloads/reads.ts";
import type { Operation, Subjects, Workload } from "../workloads/workload.ts";

/** How many pages of customers requests take turns at, and how many customers lie between two of them. */
const pages = 20;
const step = 100;

interface Walked {
  readonly customers: { readonly pageInfo: { readonly endCursor: string } };
}

/** Finds the server's own cursors: each leads to another page of customers. */
export async function findCursors(
  server: Server,
  running: Running,
  subjects: Subjects,
  count: number = pages,
): Promise<string[]> {
  const cursors: string[] = [];
  const wording = server.wordings?.[walk.operationName];
  while (cursors.length < count) {
    const common = { first: step, after: cursors.at(-1) ?? null };
    const { customers } = await ask<Walked>(running, {
      ...walk,
      query: wording?.query ?? walk.query,
      variables: wording?.variables?.(common, subjects) ?? common,
    });
    cursors.push(customers.pageInfo.endCursor);
  }
  return cursors;
}

/** A few operations of a workload in the server's own words. */
export function operationsOf(
  server: Server,
  workload: Workload,
  subjects: Subjects,
  cursors: readonly string[],
): Operation[] {
  const word = (common: object) => wordOperation(server, workload, subjects, common);
  if ("requests" in workload) return workload.requests(subjects, cursors).map(word);
  return subjects.batches.map((_, connection) => word(workload.next(subjects, connection)));
}

function wordOperation(server: Server, workload: Workload, subjects: Subjects, common: object): Operation {
  const { operationName } = workload;
  const wording = server.wordings?.[operationName];
  const variables = wording?.variables?.(common, subjects) ?? common;
  return { operationName, query: wording?.query ?? workload.query, variables };
}

/** The requests of a workload, one after the other, as bytes. */
export function requestsOf(
  server: Server,
  workload: Workload,
  running: Running,
  subjects: Subjects,
  cursors: readonly string[],
): (connection: number) => Buffer {
  const bytesOf = (operation: Operation) => requestBytes(running, JSON.stringify(operation));
  if ("next" in workload) {
    return (connection) =>
      bytesOf(wordOperation(server, workload, subjects, workload.next(subjects, connection)));
  }
  const requests = operationsOf(server, workload, subjects, cursors).map(bytesOf);
  let turn = 0;
  return () => {
    turn = (turn + 1) % requests.length;
    return requests[turn] as Buffer;
  };
}

/** The workloads that a server has a part in. */
export function workloadsOf(server: Server, all: readonly Workload[]): readonly Workload[] {
  return all.filter(({ name }) => server.without?.[name] === undefined);
}
