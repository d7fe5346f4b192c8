import "./schema/renewals.ts";
