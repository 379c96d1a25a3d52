import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Names the row, for screen readers. */
  readonly isName?: boolean;
  /** Left out in narrow windows. */
  readonly isExtra?: boolean;
  /** Stays in sight while the table scrolls sideways. */
  readonly isPinned?: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Rows with the same text belong together; the largest group comes first. */
  readonly groupOf?: (row: Row) => string;
  /** Cells of the row above a group. */
  readonly headingOf?: (rows: readonly Row[]) => ComponentChildren;
}

/** A table that scrolls sideways on its own in narrow windows. */
export function Table<Row>(props: Props<Row>) {
  const { label, columns, rows, keyOf, groupOf = () => '', headingOf } = props;
  const groups = [...Map.groupBy(rows, groupOf)].sort(([, a], [, b]) => b.length - a.length);
  const classOf = ({ isExtra, isPinned }: Column<Row>) =>
    isExtra ? 'wide' : isPinned ? 'sticky right bg' : undefined;
  const cellOf = (row: Row, column: Column<Row>) => {
    const Cell = column.isName ? 'th' : 'td';
    return (
      <Cell key={column.title} scope={column.isName ? 'row' : undefined} class={classOf(column)}>
        {column.cell(row)}
      </Cell>
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class="box packed overflow:auto" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(([key, members]) => (
          <tbody key={key}>
            {headingOf && <tr class="group">{headingOf(members)}</tr>}
            {members.map((row) => (
              <tr key={keyOf(row)}>{columns.map((column) => cellOf(row, column))}</tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
