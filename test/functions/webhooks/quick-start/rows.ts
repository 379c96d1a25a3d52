import type { LambdaFunctionURLEvent } from 'aws-lambda';

/** A receiver's response, and the event that it published, if any. */
export interface Behaviour {
  readonly status: number;
  readonly body?: string;
  readonly detailType?: string;
  readonly detail?: string;
}

/**
 * What AWS's quick start does with a request (measured by running its `app.py`), and what this stack does with it. A row
 * is `kept` if both do the same. Every difference must be listed here as `improved`.
 */
export interface Row {
  readonly what: string;
  readonly change: 'kept' | 'improved';
  readonly request: () => LambdaFunctionURLEvent | Promise<LambdaFunctionURLEvent>;
  readonly quickStart: Behaviour;
  readonly ours: Behaviour;
}

type Request = Row['request'];

export const kept = (what: string, request: Request, behaviour: Behaviour): Row => ({
  what,
  change: 'kept',
  request,
  quickStart: behaviour,
  ours: behaviour,
});

export const improved = (what: string, request: Request, from: Behaviour, to: Behaviour): Row => ({
  what,
  change: 'improved',
  request,
  quickStart: from,
  ours: to,
});

export const forwarded = { status: 202, body: 'Message forwarded to Amazon EventBridge' };
export const invalidSignature = { status: 401, body: 'Invalid Signature' };
export const failure = { status: 500, body: 'Internal Server Error' };
