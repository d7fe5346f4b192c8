import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { objectPayload } from "../../../graph/payloads.ts";
import { advanceTestClock } from "../advance.ts";
import { createTestClock } from "../create.ts";
import { type DeletedClock, deleteTestClock } from "../delete.ts";
import { TestClock } from "../schema/clock.ts";
import { AdvanceTestClockInput, CreateTestClockInput, DeleteTestClockInput } from "./inputs.ts";

type ClockResult = Awaited<ReturnType<typeof createTestClock>>;

mutation<object, ClockResult>("createTestClock", {
  description:
    "Creates a clock for customers to live by, in test mode. Give its id as `testClockId` where a customer is created or updated.",
  scope: "clocks:write",
  input: CreateTestClockInput as never,
  payload: objectPayload("testClock", TestClock, "The new clock; null when it was refused."),
  run: (input, context) => createTestClock(context.database, writerOf(context), input),
});

mutation<object, ClockResult>("advanceTestClock", {
  description:
    "Advances a test clock: all that falls due for its customers up to then happens, in its order, as it would have by real time. What takes longer than a moment goes on after the answer: then the clock is ADVANCING, and READY when it has arrived. Refused for a clock that is being advanced.",
  scope: "clocks:write",
  input: AdvanceTestClockInput as never,
  payload: objectPayload(
    "testClock",
    TestClock,
    "The clock: READY when it has arrived, ADVANCING when it is on its way. Null when it was refused.",
  ),
  run: (input, context) => advanceTestClock(context.database, writerOf(context), input),
});

mutation<object, DeletedClock>("deleteTestClock", {
  description:
    "Deletes a test clock. Its customers live by real time from then on; refused while one of them has a subscription that has not ended, or the clock is being advanced.",
  scope: "clocks:write",
  input: DeleteTestClockInput as never,
  payload: (t) => ({
    deletedId: t.id({
      nullable: true,
      description: "The id that the clock had; null when it was refused.",
      resolve: ({ deletedId }) => deletedId,
    }),
    customersReleased: t.int({
      nullable: true,
      description: "How many customers lived by it.",
      resolve: ({ customersReleased }) => customersReleased,
    }),
  }),
  run: (input, context) => deleteTestClock(context.database, writerOf(context), input),
});
