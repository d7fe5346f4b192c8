import { OpenList, type Place } from "./open-list.ts";

/** What somebody asks of a fair queue. */
export interface Claim {
  readonly tenant: string;
  /** Whether it writes: writes have a part of the places, so that reads find some. */
  readonly writes: boolean;
  /** Whether it is known to be over soon: then it may have a place that is kept free of all else. */
  readonly small: boolean;
  /** How much it asks for while it has its place; nothing unless said. */
  readonly weight?: number;
}

export interface FairQueueOptions {
  /** How many places there are. */
  readonly places: number;
  /** How many of them all claims may have that are not small. */
  readonly large: number;
  /** How many of them writes may have; of those that are not small the same part. */
  readonly writes: number;
  /** How many of them one tenant may have. */
  readonly tenant: number;
  /** How much all claims that are not small may weigh together; one tenant's half of that. One may weigh more while it is alone. */
  readonly weight?: number;
}

/** How long the time counts that a tenant has had places for: of each millisecond half is left after so many. */
const halfLifeMs = 5_000;

/** A tenant that has had places for so many milliseconds lately has no small claims any more, whatever they say. */
const mostSmallMs = 4_000;

/** How many tenants without any claim are remembered. */
const mostIdle = 1_000;

/** What is known of a tenant: what it has, what it waits for, and how long it had places lately. */
interface Tenant {
  readonly name: string;
  running: number;
  weight: number;
  readonly waiting: { small: number; large: number };
  readonly lines: readonly OpenList<Waiter>[];
  spentMs: number;
  spentAt: number;
}

interface Waiter {
  readonly tenant: Tenant;
  readonly claim: Claim;
  readonly begin: (turn: Turn) => void;
}

/** A claim that waits. */
export type Waiting = Place<Waiter>;

/** A place that a claim has until it is left. */
export interface Turn {
  readonly tenant: Tenant;
  readonly writes: boolean;
  readonly large: boolean;
  readonly weight: number;
  readonly beganAt: number;
}

/**
 * Shares places between tenants: whoever has the fewest comes next, and among those whoever has had the least time lately. Nobody is
 * put out of a place, so some are kept for small claims, and some from writes: these never wait for the end of something long.
 */
export class FairQueue {
  readonly options: FairQueueOptions;
  readonly #tenants = new Map<string, Tenant>();
  readonly #hungry = new Set<Tenant>();
  #running = 0;
  #large = 0;
  #writes = 0;
  #largeWrites = 0;
  #weight = 0;
  /** Whether the one whose turn it is weighs too much to begin beside others: then nothing large overtakes it. */
  #blocked = false;

  constructor(options: FairQueueOptions) {
    this.options = options;
  }

  /** How many claims wait. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#hungry) sum += waiting.small + waiting.large;
    return sum;
  }

  get knownTenants(): number {
    return this.#tenants.size;
  }

  get waitingTenants(): number {
    return this.#hungry.size;
  }

  /** How many claims like this one its tenant has waiting already. */
  waitingLike({ tenant, small }: Claim): number {
    return this.#tenants.get(tenant)?.waiting[small ? "small" : "large"] ?? 0;
  }

  /** Takes a place at once; undefined when there is none for this claim. */
  take(claim: Claim): Turn | undefined {
    const tenant = this.#tenantOf(claim.tenant);
    const line = tenant.lines[lineOf(claim)]!;
    const mayBegin = !line.first && (!this.#blocked || this.#isSmall(tenant, claim));
    const turn = mayBegin ? this.#begin(tenant, claim) : undefined;
    if (!turn) this.#forget(tenant);
    return turn;
  }

  /** Waits for a place. `begin` is called once it is there. */
  wait(claim: Claim, begin: (turn: Turn) => void): Waiting {
    const tenant = this.#tenantOf(claim.tenant);
    this.#count(tenant, claim, 1);
    if (this.#fits(tenant, claim) && !this.#bears(tenant, claim)) this.#blocked = true;
    return tenant.lines[lineOf(claim)]!.add({ tenant, claim, begin });
  }

  /** Gives up waiting. Not for one that has begun. */
  withdraw(waiting: Waiting): void {
    const { tenant, claim } = waiting.value;
    tenant.lines[lineOf(claim)]!.remove(waiting);
    this.#count(tenant, claim, -1);
    while (this.#next());
    this.#forget(tenant);
  }

  leave({ tenant, writes, large, weight, beganAt }: Turn): void {
    this.#running -= 1;
    if (large) this.#large -= 1;
    if (writes) this.#writes -= 1;
    if (large && writes) this.#largeWrites -= 1;
    tenant.running -= 1;
    tenant.weight -= weight;
    this.#weight -= weight;
    spend(tenant, performance.now() - beganAt);
    while (this.#next());
    this.#forget(tenant);
  }

  /** Lets the next one in; false when nobody may. */
  #next(): boolean {
    this.#blocked = false;
    const best = this.#first((tenant, claim) => this.#fits(tenant, claim));
    if (!best || this.#letIn(best)) return best !== undefined;
    this.#blocked = true;
    const other = this.#first((tenant, claim) => this.#isSmall(tenant, claim) && this.#fits(tenant, claim));
    return other !== undefined && this.#letIn(other);
  }

  /** The tenant whose turn it is, of those for whose oldest claims `may` holds. */
  #first(may: (tenant: Tenant, claim: Claim) => boolean): Tenant | undefined {
    let best: Tenant | undefined;
    for (const tenant of this.#hungry) {
      if (best && !isBefore(tenant, best)) continue;
      if (tenant.lines.some(({ first }) => first && may(tenant, first.value.claim))) best = tenant;
    }
    return best;
  }

  #letIn(best: Tenant): boolean {
    for (const line of best.lines) {
      const place = line.first;
      if (this.#blocked && place && !this.#isSmall(best, place.value.claim)) continue;
      const turn = place && this.#begin(best, place.value.claim);
      if (!turn) continue;
      line.remove(place);
      this.#count(best, place.value.claim, -1);
      place.value.begin(turn);
      return true;
    }
    return false;
  }

  #fits(tenant: Tenant, claim: Claim): boolean {
    const most = this.options;
    if (this.#running >= most.places || tenant.running >= most.tenant) return false;
    if (claim.writes && this.#writes >= most.writes) return false;
    if (this.#isSmall(tenant, claim)) return true;
    const { weight = Number.POSITIVE_INFINITY } = most;
    if (tenant.weight && tenant.weight + (claim.weight ?? 0) > weight / 2) return false;
    if (
      claim.writes &&
      this.#largeWrites >= Math.max(1, Math.floor((most.large * most.writes) / most.places))
    )
      return false;
    return this.#large < most.large;
  }

  /** Whether a claim is light enough to begin beside those that run. */
  #bears(tenant: Tenant, claim: Claim): boolean {
    const { weight: most = Number.POSITIVE_INFINITY } = this.options;
    const { weight = 0 } = claim;
    if (!this.#weight || this.#isSmall(tenant, claim)) return true;
    return this.#weight + weight <= most;
  }

  #isSmall(tenant: Tenant, { small }: Claim): boolean {
    return small && spentOf(tenant) < mostSmallMs;
  }

  #begin(tenant: Tenant, claim: Claim): Turn | undefined {
    if (!this.#fits(tenant, claim) || !this.#bears(tenant, claim)) return undefined;
    const { writes } = claim;
    const large = !this.#isSmall(tenant, claim);
    const weight = large ? (claim.weight ?? 0) : 0;
    tenant.weight += weight;
    this.#weight += weight;
    this.#running += 1;
    if (large) this.#large += 1;
    if (writes) this.#writes += 1;
    if (large && writes) this.#largeWrites += 1;
    tenant.running += 1;
    return { tenant, writes, large, weight, beganAt: performance.now() };
  }

  #count(tenant: Tenant, { small }: Claim, by: 1 | -1): void {
    tenant.waiting[small ? "small" : "large"] += by;
    if (isHungry(tenant)) this.#hungry.add(tenant);
    else this.#hungry.delete(tenant);
  }

  #tenantOf(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (!tenant) {
      const lines = Array.from({ length: 4 }, () => new OpenList<Waiter>());
      tenant = {
        name,
        running: 0,
        weight: 0,
        waiting: { small: 0, large: 0 },
        lines,
        spentMs: 0,
        spentAt: performance.now(),
      };
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  #forget(tenant: Tenant): void {
    if (this.#tenants.size > mostIdle && !tenant.running && !isHungry(tenant))
      this.#tenants.delete(tenant.name);
  }
}

/** Small claims have lines of their own, before the others. */
function lineOf({ writes, small }: Claim): number {
  return (small ? 0 : 2) + (writes ? 1 : 0);
}

function isHungry({ waiting: { small, large } }: Tenant): boolean {
  return small + large > 0;
}

function isBefore(one: Tenant, other: Tenant): boolean {
  return one.running === other.running ? spentOf(one) < spentOf(other) : one.running < other.running;
}

function spentOf(tenant: Tenant): number {
  return tenant.spentMs && tenant.spentMs * 2 ** ((tenant.spentAt - performance.now()) / halfLifeMs);
}

function spend(tenant: Tenant, ms: number): void {
  tenant.spentMs = spentOf(tenant) + ms;
  tenant.spentAt = performance.now();
}
