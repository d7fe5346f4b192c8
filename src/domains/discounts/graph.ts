import "./mutations.ts";
import "./schema/discount.ts";
import "./schema/redemption.ts";
