export { billableQuantity } from "./aggregate.ts";
export type { Condition, ConditionOperator } from "./figures/conditions.ts";
export { type FigureRequest, type UsageFigure, usageFigures } from "./figures/figures.ts";
export { measured } from "./figures/measured.ts";
export { makePartitions } from "./partitions.ts";
export { rollUp } from "./roll-ups/recount.ts";
export { conditions } from "./values/conditions-input.ts";
export { type DeadLetter, type Handled, storeDeferred } from "./stream/store-deferred.ts";
