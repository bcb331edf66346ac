import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { type EngineSupabase, openSupabase } from "./engine-supabase.ts";
import { supabaseCheck } from "./supabase/supabase-check.ts";

/** Has the engine's jobs mirrored where the configuration says so, and looked at by the health checks. */
export async function mirrorToSupabase(engine: Engine, config: Config): Promise<EngineSupabase | null> {
  const { store, bus, readLive, ingest, log, health } = engine;
  const supabase = await openSupabase({
    ...{ store, bus, readLive, log },
    settings: config.supabase,
    jobs: ingest.jobs,
    nowMs: Date.now,
  });
  if (supabase !== null) health.register(supabaseCheck(supabase.status));
  return supabase;
}
