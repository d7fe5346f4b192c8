import "./mutations/clock.ts";
import "./schema/clock.ts";
