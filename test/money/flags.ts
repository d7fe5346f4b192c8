import { type MoneyShop, on } from "./support.ts";

/** The days that a row of the table is about, for the state that it starts from. */
export interface Days {
  /** When the flag is set. */
  readonly now: string;
  /** Within the period that runs then. */
  readonly within: string;
  /** Within a later one. */
  readonly beyond: string;
  /** After the end of the period, and after the one that follows it. */
  readonly looks: readonly [string, string];
}

/** How a state comes about, for a month at 3000 in advance. */
export interface Start extends Days {
  readonly begin: (shop: MoneyShop) => Promise<string>;
}

const june = { now: "06-11", within: "06-16", beyond: "07-16T12:00:00Z", looks: ["07-02", "08-05"] } as const;
const trial = { now: "06-11", within: "06-13", beyond: "07-21", looks: ["06-16", "08-05"] } as const;
const july = {
  now: "07-11",
  within: "07-16T12:00:00Z",
  beyond: "08-16T12:00:00Z",
  looks: ["08-02", "08-25"],
} as const;

const sell = async (shop: MoneyShop, input: object = {}): Promise<string> =>
  shop.sell([await shop.price(3000)], { ...input });

/** Pays for June, and for nothing after that. */
async function declinedSinceJuly(shop: MoneyShop): Promise<string> {
  const id = await sell(shop);
  await shop.cardWill("decline");
  return id;
}

export const starts = {
  PENDING: {
    ...june,
    begin: async (shop) => {
      await shop.cardWill("decline");
      return sell(shop);
    },
  },
  COMING: {
    now: "06-11",
    within: "06-26",
    beyond: "07-31",
    looks: ["07-22", "08-25"],
    begin: (shop) => sell(shop, { startDate: on("06-21") }),
  },
  TRIALING: { ...trial, begin: (shop) => sell(shop, { trialDays: 14 }) },
  ACTIVE: { ...june, begin: (shop) => sell(shop) },
  // It is tried again on day 60 only, and so still PAST_DUE when its periods end.
  PAST_DUE: {
    ...july,
    begin: async (shop) => {
      await shop.done("updateBillingSettings", { dunningRetryDays: [60], dunningGraceDays: 0 });
      return declinedSinceJuly(shop);
    },
  },
  PAUSED: {
    ...june,
    begin: async (shop) => {
      const id = await sell(shop);
      await shop.goTo("06-05");
      await shop.act("pauseSubscription", id, { behavior: "VOID" });
      return id;
    },
  },
  "PAUSED in a trial": {
    ...trial,
    begin: async (shop) => {
      const id = await sell(shop, { trialDays: 14 });
      await shop.goTo("06-05");
      await shop.act("pauseSubscription", id, { behavior: "VOID" });
      return id;
    },
  },
  UNPAID: { ...july, begin: declinedSinceJuly },
  CANCELED: {
    ...june,
    begin: async (shop) => {
      const id = await sell(shop);
      await shop.goTo("06-05");
      await shop.act("cancelSubscription", id, { mode: "NOW" });
      return id;
    },
  },
  EXPIRED: { ...june, begin: (shop) => sell(shop, { billingEndsOn: on("06-04") }) },
} satisfies Readonly<Record<string, Start>>;

type Call = (days: Days) => readonly [name: string, input: Readonly<Record<string, unknown>>];

/** What is asked of a subscription before time goes on. */
export const flags = {
  "pause now": () => ["pauseSubscription", { behavior: "VOID" }],
  "pause, resume within": ({ within }) => ["pauseSubscription", { behavior: "VOID", resumesAt: on(within) }],
  "pause, resume beyond": ({ beyond }) => ["pauseSubscription", { behavior: "VOID", resumesAt: on(beyond) }],
  "pause at end": () => ["pauseSubscription", { behavior: "VOID", atPeriodEnd: true }],
  "pause at end, resume beyond": ({ beyond }) => [
    "pauseSubscription",
    { behavior: "VOID", atPeriodEnd: true, resumesAt: on(beyond) },
  ],
  "pauseAtPeriodEnd by update": () => ["updateSubscription", { pauseAtPeriodEnd: true }],
  "cancel at end": () => ["cancelSubscription", { mode: "PERIOD_END" }],
  "cancel within": ({ within }) => ["cancelSubscription", { mode: "AT_DATE", cancelAt: on(within) }],
  "cancel beyond": ({ beyond }) => ["cancelSubscription", { mode: "AT_DATE", cancelAt: on(beyond) }],
  "term ends within": ({ within }) => ["updateSubscription", { billingEndsOn: on(within) }],
  "term ends beyond": ({ beyond }) => ["updateSubscription", { billingEndsOn: on(beyond) }],
  "trial ends within": ({ within }) => ["updateSubscription", { trialEnd: on(within) }],
  "trial ends beyond": ({ beyond }) => ["updateSubscription", { trialEnd: on(beyond) }],
} satisfies Readonly<Record<string, Call>>;

export type State = keyof typeof starts;
export type Flag = keyof typeof flags;
