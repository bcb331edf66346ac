import { PlayheadError, TASK_STATES } from "@playhead/core";
import * as z from "zod";
import type { Store } from "../store/store.ts";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { jobParams, pageSize, pageToken, repeated, video } from "./schemas.ts";
import { videoOf } from "./video.ts";

export interface VideoRoutesDeps {
  readonly store: Pick<Store, "listTasks">;
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  /** Resolves when the store lists the job's tasks as they stand by now. */
  readonly projectTasks: (jobId: string) => Promise<void>;
}

/** The videos of a job: its tasks of that kind, at whatever depth. */
export function addVideoRoutes(api: Api, { store, hasJob, projectTasks }: VideoRoutesDeps): void {
  async function prepareTasks(tenantId: string, jobId: string): Promise<void> {
    if (!(await hasJob(tenantId, jobId))) throw noSuchJob(jobId);
    await projectTasks(jobId);
  }

  api.get(
    "/api/v1/jobs/:id/videos",
    {
      config: { etag: true },
      schema: {
        summary: "List a job's videos, in the order in which they came to be",
        params: jobParams,
        querystring: z.strictObject({
          state: repeated(z.enum(TASK_STATES)),
          page_size: pageSize,
          page_token: pageToken,
        }),
        response: { 200: z.object({ videos: z.array(video), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ params, query, tenantId }) => {
      await prepareTasks(tenantId, params.id);
      const mark = markOfQuery(`videos of ${params.id}`, tenantId, query);
      const { items, next } = await store.listTasks({
        jobId: params.id,
        kinds: ["video"],
        limit: query.page_size,
        ...(query.state !== undefined && { states: query.state }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token, mark) }),
      });
      return { videos: items.map((task) => videoOf(params.id, task)), next_page_token: encodePageToken(next, mark) };
    },
  );

  api.get(
    "/api/v1/jobs/:id/videos/:video_id",
    {
      config: { etag: true },
      schema: {
        summary: "Read a video",
        params: jobParams.extend({ video_id: z.string().min(1).max(200) }),
        response: { 200: video },
      },
    },
    async ({ params, tenantId }) => {
      await prepareTasks(tenantId, params.id);
      const { items } = await store.listTasks({ jobId: params.id, kinds: ["video"], named: params.video_id, limit: 1 });
      const [task] = items;
      if (task === undefined) throw new PlayheadError("not_found", `job ${params.id} has no video ${params.video_id}`);
      return videoOf(params.id, task);
    },
  );
}
