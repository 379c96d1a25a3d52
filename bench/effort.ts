/** How much is measured. */
export interface Effort {
  /** Processes started of each kind, where a start is measured. */
  readonly coldRounds: number;
  /** Processes started of each kind, where each of them measures many calls. */
  readonly warmRounds: number;
  /** Webhooks handled by each warm process, after as many to warm up. */
  readonly calls: number;
  /** Processes with each load of many events. */
  readonly loadRounds: number;
  /** Events of the smallest and of the largest load. */
  readonly events: readonly number[];
  /** Webhooks sent through the whole stack. */
  readonly throughStack: number;
}

export const full: Effort = {
  coldRounds: 15,
  warmRounds: 5,
  calls: 2_000,
  loadRounds: 3,
  events: [1_000, 5_000, 20_000],
  throughStack: 500,
};

export const quick: Effort = {
  coldRounds: 5,
  warmRounds: 3,
  calls: 500,
  loadRounds: 1,
  events: [1_000, 2_000],
  throughStack: 100,
};
