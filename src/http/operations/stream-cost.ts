import type { Soon } from "../../kit/soon.ts";
import { costPerToken } from "./cost.ts";

/** Pays for what costs less than a token: each cost adds up with those before it, and a token is taken once it is full. */
export function payInFractions(charge: (tokens: number) => Soon<void>): (cost: number) => Soon<void> {
  let owed = 0;
  return (cost) => {
    owed += cost;
    const tokens = Math.floor(owed / costPerToken);
    owed -= tokens * costPerToken;
    return charge(tokens);
  };
}
