import { readFileSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";

/** A secret as it stands in the configuration: itself, or where it is. */
export const secretSetting = z
  .union([
    z.string().min(1).max(4_096),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) }),
    z.strictObject({ file: z.string().min(1).max(4_096) }),
  ])
  .meta({ secret: true, description: 'The secret itself, `{"env": "NAME"}` or `{"file": "/path"}`.' });
export type SecretSetting = z.infer<typeof secretSetting>;

/** Shorter than this it is found everywhere: hiding it would only spoil what people read. */
const MIN_HIDDEN_LENGTH = 4;
/** A part of an address that is shorter is a word. */
const TOKEN_LENGTH = 8;

/** Reads the secrets of one channel, and hides them wherever the channel's receiver repeats them. */
export function createSecrets(env: Readonly<Record<string, string | undefined>>) {
  const known = new Set<string>();

  function find(setting: SecretSetting): string {
    if (typeof setting === "string") return setting;
    const [place, text] =
      "env" in setting
        ? [`the environment variable ${setting.env}`, env[setting.env]]
        : [`the file ${setting.file}`, textOf(setting.file)];
    const secret = text?.trim() ?? "";
    if (secret !== "") return secret;
    throw new PlayheadError("config_invalid", `expected a secret in ${place}, got nothing`);
  }

  return {
    read(setting: SecretSetting): string {
      const secret = find(setting);
      for (const form of formsOf(secret)) if (form.length >= MIN_HIDDEN_LENGTH) known.add(form);
      return secret;
    },
    hide(text: string): string {
      let hidden = text;
      // The longest first: an address before its path.
      for (const secret of [...known].sort((a, b) => b.length - a.length)) hidden = hidden.replaceAll(secret, "…");
      return hidden;
    },
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** How a secret may come back: as it is, or encoded; of an address also what follows its host, and the long parts of that. */
function formsOf(secret: string): readonly string[] {
  const plain = URL.canParse(secret) ? [secret, ...partsOf(new URL(secret))] : [secret];
  return plain.flatMap((form) => [form, encodeURIComponent(form), Buffer.from(form).toString("base64")]);
}

function partsOf({ href, pathname, search, searchParams }: URL): readonly string[] {
  const parts = [...pathname.split("/"), ...searchParams.values()];
  return [href, pathname + search, pathname, search.slice(1), ...parts.filter((part) => part.length >= TOKEN_LENGTH)];
}
