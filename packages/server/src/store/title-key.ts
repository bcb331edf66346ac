/** What titles are sorted and searched by: the same for all spellings of a word in capitals or not, composed or not. */
export function titleKey(title: string): string {
  return title.normalize("NFC").toLowerCase().normalize("NFC");
}
