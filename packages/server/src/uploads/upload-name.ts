const MAX_LENGTH = 120;
/** What no name may hold: what parts folders, what a shell or a system reads, what nobody sees. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+/gu;
/** Names that mean a device on some systems. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name under which an uploaded file can lie in a folder, as close to the given one as that goes. */
export function uploadName(given: string): string {
  const last = given.normalize("NFC").split(/[\\/]/).at(-1) ?? "";
  const plain = last
    .replaceAll(UNFIT, "_")
    .replace(/^[.\s-]+/, "")
    .replace(/[.\s]+$/, "");
  const short = shortened(plain);
  if (short === "") return "upload";
  return DEVICE.test(short) ? `_${short}` : short;
}

/** What follows the last dot stays, since programs go by it. */
function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= MAX_LENGTH) return name;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
  return letters.slice(0, MAX_LENGTH - ending.length).join("") + ending;
}
