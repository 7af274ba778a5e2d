import { Icon } from './icon.tsx';
import { Card } from './page.tsx';

/** Everything there is about somebody, to be handed to them; also of who was erased. */
export function PersonFile({ id }: { readonly id: string }) {
  return (
    <Card
      title="A request of access"
      actions={
        <a class="go beside" href={`/api/people/${encodeURIComponent(id)}/file`} download={`${id}.json`}>
          <Icon name="download" /> Export their data
        </a>
      }
    >
      <p class="quiet">
        Everything the hub has about them, as JSON: what they have and may, every event and punch, what was said about
        their working time, and who else has it. Templates and PINs are described and not given out. Who takes it is
        written down in <em>Changes</em>.
      </p>
    </Card>
  );
}
