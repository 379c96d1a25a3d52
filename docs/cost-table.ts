/** US dollars in US East (N. Virginia), free tiers excluded. */
export const prices = {
  'Lambda request': 0.2 / 1e6,
  'Lambda GB-second (arm64)': 0.000_013_333_4,
  'EventBridge custom event (64 KB)': 1 / 1e6,
  'EventBridge archive, GB in': 0.1,
  'EventBridge archive, GB-month': 0.023,
  'API destination call (64 KB)': 0.2 / 1e6,
  'SQS request (64 KB)': 0.4 / 1e6,
  'DynamoDB write unit': 0.625 / 1e6,
  'DynamoDB read unit': 0.125 / 1e6,
  'DynamoDB GB-month with recovery': 0.45,
  'Secrets Manager secret': 0.4,
  'Secrets Manager call': 0.05 / 1e4,
  'CloudWatch log GB in': 0.5,
  'CloudWatch metric': 0.3,
  'CloudWatch alarm metric': 0.1,
  'CloudWatch composite alarm': 0.5,
  'CloudWatch dashboard': 3,
  'KMS key': 1,
} as const;

type Price = keyof typeof prices;

export interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly price: Price;
  readonly how: string;
}

export const line = (what: string, quantity: number, price: Price, how: string): Line => ({
  what,
  quantity,
  price,
  how,
});

export const dollars = (amount: number): string => amount.toFixed(2);

const row = ({ what, quantity, price, how }: Line): string =>
  `| ${what} | ${Number(quantity.toPrecision(3)).toLocaleString('en')} | ${price} | ${how} | ${dollars(quantity * prices[price])} |`;

export const sum = (lines: readonly Line[]): number =>
  lines.reduce((total, { quantity, price }) => total + quantity * prices[price], 0);

export const table = (lines: readonly Line[]): string[] => [
  '| item | quantity | unit | calculation | $ |',
  '|---|---|---|---|---|',
  ...lines.map(row),
  `| **total** | | | | **${dollars(sum(lines))}** |`,
];

export const perUnit = (price: number): string =>
  price < 0.01 ? `${Number((price * 1e6).toPrecision(6))} per million` : String(price);
