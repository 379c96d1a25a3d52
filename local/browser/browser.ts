import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import manifest from '../../package.json' with { type: 'json' };
import { paths, root } from '../stack/paths.ts';

const folder = join(paths.local, 'chromium', manifest.devDependencies['@sparticuz/chromium']);

/** The package unpacks its libraries for Amazon Linux, which has none of a browser's, only where it seems to run there. */
const asOnLambda = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };

/** The package's own configuration looks for its font, Open Sans, in /tmp only; without any font, Chromium crashes. */
const fonts = `<?xml version="1.0"?>
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/**
 * Unpacks the Chromium that `npm ci` has brought to a folder of this clone: about 210 MB. Several runs of the tests may do it at once.
 */
async function unpack(): Promise<void> {
  if (existsSync(folder)) return;
  const temporary = `${folder}.${process.pid}`;
  await mkdir(temporary, { recursive: true });
  const env = { ...asOnLambda, TMPDIR: temporary };
  await execa(process.execPath, [join(root, 'local/browser/unpack.ts')], { env });
  await writeFile(join(temporary, 'fonts.xml'), fonts);
  await rename(temporary, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error;
  });
  await rm(temporary, { recursive: true, force: true });
}

async function installed(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  await unpack();
  const libraries = [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']];
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries.filter(Boolean).join(':'),
      FONTCONFIG_FILE: join(folder, 'fonts.xml'),
    },
  };
}

/**
 * Starts a browser: on Linux x64 the Chromium that `npm ci` has brought, elsewhere an installed Chrome.
 *
 * @throws Error that says how to get one where there is none.
 */
export async function launchBrowser(): Promise<Browser> {
  try {
    return await chromium.launch(await installed());
  } catch (error) {
    throw new Error(
      'This needs a browser. On Linux x64, run npm ci. Elsewhere, install Chrome (https://www.google.com/chrome/).',
      { cause: error },
    );
  }
}
