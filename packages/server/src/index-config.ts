// What can be set, without the server that it is set for: `@playhead/server/config`. Whoever only reads a configuration
// does not wait for all of a server to be loaded.
export { configFileSchema, readConfig } from "./app-config.ts";
export type { Config } from "./config/config.ts";
export { type SettingView, settingViews } from "./config/config-view.ts";
export type { LoadedConfig } from "./config/load-config.ts";
