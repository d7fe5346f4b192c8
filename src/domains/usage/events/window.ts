const minute = 60_000;
const day = 24 * 60 * minute;

/** How far the sender's clock may be ahead of ours. */
const ahead = 5 * minute;

/** How late an event may arrive. */
const late = 90 * day;

/** Why an event of this instant is not taken `now`, if it is not. */
export function untimely(timestamp: Date, now: Date): "IN_FUTURE" | "TOO_OLD" | null {
  const age = now.getTime() - timestamp.getTime();
  if (age < -ahead) return "IN_FUTURE";
  return age > late ? "TOO_OLD" : null;
}

export const untimelyMessages = {
  IN_FUTURE: "The event lies more than 5 minutes in the future.",
  TOO_OLD: "The event is more than 90 days old.",
} as const;
