/** Sample webhooks, and the secrets that they are signed with. */
export const providers = [
  {
    name: 'GitHub',
    functionName: 'github-webhook',
    sample: 'events/url-github-issue-opened.json',
    secret: "It's a Secret to Everybody",
    peer: {
      name: "@octokit/webhooks' middleware (bundled, with Node's server)",
      script: 'octokit',
    },
  },
  {
    name: 'Twilio',
    functionName: 'twilio-webhook',
    sample: 'events/url-twilio-message-received.json',
    secret: '12345678901234567890123456789012',
    peer: { name: "twilio's middleware (bundled, without a server)", script: 'twilio' },
  },
] as const;

export type ProviderCase = (typeof providers)[number];
