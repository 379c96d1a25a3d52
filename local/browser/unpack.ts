import chromium from '@sparticuz/chromium';

// A process of its own: the package takes the folder from TMPDIR, and changes the environment when it is imported.
await chromium.executablePath();
