interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Value → text. */
  readonly options: Readonly<Record<string, string>>;
  readonly choose: (value: string) => void;
}

/** A labelled list to choose from. */
export const Choice = ({ label, value, options, choose }: ChoiceProps) => (
  <label>
    {label}{' '}
    <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      {Object.entries(options).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly isRequired?: boolean;
}

/** A labelled line of text. */
export const Field = ({ label, value, change, isRequired = false }: FieldProps) => (
  <label>
    {label}{' '}
    <input
      required={isRequired}
      value={value}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  </label>
);
