import { z } from "zod";
import { clearable, text } from "../../../kit/validate.ts";
import type { SeatRow } from "./pool.ts";

const email = text(254)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email("must be an e-mail address, such as john@example.com"));

export const personFields = { userId: clearable(text(255)), email: clearable(email) };

const mostPeople = 100;

/** A batch of people, each of whom is checked by itself. */
export const people = z
  .array(z.unknown())
  .min(1, "must have at least one person")
  .superRefine((list, context) => {
    if (list.length <= mostPeople) return;
    context.addIssue({
      code: "custom",
      message: `must have at most ${mostPeople} people: send the rest in further calls`,
      params: { fault: "TOO_MANY" },
    });
  });

/** Names a person: by the merchant's own id, by an e-mail address, or by both. */
export const person = z
  .strictObject(personFields)
  .refine(
    ({ userId, email: address }) => userId != null || address != null,
    "must have a userId or an email",
  );

export interface Person {
  readonly userId?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** The seats of a person among those that are taken: two when the id is of one and the e-mail address of another. */
export function seatsOf<S extends Pick<SeatRow, "userId" | "email">>(
  taken: readonly S[],
  { userId, email: address }: Person,
): S[] {
  return taken.filter(
    (seat) => (userId != null && seat.userId === userId) || (address != null && seat.email === address),
  );
}
