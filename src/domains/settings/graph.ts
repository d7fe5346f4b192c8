import "./schema.ts";
