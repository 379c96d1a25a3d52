import { buildFunction } from './function.ts';
import { buildLayer } from './layer.ts';
import { roomOf } from './rooms.ts';

const [logicalId = '', outdir = ''] = process.argv.slice(2);
const standalone = process.env['BUNDLE_DEPENDENCIES'] === '1';

if (logicalId === 'DependenciesLayer') await buildLayer(outdir);
else await buildFunction({ room: roomOf(logicalId), outdir, standalone });
