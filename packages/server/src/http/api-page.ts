/** As much of an OpenAPI document as the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

interface Body {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
}

/** Text that has been made fit to stand in HTML. */
interface Html {
  readonly html: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Whatever is put in is escaped, unless it is HTML already; lists are put one after the other. */
function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const textOf = (value: string | Html | readonly Html[]): string => {
    if (typeof value === "string") return value.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
    return "html" in value ? value.html : value.map((each) => each.html).join("");
  };
  return { html: parts.map((part, at) => part + (at < values.length ? textOf(values[at] ?? "") : "")).join("") };
}

const NOTHING = html``;

/** The reference of the API as one page, made of its OpenAPI document: no script, nothing from elsewhere. */
export function renderApiPage(document: ApiDocument): string {
  const groups = groupOperations(document);
  const schemas = Object.entries(document.components?.schemas ?? {}) as [string, Schema][];
  const used = new Set(
    [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([\w.-]+)/g)].map(([, name]) => name),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header>
<h1>${document.info.title} API <small>${document.info.version}</small></h1>
<p>Send <code>Authorization: Bearer KEY</code>. The same as a document for tools: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav aria-label="Groups">${groups.map(([name]) => html`<a href="#${name}">${name}</a> `)}<a href="#schemas">schemas</a></nav>
</header>
<main>
${groups.map(([name, operations]) => html`<section aria-labelledby="${name}"><h2 id="${name}">${name}</h2>${operations}</section>`)}
<section aria-labelledby="schemas"><h2 id="schemas">schemas</h2>
${schemas.filter(([name]) => used.has(name)).map(([name, schema]) => schemaSection(name, schema))}
</section>
</main>
</body>
</html>
`.html;
}

/** By the first word of the address after the version. */
function groupOperations({ paths = {} }: ApiDocument): readonly (readonly [string, readonly Html[]])[] {
  const groups = new Map<string, Html[]>();
  for (const [path, item] of Object.entries(paths)) {
    const name = path.replace(/^\/api\/v\d+\//, "").split("/", 1)[0] ?? "";
    const operations = Object.entries(item).map(([method, operation]) =>
      operationSection(method.toUpperCase(), path, operation as Operation),
    );
    groups.set(name, [...(groups.get(name) ?? []), ...operations]);
  }
  return [...groups];
}

function operationSection(method: string, path: string, operation: Operation): Html {
  const { summary = "", description, security, parameters = [], requestBody, responses = {} } = operation;
  return html`<details id="${method}-${path}">
<summary><code class="method">${method}</code> <code>${path}</code> <span>${summary}</span></summary>
${description === undefined ? NOTHING : html`<p>${description}</p>`}
${security?.length === 0 ? html`<p>Needs no key.</p>` : NOTHING}
${
  parameters.length === 0
    ? NOTHING
    : table(
        "Parameters",
        parameters.map((each) =>
          row(each.name, each.required === true, each.schema ?? {}, `${each.in}. ${each.description ?? ""}`),
        ),
      )
}
${requestBody === undefined ? NOTHING : html`<h4>Body</h4>${bodyOf(requestBody)}`}
${Object.entries(responses).map(([status, body]) => html`<h4>${status === "default" ? "else" : status}</h4>${bodyOf(body)}`)}
</details>
`;
}

function bodyOf({ content = {} }: Body): Html {
  const [[type, { schema = {} }] = ["", {}]] = Object.entries(content);
  if (type === "") return html`<p>Nothing.</p>`;
  return schema.properties === undefined
    ? html`<p><code>${type}</code>: ${typeOf(schema)}</p>`
    : propertiesOf(type, schema);
}

function schemaSection(name: string, schema: Schema): Html {
  return html`<details id="schema-${name}"><summary><code>${name}</code></summary>${propertiesOf("Fields", schema)}</details>
`;
}

function propertiesOf(caption: string, { properties = {}, required = [] }: Schema): Html {
  return table(
    caption,
    Object.entries(properties).map(([name, schema]) =>
      row(
        name,
        required.includes(name),
        schema,
        schema.description ?? schema.anyOf?.find((each) => each.description)?.description ?? "",
      ),
    ),
  );
}

function table(caption: string, rows: readonly Html[]): Html {
  return html`<table><caption>${caption}</caption><thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col"></th></tr></thead><tbody>${rows}</tbody></table>`;
}

function row(name: string, isRequired: boolean, schema: Schema, words: string): Html {
  const preset = schema.default === undefined ? "" : ` Default: ${JSON.stringify(schema.default)}.`;
  return html`<tr><th scope="row"><code>${name}</code>${isRequired ? NOTHING : html` <small>optional</small>`}</th><td>${typeOf(schema)}</td><td>${words}${preset}</td></tr>`;
}

function typeOf({ $ref, anyOf, items, enum: values, type, properties, additionalProperties }: Schema): Html {
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (anyOf !== undefined) return html`${anyOf.map((each, at) => html`${at === 0 ? "" : " or "}${typeOf(each)}`)}`;
  if (values !== undefined)
    return html`${values.map((value, at) => html`${at === 0 ? "" : ", "}<code>${String(value)}</code>`)}`;
  if (items !== undefined) return html`list of ${typeOf(items)}`;
  if (properties !== undefined) {
    return html`object of ${Object.entries(properties).map(([name, each], at) => html`${at === 0 ? "" : ", "}<code>${name}</code>: ${typeOf(each)}`)}`;
  }
  if (typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0) {
    return html`object of ${typeOf(additionalProperties)}`;
  }
  if (type === undefined) return html`anything`;
  return html`${typeof type === "string" ? type : type.join(" or ")}`;
}
