/** So many kinds of jobs have figures of their own. */
const MAX_KINDS = 50;
const OTHER = "other";

/**
 * Names kinds in labels: the first fifty that are seen, and `other` for all that come after them. Who makes up a kind a job
 * would else make a series a job, in here and in Prometheus.
 */
export function createKindNames(): (kind: string) => string {
  const seen = new Set<string>();
  return (kind) => {
    if (seen.has(kind)) return kind;
    if (seen.size >= MAX_KINDS) return OTHER;
    seen.add(kind);
    return kind;
  };
}
