import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { openFailures } from '../../../../cli/dlq/failures/open.ts';
import { environment } from '../../../functions/dlq-reprocessor/harness.ts';
import { describedStack, mockAws } from '../../harness.ts';

describe('openFailures', () => {
  const stack = {
    name: 's',
    arn: '',
    status: '',
    outputs: { DlqReprocessorFunctionName: 'f' },
    parameters: {},
  };

  it('reads with the settings of the deployed function, asked for once', async () => {
    const { clients, lambda, s3 } = mockAws(describedStack({}));
    lambda
      .on(GetFunctionConfigurationCommand)
      .resolves({ Environment: { Variables: environment } });
    s3.resolves({});
    const failures = openFailures(clients, stack);
    expect(await failures.list('parked')).toMatchObject({ messages: [], total: 0 });
    await failures.list('parked');
    expect(lambda.calls()).toHaveLength(1);
    expect(s3.call(0).args[0].input).toMatchObject({ Bucket: environment.PARK_BUCKET_NAME });
  });

  it('names the missing right when the settings are encrypted', async () => {
    const { clients, lambda } = mockAws(describedStack({}));
    lambda.on(GetFunctionConfigurationCommand).resolves({ Environment: {} });
    await expect(openFailures(clients, stack, { stackName: 's' }).find('x')).rejects.toThrow(
      /kms:Decrypt/,
    );
  });
});
