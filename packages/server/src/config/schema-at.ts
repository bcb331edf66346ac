import * as z from "zod";
import { bareSchema } from "./settings.ts";

/**
 * What the schema says of a path; of several types of channels, of the one that the value there is of. Undefined where
 * it knows nothing.
 */
export function schemaAt(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly string[],
): z.core.$ZodType | undefined {
  const [name, ...below] = path;
  if (name === undefined) return schema;
  const bare = bareSchema(schema);
  const held = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  if (bare instanceof z.ZodDiscriminatedUnion) {
    const option = bare.options.find((each) => typeOf(each) === held.type);
    return option && schemaAt(option, value, path);
  }
  const inner =
    bare instanceof z.ZodObject ? bare.shape[name] : bare instanceof z.ZodRecord ? bare.valueType : undefined;
  return inner && schemaAt(inner, held[name], below);
}

/** The fields that an object at a path may have. */
export function fieldsAt(schema: z.core.$ZodType, value: unknown, path: readonly string[]): readonly string[] {
  // A path that ends at a union ends at one of its options: any field leads there.
  const known = schemaAt(schema, value, path);
  const bare = known && bareSchema(known);
  if (bare instanceof z.ZodDiscriminatedUnion) {
    const type = path.reduce<unknown>((held, name) => (held as Record<string, unknown>)[name], value) as {
      type: unknown;
    };
    const option = bare.options.find((each) => typeOf(each) === type.type);
    return option instanceof z.ZodObject ? Object.keys(option.shape) : [];
  }
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** The types that there are where a union stands. */
export function typesAt(schema: z.core.$ZodType, path: readonly string[]): readonly string[] {
  const union = schemaAt(schema, {}, path);
  return union instanceof z.ZodDiscriminatedUnion ? union.options.map(typeOf) : [];
}

function typeOf(option: z.core.$ZodType): string {
  return ((option as z.ZodObject).shape.type as z.ZodLiteral<string>).value;
}
