import { analyzeSeries, type SeriesAnswer, type SeriesQuestion } from "./analyze-series.ts";

/** What the thread of trends can be asked. */
export interface AnalysisService {
  analyze(question: SeriesQuestion): SeriesAnswer;
  close(): void;
}

/** Nothing is to be prepared. */
export function openAnalysis(): AnalysisService {
  return { analyze: analyzeSeries, close() {} };
}
