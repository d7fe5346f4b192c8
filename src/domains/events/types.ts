/** Every type of event, by what it is about. */
const happenings = {
  benefit: "archived created restored updated",
  billing_settings: "updated",
  credit_grant: "activated created expired recurred voided",
  credit_note: "created issued voided",
  credit_pack: "archived created updated",
  credit_purchase: "canceled completed created",
  credit_transaction: "created",
  customer: "created updated",
  discount: "created deactivated updated",
  entitlement: "granted restored revoked updated",
  invoice:
    "approved created deleted finalized overdue paid payment_failed rejected sent submitted uncollectible updated voided",
  meter: "activated archived created restored updated",
  payment: "succeeded",
  price: "archived created updated",
  product: "archived created restored updated",
  product_benefit: "created deleted updated",
  quota: "updated",
  seat: "assigned unassigned updated",
  subscription: "activated canceled created deleted past_due paused renewed resumed trial_ended updated",
  subscription_schedule: "canceled created released updated",
  tax_rate: "created updated",
  usage: "replaced threshold.reached voided",
  wallet: "closed created updated",
} as const;

/** What events are about, by the first word of their type. */
const subjects: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(happenings).map(([subject, words]) => [
    subject,
    words.split(" ").map((word) => `${subject}.${word}`),
  ]),
);

/** The types of all events. */
export const eventTypes: readonly string[] = [...subjects.values()].flat();

/**
 * What is wrong with a wish for events, such as `invoice.paid`, or `invoice.*` for all about invoices; null when nothing is. A mistyped
 * one would wait for ever for what never comes.
 */
export function wrongWithType(wish: string): string | null {
  const [subject = ""] = wish.split(".", 1);
  const known = subjects.get(subject);
  if (!known) return `there are no events about it. There are such about: ${[...subjects.keys()].join(", ")}`;
  if (wish === `${subject}.*` || known.includes(wish)) return null;
  return `there is no such event. There are: ${[`${subject}.*`, ...known].join(", ")}`;
}
