export { hasLiveSubscription } from "./live.ts";
