// Who may import whom (DESIGN §2, ARCHITECTURE.md). scripts/boundaries.mjs applies it, scripts/boundaries.test.ts proves
// that each rule bites. Type-only imports count like all others: they, too, tie the knot.

/** Our packages, and which other ones of ours each may import. */
const PACKAGE_IMPORTS = {
  core: [],
  sdk: ["core"],
  ffmpeg: ["core"],
  server: ["core"],
  client: ["core"],
  react: ["client", "core"],
  pipelines: ["ffmpeg", "sdk"],
  cli: ["client", "core", "ffmpeg", "pipelines", "sdk", "server"],
};

/** The apps likewise. */
const APP_IMPORTS = {
  dashboard: ["client", "core", "react"],
};

const OURS = "^(packages|apps|examples|bench|scripts|tests)/";
/** The programs that tests need beside them, started for real. */
const TEST_SERVERS = "^tests/servers/";
/** Tests, and what only they use. */
const TEST = "\\.test\\.tsx?$|^packages/[^/]+/(test|fixtures)/";

const folders = (names) => `^packages/(${names.join("|")})/`;

/** From this folder into another one of ours only when the table says so; tests are no exception. */
const importRule = (folder, name, allowed) => ({
  name: `${name}-imports`,
  comment: `${name} may import ${allowed.length === 0 ? "nothing" : allowed.join(", ")} of ours, and nothing else of ours.`,
  severity: "error",
  from: { path: `^${folder}/${name}/` },
  to: {
    path: OURS,
    pathNot: [TEST_SERVERS, `^${folder}/${name}/`, ...(allowed.length === 0 ? [] : [folders(allowed)])],
  },
});

/** What a package that runs outside of Node, too, may import beside ours. */
const portableRule = (folder, allowed, comment) => ({
  name: `${folder.replace(/^.*\//, "")}-is-portable`,
  comment,
  severity: "error",
  from: { path: `^${folder}/src/`, pathNot: TEST },
  to: { pathNot: [OURS, ...allowed] },
});

const rules = [
  ...Object.entries(PACKAGE_IMPORTS).map(([name, allowed]) => importRule("packages", name, allowed)),
  ...Object.entries(APP_IMPORTS).map(([name, allowed]) => importRule("apps", name, allowed)),
  portableRule("packages/core", [], "core is pure: it imports no library, and nothing of Node's."),
  portableRule("packages/client", [], "client runs in browsers: it imports no library, and nothing of Node's."),
  portableRule("packages/react", ["^node_modules/(@types/)?react(-dom)?/"], "react imports React and client only."),
  {
    name: "dashboard-is-portable",
    comment: "The dashboard runs in browsers: nothing of Node's.",
    severity: "error",
    from: { path: "^apps/dashboard/src/", pathNot: TEST },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "package-by-its-name",
    comment:
      "Another package is imported by its name, not by a path into its folder: only its exports are its promise.",
    severity: "error",
    from: { path: "^((?:packages|apps)/[^/]+|examples|bench|scripts|tests)/" },
    to: { path: "^(packages|apps)/", pathNot: "^$1/", dependencyTypes: ["local"] },
  },
  {
    name: "test-servers",
    comment: "The servers that tests start are for tests.",
    severity: "error",
    from: { path: "^(packages|apps|examples)/", pathNot: TEST },
    to: { path: TEST_SERVERS },
  },
  {
    name: "source-only",
    comment: "Nothing imports what a build wrote: it may be missing, or old.",
    severity: "error",
    from: {},
    to: { path: "/dist/", pathNot: "node_modules/" },
  },
  {
    name: "index-is-for-others",
    comment: "Inside a package, import the file that has it: the index is for other packages.",
    severity: "error",
    from: { path: "^(packages/[^/]+)/src/", pathNot: TEST },
    to: { path: "^$1/src/index\\.ts$" },
  },
  {
    name: "server-features",
    comment:
      "A feature of the server imports no other feature: it shares the interfaces in store/ and bus/ and what outbound/ has for calling others, and gets the rest passed in by app.ts, or by engine.ts and its parts, the half of it that needs no network.",
    severity: "error",
    from: {
      path: "^packages/server/src/([^/]+)",
      pathNot: [TEST, "^packages/server/src/(app|engine|index)[a-z-]*\\.ts$"],
    },
    to: {
      path: "^packages/server/src/",
      pathNot: ["^packages/server/src/$1(/|$)", "^packages/server/src/(store|bus|outbound)/[^/]+$"],
    },
  },
  {
    name: "no-circle",
    comment: "No import leads back to where it started.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "resolvable",
    comment: "An import that leads nowhere is not checked by any rule above.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "declared",
    comment: "What a package imports stands in its own package.json, or users of the package miss it.",
    severity: "error",
    from: { path: "^packages/[^/]+/src/", pathNot: [TEST, "/(telemetry-)?conformance(/|\\.ts$)"] },
    to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"], dependencyTypesNot: ["type-only", "npm-peer"] },
  },
];

export default {
  forbidden: rules,
  options: {
    // TypeScript 7 has no API that dependency-cruiser could read with: without swc it finds no import and passes.
    parser: "swc",
    tsPreCompilationDeps: true,
    // Not `exclude`: what is excluded cannot be forbidden, and most libraries live in a folder named dist.
    doNotFollow: { path: "(^|/)(node_modules|dist|coverage)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["playhead-src", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css", ".d.ts"],
    },
  },
};
