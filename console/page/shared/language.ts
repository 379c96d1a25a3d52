/**
 * uPlot makes a number format of the browser's language when it is loaded. Without a locale (`LANG=C`), Chromium names one
 * that Intl refuses, `en-US@posix`, and the page would stay empty. This file is imported before all others.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}
