export {
  type Redeemable,
  type Redeemed,
  giveRedemptionsBack,
  redeem,
  redemptionsOf,
  requireRedeemable,
  uncountCycles,
} from "./redeem.ts";
export type { Redeemer } from "./redeemable.ts";
export { takenOff } from "./taken-off.ts";
