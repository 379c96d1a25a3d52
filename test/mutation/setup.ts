import fc from 'fast-check';

// The same examples for every mutant, or chance would decide; the first failure is enough.
fc.configureGlobal({ seed: 1, endOnFailure: true });
