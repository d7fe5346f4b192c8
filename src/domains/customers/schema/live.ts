import { liveChanges } from "../../../graph/live.ts";
import "./customer.ts";

liveChanges("customer", {
  model: "Customer",
  objectType: "customer",
  description: "Customers as they are created and changed.",
});
