import { isErrorCode, isJsonObject, type JobSummary, type JsonObject, PlayheadError } from "@playhead/core";
import { client } from "../../client.ts";

/** A kind of job that can be submitted. */
export interface JobKindInfo {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly input_schema: JsonObject;
  readonly workers: number;
  readonly waiting: number;
}

/** A file that the server has. */
export interface UploadInfo {
  readonly upload_id: string;
  readonly name: string;
  readonly size_bytes: number;
}

/** A job to be. */
export interface NewJob {
  readonly kind: string;
  readonly input: JsonObject;
  readonly title?: string;
  readonly priority?: number;
}

/** What the page asks of the server. Each call throws a PlayheadError when it fails. */
export const newJobApi = {
  kinds: async () =>
    (await client.api.ask<{ readonly job_kinds: readonly JobKindInfo[] }>("GET", "job-kinds")).job_kinds,
  submit: (job: NewJob) => client.api.ask<JobSummary>("POST", "jobs", { body: { ...job } }),
  /** What has been taken away from the form is of no use to anyone. */
  remove: (uploadId: string) => client.api.ask<unknown>("DELETE", `uploads/${encodeURIComponent(uploadId)}`),
  upload: sendFile,
};

interface SendOptions {
  readonly signal: AbortSignal;
  /** @param fraction 0..1 of what has been sent */
  readonly onProgress: (fraction: number) => void;
}

/** Sends a file, and tells how far it is: what `fetch` cannot. */
function sendFile(file: File, { signal, onProgress }: SendOptions): Promise<UploadInfo> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    // The server does not go by it, and a page of another origin could not set it.
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status === 201) resolve(request.response as UploadInfo);
      else reject(errorOf(request.response, request.status));
    };
    request.onerror = () => reject(new PlayheadError("server_unreachable", "the server cannot be reached"));
    request.onabort = () => reject(new PlayheadError("canceled", "the upload was canceled"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function errorOf(said: unknown, status: number): PlayheadError {
  const { error_code: code, error_message: message, detail } = isJsonObject(said) ? said : ({} as JsonObject);
  if (typeof code !== "string" || !isErrorCode(code)) {
    return new PlayheadError("service_unavailable", `the server answered with status ${status}`);
  }
  const hint = isJsonObject(detail) && typeof detail.hint === "string" ? { hint: detail.hint } : {};
  return new PlayheadError(code, String(message), hint);
}
