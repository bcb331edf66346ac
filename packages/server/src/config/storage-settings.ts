import * as z from "zod";
import { section, text } from "./setting.ts";

const storage = section("Storage");

/** Where pipelines put what they make. */
export const storageSettings = z
  .strictObject({
    url: text
      .regex(/^(folder:|s3:\/\/)./, "Invalid input: expected folder:PATH or s3://BUCKET/PREFIX")
      .optional()
      .meta(
        storage.atStart(
          "Where pipelines upload what they make: `folder:PATH` or `s3://BUCKET/PREFIX`.",
          "PLAYHEAD_STORAGE",
        ),
      ),
    public_url: z
      .url({ protocol: /^https?$/, error: "Invalid input: expected an http or https address" })
      .optional()
      .meta(storage.atStart("Address under which people get what is there.", "PLAYHEAD_STORAGE_PUBLIC_URL")),
    endpoint: z
      .url({ protocol: /^https?$/, error: "Invalid input: expected an http or https address" })
      .optional()
      .meta(
        storage.atStart(
          "Address of an S3 that is not Amazon's: R2, MinIO and others.",
          "PLAYHEAD_STORAGE_ENDPOINT",
          "AWS_ENDPOINT_URL_S3",
        ),
      ),
    region: text.optional().meta(storage.atStart("Region of the bucket.", "PLAYHEAD_STORAGE_REGION", "AWS_REGION")),
    access_key_id: text.optional().meta({
      ...storage.atStart("Access key of the bucket; else what Amazon's tools find.", "PLAYHEAD_STORAGE_ACCESS_KEY_ID"),
      secret: true,
    }),
    secret_access_key: text.optional().meta({
      ...storage.atStart("Its secret.", "PLAYHEAD_STORAGE_SECRET_ACCESS_KEY"),
      secret: true,
    }),
  })
  .prefault({});
