/**
 * A text as the value of a filter's option within a graph. Two readers take it apart, one after the other: the graph's,
 * then the filter's; what means something to either is escaped for both.
 */
export function filterValue(text: string): string {
  const forFilter = text.replace(/[\\':]/g, "\\$&");
  return forFilter.replace(/[\\'[\],;]/g, "\\$&");
}
