/** Says on the standard error how much CPU this process has used, in milliseconds, Node's own start included. */
export function sayCpu(): void {
  const { user, system } = process.cpuUsage();
  console.error((user + system) / 1_000);
}
