/** A currency of the demo, and how many of its minor units are worth one cent of a US dollar there. */
export const currencies = [
  { currency: "USD", rate: 1 },
  { currency: "EUR", rate: 0.92 },
  { currency: "GBP", rate: 0.79 },
  { currency: "CAD", rate: 1.36 },
  { currency: "AUD", rate: 1.52 },
  { currency: "CHF", rate: 0.88 },
  { currency: "JPY", rate: 1.5 },
  { currency: "KWD", rate: 3.07 },
] as const;

/** How long a plan is paid for at once: the names that lookup keys use, with their intervals. */
export const terms = [
  { term: "month", interval: "MONTH", interval_count: 1 },
  { term: "quarter", interval: "MONTH", interval_count: 3 },
  { term: "year", interval: "YEAR", interval_count: 1 },
] as const;

/** Plans, with what one unit costs for each term in cents of a US dollar. */
export const plans = [
  {
    key: "essentials",
    name: "Essentials",
    description: "Bookings, memberships and a member app for one location.",
    amounts: [2900, 8100, 29_000],
  },
  {
    key: "growth",
    name: "Growth",
    description: "Essentials with automations, coaching plans and reports, for each location.",
    amounts: [7900, 22_500, 79_000],
  },
  {
    key: "scale",
    name: "Scale",
    description: "Growth with single sign-on, an own domain and priority support, for each location.",
    amounts: [19_900, 56_900, 199_000],
  },
] as const;

/** Meters of five aggregations, and what one unit costs in cents of a US dollar. */
export const meters = [
  {
    key: "check-ins",
    name: "Check-ins",
    description: "Members who checked in at the door, each time.",
    event_name: "check_in",
    aggregation: "COUNT",
    unique_key: null,
    unit_name: "check-in",
    amount: 2,
  },
  {
    key: "messages",
    name: "Messages",
    description: "Reminders sent by text message; the quantity of an event is its number of parts.",
    event_name: "message_sent",
    aggregation: "SUM",
    unique_key: null,
    unit_name: "part",
    amount: 0.75,
  },
  {
    key: "active-members",
    name: "Active members",
    description: "Members with a running contract: the highest number of the period.",
    event_name: "active_members_counted",
    aggregation: "MAX",
    unique_key: null,
    unit_name: "member",
    amount: 15,
  },
  {
    key: "app-users",
    name: "App users",
    description: "Different members who opened the app.",
    event_name: "app_opened",
    aggregation: "COUNT_UNIQUE",
    unique_key: "member_id",
    unit_name: "user",
    amount: 4.5,
  },
  {
    key: "storage",
    name: "Video storage",
    description: "Gigabytes of video kept, as last measured.",
    event_name: "storage_measured",
    aggregation: "LAST",
    unique_key: null,
    unit_name: "GB",
    amount: 12.5,
  },
] as const;

/** What is sold once, in cents of a US dollar. */
export const goods = [
  {
    key: "onboarding",
    name: "Onboarding day",
    description: "A day of training and data import, on site or remote.",
    amount: 48_000,
  },
  {
    key: "door-reader",
    name: "Door reader",
    description: "A reader for member cards and phones, with its cable.",
    amount: 14_900,
  },
] as const;
