import { openS3, type S3, type S3Settings } from "./s3-client.ts";
import { createRequest, PATIENCE } from "./s3-request.ts";

/** A bucket as far as it takes to see whether it works: the form that the server's health check of storages asks for. */
export interface S3Probe {
  write(name: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  read(name: string, signal: AbortSignal): Promise<Uint8Array>;
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** Whoever checks has a limit of its own, and wants to know how it is now. */
const ONCE = { ...PATIENCE, attempts: 1 };

/** A probe of the bucket; Amazon's client is loaded with the first use. Errors are as those of uploads. */
export function createS3Probe(settings: S3Settings): S3Probe {
  const { bucket: Bucket, prefix = "" } = settings;
  const request = createRequest(`bucket ${Bucket}`, ONCE);
  const keyOf = (name: string) => (prefix === "" ? name : `${prefix}/${name}`);
  let opened: Promise<S3> | null = null;
  const open = () => {
    opened ??= openS3(settings);
    return opened;
  };
  return {
    async write(name, Body, signal) {
      const { client, commands } = await open();
      const command = new commands.PutObjectCommand({ Bucket, Key: keyOf(name), Body, ContentLength: Body.byteLength });
      await request("take an object", signal, ({ abortSignal }) => client.send(command, { abortSignal }));
    },
    async read(name, signal) {
      const { client, commands } = await open();
      const command = new commands.GetObjectCommand({ Bucket, Key: keyOf(name) });
      return request("give an object back", signal, async ({ abortSignal }) => {
        const { Body } = await client.send(command, { abortSignal });
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      });
    },
    async remove(name, signal) {
      const { client, commands } = await open();
      const command = new commands.DeleteObjectCommand({ Bucket, Key: keyOf(name) });
      await request("delete an object", signal, ({ abortSignal }) => client.send(command, { abortSignal }));
    },
  };
}
