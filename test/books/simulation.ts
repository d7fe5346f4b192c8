import { type Cycle, type Instant, type Span, anchorFrom, day, dayOf, meet } from "./calendar.ts";
import { type DiscountKey, discountOf, priceOf } from "./catalog.ts";
import { billsSomething, makePeriod, trialPeriod } from "./periods.ts";
import type { Created, PauseBehavior, Period, State, Status, StepKind } from "./states.ts";
import { type Step, nextStep } from "./steps.ts";
import { ItemHistory, type Mode, type Named } from "./terms.ts";

/** A subscription as time and its operations leave it, by the rules alone. What payments make of it is told by `adopt`. */
export class Simulation {
  now: Instant;
  status: Status;
  cycle: Cycle;
  private anchorAsked: boolean;
  private nextCycle: Cycle | null = null;
  readonly start: Instant;
  trialEnd: Instant | null;
  endsOn: Instant | null;
  maxCycles: number | null;
  cycles = 0;
  cancelAt: Instant | null = null;
  cancelAtPeriodEnd: boolean;
  pauseAtPeriodEnd: boolean;
  pauseBehavior: PauseBehavior | null = null;
  resumesAt: Instant | null = null;
  dunningSince: Instant | null = null;
  readonly items: ItemHistory[];
  readonly periods: Period[] = [];
  private states: { readonly from: Instant; readonly state: State }[] = [];
  /** Time that is not owed in advance: it was given back, or comes after the end. */
  readonly gaps: Span[] = [];
  /** The instants at which it ended: up to there what is in arrears is due. */
  readonly ends: Instant[] = [];
  readonly discount: DiscountKey | null;
  applied = 0;
  /** Whether the rules leave open how often the discount was used. */
  countIsOpen = false;
  countWasOpen = false;
  /** Whether something may wait for the next invoice. */
  waiting = false;
  /** Until when the rules leave open what was billed. */
  uncertainUntil = -Infinity;

  constructor(made: Created) {
    const { now, start, trialEnd, items } = made;
    this.now = now;
    this.start = start;
    this.trialEnd = trialEnd;
    this.endsOn = made.endsOn;
    this.maxCycles = made.maxCycles;
    this.discount = made.discount;
    this.cancelAtPeriodEnd = made.cancelAtPeriodEnd ?? false;
    this.pauseAtPeriodEnd = made.pauseAtPeriodEnd ?? false;
    this.items = items.map(({ id, terms }) => new ItemHistory(id, start, terms, "IMMEDIATE"));
    const { interval, count = 1 } = priceOf(items[0]?.terms.price ?? "a30");
    const paidFrom = trialEnd ?? start;
    const anchorDay = made.anchorDay ?? dayOf(paidFrom);
    this.anchorAsked = made.anchorDay !== null;
    this.cycle = { interval, count, anchor: anchorFrom(paidFrom, interval, anchorDay), anchorDay };
    this.status = "PENDING";
    this.setState(start > now ? start : start, "PENDING");
    this.periods.push(trialEnd ? trialPeriod(this) : makePeriod(this, start, true));
    if (start <= now) this.begin(start);
  }

  get period(): Period {
    const last = this.periods.at(-1);
    if (!last) throw new Error("no period");
    return last;
  }

  get over(): boolean {
    return this.status === "CANCELED" || this.status === "EXPIRED";
  }

  setState(from: Instant, state: State): void {
    this.states.push({ from, state });
  }

  /** The parts of a span in which it was in that state. */
  spansIn(span: Span, ...wanted: readonly State[]): Span[] {
    return this.states.flatMap(({ from, state }, index) => {
      const part = meet(span, { from, to: this.states[index + 1]?.from ?? Infinity });
      return part && wanted.includes(state) ? [part] : [];
    });
  }

  /** Bills a period in advance, as far as there is something to bill. */
  private bill(period: Period, previous: Period | null): void {
    period.billed = true;
    this.cycles += 1;
    const { discount } = this;
    const held = discount && this.holds() ? [discount] : [];
    period.held.push(...held);
    if (previous) previous.heldAtClose = held;
    const counts = this.status !== "PAUSED" || this.pauseBehavior === "KEEP_AS_DRAFT";
    // Whether the invoice of the time before the pause uses up a period is not ruled.
    if (!counts && previous) this.countIsOpen = this.countWasOpen = true;
    if (!counts || !held.length || !billsSomething(this.items, period, previous)) return;
    period.counted = true;
    this.applied += 1;
  }

  holds(): boolean {
    if (!this.discount) return false;
    const { duration, cycles = 1 } = discountOf(this.discount);
    return duration === "FOREVER" || this.applied < (duration === "ONCE" ? 1 : cycles);
  }

  private begin(at: Instant): void {
    if (this.trialEnd && this.trialEnd > at) {
      this.status = "TRIALING";
      this.setState(at, "TRIAL");
      return;
    }
    this.status = "ACTIVE";
    this.setState(at, "ACTIVE");
    this.bill(this.period, null);
  }

  /** The next instant at which something happens by itself. */
  next(): Step | null {
    return nextStep(this);
  }

  /** Retries of a payment, as far as they may change something. */
  retries(): Instant[] {
    if (this.status !== "PAST_DUE" || this.dunningSince === null) return [];
    return [1, 3, 7].map((days) => (this.dunningSince ?? 0) + days * day);
  }

  /** Lets time go by up to an instant, that included. */
  runTo(target: Instant): void {
    for (let step = this.next(); step && step.at <= target; step = this.next()) this.take(step.kind, step.at);
    this.now = Math.max(this.now, target);
  }

  private take(kind: StepKind, at: Instant): void {
    switch (kind) {
      case "START":
        return this.begin(at);
      case "END_TRIAL":
        this.status = "ACTIVE";
        return this.enter(at);
      case "RENEW":
        return this.enter(at);
      case "RESUME":
        return this.resume(at);
      case "CANCEL":
        this.status = "CANCELED";
        return this.end(at, at < this.period.uncut.to);
      default:
        this.status = "EXPIRED";
        this.end(at, at < this.period.uncut.to);
    }
  }

  private enter(at: Instant): void {
    const before = this.period;
    for (const item of this.items) item.endPeriod(at);
    if (this.nextCycle) this.cycle = this.nextCycle;
    this.nextCycle = null;
    before.closed = true;
    // What is past due is not paused: first it is paid, or given up.
    if (this.pauseAtPeriodEnd && this.status === "ACTIVE") {
      this.status = "PAUSED";
      this.pauseAtPeriodEnd = false;
      this.pauseBehavior ??= "KEEP_AS_DRAFT";
    }
    this.setState(at, this.status === "PAUSED" ? "PAUSED" : "ACTIVE");
    const first = !this.periods.some(({ trial, billed }) => billed && !trial);
    const period = makePeriod(this, at, first);
    this.periods.push(period);
    this.bill(period, before);
    if (this.status !== "PAUSED") this.waiting = false;
  }

  end(at: Instant, gap: boolean): void {
    // What has not begun owes nothing.
    if (this.stateAt(at) === "PENDING") {
      // Where its invoice was written off, that is not ruled.
      if (this.period.counted) this.countIsOpen = true;
      this.gaps.push({ from: this.period.from, to: Infinity });
    }
    this.setState(at, "ENDED");
    this.ends.push(at);
    if (gap) this.gaps.push({ from: at, to: Infinity });
    this.period.heldAtClose = [];
    this.waiting = false;
    this.pauseAtPeriodEnd = false;
    this.resumesAt = null;
    this.dunningSince = null;
  }

  countBack(period: Period): void {
    period.counted = false;
    this.applied -= 1;
  }

  private stateAt(at: Instant): State | undefined {
    return this.states.findLast(({ from }) => from <= at)?.state;
  }

  resume(at: Instant): void {
    const inTrial = this.trialEnd !== null && this.trialEnd > at;
    this.status = inTrial ? "TRIALING" : "ACTIVE";
    if (!inTrial) this.setState(at, "ACTIVE");
    this.pauseBehavior = null;
    this.resumesAt = null;
  }

  pause(at: Instant, behavior: PauseBehavior, resumesAt: Instant | null): void {
    const inTrial = this.status === "TRIALING";
    this.status = "PAUSED";
    this.pauseAtPeriodEnd = false;
    this.pauseBehavior = behavior;
    this.resumesAt = resumesAt;
    if (!inTrial) this.setState(at, "PAUSED");
  }

  /** A new period of another cycle begins now; the old one ends. */
  restart(at: Instant, cycle: Cycle): void {
    const before = this.period;
    before.to = at;
    before.closed = true;
    this.cycle = cycle;
    this.nextCycle = null;
    const period = { ...makePeriod(this, at, false), restarted: true };
    this.periods.push(period);
    this.bill(period, before);
    this.waiting = false;
  }

  /** Another interval in a trial: it is counted from the trial's end, as the first one was. */
  restartAfterTrial(interval: Cycle["interval"], count: number): void {
    const paidFrom = this.trialEnd ?? this.now;
    const anchorDay = this.anchorAsked ? (this.nextCycle ?? this.cycle).anchorDay : dayOf(paidFrom);
    this.cycle = { interval, count, anchor: anchorFrom(paidFrom, interval, anchorDay), anchorDay };
    this.nextCycle = null;
  }

  /** The cycle changes when the period ends. */
  restartLater(interval: Cycle["interval"], count: number): void {
    // Weeks and days have no day of the month that could be kept.
    const kept = this.cycle.interval === "MONTH" || this.cycle.interval === "YEAR";
    const anchorDay = kept ? (this.nextCycle ?? this.cycle).anchorDay : dayOf(this.period.to);
    const anchor = anchorFrom(this.period.to, interval, anchorDay);
    this.nextCycle = { interval, count, anchor, anchorDay };
  }

  setAnchorDay(anchorDay: number): void {
    const base = this.nextCycle ?? this.cycle;
    this.anchorAsked = true;
    this.nextCycle = { ...base, anchorDay, anchor: anchorFrom(this.period.to, base.interval, anchorDay) };
  }

  setTrialEnd(at: Instant): void {
    const anchorDay = this.anchorAsked ? (this.nextCycle ?? this.cycle).anchorDay : dayOf(at);
    this.trialEnd = at;
    this.period.to = at;
    this.cycle = { ...this.cycle, anchorDay, anchor: anchorFrom(at, this.cycle.interval, anchorDay) };
    this.nextCycle = null;
  }

  changeItem(id: string, named: Named, mode: Mode): void {
    // Before the start, terms are those of the start.
    const at = this.status === "PENDING" ? Math.max(this.now, this.period.from) : this.now;
    this.items.find((item) => item.id === id)?.change(at, named, mode);
  }

  /** The last retry has failed. */
  giveUp(at: Instant): void {
    this.runTo(at - 1);
    this.now = at;
    this.adopt("UNPAID");
  }

  /** What payments have made of it since, as the product says. */
  adopt(status: Status): void {
    if (status === this.status) return;
    const before = this.status;
    this.status = status;
    if (status === "PENDING") this.setState(this.now, "PENDING");
    if (status === "PAST_DUE") this.dunningSince ??= this.now;
    else this.dunningSince = null;
    if (status === "UNPAID") this.setState(this.now, "UNPAID");
    if (status === "ACTIVE") {
      // What waited for its first payment has run since its period began.
      if (before === "PENDING") this.states = this.states.filter(({ from }) => from < this.period.from);
      this.setState(before === "PENDING" ? this.period.from : this.now, "ACTIVE");
      if (before === "UNPAID") this.period.to = Math.max(this.period.to, this.now);
    }
    // Given up, it ends as by a cancellation at once without proration: what was billed in advance stays owed.
    // The end comes before a renewal at the same instant.
    if (status === "CANCELED" || status === "EXPIRED") this.end(this.now, this.period.from === this.now);
  }
}
