import "./mutations.ts";
import "./schema.ts";
