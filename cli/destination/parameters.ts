import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { suggestion } from '../../local/template/constraints.ts';
import { UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';

export type ParameterValues = Readonly<Record<string, string>>;

export const destinationsFolder = join(import.meta.dirname, '../../destinations');

const valuesSchema = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'is not a parameter name'),
  z.union([z.string(), z.number()], 'must be a string or a number').transform(String),
);

/** destinations/partners.yaml. `ended` is the message about a service that no longer exists. */
const partnersSchema = z.record(
  z.string(),
  z.object({ ended: z.string().optional(), parameters: valuesSchema.optional() }),
);

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not YAML: it must contain lines such as Name: value.`, {
      cause,
    });
  }
}

async function readYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(parseYaml(await readTextFile(file), file));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new UsageError(`${file} has invalid parameter values: ${issues.join('; ')}.`);
}

async function partnerParameters(name: string): Promise<ParameterValues> {
  const partners = await readYaml(join(destinationsFolder, 'partners.yaml'), partnersSchema);
  const partner = partners[name];
  if (partner === undefined)
    throw new UsageError(
      `There is no partner ${name}${suggestion(name, Object.keys(partners)) || '.'} Pass one of ${Object.keys(partners).join(', ')}.`,
    );
  if (partner.ended !== undefined) throw new UsageError(partner.ended);
  return partner.parameters ?? {};
}

export interface ParameterSources {
  readonly partner?: string;
  /** YAML files of parameter values. */
  readonly values: readonly string[];
  readonly parameter: ParameterValues;
}

/** Merges the partner's values, those of the files, then single ones; a later value overrides an earlier one. */
export async function readParameters({
  partner,
  values: files,
  parameter,
}: ParameterSources): Promise<ParameterValues> {
  const layers = [
    partner === undefined ? {} : await partnerParameters(partner),
    ...(await Promise.all(files.map((file) => readYaml(file, valuesSchema)))),
    parameter,
  ];
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)));
}
