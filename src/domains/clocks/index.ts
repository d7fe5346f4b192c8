export { knownClocks, noSuchClock } from "./known.ts";
export { nowFor } from "./now.ts";
