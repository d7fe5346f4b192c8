export { advanceClock } from "./advance-clock.ts";
export { type ClockReference, findAdvancingClocks } from "./advancing-clocks.ts";
export { type RunOptions, engineActor, runDue, runUsage } from "./run-due.ts";
