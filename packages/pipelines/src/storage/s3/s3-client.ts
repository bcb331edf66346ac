import type * as S3Commands from "@aws-sdk/client-s3";
import type { StorageSettings } from "../storage-settings.ts";

export type S3Settings = Extract<StorageSettings, { readonly kind: "s3" }>;

/** Amazon's client, with the settings that suit others as well. */
export interface S3 {
  readonly client: S3Commands.S3Client;
  /** What it can be asked. */
  readonly commands: typeof S3Commands;
}

const CONNECT_MS = 10_000;

/** Loaded when something is to be stored: nobody else has to wait for it. */
export async function openS3(settings: S3Settings): Promise<S3> {
  const commands = await import("@aws-sdk/client-s3");
  const { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle } = settings;
  const config: S3Commands.S3ClientConfig = {
    // We say what is sent and what for, and compare: what the client would add, not all others understand.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Retrying is ours: a body that flows cannot be sent again by the client.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS },
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint, region: "auto" }),
    ...(region !== undefined && { region }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  };
  return { client: new commands.S3Client(config), commands };
}
