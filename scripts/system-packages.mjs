// System programs that npm cannot bring: found on the PATH, else installed by apt when we may, else named in one message.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/**
 * What the bootstrap may be asked for. Any one line of `anyOf`, whole, proves that it is there; so does the variable
 * `environment`, which names a program outside of the PATH.
 */
const PACKAGES = {
  ffmpeg: { anyOf: [["ffmpeg", "ffprobe"]], environment: "FFMPEG_PATH", apt: "ffmpeg", mac: "brew install ffmpeg" },
  chromium: {
    anyOf: [
      ["chromium"],
      ["chromium-browser"],
      ["google-chrome"],
      ["google-chrome-stable"],
      ["/Applications/Chromium.app/Contents/MacOS/Chromium"],
      ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
    ],
    environment: "PLAYHEAD_CHROMIUM",
    apt: "chromium",
    mac: "brew install --cask chromium",
  },
  poppler: {
    anyOf: [["pdftotext", "pdffonts", "pdfinfo"]],
    environment: "PLAYHEAD_PDFTOTEXT",
    apt: "poppler-utils",
    mac: "brew install poppler",
  },
  prometheus: {
    anyOf: [["prometheus", "promtool"]],
    environment: "PLAYHEAD_PROMETHEUS",
    apt: "prometheus",
    mac: "brew install prometheus",
  },
  // Its programs are for servers, and on nobody's PATH where Debian and Homebrew install them.
  postgres: {
    anyOf: [
      ["initdb", "postgres"],
      ...[18, 17, 16, 15, 14].flatMap((version) => [
        [`/usr/lib/postgresql/${version}/bin/initdb`],
        [`/opt/homebrew/opt/postgresql@${version}/bin/initdb`],
        [`/usr/local/opt/postgresql@${version}/bin/initdb`],
      ]),
    ],
    environment: "PLAYHEAD_POSTGRES",
    apt: "postgresql",
    mac: "brew install postgresql@18",
  },
  redis: {
    anyOf: [["redis-server"]],
    environment: "PLAYHEAD_REDIS_SERVER",
    apt: "redis-server",
    mac: "brew install redis",
  },
  // Makes networks for the tests, which Linux alone can; elsewhere they do without.
  iproute: {
    anyOf: [["ip"]],
    environment: "PLAYHEAD_IP",
    apt: "iproute2",
    isForLinux: true,
  },
};

const APT_LIMIT_MS = 10 * 60_000;

/** Quiet, without a question, without a terminal's tricks; waits while another apt is at work. */
const APT_OPTIONS = ["-qq", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"];

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A bare name is looked for on the PATH; anything with a slash is a path. */
function isInstalled(program) {
  const isPath = program.includes("/") || program.includes(path.sep);
  const onPath = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const files = isPath ? [path.resolve(program)] : onPath.map((folder) => path.join(folder, program));
  return files.some((file) => isProgram(file) || isProgram(`${file}.exe`));
}

const isPresent = (name) =>
  (PACKAGES[name].isForLinux === true && process.platform !== "linux") ||
  Boolean(process.env[PACKAGES[name].environment]) ||
  PACKAGES[name].anyOf.some((programs) => programs.every(isInstalled));

/** How apt can be called without asking for a password; undefined when it cannot. */
function aptPrefix() {
  if (!isInstalled("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return isInstalled("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : undefined;
}

function apt(prefix, args) {
  const [command, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...APT_OPTIONS, ...args];
  // apt speaks on stderr only: stdout belongs to the program that the user asked for.
  spawnSync(command, rest, { stdio: ["ignore", 2, 2], timeout: APT_LIMIT_MS });
}

/** Which of the named packages are not there; calls `fail` for a name, or a variable, that says nothing sensible. */
export function missingSystemPackages(names, fail) {
  for (const name of names) {
    if (!Object.hasOwn(PACKAGES, name))
      fail(`expected a system package (${Object.keys(PACKAGES).join(", ")}), got "${name}"`);
    const { environment } = PACKAGES[name];
    const named = process.env[environment];
    if (named && !isInstalled(named))
      fail(`expected ${environment} to name a program, got "${named}"; correct it, or unset it to use the PATH`);
  }
  return names.filter((name) => !isPresent(name));
}

/** Sees to it that each named package is there; calls `fail` with what to install when it cannot. */
export function ensureSystemPackages(names, { say, fail }) {
  const missing = missingSystemPackages(names, fail);
  if (missing.length === 0) return; // by the set-up that we waited for
  const prefix = aptPrefix();
  if (prefix !== undefined) {
    say(`installing ${missing.join(" and ")} by apt (once)`);
    // The package lists of a fresh machine may be empty or old. One broken source among them need not matter.
    apt(prefix, ["update"]);
    apt(prefix, ["install", "-y", "--no-install-recommends", ...missing.map((name) => PACKAGES[name].apt)]);
  }
  const absent = missingSystemPackages(missing, fail);
  if (absent.length === 0) return;
  const how = absent.map((name) => {
    const { apt, mac, environment } = PACKAGES[name];
    const macToo = mac === undefined ? "" : ` macOS: ${mac};`;
    return `${name} (Debian, Ubuntu: apt install ${apt};${macToo} elsewhere: name the program in ${environment})`;
  });
  fail(`please install ${how.join(" and ")}, then run the command again`);
}
