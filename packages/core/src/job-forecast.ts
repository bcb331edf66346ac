/** What is expected of a job that has not ended: `GET /jobs/{id}/forecast`. Moments are milliseconds since 1970. */
export interface JobForecast {
  readonly job_id: string;
  /** The moment that it was made for. */
  readonly at_ms: number;
  /** Null while nothing at all is known, and once the job has ended. */
  readonly finish: ForecastMoment | null;
  /** Why one may believe it, in a sentence: "based on 212 renders like this one; 3 of 12 items left; two at a time". */
  readonly explanation: string;
  readonly basis: ForecastBasis;
  /** Open pieces of work in the order in which they are expected to end, the first so many. */
  readonly tasks: readonly TaskForecast[];
  /** What was said of the finish before, oldest first, thinned out evenly: the fan that narrows. */
  readonly told: readonly ToldForecast[];
}

/** A moment, and the 80 % interval around it. */
export interface ForecastMoment {
  readonly ms: number;
  readonly low_ms: number;
  readonly high_ms: number;
}

/** What a forecast was made from. */
export interface ForecastBasis {
  /** Past jobs of the kind that its errors were measured on. */
  readonly jobs: number;
  /** Past pieces of work that durations were learned from. */
  readonly items: number;
  readonly items_left: number;
  readonly items_total: number;
  /** How many run at a time. */
  readonly slots: number;
}

/** When one piece of work is expected to begin and end. */
export interface TaskForecast {
  readonly task_id: string;
  /** When it began, or is expected to. */
  readonly start_ms: number;
  readonly end: ForecastMoment;
  /** It takes longer than almost all like it would: the chance of that, under what is known of its like, is under 1 %. */
  readonly is_slow: boolean;
}

/** A forecast that was told, at the moment that it was told at. */
export interface ToldForecast extends ForecastMoment {
  readonly at_ms: number;
}
