import { buildFunction } from './function.ts';
import { functionFolder } from './function-folders.ts';
import { buildLayer } from './layer.ts';

const [logicalId = '', outdir = ''] = process.argv.slice(2);
const standalone = process.env['BUNDLE_DEPENDENCIES'] === '1';

if (logicalId === 'DependenciesLayer') await buildLayer(outdir);
else await buildFunction({ functionName: functionFolder(logicalId), outdir, standalone });
