import fc from 'fast-check';

// The same examples for every mutant, or its fate would be luck; the first that fails is enough.
fc.configureGlobal({ seed: 1, endOnFailure: true });
