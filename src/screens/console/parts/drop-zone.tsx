import { useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** A file that was dropped or chosen; `name` says its folder as well, where it lay in one. */
export interface Dropped {
  readonly name: string;
  readonly file: File;
}

/** A place for files: drop them, or choose them. */
export function DropZone(props: {
  readonly title: string;
  readonly says: string;
  readonly accept: string;
  readonly label: string;
  readonly onFiles: (files: readonly Dropped[]) => void;
}) {
  const { title, says, accept, label, onFiles } = props;
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <label
      class={`drop ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void filesIn(event.dataTransfer).then(onFiles);
      }}
    >
      <Icon name="upload" />
      <strong>{title}</strong>
      <span class="quiet">{says}</span>
      <input
        ref={input}
        class="hidden"
        type="file"
        multiple
        accept={accept}
        aria-label={label}
        onChange={() => {
          onFiles([...(input.current?.files ?? [])].map((file) => ({ name: file.name, file })));
          if (input.current) input.current.value = '';
        }}
      />
    </label>
  );
}

/** Everything that was dropped, the content of folders included. */
async function filesIn(transfer: DataTransfer | null): Promise<Dropped[]> {
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat();
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name: folder + entry.name, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => filesOf(one, `${folder}${entry.name}/`)))).flat();
}
