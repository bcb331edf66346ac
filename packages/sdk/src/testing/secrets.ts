/** A value that holds a secret somewhere, and the text that must not come out of a summary of it. */
export interface SecretCase {
  /** Where the secret is, in words. */
  readonly place: string;
  readonly value: unknown;
  readonly secret: string;
}

/** Names under which secrets go, in all spellings. */
const NAMES = [
  "password",
  "userPassword",
  "db_passwd",
  "token",
  "accessToken",
  "refresh-token",
  "Authorization",
  "api_key",
  "apiKey",
  "X-API-Key",
  "secret",
  "clientSecret",
  "AWS_SECRET_ACCESS_KEY",
  "cookie",
  "Set-Cookie",
  "SUPABASE_SERVICE_ROLE_KEY",
  "privateKey",
  "sessiontoken",
  "passphrase",
  "credentials",
] as const;

/** Places where what has such a name stands; each hides the secret that it is given. */
const PLACES: Readonly<Record<string, (name: string, secret: string) => unknown>> = {
  "a field": (name, secret) => ({ [name]: secret }),
  "a field, three levels down": (name, secret) => ({ a: { b: { [name]: secret } } }),
  "an object in a list": (name, secret) => [{ id: 1 }, { [name]: secret }],
  "a Map": (name, secret) => new Map([[name, secret]]),
  "a list of names and values": (name, secret) => ["Host", "example.com", name, secret],
  "a name and its value, as two fields": (name, secret) => ({ headers: [{ name, value: secret }] }),
  "an instance of a class": (name, secret) => Object.assign(new (class Config {})(), { [name]: secret }),
  "an object as the secret": (name, secret) => ({ [name]: { value: secret, expires: 1 } }),
};

/** Texts that hold a secret, whatever they are called. */
const TEXTS: Readonly<Record<string, (secret: string) => string>> = {
  "an address with a password": (secret) => `postgres://admin:${secret}@db.internal:5432/app`,
  "an address with a token as its user": (secret) => `https://${secret}${secret}@git.example.com/repo.git`,
  "the query of an address": (secret) => `https://cdn.example.com/clip.mp4?quality=high&token=${secret}&x=1`,
  "a signed address": (secret) => `https://bucket.example.com/a.mp4?X-Amz-Date=1&X-Amz-Signature=${secret}`,
  "a header": (secret) => `Authorization: Bearer ${secret}`,
  "what stands behind Bearer": (secret) => `sent bearer ${secret} to the server`,
  "a JWT": (secret) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${secret}`,
  "JSON within a text": (secret) => `{"user":"bob","password":"${secret}","n":1}`,
  "JSON within JSON": (secret) => JSON.stringify({ body: JSON.stringify({ api_key: secret }) }),
  "an option of a command": (secret) => `curl --api-key=${secret} https://example.com`,
  "a connection string": (secret) => `Server=db;User Id=sa;Password=${secret};Encrypt=true`,
  "a cookie header": (secret) => `Cookie: theme=dark; sid=${secret}`,
  "lines of an environment": (secret) => `PORT=1\nCLIENT_SECRET=${secret}\nDEBUG=1`,
  "a private key": (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
  "a key of a service": (secret) => `using sk_live_${secret}${secret} now`,
  "a text that is cut in the middle of it": (secret) => `${"x".repeat(880)} https://admin:${secret.repeat(40)}@host/`,
};

/** Where such a text stands. */
const AROUND: Readonly<Record<string, (text: string) => unknown>> = {
  "by itself": (text) => text,
  "in a field": (text) => ({ note: text }),
  "in a list within a list": (text) => [[text]],
  "as a name": (text) => ({ [text]: 1 }),
};

/** 224 values with secrets at odd places: none of the secrets may appear in what is kept of them. */
export const SECRET_CASES: readonly SecretCase[] = [...namedCases(), ...textCases()];

function namedCases(): SecretCase[] {
  const places = Object.entries(PLACES);
  return NAMES.flatMap((name, row) =>
    places.map(([place, hide], column) => {
      const secret = secretOf(row * places.length + column);
      return { place: `${name} in ${place}`, value: hide(name, secret), secret };
    }),
  );
}

function textCases(): SecretCase[] {
  return Object.entries(TEXTS).flatMap(([what, write], row) =>
    Object.entries(AROUND).map(([where, put], column) => {
      const secret = secretOf(1_000 + row * 10 + column);
      return { place: `${what}, ${where}`, value: put(write(secret)), secret };
    }),
  );
}

/** Different for each case, and unlike anything else. */
function secretOf(number: number): string {
  return `hunter${(number * 7_919 + 104_729).toString(36)}zQ9`;
}
