export { advanceClock } from "./advance-clock.ts";
export { type ClockReference, findAdvancingClocks } from "./advancing-clocks.ts";
export { engineActor } from "./drain.ts";
export { type RunOptions, runDue, runUsage } from "./run-due.ts";
