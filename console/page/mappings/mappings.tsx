import { useState } from 'preact/hooks';
import type { Mappings, MappingTrial } from '../../api.ts';
import type { MappingTry } from '../../server/mappings.ts';
import { type Address, hrefOf } from '../shared/address.ts';
import { usePolled, usePost } from '../shared/data.ts';
import { Badge, Choice, Loaded, Placeholder, ProblemNote, Text } from '../shared/parts.tsx';
import { Title } from '../shared/stack.tsx';

const List = ({ mappings }: { readonly mappings: Mappings }) => (
  <ul>
    {mappings.map(({ name, description, isEnabled, steps }) => (
      <li key={name} class="box">
        <h2>
          <a href={hrefOf(['mappings', name])}>{name}</a>{' '}
          {isEnabled ? <Badge tone="ok">on</Badge> : <Badge tone="plain">off</Badge>}
        </h2>
        <p>{description}</p>
        <p class="muted">{steps.join(' → ')}</p>
      </li>
    ))}
  </ul>
);

function Trial({ trial }: { readonly trial: MappingTrial }) {
  if (trial.kind === 'no match')
    return <p>The mapping doesn't match this event: nothing would be called.</p>;
  return (
    <>
      {trial.failure !== undefined && <div class="box color bad">{trial.failure}</div>}
      {trial.requests.length === 0 && trial.failure === undefined && <p>It would call nothing.</p>}
      <ol>
        {trial.requests.map((request, index) => (
          <li key={`${index} ${request}`}>
            <Text text={request} label={`request ${index + 1}`} />
          </li>
        ))}
      </ol>
      {trial.unanswered.length > 0 && (
        <p class="muted">
          A trial calls nothing. These finds were answered with nothing:{' '}
          {trial.unanswered.join(', ')}.
        </p>
      )}
    </>
  );
}

function TrialForm({ name, text }: { readonly name: string; readonly text: string }) {
  const [event, setEvent] = useState(text);
  const { data: result, problem, send } = usePost<MappingTrial>('mappings/try');
  const submit = (submitted: Event): void => {
    submitted.preventDefault();
    const body: MappingTry = { name, event };
    void send(body);
  };
  return (
    <div class="f-switch">
      <form onSubmit={submit}>
        <label>
          Event (JSON), to edit or to replace
          <textarea
            class="monospace"
            rows={22}
            spellcheck={false}
            value={event}
            onInput={({ currentTarget }) => setEvent(currentTarget.value)}
          />
        </label>
        <strong>
          <button type="submit">Try it</button>
        </strong>{' '}
        <span class="muted">Calls nothing, changes nothing.</span>
      </form>
      <section aria-live="polite">
        <h2>Requests</h2>
        {problem && <ProblemNote problem={problem} />}
        {result && <Trial trial={result} />}
      </section>
    </div>
  );
}

function MappingDetail({ name, description, samples, steps }: Mappings[number]) {
  const [chosen, choose] = useState(samples[0]?.name ?? '');
  const names = Object.fromEntries(samples.map((sample) => [sample.name, sample.name]));
  const options = { ...names, '': 'none: paste one' };
  return (
    <>
      <p>{description}</p>
      <p class="muted">{steps.join(' → ')}</p>
      <Choice label="Sample event" value={chosen} options={options} choose={choose} />
      <TrialForm
        key={chosen}
        name={name}
        text={samples.find((one) => one.name === chosen)?.text ?? ''}
      />
    </>
  );
}

/** The mappings, or the one that the address names, to be tried on an event. */
export function MappingsView({ address: { parts } }: { readonly address: Address }) {
  const list = usePolled<Mappings>('mappings', Number.POSITIVE_INFINITY);
  const [name] = parts;
  const mapping = list.data?.find((each) => each.name === name);
  return (
    <>
      {name !== undefined && <a href={hrefOf(['mappings'])}>All mappings</a>}
      <Title text={name ?? 'Mappings'} />
      <Loaded of={list}>
        {(mappings) => {
          if (mapping !== undefined) return <MappingDetail key={name} {...mapping} />;
          if (name !== undefined) return <Placeholder text="No mapping has this name." />;
          return mappings.length === 0 ? (
            <Placeholder
              text="No mapping yet. Start one:"
              command="npm run mappings -- new --help"
            />
          ) : (
            <List mappings={mappings} />
          );
        }}
      </Loaded>
    </>
  );
}
