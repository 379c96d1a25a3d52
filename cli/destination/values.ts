import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { UsageError } from '../errors.ts';

export type Values = Readonly<Record<string, string>>;

export const folder = join(import.meta.dirname, '../../destinations');

const values = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'is not the name of a parameter'),
  z.union([z.string(), z.number()], 'must be a text or a number').transform(String),
);
const partners = z.record(
  z.string(),
  z.object({ ended: z.string().optional(), parameters: values.optional() }),
);

async function readYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  });
  const parsed = schema.safeParse(parseYaml(text, file));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new UsageError(`${file} holds no parameter values: ${issues.join('; ')}.`);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not YAML.`, { cause });
  }
}

async function partnerValues(name: string): Promise<Values> {
  const known = await readYaml(join(folder, 'partners.yaml'), partners);
  const partner = known[name];
  if (partner === undefined)
    throw new UsageError(
      `There is no partner ${name}. There are ${Object.keys(known).join(', ')}.`,
    );
  if (partner.ended !== undefined) throw new UsageError(partner.ended);
  return partner.parameters ?? {};
}

export interface ValueSources {
  readonly partner?: string;
  /** YAML files of parameter values. */
  readonly values: readonly string[];
  readonly parameter: Values;
}

/** The parameter values of a destination: a partner's, then those of files, then single ones; the last one wins. */
export async function readValues({
  partner,
  values: files,
  parameter,
}: ValueSources): Promise<Values> {
  const layers = [
    partner === undefined ? {} : await partnerValues(partner),
    ...(await Promise.all(files.map((file) => readYaml(file, values)))),
    parameter,
  ];
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)));
}
