import type { Flag, State } from "./flags.ts";

/** The status after the period has ended, after the next one has, and what all of it has cost by then. */
export type Course = readonly [first: string, second: string, costs: number];

/** What comes of a flag: a course, or that it is refused and nothing is different. */
type Outcome = Course | "refused";

const noPause = {
  "pause now": "refused",
  "pause, resume within": "refused",
  "pause, resume beyond": "refused",
  "pause at end": "refused",
  "pause at end, resume beyond": "refused",
} as const;
const noTrial = { "trial ends within": "refused", "trial ends beyond": "refused" } as const;

/** What is left alone, and what comes of each flag. A flag that is not here may be refused, or change nothing. */
export const table: Readonly<Record<State, { readonly alone: Course } & { readonly [F in Flag]?: Outcome }>> =
  {
    // Its first payment never comes, so nothing is owed.
    PENDING: {
      alone: ["EXPIRED", "EXPIRED", 0],
      ...noPause,
      "cancel within": ["CANCELED", "CANCELED", 0],
      "cancel beyond": ["EXPIRED", "EXPIRED", 0],
      "term ends within": ["EXPIRED", "EXPIRED", 0],
      "term ends beyond": ["EXPIRED", "EXPIRED", 0],
      ...noTrial,
    },
    // Months begin on 21 June, July and August. Until 26 June are 5 of 30 days, and until 31 July 10 of 31: 967.74.
    COMING: {
      alone: ["ACTIVE", "ACTIVE", 9000],
      ...noPause,
      "pauseAtPeriodEnd by update": "refused",
      "cancel at end": ["CANCELED", "CANCELED", 3000],
      "cancel within": ["CANCELED", "CANCELED", 500],
      "cancel beyond": ["ACTIVE", "CANCELED", 3968],
      "term ends within": ["EXPIRED", "EXPIRED", 500],
      "term ends beyond": ["ACTIVE", "EXPIRED", 3968],
      ...noTrial,
    },
    // Months begin on 15 June and 15 July. Until 21 July are 6 of 31 days: 580.65.
    TRIALING: {
      alone: ["ACTIVE", "ACTIVE", 6000],
      "pause now": ["PAUSED", "PAUSED", 0],
      "pause, resume within": ["ACTIVE", "ACTIVE", 6000],
      "pause, resume beyond": ["PAUSED", "ACTIVE", 0],
      "pause at end": ["PAUSED", "PAUSED", 0],
      "pause at end, resume beyond": ["PAUSED", "ACTIVE", 0],
      "pauseAtPeriodEnd by update": ["PAUSED", "PAUSED", 0],
      "cancel at end": ["CANCELED", "CANCELED", 0],
      "cancel within": ["CANCELED", "CANCELED", 0],
      "cancel beyond": ["ACTIVE", "CANCELED", 3581],
      "term ends within": ["EXPIRED", "EXPIRED", 0],
      "term ends beyond": ["ACTIVE", "EXPIRED", 3581],
      "trial ends within": ["ACTIVE", "ACTIVE", 6000],
      "trial ends beyond": ["TRIALING", "ACTIVE", 3000],
    },
    // June is paid, July and August follow. Half of June are 1500, half of July as well.
    ACTIVE: {
      alone: ["ACTIVE", "ACTIVE", 9000],
      "pause now": ["PAUSED", "PAUSED", 3000],
      "pause, resume within": ["ACTIVE", "ACTIVE", 9000],
      "pause, resume beyond": ["PAUSED", "ACTIVE", 6000],
      "pause at end": ["PAUSED", "PAUSED", 3000],
      "pause at end, resume beyond": ["PAUSED", "ACTIVE", 6000],
      "pauseAtPeriodEnd by update": ["PAUSED", "PAUSED", 3000],
      "cancel at end": ["CANCELED", "CANCELED", 3000],
      "cancel within": ["CANCELED", "CANCELED", 1500],
      "cancel beyond": ["ACTIVE", "CANCELED", 4500],
      "term ends within": ["EXPIRED", "EXPIRED", 1500],
      "term ends beyond": ["ACTIVE", "EXPIRED", 4500],
      ...noTrial,
    },
    // June is paid; July is owed, and so is August.
    PAST_DUE: {
      alone: ["PAST_DUE", "PAST_DUE", 9000],
      ...noPause,
      "cancel at end": ["CANCELED", "CANCELED", 6000],
      "cancel within": ["CANCELED", "CANCELED", 4500],
      "cancel beyond": ["PAST_DUE", "CANCELED", 7500],
      "term ends within": ["EXPIRED", "EXPIRED", 4500],
      "term ends beyond": ["PAST_DUE", "EXPIRED", 7500],
      ...noTrial,
    },
    // June is paid, and what comes after it is void.
    PAUSED: {
      alone: ["PAUSED", "PAUSED", 3000],
      ...noPause,
      "cancel at end": ["CANCELED", "CANCELED", 3000],
      "cancel within": ["CANCELED", "CANCELED", 1500],
      "cancel beyond": ["PAUSED", "CANCELED", 3000],
      "term ends within": ["EXPIRED", "EXPIRED", 1500],
      "term ends beyond": ["PAUSED", "EXPIRED", 3000],
      ...noTrial,
    },
    "PAUSED in a trial": {
      alone: ["PAUSED", "PAUSED", 0],
      ...noPause,
      "cancel at end": ["CANCELED", "CANCELED", 0],
      "cancel within": ["CANCELED", "CANCELED", 0],
      "cancel beyond": ["PAUSED", "CANCELED", 0],
      "term ends within": ["EXPIRED", "EXPIRED", 0],
      "term ends beyond": ["PAUSED", "EXPIRED", 0],
      ...noTrial,
    },
    // June is paid, July is owed, and nothing more is billed.
    UNPAID: {
      alone: ["UNPAID", "UNPAID", 6000],
      ...noPause,
      "cancel at end": ["CANCELED", "CANCELED", 6000],
      "cancel within": ["CANCELED", "CANCELED", 4500],
      "cancel beyond": ["UNPAID", "CANCELED", 6000],
      "term ends within": ["EXPIRED", "EXPIRED", 4500],
      "term ends beyond": ["UNPAID", "EXPIRED", 6000],
      ...noTrial,
    },
    CANCELED: {
      alone: ["CANCELED", "CANCELED", 3000],
      ...noPause,
      "pauseAtPeriodEnd by update": "refused",
      "cancel at end": "refused",
      "cancel within": "refused",
      "cancel beyond": "refused",
      "term ends within": "refused",
      "term ends beyond": "refused",
      ...noTrial,
    },
    // 3 of 30 days.
    EXPIRED: {
      alone: ["EXPIRED", "EXPIRED", 300],
      ...noPause,
      "pauseAtPeriodEnd by update": "refused",
      "cancel at end": "refused",
      "cancel within": "refused",
      "cancel beyond": "refused",
      "term ends within": "refused",
      "term ends beyond": "refused",
      ...noTrial,
    },
  };
