type Texts = Readonly<Record<string, string>>;

/** A deployed stack, as CloudFormation describes it. */
export const describedStack = (outputs: Texts, parameters: Texts = {}) => ({
  StackName: 'salesforce-eventbridge',
  CreationTime: new Date(0),
  StackStatus: 'CREATE_COMPLETE' as const,
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
});
