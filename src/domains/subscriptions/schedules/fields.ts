import { z } from "zod";
import { metadataInput } from "../../../kit/metadata.ts";
import { type Fault, Refusal } from "../../../kit/refusal.ts";
import { text } from "../../../kit/validate.ts";
import { productReference } from "../../catalog/index.ts";
import { instant, priceReference, prorationMode, quantity } from "../fields.ts";

const phaseItem = z.strictObject({
  price: priceReference.nullish(),
  product: productReference.nullish(),
  quantity: quantity.nullish(),
});

const mostItems = 50;
const mostPhases = 50;

const phase = z.strictObject({
  items: z
    .array(phaseItem, "must be a list of items")
    .min(1, "must have at least one item")
    .max(mostItems, `must have at most ${mostItems} items`),
  startsAt: instant.nullish(),
  endsAt: instant.nullish(),
  prorationMode: prorationMode.nullish(),
  collectionMethod: z.enum(["CHARGE_AUTOMATICALLY", "SEND_INVOICE"]).nullish(),
  discountCode: text(50).nullish(),
  trialEnd: instant.nullish(),
  metadata: metadataInput.nullish(),
});

export type PhaseInput = z.infer<typeof phase>;

export const phases = z
  .array(phase, "must be a list of phases")
  .min(1, "must have at least one phase")
  .max(mostPhases, `must have at most ${mostPhases} phases`);

export const endBehavior = z.enum(["CANCEL", "RELEASE"]);

/** When a phase starts and ends; null for no end. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/**
 * The spans of phases that follow each other from `start` on. Refuses what is not in order: each phase starts where the one
 * before ends, and only the last has no end.
 */
export function spansOf(
  sent: readonly Pick<PhaseInput, "startsAt" | "endsAt" | "trialEnd">[],
  start: Date,
): Span[] {
  const faults: Fault[] = [];
  let from = start;
  const spans = sent.map(({ startsAt, endsAt, trialEnd }, index) => {
    const expect = (field: string, holds: boolean, message: string) => {
      if (!holds) faults.push({ code: "INVALID", message, path: ["phases", String(index), field] });
    };
    const span = { startsAt: startsAt ?? from, endsAt: endsAt ?? null };
    expect(
      "startsAt",
      +span.startsAt === +from,
      `This phase starts at ${from.toISOString()}, where the one before ends.`,
    );
    expect("endsAt", span.endsAt !== null || index === sent.length - 1, "Only the last phase has no end.");
    expect("endsAt", !span.endsAt || span.endsAt > span.startsAt, "A phase ends after it starts.");
    expect(
      "trialEnd",
      !trialEnd || (trialEnd > span.startsAt && (!span.endsAt || trialEnd <= span.endsAt)),
      "The trial ends within the phase.",
    );
    from = span.endsAt ?? span.startsAt;
    return span;
  });
  if (faults.length) throw new Refusal(faults);
  return spans;
}
