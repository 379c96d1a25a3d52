/** How much the console shows, and how often it is measured. */
export interface ConsoleEffort {
  readonly events: number;
  readonly failures: number;
  /** In which each view is shown once. */
  readonly rounds: number;
  /** Rounds of webhooks, with the console and without. */
  readonly turns: number;
  readonly turnWebhooks: number;
}

/** The number of rounds and events. */
export interface Effort {
  /** Processes per case, if a start is measured. */
  readonly coldRounds: number;
  /** Processes per case, if each measures many calls. */
  readonly warmRounds: number;
  /** Webhooks that each warm process handles, after the same number to warm up. */
  readonly calls: number;
  /** Processes per load. */
  readonly loadRounds: number;
  /** Events per load, from the smallest to the largest. */
  readonly events: readonly number[];
  /** Webhooks sent through the local stack. */
  readonly throughStack: number;
  readonly console: ConsoleEffort;
}

export const full: Effort = {
  coldRounds: 15,
  warmRounds: 5,
  calls: 2_000,
  loadRounds: 3,
  events: [1_000, 5_000, 20_000],
  throughStack: 500,
  console: { events: 5_000, failures: 500, rounds: 3, turns: 3, turnWebhooks: 200 },
};

export const quick: Effort = {
  coldRounds: 5,
  warmRounds: 3,
  calls: 500,
  loadRounds: 1,
  events: [1_000, 2_000],
  throughStack: 100,
  console: { events: 1_000, failures: 200, rounds: 2, turns: 2, turnWebhooks: 50 },
};
