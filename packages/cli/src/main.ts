#!/usr/bin/env node
import { keepCompiled } from "./compile-cache.ts";

// First of all: only what is loaded after it is kept compiled.
keepCompiled(process.env);
await import("./run-main.ts");
