/** What members have collected, by their number. A real partner has a database here. */
export type Members = Map<string, number>;

/** The source by which Billgraph knows customers by our numbers: they were upserted with it. */
export const source = "loyalty";

export type Tier = "BRONZE" | "SILVER" | "GOLD";

export function tierOf(points: number): Tier {
  if (points >= 1_000) return "GOLD";
  return points >= 100 ? "SILVER" : "BRONZE";
}

export function mostLoyal(members: Members, first: number): string[] {
  const ranked = [...members].toSorted(([, one], [, other]) => other - one);
  return ranked.slice(0, Math.min(first, 100)).map(([number]) => number);
}

export function givePoints(members: Members, number: string, points: number): string {
  members.set(number, (members.get(number) ?? 0) + points);
  return number;
}
