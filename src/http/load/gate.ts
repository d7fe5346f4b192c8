import type { Wanted } from "../../db/abandon.ts";
import { type Claim, FairQueue, type Turn } from "../../kit/fair-queue.ts";
import type { Soon } from "../../kit/soon.ts";
import { limits } from "../operations/limits.ts";
import { createRefuser } from "./heed.ts";
import { Pace } from "./pace.ts";
import { tooBusy } from "./too-busy.ts";

/** An operation that wants to run. */
export interface Errand {
  readonly environmentId: string;
  readonly cost: number;
  readonly writes: boolean;
  readonly wanted: Wanted;
  /** Whether it waits however long that takes, since it can be put off: an event of a stream. It does not unless said. */
  readonly patient?: boolean;
}

/** Lets as many operations run as can be served well, and refuses at once what would wait for too long. */
export interface LoadGate {
  /** Fails with SERVICE_UNAVAILABLE when not even a small operation of this environment would have its turn soon. */
  readonly check: (environmentId: string) => Soon<void>;
  /** Runs an operation when its turn comes, or fails with SERVICE_UNAVAILABLE. What has begun is never refused. */
  readonly run: <T>(errand: Errand, work: () => Soon<T>) => Soon<T>;
}

/** Operations that cost no more than this are over soon. */
const smallCost = 250;

/** How many operations run at once, for each connection of the pool, and at the least: small ones share packets, and do more than wait. */
const perConnection = 3;
const fewest = 8;

/** What the operations that run may cost together: as much as one may. */
const mostCost = limits.cost;

/** As long as no more than so many operations wait, none is refused: a slow machine may take its time. */
const fewWaiting = 80;

/** The most operations of an environment that wait, of either size. */
const mostWaiting = 500;

/** Whether an operation of this cost may have a place that is kept free of longer ones. */
export function isSmall(cost: number): boolean {
  return cost <= smallCost;
}

/** Makes the gate before the operations of a server with so many connections to its database. */
export function createLoadGate(connections: number, few: number = fewWaiting): LoadGate {
  const places = Math.max(fewest, perConnection * connections);
  const queue = new FairQueue({
    places,
    large: Math.max(fewest / 2, connections),
    writes: Math.ceil(places * 0.6),
    tenant: Math.ceil(places * 0.8),
    weight: mostCost,
  });
  const paces = { small: new Pace(), large: new Pace() };
  const paceOf = ({ small }: Claim): Pace => paces[small ? "small" : "large"];

  const refuse = createRefuser();
  const hopeless = (claim: Claim): Promise<never> | undefined => {
    if (queue.waiting < few) return undefined;
    const before = queue.waitingLike(claim);
    const turns = (before + 1) * Math.max(1, queue.waitingTenants);
    const pace = paceOf(claim);
    if (before < mostWaiting && pace.bears(turns)) return undefined;
    return refuse(claim.tenant, tooBusy(pace.secondsFor(turns)));
  };

  const turnFor = (claim: Claim, wanted: Wanted): Promise<Turn> =>
    new Promise((resolve, reject) => {
      if (wanted.reason) return reject(wanted.reason);
      const pace = paceOf(claim);
      pace.joined();
      const stop = (): void => {
        queue.withdraw(waiting);
        pace.left();
        reject(wanted.reason);
      };
      const waiting = queue.wait(claim, (turn) => {
        wanted.done(stop);
        pace.served();
        resolve(turn);
      });
      wanted.begin(stop);
    });

  const within = <T>(turn: Turn, work: () => Soon<T>): Soon<T> => {
    let result: Soon<T>;
    try {
      result = work();
    } catch (error) {
      queue.leave(turn);
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => queue.leave(turn));
    queue.leave(turn);
    return result;
  };

  return {
    check: (environmentId) => {
      const claim = { tenant: environmentId, writes: false, small: true };
      return queue.waitingLike(claim) ? hopeless(claim) : undefined;
    },
    run: ({ environmentId, cost, writes, wanted, patient = false }, work) => {
      const claim = { tenant: environmentId, writes, small: isSmall(cost), weight: cost };
      const turn = queue.take(claim);
      if (turn) return within(turn, work);
      const refused = patient ? undefined : hopeless(claim);
      return refused ?? turnFor(claim, wanted).then((own) => within(own, work));
    },
  };
}
