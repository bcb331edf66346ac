import { resolve } from "node:path";
import { PlayheadError } from "@playhead/sdk";

/** Which storage, and how to get in: plain data, as a command line or a configuration says it. */
export type StorageSettings =
  | {
      readonly kind: "folder";
      readonly folder: string;
      /** The address under which others get what is in it. @defaultValue none */
      readonly publicUrl?: string | undefined;
    }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** What all keys begin with, without slashes at its ends. @defaultValue nothing */
      readonly prefix?: string | undefined;
      /** For R2, MinIO and others. @defaultValue Amazon's */
      readonly endpoint?: string | undefined;
      /** @defaultValue the environment's, or `auto` at an endpoint of others */
      readonly region?: string | undefined;
      /** @defaultValue as Amazon's tools find it: environment, `~/.aws`, the machine's role */
      readonly accessKeyId?: string | undefined;
      readonly secretAccessKey?: string | undefined;
      /** The address under which others get what is in the bucket. @defaultValue none */
      readonly publicUrl?: string | undefined;
      /** Name the bucket in the path, not in the host. @defaultValue true at an endpoint of others */
      readonly forcePathStyle?: boolean | undefined;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/** As Amazon has them, and as those who are compatible take them. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FORMS = "folder:PATH or s3://BUCKET/PREFIX";

/**
 * Reads where to upload from a text: `folder:PATH` or `s3://BUCKET/PREFIX`. Endpoint, region and keys of S3 come from the
 * environment (`PLAYHEAD_STORAGE_ENDPOINT`, `PLAYHEAD_STORAGE_REGION`, `PLAYHEAD_STORAGE_ACCESS_KEY_ID`,
 * `PLAYHEAD_STORAGE_SECRET_ACCESS_KEY`; else what Amazon's tools read), the public address of both from
 * `PLAYHEAD_STORAGE_PUBLIC_URL`: none of them is typed where others could read it.
 *
 * @throws PlayheadError `usage_error`
 */
export function parseStorage(text: string, environment: Environment): StorageSettings {
  const publicUrl = addressOf(environment.PLAYHEAD_STORAGE_PUBLIC_URL, "PLAYHEAD_STORAGE_PUBLIC_URL");
  const [, kind, rest = ""] = /^(folder:|s3:\/\/)(.*)$/s.exec(text) ?? [];
  if (kind === "folder:" && rest !== "" && !rest.includes("\0")) {
    return { kind: "folder", folder: resolve(rest), publicUrl };
  }
  if (kind !== "s3://") throw wrong(`expected ${FORMS}, got ${JSON.stringify(text)}`);
  const [bucket = "", ...names] = rest.split("/");
  if (!BUCKET.test(bucket)) {
    const rules = "3 to 63 small letters, digits, dots and dashes";
    throw wrong(`expected the name of a bucket (${rules}), got ${JSON.stringify(bucket)}`);
  }
  const endpoint = environment.PLAYHEAD_STORAGE_ENDPOINT || environment.AWS_ENDPOINT_URL_S3;
  return {
    kind: "s3",
    bucket,
    prefix: checkedPrefix(names.filter((name) => name !== "").join("/")),
    endpoint: addressOf(endpoint || environment.AWS_ENDPOINT_URL, "the storage's endpoint"),
    region: environment.PLAYHEAD_STORAGE_REGION || environment.AWS_REGION || undefined,
    accessKeyId: environment.PLAYHEAD_STORAGE_ACCESS_KEY_ID || undefined,
    secretAccessKey: environment.PLAYHEAD_STORAGE_SECRET_ACCESS_KEY || undefined,
    publicUrl,
  };
}

function checkedPrefix(prefix: string): string {
  if (/(?:^|\/)\.\.?(?:\/|$)|[\p{Cc}\\]/u.test(prefix) || Buffer.byteLength(prefix) > 512) {
    throw wrong(`expected a prefix of plain names with slashes between, got ${JSON.stringify(prefix.slice(0, 100))}`);
  }
  return prefix;
}

function addressOf(text: string | undefined, what: string): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw wrong(`expected ${what} to be an http or https address, got ${JSON.stringify(text.slice(0, 100))}`);
}

function wrong(message: string): PlayheadError {
  return new PlayheadError("usage_error", message, { hint: `say where to upload as ${FORMS}` });
}
