/**
 * A database's address for messages: whom it is reached as, and where, without the password and without anything that
 * follows the name, where secrets can be, too.
 */
export function databaseName(url: string): string {
  try {
    // A socket's address has no host, which no URL may have.
    const { username, host, pathname, searchParams } = new URL(
      url.replace("@/", "@socket/").replace("///", "//socket/"),
    );
    const at = searchParams.get("host") ?? host;
    return `the database ${decodeURIComponent(pathname.slice(1)) || username} at ${at}`;
  } catch {
    return "the database of database_url";
  }
}
