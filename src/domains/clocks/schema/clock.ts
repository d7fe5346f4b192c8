import type { TestClockStatus as Status } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { type TestClockFilter, testClocks } from "../loaders.ts";

const TestClockStatus = describedEnum<Status>("TestClockStatus", "What a test clock does.", {
  READY: "It stands still, and can be advanced.",
  ADVANCING: "What falls due on its way is being done. It is READY when it has arrived.",
});

export const TestClock = entity(
  "TestClock",
  "clocks:read",
  builder.prismaObject("TestClock", {
    description:
      "A clock of its own for customers of test mode. What is billed for them, and when, goes by its time, which stands still until it is advanced.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", { nullable: true, description: "What it is called; null for no name." }),
      status: t.expose("status", { type: TestClockStatus, description: "Whether it is being advanced." }),
      now: t.expose("now", {
        type: "DateTime",
        description: "The time that it shows. While it is ADVANCING, all that was due up to then is done.",
      }),
      advancingTo: t.expose("advancingTo", {
        type: "DateTime",
        nullable: true,
        description: "Where it is being advanced to; null when it is READY.",
      }),
      stepsDone: t.exposeInt("stepsDone", {
        description:
          "How many steps were taken while it was advanced the last time, up to now: renewals, trials that ended, retries of payments, invoices that became overdue and the like.",
      }),
      leftUndone: t.exposeInt("leftUndone", {
        description:
          "How many subscriptions, schedules, invoices and wallets could not go on while it was advanced the last time, by a fault of ours. All others did. What was left stays due, and is tried again when the clock is advanced the next time; usually 0.",
      }),
      createdAt: t.expose("createdAt", {
        type: "DateTime",
        description: "When it was created, in real time.",
      }),
      updatedAt: t.expose("updatedAt", {
        type: "DateTime",
        description: "When it last changed, in real time.",
      }),
    }),
  }),
);

byIdQuery("testClock", "TestClock", TestClock, "The test clock with this id; null when there is none.");

relation("Customer", "testClock", {
  to: "TestClock",
  by: "testClockId",
  description: "The test clock that the customer lives by; null for real time.",
});

const filter = builder.inputRef<TestClockFilter>("TestClockFilter").implement({
  description: "Which test clocks.",
  fields: (t) => ({
    status: t.field({
      type: [TestClockStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
  }),
});

const list = defineList(testClocks, TestClock, filter, { CREATED_AT: "When the clock was created." });

listQuery("testClocks", list, "The test clocks of the environment, latest first.");
