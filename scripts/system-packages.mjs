// System programs that npm cannot bring: found on the PATH, else installed by apt when we may, else named in one message.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** What the bootstrap may be asked for: the programs that prove it is there, and how to get it elsewhere. */
const PACKAGES = {
  ffmpeg: { programs: ["ffmpeg", "ffprobe"], apt: "ffmpeg", environment: "FFMPEG_PATH", mac: "brew install ffmpeg" },
  chromium: {
    programs: ["chromium"],
    otherNames: ["chromium-browser", "google-chrome", "google-chrome-stable"],
    apt: "chromium",
    environment: "PLAYHEAD_CHROMIUM",
    mac: "brew install --cask chromium",
  },
};

const APT_LIMIT_MS = 10 * 60_000;

function onPath(program) {
  return (process.env.PATH ?? "").split(path.delimiter).some((folder) => {
    const file = path.join(folder, program);
    return fs.existsSync(file) || fs.existsSync(`${file}.exe`);
  });
}

function isPresent({ programs, otherNames = [], environment }) {
  return Boolean(process.env[environment]) || programs.every(onPath) || otherNames.some(onPath);
}

/** How apt can be called without asking for a password; undefined when it cannot. */
function aptPrefix() {
  if (!onPath("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return onPath("sudo") && spawnSync("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : undefined;
}

function apt(prefix, args) {
  const [command, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
  // apt speaks on stderr only: stdout belongs to the program that the user asked for.
  return spawnSync(command, rest, { stdio: ["ignore", 2, 2], timeout: APT_LIMIT_MS }).status === 0;
}

/** Sees to it that each named package is there; calls `fail` with what to install when it cannot. */
export function ensureSystemPackages(names, { say, fail }) {
  for (const name of names) if (!(name in PACKAGES)) fail(`unknown system package "${name}"; known: ${Object.keys(PACKAGES).join(", ")}`);
  const missing = names.filter((name) => !isPresent(PACKAGES[name]));
  if (missing.length === 0) return;
  const prefix = aptPrefix();
  if (prefix !== undefined) {
    say(`installing ${missing.join(", ")} by apt (once)`);
    const wanted = missing.map((name) => PACKAGES[name].apt);
    const install = () => apt(prefix, ["install", "-y", "--no-install-recommends", ...wanted]);
    // The package lists of a fresh machine may be empty or old: refresh them first, install then.
    if (apt(prefix, ["update"]) && install()) return;
  }
  const how = missing.map((name) => `${name} (apt install ${PACKAGES[name].apt}, ${PACKAGES[name].mac}, or set ${PACKAGES[name].environment})`);
  fail(`please install ${how.join(" and ")}, then run the command again`);
}
