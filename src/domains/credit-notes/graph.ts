import "./mutations/credit-note.ts";
import "./schema/credit-note.ts";
import "./schema/eligibility.ts";
import "./schema/line.ts";
