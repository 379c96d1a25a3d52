import type { FailedMessage } from '../../../cli/dlq/failures/failure.ts';
import { hrefOf } from '../shared/address.ts';
import { Badge, counted, Id, type Tone } from '../shared/parts.tsx';
import { useCanSteer } from '../shared/stack.tsx';
import { type Column, Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { Ask, verbsFor } from './action.tsx';

interface Props {
  readonly messages: readonly FailedMessage[];
  readonly selected: ReadonlySet<string>;
  readonly select: (ids: ReadonlySet<string>) => void;
}

const tones: Readonly<Record<string, Tone>> = {
  redrive: 'ok',
  wait: 'warn',
  park: 'warn',
  refuse: 'bad',
};

/** What a message was for, as far as it tells. */
export const nameOf = ({ object, detailType, rule, eventId, id }: FailedMessage): string =>
  detailType ?? object ?? rule ?? eventId ?? id;

const columns: readonly Column<FailedMessage>[] = [
  {
    title: 'Message',
    isName: true,
    cell: (message) => (
      <>
        <a href={hrefOf(['failures', message.place, message.id])}>{nameOf(message)}</a>{' '}
        <small>
          {[message.source, message.object, message.mapping].filter(Boolean).join(' · ')}
        </small>
      </>
    ),
  },
  {
    title: 'Error',
    cell: ({ errorCode, failureClass, message }) => (
      <>
        {errorCode ?? failureClass} <small>{message}</small>
      </>
    ),
  },
  { title: 'Since', cell: ({ sentAt }) => <Time at={sentAt} />, isExtra: true },
  {
    title: 'A redrive would',
    cell: ({ decision }) => <Badge tone={tones[decision] ?? 'plain'}>{decision}</Badge>,
  },
  { title: 'Id', cell: ({ id }) => <Id id={id} what={`id ${id}`} />, isExtra: true },
];

interface BoxProps extends Pick<Props, 'selected' | 'select'> {
  readonly label: string;
  readonly ids: readonly string[];
}

/** Selects messages, or all of them no longer. */
function Box({ label, ids, selected, select }: BoxProps) {
  const areAll = ids.every((id) => selected.has(id));
  const change = () => {
    const others = [...selected].filter((id) => !ids.includes(id));
    select(new Set(areAll ? others : [...others, ...ids]));
  };
  return <input type="checkbox" aria-label={label} checked={areAll} onChange={change} />;
}

/** Columns for those who may act: to select messages, and to do the usual thing to one. */
function steering(selection: Omit<Props, 'messages'>): readonly Column<FailedMessage>[] {
  const what = (message: FailedMessage): string => `${nameOf(message)} ${message.id}`;
  return [
    {
      title: 'Select',
      cell: (message) => (
        <Box label={`Select ${what(message)}`} ids={[message.id]} {...selection} />
      ),
    },
    ...columns,
    {
      title: 'Action',
      isPinned: true,
      cell: (message) => (
        <Ask verb={verbsFor(message.place)[0]} messages={[message]} what={what(message)} />
      ),
    },
  ];
}

const causeOf = ({ reason, why }: FailedMessage): string => `${reason}: ${why}`;

/** Messages by their reason, and what it says of each. */
export function FailureTable(props: Props) {
  const canSteer = useCanSteer();
  const headingOf = (rows: readonly FailedMessage[]) => {
    const [{ reason, why } = { reason: '', why: '' }] = rows;
    const ids = rows.map(({ id }) => id);
    return (
      <>
        {canSteer && (
          <td>
            <Box label={`Select all ${reason}: ${why}`} ids={ids} {...props} />
          </td>
        )}
        <th scope="rowgroup" colSpan={6}>
          <strong>{reason}</strong> <span class="muted">{counted(rows.length, 'message')}</span>
          <p>{why}</p>
        </th>
      </>
    );
  };
  return (
    <Table
      label="Messages by reason"
      columns={canSteer ? steering(props) : columns}
      rows={props.messages}
      keyOf={({ id }) => id}
      groupOf={causeOf}
      headingOf={headingOf}
    />
  );
}
