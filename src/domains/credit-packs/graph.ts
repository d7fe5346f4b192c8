import "./mutations/pack.ts";
import "./mutations/purchase.ts";
import "./schema/pack.ts";
import "./schema/purchase.ts";
