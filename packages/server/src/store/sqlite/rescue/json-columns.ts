/** What the server parses when it reads it, beside jobs: such a row is of no use where that is no JSON. */
export const JSON_COLUMNS = [
  ["documents", "body"],
  ["alerts", "alert"],
  ["alerts", "memory"],
  ["alert_incidents", "incident"],
  ["alert_deliveries", "delivery"],
  ["alert_deliveries", "notification"],
] as const;
