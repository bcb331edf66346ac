import * as z from "zod";
import { section } from "./setting.ts";

const supabase = section("Supabase");

/** Into which Supabase project jobs are mirrored, and how; nowhere, as long as neither way is whole. */
export const supabaseSettings = z
  .strictObject({
    database_url: z
      .string()
      .regex(/^postgres(ql)?:\/\/./, "Invalid input: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
      .optional()
      .meta({
        ...supabase.atStart(
          "Database of the Supabase project into which jobs are mirrored; its user needs the role `playhead_writer`.",
          "PLAYHEAD_SUPABASE_DATABASE_URL",
        ),
        secret: true,
      }),
    url: z
      .url({ protocol: /^https?$/, error: "Invalid input: expected an http or https address" })
      .optional()
      .meta(
        supabase.atStart(
          "Address of the project, to mirror through its Data API where `database_url` is not set.",
          "SUPABASE_URL",
        ),
      ),
    service_role_key: z
      .string()
      .min(20)
      .optional()
      .meta({
        ...supabase.atStart("Secret key of the project, for its Data API.", "SUPABASE_SERVICE_ROLE_KEY"),
        secret: true,
      }),
  })
  .prefault({});
