export { type BalanceKey, type BalanceMovement, balanceKey, lockBalances, moveBalances } from "./balance.ts";
export {
  type CustomerReference,
  customerReference,
  findByExternalIds,
  findCustomers,
  requireCustomerId,
} from "./find.ts";
export { externalReference, instant } from "./fields.ts";
export { lockCustomers } from "./identities.ts";
