/**
 * A text as the value of a filter's option, whatever is in it: such as `filename=${quoteFilterValue(path)}`. ffmpeg reads
 * it twice: once to find where the filter ends in the graph, once to find where the option ends in the filter.
 */
export function quoteFilterValue(text: string): string {
  return text.replace(/[\\':]/g, "\\$&").replace(/[\\'[\],;]/g, "\\$&");
}
