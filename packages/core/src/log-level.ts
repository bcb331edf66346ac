/** How much a log line matters, least first. */
export const LOG_LEVELS = ["debug", "info", "warning", "error", "critical"] as const;
/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];
