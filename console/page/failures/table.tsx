import type { FailedMessage, FailurePlace } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { Badge, counted, Id, type Tone } from '../shared/parts.tsx';
import { type Column, Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { type Action, actionsFor } from './action.tsx';

interface Props {
  readonly messages: readonly FailedMessage[];
  readonly place: FailurePlace;
  readonly canSteer: boolean;
  readonly selected: ReadonlySet<string>;
  readonly select: (ids: ReadonlySet<string>) => void;
  readonly onAsk: (action: Action, message: FailedMessage) => void;
}

const tones: Readonly<Record<string, Tone>> = {
  redrive: 'good',
  wait: 'warn',
  park: 'warn',
  refuse: 'bad',
};

/** What a message was for, as far as it tells. */
export const nameOf = ({ object, detailType, rule, eventId, id }: FailedMessage): string =>
  detailType ?? object ?? rule ?? eventId ?? id;

const columnsOf = (place: FailurePlace): readonly Column<FailedMessage>[] => [
  {
    title: 'Message',
    isName: true,
    cell: (message) => (
      <>
        <a href={hrefOf(['failures', place, message.id])}>{nameOf(message)}</a>{' '}
        <small>{[message.source, message.object].filter(Boolean).join(' · ')}</small>
      </>
    ),
  },
  { title: 'Error', cell: ({ errorCode, failureClass }) => errorCode ?? failureClass },
  { title: 'Since', cell: ({ sentAt }) => <Time at={sentAt} />, isExtra: true },
  {
    title: 'A redrive would',
    cell: ({ decision }) => <Badge tone={tones[decision] ?? 'calm'}>{decision}</Badge>,
  },
  { title: 'Id', cell: ({ id }) => <Id id={id} what={`id ${id}`} />, isExtra: true },
];

/** Columns for those who may act: to select messages, and to do the usual thing to one. */
function steering({ place, selected, select, onAsk }: Props): readonly Column<FailedMessage>[] {
  const [usual] = actionsFor(place);
  const toggle = (id: string) => {
    const others = new Set(selected);
    if (!others.delete(id)) others.add(id);
    select(others);
  };
  const box = (message: FailedMessage) => (
    <input
      type="checkbox"
      aria-label={`Select ${nameOf(message)} ${message.id}`}
      checked={selected.has(message.id)}
      onChange={() => toggle(message.id)}
    />
  );
  const button = (message: FailedMessage) => (
    <button
      type="button"
      aria-label={`${usual} ${nameOf(message)} ${message.id}`}
      onClick={() => onAsk(usual, message)}
    >
      {usual}…
    </button>
  );
  return [{ title: 'Select', cell: box }, ...columnsOf(place), { title: 'Action', cell: button }];
}

function Heading({
  rows,
  selected,
  select,
  canSteer,
}: Props & { readonly rows: readonly FailedMessage[] }) {
  const ids = rows.map(({ id }) => id);
  const areAll = ids.every((id) => selected.has(id));
  const others = [...selected].filter((id) => !ids.includes(id));
  return (
    <>
      {canSteer && (
        <td>
          <input
            type="checkbox"
            aria-label={`Select all ${rows[0]?.reason}`}
            checked={areAll}
            onChange={() => select(new Set(areAll ? others : [...others, ...ids]))}
          />
        </td>
      )}
      <th scope="rowgroup" colSpan={6}>
        {rows[0]?.reason} <span class="muted">{counted(rows.length, 'message')}</span>
        <p>{rows[0]?.why}</p>
      </th>
    </>
  );
}

/** Messages by reason. */
export const FailureTable = (props: Props) => (
  <Table
    label="Messages by reason"
    columns={props.canSteer ? steering(props) : columnsOf(props.place)}
    rows={props.messages}
    keyOf={({ id }) => id}
    groupOf={({ reason }) => reason}
    headingOf={(rows) => <Heading {...props} rows={rows} />}
  />
);
