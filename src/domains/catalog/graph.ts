import "./mutations/price.ts";
import "./mutations/product.ts";
import "./schema/preview.ts";
import "./schema/price.ts";
import "./schema/product.ts";
